package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Iterator;
import java.util.stream.Stream;

/** A stream of server-sent events of a gateway. */
public final class Events implements AutoCloseable {
  private final Stream<String> lines;
  private final Iterator<String> iterator;
  private String lastId = "";

  private Events(Stream<String> lines) {
    this.lines = lines;
    iterator = lines.iterator();
  }

  /** Opens one. {@code headers}: names and values in turn. */
  public static Events open(Api api, String path, String... headers) {
    try {
      HttpResponse<Stream<String>> response =
          Api.http()
              .send(
                  api.request("GET", path, BodyPublishers.noBody(), headers),
                  HttpResponse.BodyHandlers.ofLines());
      assertThat(response.statusCode()).isEqualTo(200);
      String type = response.headers().firstValue("content-type").orElse("");
      Described.check("GET", path.replaceFirst("\\?.*", ""), 200, type, "");
      return new Events(response.body());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** The data of the next event; waits for it. */
  public JsonObject next() {
    while (true) {
      String line = iterator.next();
      if (line.startsWith("id: ")) {
        lastId = line.substring(4);
      } else if (line.startsWith("data: ")) {
        return new JsonObject(line.substring(6));
      }
    }
  }

  /** The id that is told next, with an event or without; waits for it. */
  public String nextId() {
    String line = iterator.next();
    while (!line.startsWith("id: ")) {
      line = iterator.next();
    }
    return lastId = line.substring(4);
  }

  /** The id of the last event: what a browser would send as {@code Last-Event-ID}. */
  public String lastId() {
    return lastId;
  }

  @Override
  public void close() {
    lines.close();
  }
}
