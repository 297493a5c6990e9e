package io.apogeemq.gateway.publish;

import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.BodyBudget;
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
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

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
 * <p>The sender is paused while many sends are under way, while he does not read the answers, and while
 * there is no room in the {@link BodyBudget} for what has come of him. What is charged is given back line by
 * line as sends end, even if the client has gone. Who waits for room too long, for others who fill it or
 * because he and others wait for each other, ends with a problem.
 *
 * <pre>
 *   reading → (no room) → waiting for room → (room) → sending lines → (all sent) → reading
 *                               │ (too long) → over       │ (256 under way, answers unread) → held → reading
 * </pre>
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class PublishStream {
  private static final int MAX_PENDING = 256;
  private static final int RESUME_AT = MAX_PENDING / 2;
  private static final int LOOKS_PER_TIMEOUT = 8;
  private static final Buffer LINE_END = Buffer.buffer("\n");

  private final Call call;
  private final Sender sender;
  private final Vertx vertx;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final BodyBudget budget;
  private final Lines split;
  private final Promise<Answer> end = Promise.promise();
  private long lines;
  private long stored;
  private long failed;
  private int pending;

  /** Taken from the budget for what was not sent yet. */
  private long unsent;

  private BodyBudget.@Nullable Waiting waiting;
  private boolean ended;
  private boolean paused;

  /** Since when we wait for the rest of a line, or for room. */
  private long sinceNs = System.nanoTime();

  /** {@code budget}: one for all event loops. */
  PublishStream(Call call, Sender sender, BodyBudget budget) {
    this.call = call;
    this.sender = sender;
    this.budget = budget;
    vertx = call.vertx();
    request = call.request();
    response = request.response();
    split = new Lines(call.options().maxBodyBytes());
  }

  /** Completes when all lines were answered, or the client has gone. */
  Future<Answer> run() {
    BodyReader.welcome(request);
    response.setChunked(true).putHeader("Content-Type", "application/x-ndjson");
    response.exceptionHandler(this::broken);
    response.closeHandler(ignored -> end.tryComplete(Answer.WRITTEN));
    response.drainHandler(ignored -> goOn());
    request.exceptionHandler(this::broken);
    request.handler(this::arrived);
    request.endHandler(
        ignored -> {
          ended = true;
          arrived(LINE_END);
        });
    long periodMs = Math.max(1, call.options().bodyTimeoutMs() / LOOKS_PER_TIMEOUT);
    long looks = vertx.setPeriodic(periodMs, ignored -> look());
    request.resume();
    return end.future()
        .onComplete(
            ignored -> {
              vertx.cancelTimer(looks);
              stopWaiting();
              budget.give(unsent);
              unsent = 0;
            });
  }

  private boolean isOver() {
    return end.future().isComplete();
  }

  private void arrived(Buffer bytes) {
    if (isOver()) {
      return;
    }
    long cost = Lines.cost(bytes);
    if (budget.take(cost)) {
      split(bytes, cost);
      return;
    }
    pause();
    sinceNs = System.nanoTime();
    waiting =
        budget.await(
            cost,
            () -> {
              waiting = null;
              split(bytes, cost);
            });
  }

  private void split(Buffer bytes, long cost) {
    unsent += cost;
    if (split.openBytes() == 0) {
      sinceNs = System.nanoTime();
    }
    split.add(bytes);
    send();
  }

  /** Sends the lines that are there, as far as it may. */
  private void send() {
    try {
      while (!isOver() && !isFull()) {
        Buffer line = split.next();
        if (line == null) {
          resume();
          finishIfDone();
          return;
        }
        line(line);
      }
      pause();
    } catch (Problem e) { // a line without end would fill the memory
      giveUp(e);
    }
  }

  private boolean isFull() {
    return pending >= MAX_PENDING || response.writeQueueFull();
  }

  private void pause() {
    paused = true;
    request.pause();
  }

  private void resume() {
    if (paused && waiting == null) {
      paused = false;
      sinceNs = System.nanoTime();
      request.resume();
    }
  }

  private void line(Buffer line) {
    sinceNs = System.nanoTime();
    long cost = Lines.costOfLine(line);
    unsent -= cost;
    if (Lines.isBlank(line)) {
      budget.give(cost);
      return;
    }
    long number = ++lines;
    pending++;
    publish(line)
        .onComplete(
            done -> {
              pending--;
              budget.give(cost);
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

  private Future<JsonObject> publish(Buffer line) {
    try {
      return sender
          .send(call, Outgoing.of(call.text("topic"), MessageJson.message(line)))
          .map(PublishOperations::stored);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private void goOn() {
    if (paused && waiting == null && pending <= RESUME_AT && !isOver() && !isFull()) {
      send();
    }
  }

  /** Who sends a line too slowly, or waits too long for room, does not keep what he has taken. */
  private void look() {
    long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sinceNs);
    int timeoutMs = call.options().bodyTimeoutMs();
    if (waiting != null) {
      if (tookMs >= timeoutMs) {
        giveUp(budget.full());
      }
    } else if ((!paused || pending == 0) // or else the broker keeps us waiting
        && split.openBytes() > 0
        && tookMs >= BodyReader.patienceMs(timeoutMs, split.openBytes())) {
      giveUp(BodyReader.tooSlow(tookMs));
    }
  }

  private void stopWaiting() {
    BodyBudget.Waiting now = waiting;
    if (now != null) {
      waiting = null;
      budget.leave(now);
    }
  }

  private void write(JsonObject line) {
    if (!isOver()) {
      response.write(line.toBuffer().appendByte((byte) '\n'));
    }
  }

  private void finishIfDone() {
    if (ended && waiting == null && split.isEmpty() && pending == 0 && !isOver()) {
      finish();
    }
  }

  private void giveUp(Problem problem) {
    write(ItemResults.problem(problem));
    finish();
  }

  private void finish() {
    write(new JsonObject().put("lines", lines).put("stored", stored).put("failed", failed));
    response
        .end()
        .onComplete(
            ignored -> {
              if (!ended) {
                BodyReader.closeSlowly(request); // what still comes has no place to go
              }
            });
    end.tryComplete(Answer.WRITTEN);
  }

  private void broken(Throwable cause) {
    end.tryComplete(Answer.WRITTEN);
  }
}
