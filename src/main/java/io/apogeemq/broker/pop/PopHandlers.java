package io.apogeemq.broker.pop;

import io.apogeemq.broker.filter.Filters;
import io.apogeemq.broker.group.GroupTable;
import io.apogeemq.protocol.body.SubscriptionGroupConfig;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.header.PopHeaders;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Access;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Refused;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.Route;
import io.apogeemq.store.ReadRequest;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers who takes messages by pop (200050), waits for some (200054), looks without taking (200052), or
 * asks how many wait (200055). One instance per broker verticle.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class PopHandlers implements RequestFamily {
  /** The original gives no more by one pop. */
  private static final int MAX_MESSAGES = 32;

  /** A request that is older than its time to wait by so much was held up: its client has given up. */
  private static final long TOO_LATE_MS = 500;

  /** Clients give up after 30 s; no wish to wait longer is granted. */
  private static final long MAX_POLL_MS = 30_000;

  /** The longest lease: clients take up to 5 minutes, delays of failed messages go up to hours. */
  static final long MAX_INVISIBLE_MS = 7 * 24 * 3600_000L;

  private final PopPlace place;
  private final GroupTable groups;
  private final Filters filters;
  private final PopWaiters waiters;
  private final LongSupplier clockMs;

  /** {@code clockMs}: monotonic, the clock of {@code waiters}. */
  PopHandlers(
      PopPlace place,
      GroupTable groups,
      Filters filters,
      PopWaiters waiters,
      LongSupplier clockMs) {
    this.place = place;
    this.groups = groups;
    this.filters = filters;
    this.waiters = waiters;
    this.clockMs = clockMs;
  }

  @Override
  public List<Route<?>> routes() {
    return List.of(
        Route.on(RequestCode.POP_MESSAGE, Access.SUB, PopHeaders.Pop.class, this::pop)
            .topic(PopHeaders.Pop::topic)
            .group(PopHeaders.Pop::consumerGroup),
        Route.on(RequestCode.PEEK_MESSAGE, Access.SUB, PopHeaders.Peek.class, this::peek)
            .topic(PopHeaders.Peek::topic)
            .group(PopHeaders.Peek::consumerGroup),
        Route.on(
                RequestCode.NOTIFICATION,
                Access.SUB,
                PopHeaders.Notification.class,
                this::notification)
            .topic(PopHeaders.Notification::topic)
            .group(PopHeaders.Notification::consumerGroup),
        Route.on(
                RequestCode.POLLING_INFO,
                Access.SUB,
                PopHeaders.PollingInfo.class,
                this::pollingInfo)
            .topic(PopHeaders.PollingInfo::topic)
            .group(PopHeaders.PollingInfo::consumerGroup));
  }

  private Future<Reply> pop(Exchange from, PopHeaders.Pop asked) {
    if (isTooLate(asked.bornTime(), asked.pollTime())) {
      return new PopAnswer(asked, place.config().brokerName(), place.wallClockMs().getAsLong())
          .nothing(ResponseCode.POLLING_TIMEOUT)
          .now();
    }
    checkPop(asked);
    return checked(asked.consumerGroup(), asked.topic(), asked.queueId())
        .compose(
            topic -> {
              ReadRequest.EntryFilter filter = filters.of(asked.expType(), asked.exp());
              return new PopWait(this, from, asked, topic, filter, deadlineMs(asked)).start();
            });
  }

  private static void checkPop(PopHeaders.Pop asked) {
    if (asked.maxMsgNums() > MAX_MESSAGES || asked.maxMsgNums() <= 0) {
      throw new Refused(
          ResponseCode.INVALID_PARAMETER,
          "pop message's num is greater than 32 or not positive: " + asked.maxMsgNums());
    }
    checkInvisibleTime(asked.invisibleTime());
    PopRetryTopics.check(asked.topic(), asked.consumerGroup());
  }

  static void checkInvisibleTime(long invisibleMs) {
    if (invisibleMs < 0 || invisibleMs > MAX_INVISIBLE_MS) {
      throw new Refused(
          ResponseCode.INVALID_PARAMETER,
          "invisibleTime[" + invisibleMs + "] must lie between 0 and " + MAX_INVISIBLE_MS + " ms");
    }
  }

  /** Fails with {@link Refused} unless the group may read the queue; creates a new group. */
  Future<TopicConfig> checked(String groupName, String topicName, int queueId) {
    if (!place.config().readable()) {
      throw new Refused(
          ResponseCode.NO_PERMISSION,
          "the broker["
              + place.config().brokerName()
              + "] pop message is forbidden (brokerPermission)");
    }
    TopicConfig topic = place.topics().find(topicName);
    if (topic == null) {
      throw new Refused(
          ResponseCode.TOPIC_NOT_EXIST,
          "topic[" + topicName + "] not exist, apply first please! Create it with updateTopic.");
    }
    if (!topic.readable()) {
      throw new Refused(
          ResponseCode.NO_PERMISSION,
          "the topic[" + topicName + "] pop message is forbidden (perm " + topic.perm() + ")");
    }
    if (queueId >= topic.readQueueNums()) {
      throw new Refused(
          ResponseCode.INVALID_PARAMETER,
          "queueId["
              + queueId
              + "] is illegal, topic:["
              + topicName
              + "] topicConfig.readQueueNums:["
              + topic.readQueueNums()
              + "]; refresh the route");
    }
    SubscriptionGroupConfig known = groups.find(groupName);
    Future<SubscriptionGroupConfig> group =
        known != null ? Future.succeededFuture(known) : groups.onUse(groupName);
    return group.map(
        config -> {
          if (!config.consumeEnable()) {
            throw new Refused(
                ResponseCode.NO_PERMISSION,
                "subscription group no permission, "
                    + groupName
                    + ": consumeEnable=false; change it with updateSubGroup");
          }
          return topic;
        });
  }

  private boolean isTooLate(@Nullable Long bornTime, long pollTime) {
    return bornTime != null
        && bornTime > 0
        && place.wallClockMs().getAsLong() - bornTime - pollTime > TOO_LATE_MS;
  }

  private long deadlineMs(PopHeaders.Pop asked) {
    return deadlineMs(asked.bornTime(), asked.pollTime());
  }

  /** The end of the wait on the monotonic clock: what the way to us took is counted, if the clocks agree. */
  private long deadlineMs(@Nullable Long bornTime, long pollTime) {
    long poll = Math.max(0, Math.min(pollTime, MAX_POLL_MS));
    long age = bornTime == null || bornTime <= 0 ? 0 : place.wallClockMs().getAsLong() - bornTime;
    return clockMs.getAsLong() + poll - Math.max(0, Math.min(age, poll));
  }

  PopPlace place() {
    return place;
  }

  PopWaiters waiters() {
    return waiters;
  }

  long nowMs() {
    return clockMs.getAsLong();
  }

  /** A number by which the first queue is chosen, and whether the retry topic comes first. */
  static int chance() {
    return ThreadLocalRandom.current().nextInt(1 << 20);
  }

  private Future<Reply> peek(Exchange from, PopHeaders.Peek asked) {
    PopHeaders.Pop pop =
        new PopHeaders.Pop(
            asked.consumerGroup(),
            asked.topic(),
            asked.queueId(),
            Math.min(asked.maxMsgNums(), MAX_MESSAGES),
            0,
            0,
            null,
            PopHeaders.INIT_MIN,
            null,
            null,
            null,
            null);
    checkPop(pop);
    return checked(asked.consumerGroup(), asked.topic(), asked.queueId())
        .compose(topic -> new PeekRun(place, pop, topic, chance()).start())
        .map(
            answer ->
                answer.messages() > 0
                    ? answer.found()
                    : answer.nothing(ResponseCode.PULL_NOT_FOUND));
  }

  private Future<Reply> notification(Exchange from, PopHeaders.Notification asked) {
    return checked(asked.consumerGroup(), asked.topic(), asked.queueId())
        .compose(
            topic ->
                new NotificationWait(
                        this, from, asked, deadlineMs(asked.bornTime(), asked.pollTime()))
                    .start());
  }

  private Future<Reply> pollingInfo(Exchange from, PopHeaders.PollingInfo asked) {
    return checked(asked.consumerGroup(), asked.topic(), asked.queueId())
        .map(
            topic -> {
              QueueKey key = new QueueKey(asked.topic(), asked.consumerGroup(), asked.queueId());
              return Reply.ok(new PopHeaders.PollingInfoReply(place.wakes().waiting(key)));
            });
  }
}
