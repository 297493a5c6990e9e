package io.apogeemq.gateway.admin;

import io.apogeemq.client.MessageQueue;
import io.apogeemq.client.PullResult;
import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.gateway.consume.Places;
import io.apogeemq.gateway.consume.Positions;
import io.apogeemq.gateway.consume.QueueReader;
import io.apogeemq.gateway.consume.Repeat;
import io.apogeemq.gateway.consume.Wanted;
import io.apogeemq.gateway.http.ItemResults;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends a group's dead letters again, one after the other, at most so many a second, and writes a line
 * about each. What is there when it begins is the end of it: what dies again meanwhile is not sent again.
 * A dead letter stays where it is, and the position that is told says what is done, so that a replay that
 * was cut off loses nothing and repeats little.
 *
 * <p>A send that the cluster can't do now is tried again. One that fails otherwise is told and passed; the
 * position goes behind it when a later one has succeeded, or if it can never be sent as it is. While the
 * position lies before failures, the replay is not complete.
 *
 * <p>Ends when all was looked at, the request is closed, or {@link FailedRun#MAX} sends in a row have failed.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class DeadLetterReplay {
  private static final int BATCH = 32;
  private static final long PROGRESS_MS = 1_000;

  /** Sends a dead letter again; completes with the id that it has got. */
  interface Sender {
    Future<String> send(ReceivedMessage dead);
  }

  /**
   * What is asked for.
   *
   * @param topic null: each goes to the topic that it came from
   * @param pauseMs before a send is tried again
   */
  record Plan(Wanted wanted, @Nullable String topic, boolean dryRun, int perSecond, long pauseMs) {}

  /** What an attempt has failed of. */
  private enum Cause {
    /** The cluster can't do it now: the same again. */
    MOMENT,
    /** It can't be sent as it is, however often one tries. */
    MESSAGE,
    /** Somebody may mend it: a topic that lacks, a right, a broker. */
    OTHER
  }

  private final Vertx vertx;
  private final Plan plan;
  private final QueueReader reader;
  private final Sender sender;
  private final JsonLines lines;
  private final TreeMap<MessageQueue, Long> next;
  private final Map<MessageQueue, Long> ends;
  private final Map<String, Integer> topics = new TreeMap<>();
  private final Set<String> away;
  private final FailedRun failedRun = new FailedRun();
  private long nextSendNs = System.nanoTime();
  private long scanned;
  private long matched;
  private long sent;
  private long failed;

  /**
   * @param from queue → the first offset to send
   * @param ends queue → the offset behind the last one; what lacks here is of a broker that is away
   */
  DeadLetterReplay(
      Vertx vertx,
      Plan plan,
      QueueReader reader,
      Sender sender,
      JsonLines lines,
      TreeMap<MessageQueue, Long> from,
      Map<MessageQueue, Long> ends) {
    this.vertx = vertx;
    this.plan = plan;
    this.reader = reader;
    this.sender = sender;
    this.lines = lines;
    this.ends = ends;
    next = from;
    away = Places.brokers(from.keySet().stream().filter(each -> !ends.containsKey(each)).toList());
  }

  /** Completes when all is said. */
  Future<Void> run() {
    long total = 0;
    for (Map.Entry<MessageQueue, Long> each : next.entrySet()) {
      total += Math.max(0, end(each.getKey()) - each.getValue());
    }
    lines.write(new JsonObject().put("dryRun", plan.dryRun()).put("total", total));
    long progress =
        vertx.setPeriodic(
            PROGRESS_MS, ignored -> lines.write(new JsonObject().put("progress", figures())));
    return Repeat.whileTrue(this::batch)
        .onComplete(ignored -> vertx.cancelTimer(progress))
        .transform(
            done -> {
              report(done.failed() ? done.cause() : null);
              return Future.succeededFuture();
            });
  }

  private long end(MessageQueue queue) {
    return ends.getOrDefault(queue, 0L);
  }

  private boolean isStopped() {
    return lines.isGone() || failedRun.isTooLong();
  }

  /** Goes on with the first queue that is not at its end; tells whether there was one. */
  private Future<Boolean> batch() {
    for (Map.Entry<MessageQueue, Long> each : next.entrySet()) {
      if (each.getValue() < end(each.getKey())) {
        return isStopped()
            ? Future.succeededFuture(false)
            : batch(each.getKey(), each.getValue()).map(true);
      }
    }
    return Future.succeededFuture(false);
  }

  private Future<Void> batch(MessageQueue queue, long at) {
    return reader
        .read(queue, plan.wanted().atBroker(), at, BATCH)
        .compose(
            result ->
                wanted(queue, result.messages())
                    .compose(all -> each(queue, new ArrayDeque<>(all)))
                    .onSuccess(
                        ignored -> {
                          if (!isStopped()) {
                            // Records that nobody wants, or that are deleted by now.
                            boolean over =
                                result.status() == PullResult.Status.NO_NEW_MSG
                                    || result.nextOffset() <= at;
                            moveTo(queue, over ? end(queue) : result.nextOffset());
                          }
                        }));
  }

  /** Those that are wanted; where that takes long, it is found out beside the event loop. */
  private Future<List<ReceivedMessage>> wanted(MessageQueue queue, List<ReceivedMessage> all) {
    Wanted wanted = plan.wanted();
    List<ReceivedMessage> dead =
        all.stream().filter(each -> each.queueOffset() < end(queue)).toList();
    return dead.stream().noneMatch(wanted::isHeavyToJudge)
        ? Future.succeededFuture(dead.stream().filter(wanted::wants).toList())
        : vertx.executeBlocking(() -> dead.stream().filter(wanted::wants).toList(), false);
  }

  private Future<Void> each(MessageQueue queue, ArrayDeque<ReceivedMessage> left) {
    return Repeat.whileTrue(
        () -> {
          ReceivedMessage message = left.peek();
          if (message == null || isStopped()) {
            return Future.succeededFuture(false);
          }
          return one(queue, message)
              .map(
                  done -> {
                    if (done) {
                      moveTo(queue, message.queueOffset() + 1);
                      left.remove();
                    }
                    return true;
                  });
        });
  }

  private void moveTo(MessageQueue queue, long offset) {
    long to = Math.min(offset, end(queue));
    scanned += Math.max(0, to - next.get(queue));
    next.put(queue, to);
  }

  /** Tells whether the message is done with. Never fails: what becomes of it is a line. */
  private Future<Boolean> one(MessageQueue queue, ReceivedMessage message) {
    if (plan.dryRun()) {
      matched(message);
      return Future.succeededFuture(true);
    }
    return turn()
        .compose(
            ignored ->
                isStopped()
                    ? Future.succeededFuture(false)
                    : sender
                        .send(message)
                        .transform(done -> Future.succeededFuture(told(queue, message, done))));
  }

  /** Writes the line about an attempt; tells whether it was the last for this message. */
  private boolean told(MessageQueue queue, ReceivedMessage message, AsyncResult<String> done) {
    JsonObject line = new JsonObject().put("from", place(message)).put("topic", topic(message));
    if (done.succeeded()) {
      matched(message);
      sent++;
      failedRun.end();
      lines.write(line.put("messageId", done.result()));
      return true;
    }
    Problem problem = Problem.of(done.cause());
    Cause cause = cause(problem);
    if (cause == Cause.MESSAGE) {
      failedRun.pass(queue, message.queueOffset());
    } else {
      failedRun.add(queue, message.queueOffset());
    }
    if (cause == Cause.MOMENT && !failedRun.isTooLong()) {
      nextSendNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(plan.pauseMs());
      return false;
    }
    matched(message);
    failed++;
    lines.write(line.mergeIn(ItemResults.problem(problem)));
    return true;
  }

  private static Cause cause(Problem problem) {
    return switch (problem.kind()) {
      case UNAVAILABLE, TIMED_OUT, TOO_MANY_REQUESTS -> Cause.MOMENT;
      case BAD_REQUEST, INVALID_PARAMETER, TOO_LARGE -> Cause.MESSAGE;
      default -> Cause.OTHER;
    };
  }

  private String topic(ReceivedMessage message) {
    String topic = plan.topic();
    return topic == null ? DeadLetter.origin(message) : topic;
  }

  private void matched(ReceivedMessage message) {
    matched++;
    topics.merge(topic(message), 1, Integer::sum);
  }

  /** Completes when the next may be sent: by the rate, and when the reader has read. */
  private Future<Void> turn() {
    long now = System.nanoTime();
    long waitMs = TimeUnit.NANOSECONDS.toMillis(nextSendNs - now);
    nextSendNs = Math.max(now, nextSendNs) + TimeUnit.SECONDS.toNanos(1) / plan.perSecond();
    Promise<Void> due = Promise.promise();
    if (waitMs > 0) {
      vertx.setTimer(waitMs, ignored -> due.complete());
    } else {
      due.complete();
    }
    return due.future().compose(ignored -> lines.drained());
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
        .put("position", Positions.write(failedRun.before(next)));
  }

  private void report(@Nullable Throwable failure) {
    boolean complete = failure == null && !isStopped() && failedRun.isEmpty() && away.isEmpty();
    JsonObject report = figures().put("complete", complete);
    JsonObject byTopic = new JsonObject();
    topics.forEach(byTopic::put);
    report.put("topics", byTopic);
    report.put("brokers", new JsonArray(List.copyOf(Places.brokers(ends.keySet()))));
    if (failure != null) {
      report.put("stopped", ItemResults.problem(failure).getJsonObject("problem"));
    } else if (failedRun.isTooLong()) {
      report.put("stopped", FailedRun.MAX + " sends in a row have failed");
    } else if (!failedRun.isEmpty()) {
      report.put("stopped", "the last sends have failed; position is before the first of them");
    } else if (!away.isEmpty()) {
      report.put("stopped", "brokers are away: " + away + "; position remembers their queues");
    }
    lines.write(new JsonObject().put("report", report));
    lines.end();
  }
}
