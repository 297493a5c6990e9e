package io.apogeemq.gateway.admin;

import io.apogeemq.client.MessageQueue;
import io.apogeemq.client.PullConsumer;
import io.apogeemq.client.PullResult;
import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.gateway.consume.Browse;
import io.apogeemq.gateway.consume.Positions;
import io.apogeemq.gateway.consume.Wanted;
import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.ItemResults;
import io.apogeemq.protocol.Names;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends a group's dead letters again, one after the other, at most so many a second, and writes a line
 * about each. What is there when it begins is the end of it: what dies again meanwhile is not sent again.
 * A dead letter stays where it is, and the position of each line says what is done, so that a replay
 * that was cut off loses nothing and repeats little.
 *
 * <p>Ends when all was looked at, the request is closed, or {@link #MAX_FAILURES} sends in a row have failed.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class DeadLetterReplay {
  private static final int BATCH = 32;
  private static final int MAX_FAILURES = 10;
  private static final long PROGRESS_MS = 1_000;

  private final Vertx vertx;
  private final Call call;
  private final HttpServerResponse response;
  private final PullConsumer reader;
  private final Wanted wanted;
  private final @Nullable String topic;
  private final boolean dryRun;
  private final long intervalNs;
  private final TreeMap<MessageQueue, Long> next;
  private final Map<MessageQueue, Long> ends;
  private final Map<String, Integer> topics = new TreeMap<>();
  private final Promise<Void> gone = Promise.promise();
  private long nextSendNs = System.nanoTime();
  private long scanned;
  private long matched;
  private long sent;
  private long failed;
  private int failuresInARow;

  private DeadLetterReplay(
      Vertx vertx,
      Call call,
      @Nullable String topic,
      int perSecond,
      TreeMap<MessageQueue, Long> from,
      Map<MessageQueue, Long> ends) {
    this.vertx = vertx;
    this.call = call;
    this.topic = topic;
    this.ends = ends;
    next = from;
    response = call.request().response();
    reader = call.client().reader(Browse.READER).asStored();
    wanted = Wanted.of(call);
    dryRun = call.flag("dryRun");
    intervalNs = TimeUnit.SECONDS.toNanos(1) / perSecond;
  }

  /**
   * Completes when all is said.
   *
   * @param topic null: each goes to the topic that it came from
   */
  static Future<Answer> run(Vertx vertx, Call call, @Nullable String topic, int perSecond) {
    PullConsumer reader = call.client().reader(Browse.READER);
    String dlq = Names.dlqTopic(call.text("group"));
    return Browse.starts(reader, dlq, call.textOrNull("position"), call.text("from"))
        .compose(
            from ->
                Browse.starts(reader, dlq, null, "last")
                    .compose(
                        ends ->
                            new DeadLetterReplay(vertx, call, topic, perSecond, from, ends).run()));
  }

  private Future<Answer> run() {
    if (response.closed()) {
      return Future.succeededFuture(Answer.WRITTEN);
    }
    response
        .setChunked(true)
        .putHeader("Content-Type", "application/x-ndjson")
        .putHeader("X-Accel-Buffering", "no") // proxies would hold lines back
        .closeHandler(ignored -> gone.tryComplete())
        .exceptionHandler(ignored -> gone.tryComplete());
    long total = 0;
    for (Map.Entry<MessageQueue, Long> each : next.entrySet()) {
      total += Math.max(0, ends.getOrDefault(each.getKey(), 0L) - each.getValue());
    }
    write(new JsonObject().put("dryRun", dryRun).put("total", total));
    long progress =
        vertx.setPeriodic(
            PROGRESS_MS, ignored -> write(new JsonObject().put("progress", figures())));
    return queue()
        .onComplete(ignored -> vertx.cancelTimer(progress))
        .transform(
            done -> {
              report(done.failed() ? done.cause() : null);
              return Future.succeededFuture(Answer.WRITTEN);
            });
  }

  /** Goes on with the first queue that is not at its end. */
  private Future<Void> queue() {
    for (Map.Entry<MessageQueue, Long> each : next.entrySet()) {
      if (each.getValue() < ends.getOrDefault(each.getKey(), 0L)) {
        return isStopped() ? Future.succeededFuture() : batch(each.getKey(), each.getValue());
      }
    }
    return Future.succeededFuture();
  }

  private Future<Void> batch(MessageQueue queue, long at) {
    return reader
        .pull(queue, wanted.atBroker(), at, BATCH, 0)
        .compose(
            result ->
                messages(queue, result, 0)
                    .compose(
                        ignored -> {
                          if (!isStopped()) {
                            // Records that the broker left out, or that are deleted by now.
                            boolean over =
                                result.status() == PullResult.Status.NO_NEW_MSG
                                    || result.nextOffset() <= at;
                            moveTo(queue, over ? ends.get(queue) : result.nextOffset());
                          }
                          return queue();
                        }));
  }

  private Future<Void> messages(MessageQueue queue, PullResult result, int index) {
    if (index >= result.messages().size() || isStopped()) {
      return Future.succeededFuture();
    }
    ReceivedMessage message = result.messages().get(index);
    if (message.queueOffset() >= ends.get(queue)) {
      return Future.succeededFuture();
    }
    return one(message)
        .compose(
            ignored -> {
              moveTo(queue, message.queueOffset() + 1);
              return messages(queue, result, index + 1);
            });
  }

  private void moveTo(MessageQueue queue, long offset) {
    long to = Math.min(offset, ends.get(queue));
    scanned += Math.max(0, to - next.get(queue));
    next.put(queue, to);
  }

  /** Never fails: what becomes of a message is a line. */
  private Future<Void> one(ReceivedMessage message) {
    if (!wanted.wants(message)) {
      return Future.succeededFuture();
    }
    matched++;
    String target = topic == null ? DeadLetter.origin(message) : topic;
    topics.merge(target, 1, Integer::sum);
    if (dryRun) {
      return Future.succeededFuture();
    }
    return turn()
        .compose(ignored -> send(message))
        .transform(
            done -> {
              JsonObject line = new JsonObject().put("from", place(message)).put("topic", target);
              if (done.succeeded()) {
                sent++;
                failuresInARow = 0;
                write(line.put("messageId", done.result()));
              } else {
                failed++;
                failuresInARow++;
                write(line.mergeIn(ItemResults.problem(done.cause())));
              }
              return Future.succeededFuture();
            });
  }

  private Future<String> send(ReceivedMessage message) {
    try {
      return call.client()
          .producer()
          .send(DeadLetter.alive(message, topic))
          .map(result -> result.msgId());
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  /** Completes when the next may be sent: by the rate, and when the reader has read. */
  private Future<Void> turn() {
    long now = System.nanoTime();
    long waitMs = TimeUnit.NANOSECONDS.toMillis(nextSendNs - now);
    nextSendNs = Math.max(now, nextSendNs) + intervalNs;
    Future<Void> due = Future.succeededFuture();
    if (waitMs > 0) {
      Promise<Void> later = Promise.promise();
      vertx.setTimer(waitMs, ignored -> later.complete());
      due = later.future();
    }
    return due.compose(ignored -> readable());
  }

  private Future<Void> readable() {
    if (!response.writeQueueFull() || gone.future().isComplete()) {
      return Future.succeededFuture();
    }
    Promise<Void> drained = Promise.promise();
    response.drainHandler(ignored -> drained.tryComplete());
    gone.future().onComplete(ignored -> drained.tryComplete());
    return drained.future();
  }

  private boolean isStopped() {
    return gone.future().isComplete() || failuresInARow >= MAX_FAILURES;
  }

  private static JsonObject place(ReceivedMessage message) {
    return new JsonObject()
        .put("broker", message.brokerName())
        .put("queueId", message.queueId())
        .put("offset", message.queueOffset());
  }

  private JsonObject figures() {
    return new JsonObject()
        .put("scanned", scanned)
        .put("wanted", matched)
        .put("sent", sent)
        .put("failed", failed)
        .put("position", Positions.write(next));
  }

  private void report(@Nullable Throwable failure) {
    JsonObject report = figures().put("complete", failure == null && !isStopped());
    JsonObject byTopic = new JsonObject();
    topics.forEach(byTopic::put);
    report.put("topics", byTopic);
    if (failure != null) {
      report.put("stopped", ItemResults.problem(failure).getJsonObject("problem"));
    } else if (failuresInARow >= MAX_FAILURES) {
      report.put("stopped", MAX_FAILURES + " sends in a row have failed");
    }
    write(new JsonObject().put("report", report));
    if (!gone.future().isComplete()) {
      response.end();
    }
  }

  private void write(JsonObject line) {
    if (!gone.future().isComplete()) {
      response.write(line.toBuffer().appendByte((byte) '\n'));
    }
  }
}
