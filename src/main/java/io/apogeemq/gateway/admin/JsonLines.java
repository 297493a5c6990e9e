package io.apogeemq.gateway.admin;

import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.WriteStream;

/** An answer that is told in lines of JSON while the work goes on. What nobody reads any more is not written. */
@RunsOn(ThreadRole.EVENT_LOOP)
final class JsonLines {
  private final WriteStream<Buffer> out;
  private final Promise<Void> gone = Promise.promise();

  JsonLines(WriteStream<Buffer> out) {
    this.out = out;
    out.exceptionHandler(ignored -> gone.tryComplete());
  }

  /** Begins the response. */
  static JsonLines of(HttpServerResponse response) {
    response
        .setChunked(true)
        .putHeader("Content-Type", "application/x-ndjson")
        .putHeader("X-Accel-Buffering", "no"); // proxies would hold lines back
    JsonLines lines = new JsonLines(response);
    response.closeHandler(ignored -> lines.gone.tryComplete());
    return lines;
  }

  boolean isGone() {
    return gone.future().isComplete();
  }

  void write(JsonObject line) {
    if (!isGone()) {
      out.write(line.toBuffer().appendByte((byte) '\n'));
    }
  }

  /** Completes when the reader has read enough for another line, or has gone. */
  Future<Void> drained() {
    if (!out.writeQueueFull() || isGone()) {
      return Future.succeededFuture();
    }
    Promise<Void> drained = Promise.promise();
    out.drainHandler(ignored -> drained.tryComplete());
    gone.future().onComplete(ignored -> drained.tryComplete());
    return drained.future();
  }

  void end() {
    if (!isGone()) {
      out.end();
    }
  }
}
