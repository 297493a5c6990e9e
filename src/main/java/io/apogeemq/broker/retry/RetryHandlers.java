package io.apogeemq.broker.retry;

import static io.apogeemq.protocol.remoting.RequestCode.CONSUMER_SEND_MSG_BACK;

import io.apogeemq.broker.group.GroupTable;
import io.apogeemq.broker.send.AppendOutcome;
import io.apogeemq.broker.send.Forwarding;
import io.apogeemq.broker.send.IntakeConfig;
import io.apogeemq.broker.send.MessageIntake;
import io.apogeemq.broker.send.SendPause;
import io.apogeemq.broker.stats.Rates;
import io.apogeemq.broker.topic.SystemTopics;
import io.apogeemq.broker.topic.TopicTable;
import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.body.SubscriptionGroupConfig;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.header.RetryHeaders.SendBack;
import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.MessageId;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.message.SysFlags;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Access;
import io.apogeemq.remoting.Caller;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Refused;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.Route;
import io.apogeemq.store.AppendResult;
import io.apogeemq.store.Completions;
import io.apogeemq.store.MessageStore;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Answers consumers that hand a message back (36): a copy of the stored message goes to the group's retry
 * topic, to be delivered after a while, or to its dead-letter topic if there were enough tries. Success
 * means that the copy is as durable as the store's mode promises (the original doesn't wait for that).
 *
 * <p>The consumer names the message by its log position here. A position that holds another message, of
 * another broker for example, is told by its id; such a request is refused, and the official consumer
 * then sends the message itself. One instance per broker verticle.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class RetryHandlers implements RequestFamily {
  private static final int READ_WRITE = TopicConfig.READ | TopicConfig.WRITE;

  /** The level of the first retry; each further one waits a level longer. */
  private static final int FIRST_LEVEL = 3;

  private final IntakeConfig config;
  private final GroupTable groups;
  private final TopicTable topics;
  private final SystemTopics system;
  private final MessageStore store;
  private final Completions back;
  private final MessageIntake intake;
  private final SendPause pause;
  private final Rates rates;
  private final MessageView record = new MessageView();

  /** {@code back}, {@code intake}, {@code pause}: those of the event loop that this instance serves. */
  public RetryHandlers(
      IntakeConfig config,
      GroupTable groups,
      TopicTable topics,
      SystemTopics system,
      MessageStore store,
      Completions back,
      MessageIntake intake,
      SendPause pause,
      Rates rates) {
    this.config = config;
    this.groups = groups;
    this.topics = topics;
    this.system = system;
    this.store = store;
    this.back = back;
    this.intake = intake;
    this.pause = pause;
    this.rates = rates;
  }

  @Override
  public List<Route<?>> routes() {
    return List.of(
        Route.on(CONSUMER_SEND_MSG_BACK, Access.SUB, SendBack.class, this::sendBack)
            .group(SendBack::group)
            .about("the message's topic", RetryHandlers::askLater));
  }

  /** What the message is about is known when it has been read: see {@link #mayConsume}. */
  private static void askLater(Caller caller, SendBack ask, RemotingCommand request) {}

  private Future<Reply> sendBack(Exchange from, SendBack ask) {
    SubscriptionGroupConfig group = groups.find(ask.group());
    if (group == null) {
      throw unknown(ask.group());
    }
    if (!config.writable()) {
      throw new Refused(
          ResponseCode.NO_PERMISSION,
          "the broker["
              + config.brokerName()
              + "] sending message is forbidden (brokerPermission); the message stays as it is.");
    }
    if (ask.bname() != null && !ask.bname().isEmpty() && !ask.bname().equals(config.brokerName())) {
      throw new Refused(
          ResponseCode.SYSTEM_ERROR,
          "the message is of broker["
              + ask.bname()
              + "], this is broker["
              + config.brokerName()
              + "]; hand it back there, or send it to the retry topic.");
    }
    if (group.retryQueueNums() <= 0) {
      return Reply.ok().now(); // the group wants nothing again
    }
    if (!pause.admits(from.connection())) {
      throw pause.refusal(config.brokerName());
    }
    return retryTopic(group)
        .compose(
            topic -> {
              Promise<ByteBuf> found = Promise.promise();
              store.recordAt(ask.offset(), back, found::complete);
              return found.future().compose(bytes -> storeCopy(from, ask, group, topic, bytes));
            });
  }

  private Future<TopicConfig> retryTopic(SubscriptionGroupConfig group) {
    return topics
        .createGroupTopic(
            TopicConfig.of(Names.retryTopic(group.groupName()), group.retryQueueNums(), READ_WRITE))
        .map(
            topic -> {
              if ((topic.perm() & TopicConfig.WRITE) == 0) {
                throw new Refused(
                    ResponseCode.NO_PERMISSION,
                    "the topic["
                        + topic.topicName()
                        + "] sending message is forbidden; give it the permission to be written"
                        + " (mqadmin updateTopicPerm).");
              }
              return topic;
            });
  }

  /** {@code bytes}: the record's, or empty; released here. */
  private Future<Reply> storeCopy(
      Exchange from,
      SendBack ask,
      SubscriptionGroupConfig group,
      TopicConfig retryTopic,
      ByteBuf bytes) {
    Future<Reply> stored;
    try {
      String flaw =
          bytes.isReadable() ? record.open(bytes.nioBuffer(), 0) : "no message starts there";
      if (flaw == null) {
        mayConsume(from);
        flaw = flawOf(ask);
      }
      if (flaw != null) {
        throw new Refused(
            ResponseCode.SYSTEM_ERROR,
            "look message by offset failed, " + ask.offset() + ": " + flaw);
      }
      boolean dead =
          ask.delayLevel() < 0
              || record.reconsumeTimes()
                  >= (ask.maxReconsumeTimes() == null
                      ? group.retryMaxTimes()
                      : ask.maxReconsumeTimes());
      Forwarding copy = copy();
      String topic = String.valueOf(copy.get(FailedMessage.RETRY_TOPIC));
      stored =
          (dead ? bury(copy, group) : again(copy, ask, group, retryTopic))
              .compose(draft -> intake.takeCopy(draft))
              .map(result -> answer(result, group.groupName(), topic));
    } catch (RuntimeException e) {
      bytes.release();
      throw e;
    }
    return stored.onComplete(done -> bytes.release());
  }

  /**
   * Fails unless the caller may consume from the topic of the record that was found. A consumer that got it
   * may; whoever made up a position would else have any record of the broker copied into a topic of his
   * group. (The original asks for the group alone.)
   */
  private void mayConsume(Exchange from) {
    Caller caller = from.caller();
    if (caller != null) {
      caller.mayConsume(record.topic());
    }
  }

  /** Why the record that was found is not what the consumer means; null if it is. */
  private @Nullable String flawOf(SendBack ask) {
    if (system.refusesSends(record.topic())) {
      return "what starts there is the broker's own";
    }
    if ((record.sysFlag() & SysFlags.INNER_BATCH) != 0) {
      return "several messages in one record start there, which can't be handed back one by one";
    }
    String asked = ask.originMsgId();
    if (asked == null || asked.isBlank()) {
      return null;
    }
    String key = Properties.get(record.properties(), Properties.UNIQ_KEY);
    return asked.equals(key) || asked.equals(offsetId())
        ? null
        : "another message starts there, not " + asked + ". Is it of another broker?";
  }

  private String offsetId() {
    return MessageId.format(record.storeHost(), record.logPosition());
  }

  private Forwarding copy() {
    Forwarding copy =
        Forwarding.of(record, config.storeHost())
            .transactionType(0)
            .reconsumeTimes(record.reconsumeTimes() + 1)
            .edit(FailedMessage::clear);
    if (copy.get(FailedMessage.RETRY_TOPIC) == null) {
      copy.set(FailedMessage.RETRY_TOPIC, record.topic());
    }
    String origin = copy.get(FailedMessage.ORIGIN_MESSAGE_ID);
    if (origin == null || origin.isBlank()) {
      copy.set(FailedMessage.ORIGIN_MESSAGE_ID, offsetId());
    }
    return copy;
  }

  private Future<MessageDraft> again(
      Forwarding copy, SendBack ask, SubscriptionGroupConfig group, TopicConfig topic) {
    int tries = record.reconsumeTimes();
    RetryPolicy policy = ask.delayLevel() == 0 ? RetryPolicy.of(group) : null;
    if (policy != null) {
      copy.set(FailedMessage.TIMER_DELAY_MS, Long.toString(policy.delayMs(tries)));
    } else {
      int level = ask.delayLevel() == 0 ? FIRST_LEVEL + tries : ask.delayLevel();
      copy.set(Properties.DELAY, Integer.toString(level));
    }
    int queues = Math.max(1, Math.min(group.retryQueueNums(), topic.writeQueueNums()));
    return Future.succeededFuture(
        copy.to(topic.topicName(), ThreadLocalRandom.current().nextInt(queues)).draft());
  }

  private Future<MessageDraft> bury(Forwarding copy, SubscriptionGroupConfig group) {
    String name = Names.dlqTopic(group.groupName());
    MessageDraft dead = copy.edit(FailedMessage::bury).to(name, 0).draft();
    return topics.createGroupTopic(TopicConfig.of(name, 1, READ_WRITE)).map(created -> dead);
  }

  private Reply answer(AppendResult result, String group, String topic) {
    if (!(result instanceof AppendResult.Appended)) {
      return Reply.of(AppendOutcome.code(result), AppendOutcome.remark(result));
    }
    rates.sentBack(group, topic);
    return Reply.ok();
  }

  static Refused unknown(String group) {
    return new Refused(
        ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST,
        "subscription group not exist, "
            + group
            + ". Its consumers' heartbeat creates it, or mqadmin updateSubGroup.");
  }
}
