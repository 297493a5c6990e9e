package io.apogeemq.client;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message as a consumer gets it. Nothing changes it once it was handed out; body and properties are
 * not copied, so leave them as they are.
 *
 * @param topic of a message that comes again after a failure, the topic it was first sent to
 * @param queueId the queue it was read from, with {@code brokerName}
 * @param queueOffset its number in the queue
 * @param storeSizeBytes size of the stored record
 * @param logPosition where its record begins in the broker's commit log
 * @param offsetMsgId the broker's id: its address and the log position
 * @param preparedPosition log position of the half message of a transaction, or 0
 * @param body unpacked if it was compressed with zlib
 * @param bodyFlaw why the body is still compressed, as {@code sysFlag} says; null if nothing is wrong with
 *     it. It may be damaged, or too large, or compressed by something else. A listener that can't use it
 *     fails, and so the message ends among the dead letters
 */
public record ReceivedMessage(
    String brokerName,
    String topic,
    int queueId,
    long queueOffset,
    int storeSizeBytes,
    int flag,
    int sysFlag,
    long bornTimestampMs,
    InetSocketAddress bornHost,
    long storeTimestampMs,
    InetSocketAddress storeHost,
    String offsetMsgId,
    long logPosition,
    int bodyCrc,
    int reconsumeTimes,
    long preparedPosition,
    Map<String, String> properties,
    byte[] body,
    @Nullable String bodyFlaw) {
  /** No larger body is ever unpacked. */
  public static final int MAX_BODY_BYTES = Body.MAX_BYTES;

  /** The id that the producer gave it, or the broker's if it gave none. */
  public String messageId() {
    return properties.getOrDefault(Message.UNIQUE_KEY, offsetMsgId);
  }

  /** The tag, or null. */
  public @Nullable String tag() {
    return properties.get(Message.TAGS);
  }

  /** The keys separated by blanks, or null. */
  public @Nullable String keys() {
    return properties.get(Message.KEYS);
  }

  /** The body as text in UTF-8. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** Notes when the listener got it, as the original does. Only before the message is handed out. */
  void startedAt(long nowMs) {
    properties.put("CONSUME_START_TIME", Long.toString(nowMs));
  }

  /** The same message, with the name of the broker that it came from. */
  public ReceivedMessage at(String broker) {
    return with(broker, reconsumeTimes);
  }

  /** The same message on its next delivery after a failed one. */
  ReceivedMessage retried() {
    return with(brokerName, reconsumeTimes + 1);
  }

  /** Whether its body was not unpacked for its size alone: with a larger limit it may be. */
  public boolean isBodyTooLarge() {
    return bodyFlaw != null && Body.isTooLarge(bodyFlaw);
  }

  /**
   * The same message with its body as its sender meant it, where that was left as it is stored. One that is
   * not compressed is itself.
   *
   * @param limitBytes a body that is larger stays as it is stored, and has its flaw; none of more than
   *     {@link #MAX_BODY_BYTES} is ever unpacked
   */
  public ReceivedMessage unpacked(long limitBytes) {
    Body unpacked = Body.of(sysFlag, body, limitBytes);
    return unpacked.bytes() == body && unpacked.flaw() == null
        ? this
        : with(brokerName, reconsumeTimes, unpacked);
  }

  private ReceivedMessage with(String broker, int times) {
    return with(broker, times, new Body(body, bodyFlaw));
  }

  private ReceivedMessage with(String broker, int times, Body other) {
    return new ReceivedMessage(
        broker,
        topic,
        queueId,
        queueOffset,
        storeSizeBytes,
        flag,
        sysFlag,
        bornTimestampMs,
        bornHost,
        storeTimestampMs,
        storeHost,
        offsetMsgId,
        logPosition,
        bodyCrc,
        times,
        preparedPosition,
        properties,
        other.bytes(),
        other.flaw());
  }

  /** The original's text, with the body's bytes as numbers: what the quick start prints. */
  @Override
  public String toString() {
    return "MessageExt [brokerName="
        + brokerName
        + ", queueId="
        + queueId
        + ", storeSize="
        + storeSizeBytes
        + ", queueOffset="
        + queueOffset
        + ", sysFlag="
        + sysFlag
        + ", bornTimestamp="
        + bornTimestampMs
        + ", bornHost="
        + bornHost
        + ", storeTimestamp="
        + storeTimestampMs
        + ", storeHost="
        + storeHost
        + ", msgId="
        + offsetMsgId
        + ", commitLogOffset="
        + logPosition
        + ", bodyCRC="
        + bodyCrc
        + ", reconsumeTimes="
        + reconsumeTimes
        + ", preparedTransactionOffset="
        + preparedPosition
        + ", toString()=Message{topic='"
        + topic
        + "', flag="
        + flag
        + ", properties="
        + properties
        + ", body="
        + Arrays.toString(body)
        + ", transactionId='"
        + properties.get("__transactionId__")
        + "'}]";
  }
}
