package io.apogeemq.broker.pull;

import static io.apogeemq.protocol.remoting.RequestCode.LITE_PULL_MESSAGE;
import static io.apogeemq.protocol.remoting.RequestCode.PULL_MESSAGE;

import io.apogeemq.broker.arrival.ParkedRequests;
import io.apogeemq.broker.arrival.QueueName;
import io.apogeemq.broker.filter.Filters;
import io.apogeemq.broker.group.ClientTable;
import io.apogeemq.broker.group.GroupTable;
import io.apogeemq.broker.offset.OffsetReset;
import io.apogeemq.broker.offset.OffsetTable;
import io.apogeemq.broker.stats.Rates;
import io.apogeemq.broker.topic.TopicTable;
import io.apogeemq.protocol.body.SubscriptionData;
import io.apogeemq.protocol.body.SubscriptionGroupConfig;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.header.PullHeaders;
import io.apogeemq.protocol.header.PullHeaders.Pull;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Access;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Refused;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.Route;
import io.apogeemq.store.Completions;
import io.apogeemq.store.MessageStore;
import io.apogeemq.store.ReadRequest;
import io.apogeemq.store.ReadRequest.EntryFilter;
import io.apogeemq.store.ReadResult;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers pulls (11, and 361 of the 5.x lite consumer): checks group, topic, queue and subscription,
 * then reads. What is in memory is answered on the event loop, the rest by the store's readers. A
 * pull that finds nothing and may wait is parked ({@link PullWait}). One instance per broker verticle.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class PullHandlers implements RequestFamily {
  /** Upper bound of one answer; the first message is always returned. */
  static final int MAX_ANSWER_BYTES = 256 * 1024;

  /** Upper bound of messages in one answer, whatever the client asks for. */
  static final int MAX_ANSWER_MESSAGES = 1024;

  /** Clients give up a pull after 30 s; no wish to wait longer than that is granted. */
  private static final long MAX_SUSPEND_MS = 30_000;

  private final PullConfig config;
  private final TopicTable topics;
  private final GroupTable groups;
  private final ClientTable clients;
  private final OffsetTable offsets;
  private final OffsetReset resets;
  private final Filters filters;
  private final MessageStore store;
  private final Completions back;
  private final ParkedRequests parked;
  private final Rates rates;
  private final LongSupplier clockMs;

  /** {@code clockMs}: monotonic, the clock of {@code parked}. */
  public PullHandlers(
      PullConfig config,
      TopicTable topics,
      GroupTable groups,
      ClientTable clients,
      OffsetTable offsets,
      OffsetReset resets,
      Filters filters,
      MessageStore store,
      Completions back,
      ParkedRequests parked,
      Rates rates,
      LongSupplier clockMs) {
    this.config = config;
    this.topics = topics;
    this.groups = groups;
    this.clients = clients;
    this.offsets = offsets;
    this.resets = resets;
    this.filters = filters;
    this.store = store;
    this.back = back;
    this.parked = parked;
    this.rates = rates;
    this.clockMs = clockMs;
  }

  @Override
  public List<Route<?>> routes() {
    return List.of(
        Route.on(PULL_MESSAGE, Access.SUB, Pull.class, Pull::read, this::pull)
            .topic(Pull::topic)
            .group(Pull::consumerGroup),
        Route.on(LITE_PULL_MESSAGE, Access.SUB, Pull.class, Pull::read, this::pull)
            .topic(Pull::topic)
            .group(Pull::consumerGroup));
  }

  private Future<Reply> pull(Exchange from, Pull pull) {
    SubscriptionGroupConfig group = groups.find(pull.consumerGroup());
    return group != null
        ? pull(from, pull, group)
        : groups.onUse(pull.consumerGroup()).compose(created -> pull(from, pull, created));
  }

  private Future<Reply> pull(Exchange from, Pull pull, SubscriptionGroupConfig group) {
    checkGroup(group);
    checkQueue(pull);
    EntryFilter filter = filter(from, pull);
    Reply moved = moved(from, pull);
    if (moved != null) {
      return moved.now();
    }
    if (pull.has(PullHeaders.FLAG_COMMIT_OFFSET)) {
      offsets.commit(pull.consumerGroup(), pull.topic(), pull.queueId(), pull.commitOffset());
    }
    return read(pull, filter, pull.queueOffset())
        .compose(result -> answerOrWait(from, pull, filter, result));
  }

  private void checkGroup(SubscriptionGroupConfig group) {
    if (!config.readable()) {
      throw new Refused(
          ResponseCode.NO_PERMISSION,
          "the broker["
              + config.brokerName()
              + "] pulling message is forbidden (brokerPermission)");
    }
    if (!group.consumeEnable()) {
      throw new Refused(
          ResponseCode.NO_PERMISSION,
          "subscription group no permission, "
              + group.groupName()
              + ": consumeEnable=false; change it with updateSubGroup");
    }
  }

  private void checkQueue(Pull pull) {
    TopicConfig topic = topics.find(pull.topic());
    if (topic == null) {
      throw new Refused(
          ResponseCode.TOPIC_NOT_EXIST,
          "topic[" + pull.topic() + "] not exist, apply first please! Create it with updateTopic.");
    }
    if ((topic.perm() & TopicConfig.READ) == 0) {
      throw new Refused(
          ResponseCode.NO_PERMISSION,
          "the topic["
              + pull.topic()
              + "] pulling message is forbidden (perm "
              + topic.perm()
              + ")");
    }
    if (pull.queueId() < 0 || pull.queueId() >= topic.readQueueNums()) {
      throw new Refused(
          ResponseCode.INVALID_PARAMETER,
          "queueId["
              + pull.queueId()
              + "] is illegal, topic:["
              + pull.topic()
              + "] topicConfig.readQueueNums:["
              + topic.readQueueNums()
              + "]; refresh the route");
    }
    if (pull.maxMsgNums() <= 0 || pull.queueOffset() < 0) {
      throw new Refused(
          ResponseCode.INVALID_PARAMETER,
          "maxMsgNums["
              + pull.maxMsgNums()
              + "] must be positive and queueOffset["
              + pull.queueOffset()
              + "] not negative");
    }
  }

  /** What the asking client wants of the topic as of now. Throws {@link Refused}. */
  EntryFilter filter(Exchange from, Pull pull) {
    if (pull.has(PullHeaders.FLAG_SUBSCRIPTION)) {
      return filters.of(pull.expressionType(), pull.subscription());
    }
    SubscriptionData subscription =
        clients.subscription(pull.consumerGroup(), pull.topic(), from.connection());
    if (subscription == null) {
      throw new Refused(
          ResponseCode.SUBSCRIPTION_NOT_EXIST,
          "the consumer's subscription not exist: group "
              + pull.consumerGroup()
              + " has told no heartbeat with topic "
              + pull.topic());
    }
    if (subscription.subVersion() < pull.subVersion()) {
      throw new Refused(
          ResponseCode.SUBSCRIPTION_NOT_LATEST,
          "the consumer's subscription not latest: the heartbeat with version "
              + pull.subVersion()
              + " has not come yet");
    }
    return filters.of(subscription);
  }

  /** The answer to a pull of a group that was moved to other offsets; null, as nearly always: go on. */
  @Nullable Reply moved(Exchange from, Pull pull) {
    long offset =
        resets.redirect(
            from.connection(),
            pull.consumerGroup(),
            pull.topic(),
            pull.queueId(),
            pull.queueOffset(),
            pull.has(PullHeaders.FLAG_SUBSCRIPTION));
    if (offset < 0) {
      return null;
    }
    return Reply.of(
        ResponseCode.PULL_OFFSET_MOVED,
        "OFFSET_RESET",
        new PullHeaders.Reply(
            0,
            offset,
            store.minOffset(pull.topic(), pull.queueId()),
            store.maxOffset(pull.topic(), pull.queueId())));
  }

  /** Completes on this event loop; at once if the messages are in memory. */
  Future<ReadResult> read(Pull pull, EntryFilter filter, long queueOffset) {
    ReadRequest request =
        new ReadRequest(
            pull.topic(),
            pull.queueId(),
            queueOffset,
            Math.min(pull.maxMsgNums(), MAX_ANSWER_MESSAGES),
            answerBytes(pull),
            filter);
    long startNs = System.nanoTime();
    ReadResult hot = store.readHot(request);
    if (!(hot instanceof ReadResult.Cold)) {
      return Future.succeededFuture(timed(hot, startNs));
    }
    Promise<ReadResult> cold = Promise.promise();
    store.read(request, back, result -> cold.complete(timed(result, startNs)));
    return cold.future();
  }

  private ReadResult timed(ReadResult result, long startNs) {
    if (result instanceof ReadResult.Found) {
      rates.getTook(System.nanoTime() - startNs);
    }
    return result;
  }

  private static int answerBytes(Pull pull) {
    Integer asked = pull.maxMsgBytes();
    return asked == null || asked <= 0 ? MAX_ANSWER_BYTES : Math.min(asked, MAX_ANSWER_BYTES);
  }

  private Future<Reply> answerOrWait(
      Exchange from, Pull pull, EntryFilter filter, ReadResult result) {
    boolean mayWait =
        result instanceof ReadResult.NothingYet
            && pull.has(PullHeaders.FLAG_SUSPEND)
            && pull.suspendTimeoutMillis() > 0;
    if (mayWait) {
      long waitMs =
          config.longPolling()
              ? Math.min(pull.suspendTimeoutMillis(), MAX_SUSPEND_MS)
              : config.shortPollingMs();
      PullWait waiting =
          new PullWait(
              this,
              from,
              pull,
              filter,
              new QueueName(pull.topic(), pull.queueId()),
              result.nextOffset(),
              clockMs.getAsLong() + waitMs);
      if (parked.park(waiting)) {
        return waiting.answer();
      }
    }
    return answer(pull, result).now();
  }

  /** Lets a pull wait on; false if too many wait already. */
  boolean park(PullWait waiting) {
    return parked.park(waiting);
  }

  long maxOffset(QueueName queue) {
    return store.maxOffset(queue.topic(), queue.queueId());
  }

  /** The mapping from outcome to response code, in this one place. */
  Reply answer(Pull pull, ReadResult result) {
    PullHeaders.Reply header =
        new PullHeaders.Reply(0, result.nextOffset(), result.minOffset(), result.maxOffset());
    if (result instanceof ReadResult.Found found) {
      rates.gotMessages(
          pull.consumerGroup(), pull.topic(), found.messages(), found.records().readableBytes());
      offsets.handedOut(pull.consumerGroup(), pull.topic(), pull.queueId(), found.nextOffset());
      return Reply.of(ResponseCode.SUCCESS, "FOUND", header).body(found.records());
    }
    rates.gotNothing();
    if (result instanceof ReadResult.Failed failed) {
      // The client waits a while after an error code; an empty answer would bring it back at once.
      return Reply.of(ResponseCode.SYSTEM_ERROR, "the store could not read: " + failed.reason());
    }
    if (result instanceof ReadResult.NoneWanted) {
      return Reply.of(ResponseCode.PULL_RETRY_IMMEDIATELY, "NO_MATCHED_MESSAGE", header);
    }
    if (result instanceof ReadResult.OffEnds off) {
      String remark =
          switch (off.end()) {
            case BEFORE_FIRST -> "OFFSET_TOO_SMALL";
            case BEHIND_LAST -> "OFFSET_OVERFLOW_BADLY";
            case NO_QUEUE -> "NO_MESSAGE_IN_QUEUE";
          };
      return Reply.of(ResponseCode.PULL_OFFSET_MOVED, remark, header);
    }
    return Reply.of(ResponseCode.PULL_NOT_FOUND, "OFFSET_OVERFLOW_ONE", header);
  }
}
