package io.apogeemq.client;

import io.apogeemq.protocol.header.PopHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Waits until one of several brokers has messages, without taking them: a pop that waits could take
 * messages at each broker. At each broker one question per topic is under way at most; whoever waits
 * meanwhile shares it.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class PopWaits {
  private static final long GRACE_MS = 10_000;

  /** Brokers forget longer waits. */
  private static final long MAX_WAIT_MS = 20_000;

  private static final long MIN_GAP_MS = 50;

  private record Question(String address, String topic, boolean ordered) {}

  private final String group;
  private final Calls calls;
  private final Map<Question, Future<Boolean>> underWay = new HashMap<>();

  PopWaits(String group, Calls calls) {
    this.group = group;
    this.calls = calls;
  }

  /**
   * True as soon as a broker has messages, false if none had within the time. Fails if none answers.
   */
  Future<Boolean> anyOf(
      List<PopConsumer.Place> places, String topic, ReceiveOptions options, long waitMs) {
    Promise<Boolean> any = Promise.promise();
    long timer = calls.loop().after(waitMs, () -> any.tryComplete(false));
    any.future().onComplete(ignored -> calls.loop().cancel(timer));
    AtomicInteger living = new AtomicInteger(places.size());
    for (PopConsumer.Place each : places) {
      listen(new Question(each.address(), topic, options.isOrdered()), any, living);
    }
    return any.future();
  }

  /**
   * Asks a broker until it has messages or nobody waits any more: an answer without any may be that to
   * a question that somebody else asked long before.
   *
   * @param living brokers that have not failed yet
   */
  private void listen(Question question, Promise<Boolean> any, AtomicInteger living) {
    long askedNs = System.nanoTime();
    ask(question)
        .onComplete(
            some -> {
              if (some.failed()) {
                if (living.decrementAndGet() == 0) {
                  any.tryFail(some.cause());
                }
              } else if (some.result()) {
                any.tryComplete(true);
              } else if (!any.future().isComplete()) {
                // A broker that doesn't hold the question must not make us spin.
                long gapMs = MIN_GAP_MS - (System.nanoTime() - askedNs) / 1_000_000;
                calls.loop().after(gapMs, () -> listenOn(question, any, living));
              }
            });
  }

  private void listenOn(Question question, Promise<Boolean> any, AtomicInteger living) {
    if (!any.future().isComplete()) {
      listen(question, any, living);
    }
  }

  private Future<Boolean> ask(Question question) {
    Future<Boolean> known = underWay.get(question);
    if (known != null) {
      return known;
    }
    Future<Boolean> answer =
        calls.ok(
            question.address(),
            RemotingCommand.request(
                RequestCode.NOTIFICATION,
                new PopHeaders.Notification(
                    group,
                    question.topic(),
                    -1,
                    MAX_WAIT_MS,
                    System.currentTimeMillis(),
                    question.ordered(),
                    null)),
            MAX_WAIT_MS + GRACE_MS,
            r -> r.header(PopHeaders.NotificationReply.class).hasMsg());
    underWay.put(question, answer);
    answer.onComplete(ignored -> underWay.remove(question, answer));
    return answer;
  }
}
