package io.apogeemq.broker.retry;

import io.apogeemq.broker.group.GroupTable;
import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.body.SubscriptionGroupConfig;
import io.apogeemq.protocol.header.SendHeaders.Send;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Refused;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Where a consumer's own send to its retry topic goes: consumers send what they could not hand back, and
 * ordered ones what they give up. After enough tries it goes to the dead-letter topic instead.
 *
 * <p>Enough is when the message would come for more than the allowed times again, as since 5.x; 4.9
 * counts one less here than for messages that are handed back. What a group sends that consumes in order
 * was tried often enough: its consumers count themselves, and those of 4.9 name a number that is one less
 * (5.x does the same). Any thread.
 */
public final class RetrySends implements UnaryOperator<Send> {
  private final GroupTable groups;
  private final Predicate<String> topicExists;
  private final Predicate<String> consumesInOrder;

  /**
   * @param topicExists whether a topic is known here
   * @param consumesInOrder whether a group's members hold locks of queues now
   */
  public RetrySends(
      GroupTable groups, Predicate<String> topicExists, Predicate<String> consumesInOrder) {
    this.groups = groups;
    this.topicExists = topicExists;
    this.consumesInOrder = consumesInOrder;
  }

  /**
   * The send as it is to be taken.
   *
   * @param send to a retry topic
   * @throws Refused for a batch, and if the group is not known
   */
  @Override
  public Send apply(Send send) {
    if (send.batch()) {
      throw new Refused(
          ResponseCode.MESSAGE_ILLEGAL,
          "a batch can't go to the retry topic["
              + send.topic()
              + "]; send its messages one by one.");
    }
    SubscriptionGroupConfig group = groupOf(send.topic().substring(Names.RETRY.length()));
    String name = group.groupName();
    Map<String, String> properties =
        Properties.parse(send.properties() == null ? new byte[0] : send.properties());
    Integer asked = send.maxReconsumeTimes();
    int allowed = asked == null ? group.retryMaxTimes() : asked;
    if (send.reconsumeTimes() > allowed || consumesInOrder.test(name)) {
      FailedMessage.bury(properties);
      return to(send, Names.dlqTopic(name), 0, properties);
    }
    if (properties.remove(FailedMessage.TRANSACTION) == null) {
      return send;
    }
    // Clients before 4.6.1 leave the mark of the transaction that the message once was in.
    return to(send, send.topic(), send.queueId(), properties);
  }

  /**
   * The group that a retry topic is of: what follows the prefix, or, of a POP retry topic, what stands
   * before the sign and a topic. The original takes the whole for a group in that case, too, and creates
   * one of that name where it may.
   */
  private SubscriptionGroupConfig groupOf(String rest) {
    SubscriptionGroupConfig whole = groups.find(rest);
    if (whole != null) {
      return whole;
    }
    for (int i = rest.length() - 2; i > 0; i--) {
      if ((rest.charAt(i) == '_' || rest.charAt(i) == '+')
          && topicExists.test(rest.substring(i + 1))) {
        SubscriptionGroupConfig group = groups.find(rest.substring(0, i));
        if (group != null) {
          return group;
        }
      }
    }
    throw RetryHandlers.unknown(rest);
  }

  private static Send to(Send send, String topic, int queueId, Map<String, String> properties) {
    return new Send(
        send.producerGroup(),
        topic,
        send.defaultTopic(),
        send.defaultTopicQueueNums(),
        queueId,
        send.sysFlag(),
        send.bornTimestamp(),
        send.flag(),
        Properties.encode(properties),
        send.reconsumeTimes(),
        send.unitMode(),
        send.maxReconsumeTimes(),
        false);
  }
}
