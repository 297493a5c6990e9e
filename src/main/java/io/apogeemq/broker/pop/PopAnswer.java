package io.apogeemq.broker.pop;

import io.apogeemq.protocol.header.PopHeaders;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.message.StoredMessage;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Reply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Gathers what one pop hands out, and makes the answer of it. Each queue appears once.
 *
 * <p>Records are answered as they are stored, but for those of a retry topic: there the topic is replaced by
 * the one that was asked for, and the handle is put in, for the client couldn't make it itself.
 */
final class PopAnswer {
  private static final String POP_CK = "POP_CK";

  private final PopHeaders.Pop asked;
  private final String brokerName;
  private final long popTimeMs;
  private final StringBuilder startOffsets = new StringBuilder();
  private final StringBuilder messageOffsets = new StringBuilder();
  private final StringBuilder orderCounts = new StringBuilder();
  private final List<ByteBuf> parts = new ArrayList<>(1);
  private int messages;
  private int bytes;
  private long rest;

  PopAnswer(PopHeaders.Pop asked, String brokerName, long popTimeMs) {
    this.asked = asked;
    this.brokerName = brokerName;
    this.popTimeMs = popTimeMs;
  }

  int messages() {
    return messages;
  }

  int bytes() {
    return bytes;
  }

  /** Messages that were not handed out although they are there. */
  void addRest(long more) {
    rest += Math.max(0, more);
  }

  boolean hasRest() {
    return rest > 0;
  }

  /**
   * Adds messages of one queue.
   *
   * @param start where the read began
   * @param records belongs to this answer from now on
   */
  void add(String topic, int queueId, long start, long[] offsets, ByteBuf records) {
    boolean asStored = topic.equals(asked.topic());
    int kind = PopRetryTopics.kindOf(topic);
    addAsStored(
        topic, queueId, start, offsets, asStored ? records : underAskedTopic(records, kind, start));
  }

  /** As {@link #add}, of a retry topic too without changing anything. */
  void addAsStored(String topic, int queueId, long start, long[] offsets, ByteBuf records) {
    int kind = PopRetryTopics.kindOf(topic);
    separate(startOffsets).append(kind).append(' ').append(queueId).append(' ').append(start);
    separate(messageOffsets).append(kind).append(' ').append(queueId).append(' ');
    for (int i = 0; i < offsets.length; i++) {
      if (i > 0) {
        messageOffsets.append(',');
      }
      messageOffsets.append(offsets[i]);
    }
    messages += offsets.length;
    bytes += records.readableBytes();
    parts.add(records);
  }

  /** Adds how often the messages of an ordered batch were out before. */
  void addOrder(int queueId, OrderedBatch batch) {
    int least = Integer.MAX_VALUE;
    for (int i = 0; i < batch.offsets().length; i++) {
      int times = batch.times()[i];
      least = Math.min(least, times);
      if (times > 0) {
        separate(orderCounts).append("0 qo").append(queueId).append('%');
        orderCounts.append(batch.offsets()[i]).append(' ').append(times);
      }
    }
    separate(orderCounts).append("0 ").append(queueId).append(' ').append(least);
  }

  private static StringBuilder separate(StringBuilder text) {
    return text.isEmpty() ? text : text.append(';');
  }

  private ByteBuf underAskedTopic(ByteBuf records, int kind, long start) {
    byte[] topic = asked.topic().getBytes(StandardCharsets.UTF_8);
    MessageView view = new MessageView();
    ByteBuf out = Unpooled.buffer(records.readableBytes() + 256);
    try {
      ByteBuffer from = records.nioBuffer();
      for (int at = 0; at < from.limit(); at += view.size()) {
        String wrong = view.open(from, at);
        if (wrong != null) {
          throw new IllegalStateException("the store gave a broken record: " + wrong);
        }
        Map<String, String> properties = Properties.parse(view.properties());
        properties.put(
            POP_CK,
            PopHandle.text(
                start,
                popTimeMs,
                asked.invisibleTime(),
                reviveQid(),
                kind,
                brokerName,
                view.queueId(),
                view.queueOffset()));
        byte[] encoded = Properties.encode(properties);
        if (encoded.length > Properties.MAX_BYTES) {
          // No room for the handle: newer clients make it from the record's own topic, too.
          out.writeBytes(from.slice(at, view.size()));
          continue;
        }
        int bodyEnd = view.bytesToBodyEnd();
        int size = bodyEnd + 1 + topic.length + 2 + encoded.length;
        int begin = out.writerIndex();
        out.writeBytes(from.slice(at, bodyEnd));
        out.setInt(begin + StoredMessage.TOTAL_SIZE_AT, size);
        out.setInt(begin + StoredMessage.MAGIC_AT, StoredMessage.MAGIC_V1);
        out.writeByte(topic.length).writeBytes(topic);
        out.writeShort(encoded.length).writeBytes(encoded);
      }
      return out;
    } catch (RuntimeException e) {
      out.release();
      throw e;
    } finally {
      records.release();
    }
  }

  private int reviveQid() {
    return asked.orderly() ? PopHandle.ORDERED : 0;
  }

  /** The answer with what was gathered. */
  Reply found() {
    ByteBuf body =
        parts.size() == 1 ? parts.get(0) : Unpooled.wrappedBuffer(parts.toArray(new ByteBuf[0]));
    return Reply.of(ResponseCode.SUCCESS, "FOUND", header()).body(body);
  }

  /** Gives back what was gathered and will not be answered. */
  void release() {
    parts.forEach(ByteBuf::release);
    parts.clear();
  }

  /** The answer without messages. */
  Reply nothing(int code) {
    return Reply.of(code, "NO_MESSAGE_IN_QUEUE", header());
  }

  private PopHeaders.PopReply header() {
    return new PopHeaders.PopReply(
        popTimeMs,
        asked.invisibleTime(),
        reviveQid(),
        rest,
        startOffsets.toString(),
        messageOffsets.toString(),
        orderCounts.isEmpty() ? null : orderCounts.toString());
  }
}
