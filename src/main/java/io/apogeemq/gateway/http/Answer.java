package io.apogeemq.gateway.http;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an operation answers.
 *
 * @param status of HTTP; {@link #STREAMED}: the operation has written its response itself
 * @param type media type of the body, null if there is none
 * @param parts writes the body; null: it is {@code body}
 */
public record Answer(
    int status,
    @Nullable String type,
    Buffer body,
    @Nullable Parts parts,
    Map<String, String> headers) {

  /** A body that is written part by part. */
  public interface Parts {
    /** Completes when the last part is written; fails if that can't be, and the answer breaks off. */
    Future<Void> write(HttpServerResponse response);
  }

  Answer(int status, @Nullable String type, Buffer body, Map<String, String> headers) {
    this(status, type, body, null, headers);
  }

  private static final int STREAMED = 0;
  private static final Buffer NOTHING = Buffer.buffer();

  /** The operation wrote, or goes on writing, the response itself. */
  public static final Answer WRITTEN = new Answer(STREAMED, null, NOTHING, Map.of());

  public static Answer ok(JsonObject body) {
    return json(200, body);
  }

  public static Answer json(int status, JsonObject body) {
    return new Answer(status, "application/json", body.toBuffer(), Map.of());
  }

  /** Done, and there is nothing to say about it. */
  public static Answer noContent() {
    return new Answer(204, null, NOTHING, Map.of());
  }

  /** The client has the body already. */
  static Answer notModified() {
    return new Answer(304, null, NOTHING, Map.of());
  }

  public static Answer of(String type, Buffer body) {
    return new Answer(200, type, body, Map.of());
  }

  /** {@code type}: null: the parts say it before they write. */
  public static Answer of(@Nullable String type, Parts parts) {
    return new Answer(200, type, NOTHING, parts, Map.of());
  }

  static Answer problem(Problem problem) {
    JsonObject json = problem.toJson();
    Answer answer =
        new Answer(problem.kind().status(), "application/problem+json", json.toBuffer(), Map.of());
    Object seconds = json.getValue("retryAfterSeconds");
    return seconds == null ? answer : answer.with("Retry-After", seconds.toString());
  }

  /** The same with one header more. */
  public Answer with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Answer(status, type, body, parts, more);
  }

  boolean isWritten() {
    return status == STREAMED;
  }
}
