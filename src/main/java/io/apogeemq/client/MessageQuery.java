package io.apogeemq.client;

import io.apogeemq.protocol.header.QueryHeaders;
import io.apogeemq.protocol.message.MessageId;
import io.apogeemq.protocol.remoting.MalformedRequest;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Looks for stored messages by id and by key. Threads and failures as in {@link Admin}. Brokers index
 * a message a moment after it was stored.
 */
public final class MessageQuery {
  /**
   * Apache's index keeps times in whole seconds from some time of its own, rounded down: it is asked
   * for so much more, and the messages' own times decide.
   */
  private static final long INDEX_PRECISION_MS = 1_000;

  /** Within a millisecond as they were born, and within that, as a broker's log has them. */
  private static final Comparator<ReceivedMessage> OLDEST_FIRST =
      Comparator.comparingLong(ReceivedMessage::storeTimestampMs)
          .thenComparingLong(ReceivedMessage::bornTimestampMs)
          .thenComparing(ReceivedMessage::brokerName)
          .thenComparingLong(ReceivedMessage::logPosition);

  private final Calls calls;
  private final Nodes nodes;
  private final long timeoutMs;
  private final boolean unpacks;

  MessageQuery(Calls calls, Nodes nodes, long timeoutMs) {
    this(calls, nodes, timeoutMs, true);
  }

  private MessageQuery(Calls calls, Nodes nodes, long timeoutMs, boolean unpacks) {
    this.calls = calls;
    this.nodes = nodes;
    this.timeoutMs = timeoutMs;
    this.unpacks = unpacks;
  }

  /** The same with bodies as they are stored ({@link PullConsumer#asStored}). */
  public MessageQuery asStored() {
    return new MessageQuery(calls, nodes, timeoutMs, false);
  }

  /** The message with this id of a broker ({@link ReceivedMessage#offsetMsgId}); code 1 if none is there. */
  public Future<ReceivedMessage> byOffsetId(String offsetMsgId) {
    MessageId id;
    try {
      id = parsed(offsetMsgId);
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(e);
    }
    return nodes.from(
        address(id),
        RemotingCommand.request(
            RequestCode.VIEW_MESSAGE_BY_ID, new QueryHeaders.ById(id.logPosition())),
        r -> StoredMessages.read("", r.body().nioBuffer(), unpacks).get(0));
  }

  /** The address of the broker that stored the message with this id. */
  static String storedAt(String offsetMsgId) {
    return address(parsed(offsetMsgId));
  }

  private static MessageId parsed(String offsetMsgId) {
    try {
      return MessageId.parse(offsetMsgId);
    } catch (MalformedRequest e) {
      throw new IllegalArgumentException(e.getMessage());
    }
  }

  private static String address(MessageId id) {
    return id.storeHost().getAddress().getHostAddress() + ":" + id.storeHost().getPort();
  }

  /** The messages with the id that a producer gave them; more than one if it sent it again. */
  public Future<List<ReceivedMessage>> byMessageId(String topic, String messageId) {
    return byMessageId(topic, messageId, topic);
  }

  /**
   * The same for an internal topic, which name servers may not know.
   *
   * @param routed the brokers of this topic are asked
   */
  public Future<List<ReceivedMessage>> byMessageId(String topic, String messageId, String routed) {
    return query(
        routed,
        new QueryHeaders.ByKey(topic, messageId, 32, 0, Long.MAX_VALUE, true, "U"),
        each -> messageId.equals(each.messageId()));
  }

  /**
   * The messages of a topic with this key, oldest first; which of two brokers was first within a millisecond is
   * not known.
   *
   * @param max of each broker; a broker may count some that were stored a second too early
   * @param fromMs the first store time
   * @param toMs the last store time
   */
  public Future<List<ReceivedMessage>> byKey(
      String topic, String key, int max, long fromMs, long toMs) {
    return query(
        topic,
        new QueryHeaders.ByKey(
            topic, key, max, Math.max(0, fromMs - INDEX_PRECISION_MS), toMs, false, "K"),
        each ->
            hasKey(each.keys(), key)
                && each.storeTimestampMs() >= fromMs
                && each.storeTimestampMs() <= toMs);
  }

  private static boolean hasKey(@Nullable String keys, String wanted) {
    return keys != null && Arrays.asList(keys.split(" ")).contains(wanted);
  }

  /**
   * Asks all brokers of the topic {@code routed}. Their index goes by hash codes, so each hit is looked
   * at again.
   */
  private Future<List<ReceivedMessage>> query(
      String routed, QueryHeaders.ByKey header, Predicate<ReceivedMessage> wanted) {
    return nodes
        .namesOfBrokersOf(routed)
        .compose(brokers -> calls.loop().call(() -> ask(brokers, header)))
        .map(all -> all.stream().filter(wanted).sorted(OLDEST_FIRST).toList());
  }

  private Future<List<ReceivedMessage>> ask(
      Map<String, String> brokers, QueryHeaders.ByKey header) {
    List<Future<List<ReceivedMessage>>> answers = new ArrayList<>();
    brokers.forEach(
        (address, name) ->
            answers.add(
                calls.any(
                    address,
                    RemotingCommand.request(RequestCode.QUERY_MESSAGE, header),
                    timeoutMs,
                    response -> found(name, response))));
    return Future.all(answers)
        .map(ignored -> answers.stream().flatMap(one -> one.result().stream()).toList());
  }

  private List<ReceivedMessage> found(String broker, RemotingCommand response) {
    return switch (response.code()) {
      case ResponseCode.SUCCESS ->
          StoredMessages.read(broker, response.body().nioBuffer(), unpacks);
      case ResponseCode.QUERY_NOT_FOUND -> List.of();
      default -> throw new RequestRefused(response.code(), response.remark());
    };
  }
}
