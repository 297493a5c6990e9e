package io.apogeemq.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One tab in a profile of its own, with a witness of all it does. Calls wait for what they ask; a test uses it from
 * one thread.
 *
 * <p>The tests' own script (probe.js) lives in a world of its own beside the page's: it sees the same document, but
 * neither can the page disturb it nor does the page's content security policy bind it.
 */
final class Page extends Scope implements AutoCloseable {
  private static final String WORLD = "tests";
  private static final long PATIENCE_MS = 10_000;
  private static final String PROBE = resource("/browser/probe.js");

  private final DevTools devTools;
  private final String session;
  private final String frame;
  private final String context;
  private final String origin;
  private final Witness witness;
  private int world = -1; // none; its number in the browser otherwise
  private long patienceMs = PATIENCE_MS;

  Page(DevTools devTools, String session, String frame, String context, String origin) {
    this.devTools = devTools;
    this.session = session;
    this.frame = frame;
    this.context = context;
    this.origin = origin;
    this.witness = new Witness(origin);
    devTools.listen(session, this::happened);
    for (String domain : List.of("Page", "Runtime", "Network", "Log")) {
      call(domain + ".enable", new JsonObject());
    }
    JsonObject attach =
        new JsonObject()
            .put("autoAttach", true)
            .put("waitForDebuggerOnStart", false)
            .put("flatten", true);
    call("Target.setAutoAttach", attach);
    call("Emulation.setFocusEmulationEnabled", new JsonObject().put("enabled", true));
    call(
        "Page.addScriptToEvaluateOnNewDocument",
        new JsonObject()
            .put(
                "source",
                "addEventListener('securitypolicyviolation', e => console.error("
                    + "'policy violated', e.violatedDirective, e.blockedURI, e.sourceFile))"));
    size(1280, 800);
    look("light");
  }

  static String resource(String path) {
    try (var in = Objects.requireNonNull(Page.class.getResourceAsStream(path), path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** On the connection's thread. */
  private void happened(String method, JsonObject event) {
    witness.accept(method, event);
    if (method.equals("Page.javascriptDialogOpening")) {
      // Until somebody answers it, the page stands still.
      devTools.calling(
          session, "Page.handleJavaScriptDialog", new JsonObject().put("accept", false));
    }
  }

  private JsonObject call(String method, JsonObject parameters) {
    return devTools.call(session, method, parameters);
  }

  Witness witness() {
    return witness;
  }

  /** How long everything waits from now on. */
  Page patience(Duration patience) {
    patienceMs = patience.toMillis();
    return this;
  }

  // ---- where it is and how it looks

  /** Opens a path of the node, e.g. {@code /console/#/topics}; returns when the document is complete. */
  Page open(String path) {
    JsonObject reply = call("Page.navigate", new JsonObject().put("url", origin + path));
    assertThat(reply.getString("errorText")).as("opening %s", path).isNull();
    probe("complete");
    return this;
  }

  /** Opens an address of the console, e.g. {@code /topics?q=order}. */
  Page console(String address) {
    return open("/console/#" + address);
  }

  Page reload() {
    String before = (String) run("String(performance.timeOrigin)");
    call("Page.reload", new JsonObject());
    probe("renewed", before);
    return this;
  }

  /** The address without the origin. */
  String address() {
    return ((String) run("location.href")).substring(origin.length());
  }

  /** Waits until the address contains this. */
  Page isAt(String part) {
    probe("address", part);
    return this;
  }

  Page size(int width, int height) {
    call(
        "Emulation.setDeviceMetricsOverride",
        new JsonObject()
            .put("width", width)
            .put("height", height)
            .put("deviceScaleFactor", 1)
            .put("mobile", false));
    return this;
  }

  /** What the operating system prefers: {@code light} or {@code dark}. Animations are off. */
  Page look(String scheme) {
    JsonArray features =
        new JsonArray()
            .add(new JsonObject().put("name", "prefers-color-scheme").put("value", scheme))
            .add(new JsonObject().put("name", "prefers-reduced-motion").put("value", "reduce"));
    call("Emulation.setEmulatedMedia", new JsonObject().put("features", features));
    return this;
  }

  /** The languages that the browser says it prefers, e.g. {@code zh-CN}; for pages opened from now on. */
  Page speaking(String languages) {
    String agent = (String) run("navigator.userAgent");
    call(
        "Emulation.setUserAgentOverride",
        new JsonObject().put("userAgent", agent).put("acceptLanguage", languages));
    return this;
  }

  // ---- what is done to it

  /** Presses a key where the focus is, e.g. {@code Enter}, {@code /} or {@code Control+k}. */
  Page press(String key) {
    Keyboard.stroke(key).forEach(event -> call("Input.dispatchKeyEvent", event));
    return this;
  }

  void insert(String text) {
    call("Input.insertText", new JsonObject().put("text", text));
  }

  void pointAt(double x, double y) {
    mouse("mouseMoved", x, y, "none", 0);
  }

  void clickAt(double x, double y) {
    pointAt(x, y);
    mouse("mousePressed", x, y, "left", 1);
    mouse("mouseReleased", x, y, "left", 1);
  }

  private void mouse(String type, double x, double y, String button, int clicks) {
    call(
        "Input.dispatchMouseEvent",
        new JsonObject()
            .put("type", type)
            .put("x", x)
            .put("y", y)
            .put("button", button)
            .put("clickCount", clicks));
  }

  // ---- what it says

  @Override
  Element step(JsonObject step) {
    return new Element(this, new JsonArray().add(step));
  }

  /** The value of an expression in the page's own world; a promise's outcome. */
  @Nullable Object run(String expression) {
    return value(
        call(
            "Runtime.evaluate",
            new JsonObject()
                .put("expression", expression)
                .put("awaitPromise", true)
                .put("returnByValue", true)));
  }

  /** Asks probe.js; what it waits for in vain fails the test with what the page shows instead. */
  Object probe(String question, Object... arguments) {
    JsonArray values = new JsonArray().add(new JsonObject().put("value", question));
    values.add(new JsonObject().put("value", patienceMs));
    for (Object each : arguments) {
      values.add(new JsonObject().put("value", each));
    }
    JsonObject answer = (JsonObject) Objects.requireNonNull(inWorld(values));
    if (answer.containsKey("failed")) {
      throw new AssertionError(answer.getString("failed"));
    }
    return answer.getValue("value", true);
  }

  private @Nullable Object inWorld(JsonArray values) {
    long deadline = System.nanoTime() + PATIENCE_MS * 1_000_000;
    while (true) {
      try {
        if (world < 0) {
          enterWorld();
        }
        return value(
            call(
                "Runtime.callFunctionOn",
                new JsonObject()
                    .put("functionDeclaration", "(...all) => probe(...all)")
                    .put("executionContextId", world)
                    .put("arguments", values)
                    .put("awaitPromise", true)
                    .put("returnByValue", true)));
      } catch (DevTools.Refused e) {
        // The page has been left for another, and with it our world.
        world = -1;
        if (System.nanoTime() > deadline) {
          throw e;
        }
      }
    }
  }

  private void enterWorld() {
    world =
        call(
                "Page.createIsolatedWorld",
                new JsonObject().put("frameId", frame).put("worldName", WORLD))
            .getInteger("executionContextId");
    evaluateInWorld(PROBE);
  }

  /** The value of a script in the tests' world, where the page's policy does not bind it. */
  @Nullable Object inspect(String script) {
    probe("complete"); // and so the world is the page's that is open now
    return evaluateInWorld(script);
  }

  private @Nullable Object evaluateInWorld(String script) {
    return value(
        call(
            "Runtime.evaluate",
            new JsonObject()
                .put("expression", script)
                .put("contextId", world)
                .put("awaitPromise", true)
                .put("returnByValue", true)));
  }

  private static @Nullable Object value(JsonObject reply) {
    JsonObject exception = reply.getJsonObject("exceptionDetails");
    if (exception != null) {
      JsonObject thrown = exception.getJsonObject("exception", new JsonObject());
      throw new AssertionError(thrown.getString("description", exception.getString("text")));
    }
    return reply.getJsonObject("result").getValue("value");
  }

  /** A picture of the whole document, however long, as PNG. */
  void picture(Path file) {
    run("scrollTo(0, 0)"); // what sticks to the window's top would stand in the middle
    JsonObject clip =
        new JsonObject()
            .put("x", 0)
            .put("y", 0)
            .put("width", run("innerWidth"))
            .put("height", run("Math.max(innerHeight, document.documentElement.scrollHeight)"))
            .put("scale", 1);
    String png =
        call(
                "Page.captureScreenshot",
                new JsonObject().put("captureBeyondViewport", true).put("clip", clip))
            .getString("data");
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, Base64.getDecoder().decode(png));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All events up to now have reached the witness afterwards. */
  void settle() {
    run("0");
  }

  @Override
  public void close() {
    devTools.forget(session);
    devTools.call(
        "Target.disposeBrowserContext", new JsonObject().put("browserContextId", context));
  }
}
