package io.apogeemq.broker.send;

import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.message.SysFlags;
import io.apogeemq.protocol.message.TagsCode;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes of one message another that goes elsewhere: parked, delivered, retried. Body, flag, born time
 * and born host stay; topic, queue, properties and the numbers of the record may change. One use,
 * confined to its creator.
 *
 * <pre>
 * Forwarding.of(record, storeHost).to(realTopic, realQueue).remove("DELAY").preparedPosition(p).draft()
 * </pre>
 */
public final class Forwarding {
  private final MessageDraft from;
  private boolean withBody = true;
  private final Map<String, String> properties;
  private String topic;
  private int queueId;
  private int sysFlag;
  private int reconsumeTimes;
  private long preparedPosition;
  private @Nullable Long tagsCode;

  private Forwarding(MessageDraft from) {
    this.from = from;
    properties = Properties.parse(from.properties());
    topic = from.topic();
    queueId = from.queueId();
    sysFlag = from.sysFlag();
    reconsumeTimes = from.reconsumeTimes();
    preparedPosition = from.preparedPosition();
  }

  /** Of a message that is not stored yet. Its body is shared. */
  public static Forwarding of(MessageDraft message) {
    return new Forwarding(message);
  }

  /**
   * Of a stored record. The prepared position is not taken over.
   *
   * @param record its body is shared: the bytes must stay until the new message is stored
   * @param storeHost the broker's own address
   */
  public static Forwarding of(MessageView record, InetSocketAddress storeHost) {
    InetSocketAddress bornHost = record.bornHost();
    byte[] topic = record.topicBytes();
    byte[] properties = record.properties();
    return new Forwarding(
        new MessageDraft(
            new String(topic, StandardCharsets.UTF_8),
            record.queueId(),
            record.flag(),
            SysFlags.withHosts(record.sysFlag(), bornHost, storeHost),
            record.bornTimestampMs(),
            bornHost,
            storeHost,
            record.reconsumeTimes(),
            0,
            Unpooled.wrappedBuffer(record.body()),
            record.bodyCrc(),
            topic,
            properties,
            0));
  }

  public Forwarding to(String newTopic, int newQueueId) {
    topic = newTopic;
    queueId = newQueueId;
    return this;
  }

  /** The value of a property as it stands now, null if there is none. */
  public @Nullable String get(String name) {
    return properties.get(name);
  }

  /** Sets a property; it keeps its place if it is there. */
  public Forwarding set(String name, String value) {
    properties.put(name, value);
    return this;
  }

  /** Lets someone change several properties; their order stays. */
  public Forwarding edit(Consumer<Map<String, String>> change) {
    change.accept(properties);
    return this;
  }

  public Forwarding remove(String... names) {
    for (String name : names) {
      properties.remove(name);
    }
    return this;
  }

  /** Removes all properties. */
  public Forwarding clear() {
    properties.clear();
    return this;
  }

  /** Leaves the body behind. */
  public Forwarding withoutBody() {
    withBody = false;
    return this;
  }

  public Forwarding reconsumeTimes(int times) {
    reconsumeTimes = times;
    return this;
  }

  /** See {@link MessageDraft#preparedPosition}: also the mark of what this message delivers. */
  public Forwarding preparedPosition(long position) {
    preparedPosition = position;
    return this;
  }

  /** Sets the transaction type ({@link SysFlags}), 0 for none. */
  public Forwarding transactionType(int type) {
    sysFlag = sysFlag & ~SysFlags.TRANSACTION_MASK | type;
    return this;
  }

  /** What the queue index keeps instead of the tag's code. */
  public Forwarding tagsCode(long code) {
    tagsCode = code;
    return this;
  }

  /** The message. Whether its properties and topic still fit a record, the caller looks: {@link #fits}. */
  public MessageDraft draft() {
    byte[] encoded = Properties.encode(properties);
    return new MessageDraft(
        topic,
        queueId,
        from.flag(),
        sysFlag,
        from.bornTimestampMs(),
        from.bornHost(),
        from.storeHost(),
        reconsumeTimes,
        preparedPosition,
        withBody ? from.body() : Unpooled.EMPTY_BUFFER,
        withBody ? from.bodyCrc() : 0, // the checksum of nothing
        topic.getBytes(StandardCharsets.UTF_8),
        encoded,
        tagsCode == null ? TagsCode.ofProperties(encoded) : tagsCode);
  }

  /** True if a draft's properties can be stored: added ones may have made them too long. */
  public static boolean fits(MessageDraft draft) {
    return draft.properties().length <= Properties.MAX_BYTES;
  }
}
