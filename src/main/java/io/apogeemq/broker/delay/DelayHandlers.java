package io.apogeemq.broker.delay;

import static io.apogeemq.protocol.remoting.RequestCode.APOGEE_CANCEL_DELAYED_MESSAGE;
import static io.apogeemq.protocol.remoting.RequestCode.APOGEE_GET_DELAYED_MESSAGES;
import static io.apogeemq.protocol.remoting.RequestCode.GET_ALL_DELAY_OFFSET;
import static io.apogeemq.protocol.remoting.RequestCode.GET_TIMER_CHECK_POINT;
import static io.apogeemq.protocol.remoting.RequestCode.GET_TIMER_METRICS;
import static io.apogeemq.protocol.remoting.RequestCode.RECALL_MESSAGE;

import io.apogeemq.broker.topic.TopicTable;
import io.apogeemq.protocol.header.DelayHeaders;
import io.apogeemq.protocol.header.SendHeaders;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Access;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Refused;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.Route;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Answers the requests about delayed messages: how far the levels are (45), how far the timers are (60,
 * 61), the recall of a timer message (370), and, to administrators, what waits (30001) and the recall
 * of what they choose (30002). One instance per broker verticle.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class DelayHandlers implements RequestFamily {
  private final DelayConfig config;
  private final DelayService delay;
  private final TopicTable topics;
  private final LongSupplier wallMs;

  public DelayHandlers(
      DelayConfig config, DelayService delay, TopicTable topics, LongSupplier wallMs) {
    this.config = config;
    this.delay = delay;
    this.topics = topics;
    this.wallMs = wallMs;
  }

  @Override
  public List<Route<?>> routes() {
    return List.of(
        Route.on(GET_ALL_DELAY_OFFSET, Access.PEER, (from, none) -> delay.offsets().map(this::of)),
        Route.on(
            GET_TIMER_CHECK_POINT, Access.PEER, (from, none) -> delay.checkpoint().map(this::of)),
        Route.on(GET_TIMER_METRICS, Access.PEER, (from, none) -> delay.metrics().map(this::of)),
        Route.on(RECALL_MESSAGE, Access.PUB, DelayHeaders.Recall.class, this::recall)
            .topic(DelayHeaders.Recall::topic),
        Route.on(
            APOGEE_GET_DELAYED_MESSAGES,
            Access.ADMIN,
            DelayHeaders.Upcoming.class,
            (from, ask) -> delay.upcoming(ask.max(), ask.after()).map(all -> of(all.toJson()))),
        Route.on(
            APOGEE_CANCEL_DELAYED_MESSAGE,
            Access.ADMIN,
            DelayHeaders.Cancel.class,
            (from, ask) -> take(ask.topic(), ask.recallHandle())));
  }

  private Reply of(byte[] body) {
    return Reply.ok().body(body);
  }

  private Future<Reply> recall(Exchange from, DelayHeaders.Recall ask) {
    if (!config.recall()) {
      throw new Refused(
          ResponseCode.NO_PERMISSION,
          "recall failed, operation is forbidden (recallMessageEnable=false)");
    }
    return take(ask.topic(), ask.recallHandle());
  }

  private Future<Reply> take(String topic, String recallHandle) {
    if (topics.find(topic) == null) {
      throw new Refused(
          ResponseCode.TOPIC_NOT_EXIST, "recall failed, the topic[" + topic + "] not exist");
    }
    RecallHandle handle = RecallHandle.decode(recallHandle);
    if (handle == null) {
      throw illegal("recall handle is invalid");
    }
    if (!handle.topic().equals(topic)) {
      throw illegal("recall failed, topic not match: the handle is of topic " + handle.topic());
    }
    if (!handle.broker().equals(config.brokerName())) {
      throw illegal("recall failed, the handle is of broker " + handle.broker());
    }
    long now = wallMs.getAsLong();
    long left = handle.atMs() - now;
    if (left <= 0 || left > config.maxTimerDelayMs()) {
      throw illegal(
          "recall failed, timestamp invalid: the message "
              + (left <= 0 ? "is due already" : "is due later than any may be"));
    }
    return delay
        .recall(handle, now)
        .map(
            taken ->
                Reply.ok(
                    new DelayHeaders.RecallReply(
                        handle.uniqueKey(), SendHeaders.Reply.DEFAULT_REGION)));
  }

  private static Refused illegal(String why) {
    return new Refused(ResponseCode.ILLEGAL_OPERATION, why);
  }
}
