package io.apogeemq.broker.send;

import io.apogeemq.broker.send.MessageIntake.Stored;
import io.apogeemq.broker.send.RetryWindow.Place;
import io.apogeemq.broker.stats.Rates;
import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Liveness;
import io.apogeemq.remoting.Refused;
import io.apogeemq.store.AppendResult;
import io.apogeemq.store.AppendResult.Appended;
import io.apogeemq.store.Completions;
import io.apogeemq.store.MessageStore;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers sends that were recognised as retries ({@link RetryWindow}): waits for the first try if it is
 * in flight, then until what it stored is as durable as the store's mode promises now, and answers with
 * its place. One per loop.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class RetryAnswers {
  /** The store time of a first try is not remembered; no answer names it. */
  private static final long NO_TIME = -1;

  private final RetryWindow retries;
  private final MessageStore store;
  private final Completions back;
  private final Rates rates;

  RetryAnswers(RetryWindow retries, MessageStore store, Completions back, Rates rates) {
    this.retries = retries;
    this.store = store;
    this.back = back;
    this.rates = rates;
  }

  /**
   * Answers a retry.
   *
   * @param first ticket of the first try
   * @param from the connection that the retry came on
   * @param receivedMs when it came, monotonic
   * @param drafts what it brings: the same as the first try
   * @param then makes what the future completes with
   * @param afterAll stores the retry, if it turns out that the first try was not stored
   * @throws Refused if too many retries wait for first tries
   */
  <T> Future<T> answer(
      long first,
      Liveness from,
      long receivedMs,
      List<MessageDraft> drafts,
      boolean wait,
      @Nullable String uniqueKey,
      @Nullable String recallHandle,
      Function<Stored, T> then,
      Supplier<Future<T>> afterAll) {
    Promise<@Nullable Place> known = Promise.promise();
    if (!retries.outcome(first, back, known::complete)) {
      throw new Refused(
          ResponseCode.SERVICE_NOT_AVAILABLE,
          "too many retries wait for their first tries, which the disk has not taken yet; try again");
    }
    return known
        .future()
        .compose(
            place ->
                place == null
                    ? afterAll.get()
                    : durable(place, drafts, wait)
                        .map(
                            result -> {
                              T outcome =
                                  then.apply(
                                      new Stored(result, place.queueId(), uniqueKey, recallHandle));
                              rates.putRetried();
                              retries.answeredRetry(
                                  first,
                                  from,
                                  receivedMs,
                                  System.nanoTime() / 1_000_000,
                                  result instanceof Appended);
                              return outcome;
                            }));
  }

  /** Appended or unknown, when the store's mode allows an answer. */
  private Future<AppendResult> durable(Place place, List<MessageDraft> drafts, boolean wait) {
    Promise<AppendResult> done = Promise.promise();
    store.awaitDurable(
        new Appended(place.queueOffset(), place.logPosition(), NO_TIME, null),
        wait,
        back,
        result -> {
          if (drafts.size() > 1 && result instanceof Appended) {
            withAllPositions(place, drafts, done);
          } else {
            done.complete(result);
          }
        });
    return done.future();
  }

  /** The window remembers where a batch begins; where its other messages are the index knows. */
  private void withAllPositions(
      Place place, List<MessageDraft> drafts, Promise<AppendResult> done) {
    store.entries(
        drafts.get(0).topic(),
        place.queueId(),
        place.queueOffset(),
        drafts.size(),
        back,
        found -> {
          // Fewer if they are deleted, or not readable yet because nobody wanted to wait.
          long[] positions =
              found.size() == drafts.size()
                  ? found.stream().mapToLong(MessageStore.Entry::logPosition).toArray()
                  : new long[] {place.logPosition()};
          done.complete(new Appended(place.queueOffset(), place.logPosition(), NO_TIME, positions));
        });
  }
}
