package io.apogeemq.gateway;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The JDK's HTTP client against a gateway. Every answer is held against the document. {@code headers} are
 * names and values in turn.
 */
public final class Api {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final int port;
  private final List<String> always = new ArrayList<>();

  public Api(int port) {
    this.port = port;
  }

  /** The same with a header on every request. */
  public Api with(String name, String value) {
    Api other = new Api(port);
    other.always.addAll(always);
    other.always.add(name);
    other.always.add(value);
    return other;
  }

  /**
   * @param status of HTTP
   * @param type of the body, empty if it has none
   */
  public record Reply(int status, String type, String body, HttpResponse<?> whole) {
    public JsonObject json() {
      return new JsonObject(body);
    }

    /** One of the results of a request about many things. */
    public JsonObject result(int index) {
      return json().getJsonArray("results").getJsonObject(index);
    }
  }

  public Reply get(String path, String... headers) {
    return send("GET", path, BodyPublishers.noBody(), headers);
  }

  public Reply delete(String path, String... headers) {
    return send("DELETE", path, BodyPublishers.noBody(), headers);
  }

  public Reply post(String path) {
    return send("POST", path, BodyPublishers.noBody());
  }

  public Reply post(String path, JsonObject body, String... headers) {
    return send("POST", path, json(body), headers("Content-Type", "application/json", headers));
  }

  public Reply put(String path, JsonObject body) {
    return send("PUT", path, json(body), "Content-Type", "application/json");
  }

  public Reply patch(String path, JsonObject body) {
    return send("PATCH", path, json(body), "Content-Type", "application/json");
  }

  public Reply post(String path, String type, String body, String... headers) {
    return send(
        "POST", path, BodyPublishers.ofString(body), headers("Content-Type", type, headers));
  }

  private static BodyPublisher json(JsonObject body) {
    return BodyPublishers.ofString(body.encode());
  }

  private static String[] headers(String name, String value, String... more) {
    List<String> all = new ArrayList<>(List.of(name, value));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  public Reply send(String method, String path, BodyPublisher body, String... headers) {
    try {
      HttpResponse<String> response =
          HTTP.send(request(method, path, body, headers), HttpResponse.BodyHandlers.ofString());
      return checked(method, path, response);
    } catch (IOException e) {
      throw new AssertionError(method + " " + path + " got no answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  public CompletableFuture<Reply> sending(String method, String path) {
    return HTTP.sendAsync(
            request(method, path, BodyPublishers.noBody()), HttpResponse.BodyHandlers.ofString())
        .thenApply(response -> checked(method, path, response));
  }

  public HttpRequest request(String method, String path, BodyPublisher body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path))
            .method(method, body)
            .expectContinue(body.contentLength() > 100_000) // as curl does, and with as much sense
            .timeout(PATIENCE);
    for (String[] all : List.of(always.toArray(String[]::new), headers)) {
      if (all.length > 0) {
        request.headers(all);
      }
    }
    return request.build();
  }

  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  public static HttpClient http() {
    return HTTP;
  }

  private static Reply checked(String method, String path, HttpResponse<String> response) {
    String type = response.headers().firstValue("content-type").orElse("");
    boolean raw = path.contains("as=raw") && response.statusCode() == 200; // of any type
    Described.check(
        method,
        path.replaceFirst("\\?.*", ""),
        response.statusCode(),
        raw ? "*/*" : type,
        response.body());
    return new Reply(response.statusCode(), type, response.body(), response);
  }
}
