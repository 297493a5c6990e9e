package io.apogeemq.browser;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The browser of this test JVM: one process with an empty profile under {@code target/browser}, started at
 * first use and ended with the JVM. It resolves no host name, so that no page can reach another machine.
 */
final class Chromium {
  static final Path FOLDER = Path.of("target", "browser").toAbsolutePath();

  /** What to do where there is none; said wherever the tests are skipped. */
  static final String MISSING =
      "no Chromium or Chrome on the PATH: the tests in a browser are skipped. Install one"
          + " (Debian, Ubuntu: apt-get install chromium) or name it by -Dbrowser.program=FILE";

  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome");

  private static final List<String> ELSEWHERE =
      List.of(
          "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
          "/Applications/Chromium.app/Contents/MacOS/Chromium",
          "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe");

  private static final List<String> FLAGS =
      List.of(
          "--headless",
          "--no-sandbox", // it visits nothing but our own pages, and in a container it can't have
          // one
          "--disable-gpu",
          "--disable-dev-shm-usage",
          "--disable-quic",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-default-apps",
          "--disable-extensions",
          "--disable-sync",
          "--no-first-run",
          "--no-default-browser-check",
          "--mute-audio",
          "--password-store=basic",
          "--lang=en-US",
          "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
          "--remote-debugging-port=0");

  private static final Pattern LISTENING = Pattern.compile("DevTools listening on (ws://\\S+)");

  private static @Nullable Chromium shared;

  private final Process process;
  private final Path profile;
  private final DevTools devTools;

  private Chromium(Process process, Path profile, DevTools devTools) {
    this.process = process;
    this.profile = profile;
    this.devTools = devTools;
  }

  /** The program, or nothing on a machine without one. */
  static Optional<Path> find() {
    String named = System.getProperty("browser.program", "");
    if (!named.isEmpty()) {
      return Optional.of(Path.of(named));
    }
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    Stream<Path> onPath =
        Stream.of(path.split(File.pathSeparator))
            .filter(folder -> !folder.isEmpty())
            .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)));
    return Stream.concat(onPath, ELSEWHERE.stream().map(Path::of))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** The one of this JVM. */
  static synchronized Chromium shared() {
    Chromium running = shared;
    if (running == null) {
      running = start(find().orElseThrow(() -> new IllegalStateException(MISSING)));
      Runtime.getRuntime().addShutdownHook(new Thread(running::end));
      shared = running;
    }
    return running;
  }

  private static Chromium start(Path program) {
    try {
      Files.createDirectories(FOLDER);
      List<String> command = new ArrayList<>(List.of(program.toString()));
      command.addAll(FLAGS);
      Path profile = Files.createTempDirectory(FOLDER, "profile-");
      command.add("--user-data-dir=" + profile);
      command.add("about:blank");
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      CompletableFuture<URI> door = new CompletableFuture<>();
      Thread reader = new Thread(() -> read(process, door), "output of the browser");
      reader.setDaemon(true);
      reader.start();
      URI found = door.orTimeout(30, TimeUnit.SECONDS).join();
      return new Chromium(process, profile, DevTools.connect(found));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads all output, lest the browser waits for a reader; it complains of much that does not matter here. */
  private static void read(Process process, CompletableFuture<URI> door) {
    List<String> lines = new ArrayList<>();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        Matcher listening = LISTENING.matcher(line);
        if (listening.find()) {
          door.complete(URI.create(listening.group(1)));
        } else if (!door.isDone()) {
          lines.add(line);
        }
      }
    } catch (IOException e) {
      lines.add(e.toString());
    }
    door.completeExceptionally(
        new IllegalStateException("the browser ended at its start:\n" + String.join("\n", lines)));
  }

  /** A new page in a profile of its own. */
  Page newPage(String origin) {
    String context = devTools.call("Target.createBrowserContext").getString("browserContextId");
    String target =
        devTools
            .call(
                "Target.createTarget",
                new JsonObject().put("url", "about:blank").put("browserContextId", context))
            .getString("targetId");
    String session =
        devTools
            .call(
                "Target.attachToTarget",
                new JsonObject().put("targetId", target).put("flatten", true))
            .getString("sessionId");
    return new Page(devTools, session, target, context, origin);
  }

  private void end() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
    }
    try (Stream<Path> files = Files.walk(profile)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException | UncheckedIOException e) {
      // A child of the browser still writes there; the next `clean` gets it.
      System.out.println(profile + " is left: " + e);
    }
  }
}
