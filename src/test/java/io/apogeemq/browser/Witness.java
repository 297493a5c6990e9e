package io.apogeemq.browser;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/**
 * What a page did, by the events of its DevTools: each request, each line of its console, and a list of what no page
 * of ours may do: speak to another origin, throw, write errors, break its content security policy, open a dialog of
 * the browser, a window or a worker. Filled on the connection's thread, read by the test.
 */
final class Witness implements BiConsumer<String, JsonObject> {
  private final String origin;
  private final Map<String, Sent> underWay = new HashMap<>(); // guarded by this, as all here
  private final List<Exchange> exchanges = new ArrayList<>();
  private final List<String> log = new ArrayList<>();
  private final List<String> wrong = new ArrayList<>();
  private final Set<Integer> expected = new HashSet<>();

  /**
   * A request that has been answered.
   *
   * @param url without the origin
   * @param ms from the page's call until the last byte
   */
  record Exchange(String method, String url, int status, long ms) {}

  private record Sent(String method, String url, double atSeconds, int status) {}

  /** @param origin the only one that may be spoken to, e.g. {@code http://127.0.0.1:8080} */
  Witness(String origin) {
    this.origin = origin;
  }

  /** Answers of this status are part of the test; the browser counts each as an error of the page. */
  synchronized void expect(int status) {
    expected.add(status);
  }

  synchronized List<Exchange> exchanges() {
    return List.copyOf(exchanges);
  }

  synchronized List<String> log() {
    return List.copyOf(log);
  }

  /** What the page must not have done. */
  synchronized List<String> wrong() {
    return List.copyOf(wrong);
  }

  @Override
  public synchronized void accept(String method, JsonObject event) {
    switch (method) {
      case "Network.requestWillBeSent" -> sent(event);
      case "Network.responseReceived" -> answered(event);
      case "Network.loadingFinished" -> finished(event);
      case "Network.webSocketCreated" ->
          visited("WebSocket", event.getString("url").replaceFirst("^ws", "http"));
      case "Network.webTransportCreated" -> visited("WebTransport", event.getString("url"));
      case "Runtime.consoleAPICalled" -> said(event);
      case "Runtime.exceptionThrown" -> thrown(event.getJsonObject("exceptionDetails"));
      case "Log.entryAdded" -> logged(event.getJsonObject("entry"));
      case "Page.javascriptDialogOpening" ->
          wrong("opened a dialog of the browser: " + event.getString("message"));
      case "Page.windowOpen" -> wrong("opened a window: " + event.getString("url"));
      case "Target.attachedToTarget" ->
          wrong("started a " + event.getJsonObject("targetInfo").getString("type"));
      default -> {
        // The domains that are enabled tell more than a test wants to know.
      }
    }
  }

  private void wrong(String what) {
    wrong.add(what);
    log.add("WRONG: " + what);
  }

  private void visited(String method, String url) {
    log.add(method + " " + url);
    boolean inside = url.startsWith("data:") || url.startsWith("blob:" + origin);
    if (!inside && !url.equals(origin) && !url.startsWith(origin + "/")) {
      wrong("spoke to another host: " + method + " " + url);
    }
  }

  private void sent(JsonObject event) {
    JsonObject request = event.getJsonObject("request");
    String url = request.getString("url");
    visited(request.getString("method"), url);
    underWay.put(
        event.getString("requestId"),
        new Sent(request.getString("method"), url, event.getDouble("timestamp"), 0));
  }

  private void answered(JsonObject event) {
    underWay.computeIfPresent(
        event.getString("requestId"),
        (id, sent) ->
            new Sent(
                sent.method,
                sent.url,
                sent.atSeconds,
                event.getJsonObject("response").getInteger("status")));
  }

  private void finished(JsonObject event) {
    Sent sent = underWay.remove(event.getString("requestId"));
    if (sent != null && sent.url.startsWith(origin)) {
      long ms = Math.round((event.getDouble("timestamp") - sent.atSeconds) * 1000);
      exchanges.add(
          new Exchange(sent.method, sent.url.substring(origin.length()), sent.status, ms));
    }
  }

  private void said(JsonObject event) {
    JsonArray values = event.getJsonArray("args");
    String text =
        values.stream()
            .map(JsonObject.class::cast)
            .map(each -> String.valueOf(each.getValue("value", each.getString("description"))))
            .collect(Collectors.joining(" "));
    String type = event.getString("type");
    log.add("console." + type + ": " + text);
    if (type.equals("error") || type.equals("assert")) {
      wrong("wrote an error: " + text);
    }
  }

  private void thrown(JsonObject details) {
    JsonObject exception = details.getJsonObject("exception", new JsonObject());
    wrong("threw: " + exception.getString("description", details.getString("text")));
  }

  /** What the browser itself says of the page: failed loads, violations of the policy. */
  private void logged(JsonObject entry) {
    String text = entry.getString("text");
    log.add(entry.getString("level") + ": " + text + " " + entry.getString("url", ""));
    boolean asked =
        expected.stream().anyMatch(status -> text.contains("with a status of " + status));
    if (entry.getString("level").equals("error") && !asked) {
      wrong("made the browser complain: " + text + " " + entry.getString("url", ""));
    }
  }
}
