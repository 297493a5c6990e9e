package io.apogeemq.client;

import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.util.Map;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the queues of a push consumer: each has one long poll under way, unless too much of it is
 * cached.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class Reading {
  private static final Logger log = LoggerFactory.getLogger(Reading.class);

  private static final long SUSPEND_MS = 15_000;
  private static final long AFTER_REFUSAL_MS = 3_000;
  private static final long AFTER_FLOW_CONTROL_MS = 20;
  private static final long AFTER_LOST_CONNECTION_MS = 500;

  /** A broker that doesn't hold a long poll must not make us spin. */
  private static final long MIN_POLL_MS = 10;

  private final ConsumerOptions options;
  private final Map<String, Filter> subscriptions;
  private final long subscriptionVersionMs;
  private final PullConsumer puller;
  private final boolean commitsByPull;
  private final ClientMetrics metrics;
  private final ConsumeFigures figures;
  private final Loop loop;
  private final Deliveries deliveries;
  private final BiConsumer<OwnedQueue, Long> onOffsetMoved;
  private final BiConsumer<MessageQueue, Long> onReset;
  private boolean stopped;

  /**
   * @param subscriptions by topic; may grow
   * @param onOffsetMoved told that a queue's offset was outside of it, and the nearest one inside
   * @param onReset told that the group was moved in a queue, and where to
   */
  Reading(
      ConsumerOptions options,
      Map<String, Filter> subscriptions,
      long subscriptionVersionMs,
      PullConsumer puller,
      boolean commitsByPull,
      ClientMetrics metrics,
      ConsumeFigures figures,
      Loop loop,
      Deliveries deliveries,
      BiConsumer<OwnedQueue, Long> onOffsetMoved,
      BiConsumer<MessageQueue, Long> onReset) {
    this.options = options;
    this.subscriptions = subscriptions;
    this.subscriptionVersionMs = subscriptionVersionMs;
    this.puller = puller;
    this.commitsByPull = commitsByPull;
    this.metrics = metrics;
    this.figures = figures;
    this.loop = loop;
    this.deliveries = deliveries;
    this.onOffsetMoved = onOffsetMoved;
    this.onReset = onReset;
  }

  /** Begins to read a queue, or goes on after it was full. */
  void pull(OwnedQueue from) {
    if (from.isDropped() || stopped || from.isFull(options)) {
      return;
    }
    long askedNs = System.nanoTime();
    puller
        .pullFrom(
            from.queue(),
            subscriptions.getOrDefault(from.queue().topic(), Filter.ALL),
            subscriptionVersionMs,
            from.nextOffset(),
            options.getPullBatchSize(),
            SUSPEND_MS,
            commitsByPull && from.takeCommit() ? from.committable() : PullConsumer.NO_COMMIT)
        .onSuccess(result -> pulled(from, result, askedNs))
        .onFailure(failure -> failed(from, failure));
  }

  private void pulled(OwnedQueue from, PullResult result, long askedNs) {
    if (stopped) {
      return;
    }
    if (result.status() == PullResult.Status.OFFSET_RESET) {
      // Said once: also when it is a pull from before a seek that hears of it.
      onReset.accept(from.queue(), result.nextOffset());
      return;
    }
    if (from.isDropped()) {
      return;
    }
    if (result.status() == PullResult.Status.OFFSET_ILLEGAL) {
      // Go on where the broker says, as the original does.
      log.warn(
          "{}: offset {} is outside of the queue, goes on at {}",
          from.queue(),
          from.nextOffset(),
          result.nextOffset());
      onOffsetMoved.accept(from, result.nextOffset());
      return;
    }
    if (!result.messages().isEmpty()) {
      int messages = result.messages().size();
      metrics.received(from.queue().topic(), options.getGroup(), messages);
      figures.pulled(from.queue().topic(), messages, System.nanoTime() - askedNs);
    }
    deliveries.offer(from, from.pulled(result));
    boolean tooFast =
        result.status() == PullResult.Status.NO_NEW_MSG
            && System.nanoTime() - askedNs < MIN_POLL_MS * 1_000_000;
    if (tooFast) {
      loop.after(MIN_POLL_MS, () -> pull(from));
    } else {
      pull(from);
    }
  }

  private void failed(OwnedQueue from, Throwable failure) {
    if (from.isDropped() || stopped) {
      return;
    }
    long delayMs = AFTER_LOST_CONNECTION_MS;
    if (failure instanceof RequestRefused refused && refused.code() != ResponseCode.FLOW_CONTROL) {
      delayMs = AFTER_REFUSAL_MS;
      log.warn("{} can't be read: {}", from.queue(), failure.getMessage());
    } else {
      if (failure instanceof RequestRefused) {
        delayMs = AFTER_FLOW_CONTROL_MS;
      }
      log.info("pull from {} failed: {}", from.queue(), failure.toString());
    }
    loop.after(delayMs, () -> pull(from));
  }

  void stop() {
    stopped = true;
  }
}
