package io.apogeemq.client;

import io.apogeemq.protocol.message.BatchBody;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.message.SysFlags;
import io.apogeemq.protocol.remoting.RequestCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A message or a batch as it goes over the wire, the same in all tries. Immutable.
 *
 * @param msgId the ids of a batch are joined by commas
 * @param properties encoded; null for a batch, whose messages have their own
 * @param code of the request that it is sent by
 */
record Outgoing(
    String topic,
    String msgId,
    byte[] body,
    byte @Nullable [] properties,
    int flag,
    int sysFlag,
    int code) {
  /** {@code sysFlag} of a body that is compressed with zlib. */
  private static final int ZLIB = SysFlags.COMPRESSED | Zlib.TYPE;

  /**
   * One message.
   *
   * @param sysFlag what it has besides compression
   * @param compressFromBytes a body of this size or more is compressed if that makes it smaller
   */
  static Outgoing of(Item item, int sysFlag, int compressFromBytes) {
    Message message = item.message();
    byte[] body = message.body();
    int flags = sysFlag;
    if (body.length >= compressFromBytes) {
      byte[] small = Zlib.deflated(body);
      if (small.length < body.length) {
        body = small;
        flags |= ZLIB;
      }
    }
    return new Outgoing(
        message.topic(),
        item.id(),
        body,
        item.properties(),
        message.flag(),
        flags,
        RequestCode.SEND_MESSAGE_V2);
  }

  /** Messages of one topic; {@link BatchBody} draws the form. */
  static Outgoing ofBatch(List<Item> items) {
    ByteBuf bytes = Unpooled.buffer();
    items.forEach(each -> each.write(bytes));
    return new Outgoing(
        items.get(0).message().topic(),
        items.stream().map(Item::id).collect(Collectors.joining(",")),
        ByteBufUtil.getBytes(bytes),
        null,
        0,
        0,
        RequestCode.SEND_BATCH_MESSAGE);
  }

  boolean batch() {
    return code == RequestCode.SEND_BATCH_MESSAGE;
  }

  /** The same, sent by a request of another code with the same fields. */
  Outgoing as(int otherCode) {
    return new Outgoing(topic, msgId, body, properties, flag, sysFlag, otherCode);
  }

  /**
   * A message that has its id, one of its own or a new one.
   *
   * @param properties encoded, the id among them
   */
  record Item(Message message, String id, byte[] properties) {
    /**
     * Encodes a message's properties.
     *
     * @throws IllegalArgumentException if there are more than a record can hold
     */
    static Item of(Message message, UniqueIds ids) {
      Map<String, String> named = new LinkedHashMap<>(message.properties());
      String id = named.computeIfAbsent(Message.UNIQUE_KEY, ignored -> ids.next());
      byte[] encoded = Properties.encode(named);
      if (encoded.length > Properties.MAX_BYTES) {
        throw new IllegalArgumentException(
            "the properties of a message have "
                + encoded.length
                + " bytes, more than the limit of "
                + Properties.MAX_BYTES
                + "; what is long belongs into its body");
      }
      return new Item(message, id, encoded);
    }

    /** What it takes in a batch. */
    int bytes() {
      return BatchBody.MIN_ITEM_BYTES + message.body().length + properties.length;
    }

    private void write(ByteBuf out) {
      out.writeInt(bytes());
      out.writeInt(0).writeInt(0).writeInt(message.flag());
      out.writeInt(message.body().length).writeBytes(message.body());
      out.writeShort(properties.length).writeBytes(properties);
    }
  }
}
