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
    int[] failures = {0};
    for (PopConsumer.Place each : places) {
      ask(new Question(each.address(), topic, options.isOrdered()))
          .onComplete(
              some -> {
                if (some.failed()) {
                  if (++failures[0] == places.size()) {
                    any.tryFail(some.cause());
                  }
                } else if (some.result()) {
                  any.tryComplete(true);
                }
              });
    }
    return any.future();
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
