package io.apogeemq.gateway.consume;

import io.apogeemq.client.MessageQueue;
import io.apogeemq.client.PullConsumer;
import io.apogeemq.client.PullResult;
import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.client.RequestRefused;
import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.ItemResults;
import io.apogeemq.gateway.message.Shown;
import io.apogeemq.gateway.metrics.Metrics;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A topic as server-sent events, as it grows. Each id is the reader's whole position, so that a browser
 * that comes again with {@code Last-Event-ID} goes on where it was. It comes with each event, and without
 * one at the beginning and with each heartbeat: readers keep it, though they are told of no event.
 *
 * <pre>
 *   retry: ms
 *   id: position                                 at the beginning
 *
 *   : heartbeat
 *   id: position
 *
 *   id: position
 *   event: message
 *   data: { message as JSON }
 *
 *   event: skipped                               with a rate only, at most once a second
 *   data: { "skipped": since the last such event, "skippedInAll": since the stream began }
 * </pre>
 *
 * <p>While the reader is slower than the topic, nothing is kept for it: what a broker still answers is
 * thrown away and read again when the reader has caught up, so that a slow reader costs the bytes of one
 * write queue and one answer.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class TailStream {
  private static final Logger log = LoggerFactory.getLogger(TailStream.class);

  private static final int BATCH = 32;
  private static final long POLL_MS = 15_000;
  private static final long HEARTBEAT_MS = 15_000;
  private static final long QUEUES_MS = 30_000;
  private static final long RETRY_MS = 1_000;
  private static final long RATE_MS = 1_000;
  private static final long NO_TIMER = -1;

  private final Vertx vertx;
  private final HttpServerResponse response;
  private final PullConsumer reader;
  private final Wanted wanted;
  private final String topic;
  private final Shown form;
  private final TailRate rate;
  private final Metrics metrics;
  private final Promise<Answer> end = Promise.promise();

  private final TailQueues queues;

  /** Queues that are read again when the reader has caught up. */
  private final Set<MessageQueue> held = new HashSet<>();

  TailStream(Vertx vertx, Call call, Wanted wanted, Places places, Metrics metrics) {
    this.vertx = vertx;
    this.metrics = metrics;
    this.wanted = wanted;
    response = call.request().response();
    reader = call.client().reader(Browse.READER).asStored();
    topic = call.text("topic");
    form = Shown.of(call);
    rate = new TailRate(call.number("rate"));
    queues =
        new TailQueues(
            places,
            call.text("from"),
            (queue, from) -> Browse.start(reader, queue, from),
            System.currentTimeMillis());
  }

  /** Completes when the reader has gone, or the topic is no more. */
  Future<Answer> run() {
    if (response.closed()) {
      return Future.succeededFuture(Answer.WRITTEN);
    }
    response
        .setChunked(true)
        .putHeader("Content-Type", "text/event-stream")
        .putHeader("Cache-Control", "no-store")
        .putHeader("X-Accel-Buffering", "no") // proxies would hold events back
        .closeHandler(ignored -> end.tryComplete(Answer.WRITTEN))
        .exceptionHandler(ignored -> end.tryComplete(Answer.WRITTEN))
        .drainHandler(ignored -> caughtUp());
    response.write("retry: " + RETRY_MS + "\n" + id() + "\n");
    long heartbeat = vertx.setPeriodic(HEARTBEAT_MS, ignored -> heartbeat());
    long looking = vertx.setPeriodic(QUEUES_MS, ignored -> lookForQueues());
    long second = rate.isLimited() ? vertx.setPeriodic(RATE_MS, ignored -> nextSecond()) : NO_TIMER;
    queues.present().forEach(this::read);
    return end.future()
        .onComplete(
            ignored -> {
              vertx.cancelTimer(heartbeat);
              vertx.cancelTimer(looking);
              vertx.cancelTimer(second);
            });
  }

  private void read(MessageQueue queue) {
    if (end.future().isComplete()) {
      return;
    }
    if (response.writeQueueFull()) {
      held.add(queue);
      return;
    }
    reader
        .pull(queue, wanted.atBroker(), queues.next.get(queue), form.batch(BATCH), POLL_MS)
        .onSuccess(result -> found(queue, result))
        .onFailure(e -> failed(queue, e));
  }

  private void found(MessageQueue queue, PullResult result) {
    if (end.future().isComplete()) {
      return;
    }
    if (!result.messages().isEmpty() && response.writeQueueFull()) {
      held.add(queue); // thrown away, to be read again
      return;
    }
    if (result.messages().stream().noneMatch(wanted::isHeavy)) {
      tell(queue, result, result.messages().stream().map(this::shown).toList());
    } else { // beside the event loop
      vertx
          .executeBlocking(() -> result.messages().stream().map(this::shown).toList(), false)
          .onSuccess(shown -> tell(queue, result, shown))
          .onFailure(e -> failed(queue, e));
    }
  }

  private Optional<JsonObject> shown(ReceivedMessage message) {
    return Optional.ofNullable(wanted.shown(message, form));
  }

  private void tell(MessageQueue queue, PullResult result, List<Optional<JsonObject>> shown) {
    if (end.future().isComplete()) {
      return;
    }
    for (int i = 0; i < shown.size(); i++) {
      ReceivedMessage message = result.messages().get(i);
      queues.next.put(queue, message.queueOffset() + 1);
      if (shown.get(i).isPresent() && queues.isOfItsTime(queue, message) && rate.admits()) {
        event("message", shown.get(i).get());
        metrics.delivered(1);
      }
    }
    queues.next.put(queue, result.nextOffset());
    read(queue);
  }

  /** What the last second had too much is said. */
  private void nextSecond() {
    long skipped = rate.nextSecond();
    if (skipped > 0 && !end.future().isComplete()) {
      event(
          "skipped",
          new JsonObject().put("skipped", skipped).put("skippedInAll", rate.skippedInAll()));
    }
  }

  private void failed(MessageQueue queue, Throwable failure) {
    if (failure instanceof RequestRefused refused
        && refused.code() != ResponseCode.SYSTEM_BUSY
        && refused.code() != ResponseCode.SERVICE_NOT_AVAILABLE) {
      finish(failure);
      return;
    }
    log.debug("reading {} is tried again: {}", queue, failure.toString());
    vertx.setTimer(RETRY_MS, ignored -> read(queue));
  }

  /** The reader is told why there is no more, and should not come again for the same. */
  private void finish(Throwable failure) {
    if (!end.future().isComplete()) {
      event("problem", ItemResults.problem(failure).getJsonObject("problem"));
      response.end();
      end.tryComplete(Answer.WRITTEN);
    }
  }

  private void event(String kind, JsonObject data) {
    // Line breaks can only stand between the parts of a body's own JSON; here they end a line.
    String line = data.encode().replace('\n', ' ').replace('\r', ' ');
    response.write(id() + "event: " + kind + "\ndata: " + line + "\n\n");
  }

  /** The line that tells where the reader is. */
  private String id() {
    return "id: " + Positions.write(queues.next) + "\n";
  }

  private void caughtUp() {
    Set<MessageQueue> again = Set.copyOf(held);
    held.clear();
    again.forEach(this::read);
  }

  private void heartbeat() {
    if (!response.writeQueueFull() && !end.future().isComplete()) {
      response.write(": heartbeat\n" + id() + "\n");
    }
  }

  /** A topic may get more queues, and brokers come back. */
  private void lookForQueues() {
    reader
        .queues(topic)
        .onSuccess(all -> queues.found(all, this::read))
        .onFailure(e -> log.debug("the queues of {} are not known now: {}", topic, e.toString()));
  }
}
