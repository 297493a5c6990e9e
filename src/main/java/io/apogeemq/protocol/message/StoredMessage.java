package io.apogeemq.protocol.message;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/**
 * A record of the commit log, which is also a message in a pull answer. Big-endian.
 *
 * <pre>
 *   0  totalSize       int32   including itself
 *   4  magic           int32   V1 0xDAA320A7; V2 0xDAA320AB (5.x: the topic's length has 2 bytes)
 *   8  bodyCRC         int32   CRC-32 of the body, sign bit cleared
 *  12  queueId         int32
 *  16  flag            int32   the user's
 *  20  queueOffset     int64
 *  28  logPosition     int64   where this record starts
 *  36  sysFlag         int32   {@link SysFlags}
 *  40  bornTimestamp   int64   ms
 *  48  bornHost        4 or 16 address bytes, int32 port
 *   +  storeTimestamp  int64   ms
 *   +  storeHost       4 or 16 address bytes, int32 port
 *   +  reconsumeTimes  int32
 *   +  preparedPosition int64  log position of the half message, or 0
 *   +  bodyLength      int32, body
 *   +  topicLength     int8 (V2: int16), topic UTF-8
 *   +  propertiesLength int16, properties ({@link Properties})
 * </pre>
 *
 * <p>A file that can't take the next record and 8 bytes ends with a blank record: int32 remaining
 * length, int32 {@link #BLANK_MAGIC}, then anything (as the original's commit log does).
 */
public final class StoredMessage {
  public static final int MAGIC_V1 = 0xDAA320A7;
  public static final int MAGIC_V2 = 0xDAA320AB;

  /** Marks the unused rest of a log file (-875286124 in the original). */
  public static final int BLANK_MAGIC = 0xCBD43194;

  /** What a blank record needs. A record is put into a file only if this much stays behind it. */
  public static final int BLANK_BYTES = 8;

  public static final int TOTAL_SIZE_AT = 0;
  public static final int MAGIC_AT = 4;
  public static final int BODY_CRC_AT = 8;
  public static final int QUEUE_ID_AT = 12;
  public static final int FLAG_AT = 16;
  public static final int QUEUE_OFFSET_AT = 20;
  public static final int LOG_POSITION_AT = 28;
  public static final int SYS_FLAG_AT = 36;
  public static final int BORN_TIMESTAMP_AT = 40;
  public static final int BORN_HOST_AT = 48;

  /** Longest topic in bytes that a V1 record can hold. */
  public static final int MAX_TOPIC_BYTES = 127;

  /** Smallest possible record: V1, IPv4, no body, no topic, no properties. */
  public static final int MIN_BYTES = BORN_HOST_AT + 8 + 8 + 8 + 4 + 8 + 4 + 1 + 2;

  private static final int V4 = 4;
  private static final int V6 = 16;

  private StoredMessage() {}

  /** Size of the record that {@link #encode} will write, as a long so that nonsense can't overflow. */
  public static long sizeOf(MessageDraft draft) {
    return (long) MIN_BYTES
        + ((draft.sysFlag() & SysFlags.BORN_HOST_V6) != 0 ? V6 - V4 : 0)
        + ((draft.sysFlag() & SysFlags.STORE_HOST_V6) != 0 ? V6 - V4 : 0)
        + draft.body().readableBytes()
        + draft.topicBytes().length
        + draft.properties().length;
  }

  /**
   * Writes a draft as a V1 record into {@code out} from index {@code at}. Position and limit of
   * {@code out} are changed. The draft's body indexes are not.
   *
   * @param size what {@link #sizeOf} said
   */
  public static void encode(
      MessageDraft draft,
      ByteBuffer out,
      int at,
      int size,
      long queueOffset,
      long logPosition,
      long storeTimestampMs) {
    out.limit(at + size).position(at);
    out.putInt(size);
    out.putInt(MAGIC_V1);
    out.putInt(draft.bodyCrc());
    out.putInt(draft.queueId());
    out.putInt(draft.flag());
    out.putLong(queueOffset);
    out.putLong(logPosition);
    int sysFlag = draft.sysFlag();
    out.putInt(sysFlag);
    out.putLong(draft.bornTimestampMs());
    putHost(out, draft.bornHost(), (sysFlag & SysFlags.BORN_HOST_V6) != 0);
    out.putLong(storeTimestampMs);
    putHost(out, draft.storeHost(), (sysFlag & SysFlags.STORE_HOST_V6) != 0);
    out.putInt(draft.reconsumeTimes());
    out.putLong(draft.preparedPosition());
    ByteBuf body = draft.body();
    int bodyBytes = body.readableBytes();
    out.putInt(bodyBytes);
    if (bodyBytes > 0) {
      out.limit(out.position() + bodyBytes);
      body.getBytes(body.readerIndex(), out);
      out.limit(at + size);
    }
    byte[] topic = draft.topicBytes();
    out.put((byte) topic.length);
    out.put(topic);
    byte[] properties = draft.properties();
    out.putShort((short) properties.length);
    out.put(properties);
    assert out.position() == at + size : "record of " + size + " ended at " + (out.position() - at);
  }

  /** CRC-32 of a buffer's readable bytes with the sign bit cleared, as the record keeps it. */
  public static int crcOf(ByteBuf body) {
    CRC32 crc = new CRC32();
    if (body.hasArray()) {
      crc.update(body.array(), body.arrayOffset() + body.readerIndex(), body.readableBytes());
    } else {
      for (ByteBuffer part : body.nioBuffers()) {
        crc.update(part);
      }
    }
    return (int) crc.getValue() & Integer.MAX_VALUE;
  }

  /** Index of the store timestamp in a record with these flags. */
  public static int storeTimestampAt(int sysFlag) {
    return BORN_HOST_AT + hostBytes((sysFlag & SysFlags.BORN_HOST_V6) != 0);
  }

  /** Index of the body's length in a record with these flags. */
  public static int bodyLengthAt(int sysFlag) {
    return storeTimestampAt(sysFlag)
        + 8
        + hostBytes((sysFlag & SysFlags.STORE_HOST_V6) != 0)
        + 4
        + 8;
  }

  private static int hostBytes(boolean v6) {
    return (v6 ? V6 : V4) + 4;
  }

  private static void putHost(ByteBuffer out, InetSocketAddress host, boolean v6) {
    byte[] address = host.getAddress().getAddress();
    if (address.length != (v6 ? V6 : V4)) {
      throw new IllegalArgumentException("host " + host + " does not fit the draft's sysFlag");
    }
    out.put(address);
    out.putInt(host.getPort());
  }
}
