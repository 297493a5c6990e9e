package io.apogeemq.client;

import io.apogeemq.protocol.message.BatchBody;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.message.SysFlags;
import io.apogeemq.protocol.remoting.RequestCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
  static Outgoing of(Message message, UniqueIds ids, int sysFlag, int compressFromBytes) {
    Map<String, String> named = identified(message, ids);
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
        named.getOrDefault(Message.UNIQUE_KEY, ""),
        body,
        Properties.encode(named),
        message.flag(),
        flags,
        RequestCode.SEND_MESSAGE_V2);
  }

  /** Messages of one topic; {@link BatchBody} draws the form. */
  static Outgoing ofBatch(List<Message> messages, UniqueIds ids) {
    List<String> all = new ArrayList<>();
    ByteBuf bytes = Unpooled.buffer();
    for (Message each : messages) {
      Map<String, String> named = identified(each, ids);
      all.add(named.getOrDefault(Message.UNIQUE_KEY, ""));
      writeItem(each, Properties.encode(named), bytes);
    }
    return new Outgoing(
        messages.get(0).topic(),
        String.join(",", all),
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

  private static void writeItem(Message message, byte[] encoded, ByteBuf out) {
    int bodyBytes = message.body().length;
    out.writeInt(BatchBody.MIN_ITEM_BYTES + bodyBytes + encoded.length);
    out.writeInt(0).writeInt(0).writeInt(message.flag());
    out.writeInt(bodyBytes).writeBytes(message.body());
    out.writeShort(encoded.length).writeBytes(encoded);
  }

  private static Map<String, String> identified(Message message, UniqueIds ids) {
    Map<String, String> named = new LinkedHashMap<>(message.properties());
    named.computeIfAbsent(Message.UNIQUE_KEY, ignored -> ids.next());
    return named;
  }
}
