package io.apogeemq.gateway.publish;

import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.BodyBudget;
import io.apogeemq.gateway.http.BodyReader;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.ItemResults;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
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
 * Numbers count blank lines, which have no answer.
 *
 * <p>The sender is paused while many sends are under way, while he does not read the answers, and while
 * there is no room in the {@link BodyBudget} for what has come of him. The bytes are charged as they come,
 * and each send under way beside the first for what it takes beside its bytes; so whoever has his bytes in
 * can go on. What is charged is given back line by line as sends end, even if the client has gone.
 *
 * <p>Who waits for room too long, for others who fill it or because he and others wait for each other, ends
 * with a problem. So does who lets his answers lie, while more of his lines wait.
 *
 * <pre>
 *   reading → (no room) → waiting for room → (room) → sending lines → (all sent) → reading
 *                               │ (too long) → over       │ (256 under way, no room, answers unread) → held
 *   held → (half of them ended, answers read) → sending lines
 *     │ (answers unread too long) → over
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

  /** Lines that were cut off, blank ones too. */
  private long at;

  private long lines;
  private long stored;
  private long failed;
  private int pending;

  /** Bytes that came and were not sent yet. */
  private long unsent;

  private BodyBudget.@Nullable Waiting waiting;
  private boolean ended;
  private boolean paused;

  /** Whether {@link #send} is at it: a line that ends at once leaves it to that to go on. */
  private boolean sending;

  /** Since when we wait for the rest of a line, or for room. */
  private long sinceNs = System.nanoTime();

  /** When there last was room for answers. */
  private long readNs = System.nanoTime();

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
    response.drainHandler(
        ignored -> {
          readNs = System.nanoTime();
          goOn();
        });
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
              split.clear();
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
    if (budget.take(bytes.length())) {
      split(bytes);
      return;
    }
    pause();
    sinceNs = System.nanoTime();
    waiting =
        budget.await(
            bytes.length(),
            () -> {
              waiting = null;
              split(bytes);
            });
  }

  private void split(Buffer bytes) {
    unsent += bytes.length();
    if (split.openBytes() == 0) {
      sinceNs = System.nanoTime();
    }
    split.add(bytes);
    send();
  }

  /** Sends the lines that are there, as far as it may. */
  private void send() {
    sending = true;
    try {
      while (!isOver() && !isFull() && takeSend()) {
        Buffer line = split.next();
        if (line == null) {
          giveSend(0);
          resume();
          finishIfDone();
          return;
        }
        line(line);
      }
      pause();
    } catch (Problem e) { // a line without end would fill the memory
      giveSend(0);
      giveUp(e);
    } finally {
      sending = false;
    }
  }

  /** Takes what one more send takes beside its bytes; the first is free, or nobody might go on. */
  private boolean takeSend() {
    return pending == 0 || budget.take(BodyBudget.MESSAGE_BYTES);
  }

  /** Gives back what one send less has taken, and these bytes. */
  private void giveSend(long bytes) {
    budget.give(pending == 0 ? bytes : bytes + BodyBudget.MESSAGE_BYTES);
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
    long number = ++at;
    long bytes = line.length() + 1L;
    unsent -= bytes;
    if (Lines.isBlank(line)) {
      giveSend(bytes);
      return;
    }
    lines++;
    pending++;
    publish(line, number)
        .onComplete(
            done -> {
              pending--;
              giveSend(bytes);
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

  private Future<JsonObject> publish(Buffer line, long number) {
    try {
      return sender
          .send(call, Outgoing.of(call.text("topic"), MessageJson.message(line)), number)
          .map(PublishOperations::stored);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private void goOn() {
    if (paused && !sending && waiting == null && pending <= RESUME_AT && !isOver() && !isFull()) {
      send();
    }
  }

  /** Who sends a line too slowly, reads too late, or waits too long for room, does not keep what he has. */
  private void look() {
    int timeoutMs = call.options().bodyTimeoutMs();
    if (!response.writeQueueFull()) {
      readNs = System.nanoTime();
    }
    if (waiting != null) {
      if (msSince(sinceNs) >= timeoutMs) {
        giveUp(budget.full());
      }
    } else if (paused) {
      if (pending == 0 && msSince(readNs) >= timeoutMs) { // or else the broker keeps us waiting
        giveUp(unread(msSince(readNs)));
      }
    } else if (split.openBytes() > 0
        && msSince(sinceNs) >= BodyReader.patienceMs(timeoutMs, split.openBytes())) {
      giveUp(BodyReader.tooSlow(msSince(sinceNs)));
    }
  }

  private static long msSince(long ns) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - ns);
  }

  private static Problem unread(long ms) {
    return new Problem(
        ProblemKind.ANSWERS_UNREAD,
        "For " + ms + " ms the answers were not read, and more lines wait for theirs.");
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
