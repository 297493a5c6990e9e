package io.apogeemq.gateway.publish;

import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.BodyReader;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.ItemResults;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.message.MessageJson;
import io.apogeemq.gateway.message.Outgoing;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;

/**
 * A stream of messages, one JSON object per line, of any length. Each line gets a line as answer, in
 * whatever order the answers come, with the line's number:
 *
 * <pre>
 *   { "line": 1, "status": "SEND_OK", "messageId": … }
 *   { "line": 2, "problem": {…} }
 *   { "lines": 2, "stored": 1, "failed": 1 }               the last
 * </pre>
 *
 * <p>The sender is paused while many sends are under way, and while he does not read the answers.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class PublishStream {
  private static final int MAX_PENDING = 256;
  private static final int RESUME_AT = MAX_PENDING / 2;

  private final Call call;
  private final Sender sender;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Promise<Answer> end = Promise.promise();
  private long lines;
  private long stored;
  private long failed;
  private int pending;
  private boolean read;
  private boolean paused;

  PublishStream(Call call, Sender sender) {
    this.call = call;
    this.sender = sender;
    request = call.request();
    response = request.response();
  }

  /** Completes when all lines were answered, or the client has gone. */
  Future<Answer> run() {
    BodyReader.welcome(request);
    response.setChunked(true).putHeader("Content-Type", "application/x-ndjson");
    response.exceptionHandler(this::broken);
    response.closeHandler(ignored -> end.tryComplete(Answer.WRITTEN));
    response.drainHandler(ignored -> goOn());
    Lines split = new Lines(call.options().maxBodyBytes(), this::line);
    request.exceptionHandler(this::broken);
    request.handler(bytes -> part(split, bytes));
    request.endHandler(
        ignored -> {
          split.end();
          read = true;
          finishIfDone();
        });
    request.resume();
    return end.future();
  }

  /** A line without end would fill the memory: the stream ends with a problem instead. */
  private void part(Lines split, Buffer bytes) {
    if (!end.future().isComplete()) {
      try {
        split.bytes(bytes);
      } catch (Problem e) {
        write(ItemResults.problem(e));
        finish();
      }
    }
  }

  private void line(Buffer line) {
    if (end.future().isComplete()) {
      return;
    }
    long number = ++lines;
    pending++;
    if (pending >= MAX_PENDING || response.writeQueueFull()) {
      paused = true;
      request.pause();
    }
    send(line)
        .onComplete(
            done -> {
              pending--;
              JsonObject about = new JsonObject().put("line", number);
              if (done.failed()) {
                failed++;
              } else {
                stored++;
              }
              write(
                  about.mergeIn(
                      done.succeeded() ? done.result() : ItemResults.problem(done.cause())));
              goOn();
              finishIfDone();
            });
  }

  private Future<JsonObject> send(Buffer line) {
    try {
      return sender
          .send(call.client(), Outgoing.of(call.text("topic"), MessageJson.message(line)))
          .map(PublishOperations::stored);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private void goOn() {
    if (paused && pending <= RESUME_AT && !response.writeQueueFull()) {
      paused = false;
      request.resume();
    }
  }

  private void write(JsonObject line) {
    if (!end.future().isComplete()) {
      response.write(line.toBuffer().appendByte((byte) '\n'));
    }
  }

  private void finishIfDone() {
    if (read && pending == 0 && !end.future().isComplete()) {
      finish();
    }
  }

  private void finish() {
    write(new JsonObject().put("lines", lines).put("stored", stored).put("failed", failed));
    response
        .end()
        .onComplete(
            ignored -> {
              if (!read) {
                request.connection().close(); // what still comes has no place to go
              }
            });
    end.tryComplete(Answer.WRITTEN);
  }

  private void broken(Throwable cause) {
    end.tryComplete(Answer.WRITTEN);
  }
}
