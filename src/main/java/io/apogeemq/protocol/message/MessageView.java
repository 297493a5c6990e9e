package io.apogeemq.protocol.message;

import static io.apogeemq.protocol.message.StoredMessage.BORN_HOST_AT;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of one stored record in place ({@link StoredMessage} draws it), V1 and V2. One view
 * may be laid over one record after the other; it keeps no bytes. Confined to its creator.
 *
 * <p>{@link #open} checks every length against the record's size, so the getters stay inside.
 */
public final class MessageView {
  private ByteBuffer bytes = ByteBuffer.allocate(0);
  private int start;
  private int size;
  private int sysFlag;
  private int bodyAt;
  private int bodyLength;
  private int topicAt;
  private int topicLength;
  private int propertiesAt;
  private int propertiesLength;

  /**
   * Lays the view over the record that starts at an index of a big-endian buffer and lies before its
   * limit.
   *
   * @return null if all lengths agree, else what is wrong
   */
  public @Nullable String open(ByteBuffer buffer, int at) {
    int available = buffer.limit() - at;
    if (available < StoredMessage.MIN_BYTES) {
      return available + " bytes can't hold a record";
    }
    bytes = buffer;
    start = at;
    size = buffer.getInt(at);
    if (size < StoredMessage.MIN_BYTES || size > available) {
      return "record size " + size + " with " + available + " bytes there";
    }
    int magic = buffer.getInt(at + StoredMessage.MAGIC_AT);
    if (magic != StoredMessage.MAGIC_V1 && magic != StoredMessage.MAGIC_V2) {
      return "magic 0x" + Integer.toHexString(magic);
    }
    sysFlag = buffer.getInt(at + StoredMessage.SYS_FLAG_AT);
    int end = at + size;
    int bodyLengthAt = at + StoredMessage.bodyLengthAt(sysFlag);
    bodyAt = bodyLengthAt + 4;
    int topicLengthBytes = magic == StoredMessage.MAGIC_V2 ? 2 : 1;
    if (bodyAt + topicLengthBytes + 2 > end) {
      return "record size " + size + " is too small for its flags";
    }
    bodyLength = buffer.getInt(bodyLengthAt);
    if (bodyLength < 0 || bodyLength > end - bodyAt - topicLengthBytes - 2) {
      return "body length " + bodyLength + " in a record of " + size;
    }
    topicAt = bodyAt + bodyLength + topicLengthBytes;
    topicLength = topicLengthBytes == 1 ? buffer.get(topicAt - 1) : buffer.getShort(topicAt - 2);
    if (topicLength < 0 || topicLength > end - topicAt - 2) {
      return "topic length " + topicLength + " in a record of " + size;
    }
    propertiesAt = topicAt + topicLength + 2;
    propertiesLength = buffer.getShort(propertiesAt - 2);
    if (propertiesLength < 0 || propertiesLength != end - propertiesAt) {
      return "properties length " + propertiesLength + " with " + (end - propertiesAt) + " left";
    }
    return null;
  }

  /** True if the body has the checksum that the record states. */
  public boolean bodyMatchesCrc() {
    CRC32 crc = new CRC32();
    crc.update(body());
    return ((int) crc.getValue() & Integer.MAX_VALUE) == bodyCrc();
  }

  /** Bytes of the whole record. */
  public int size() {
    return size;
  }

  public int magic() {
    return bytes.getInt(start + StoredMessage.MAGIC_AT);
  }

  public int bodyCrc() {
    return bytes.getInt(start + StoredMessage.BODY_CRC_AT);
  }

  public int queueId() {
    return bytes.getInt(start + StoredMessage.QUEUE_ID_AT);
  }

  public int flag() {
    return bytes.getInt(start + StoredMessage.FLAG_AT);
  }

  public long queueOffset() {
    return bytes.getLong(start + StoredMessage.QUEUE_OFFSET_AT);
  }

  public long logPosition() {
    return bytes.getLong(start + StoredMessage.LOG_POSITION_AT);
  }

  public int sysFlag() {
    return sysFlag;
  }

  public long bornTimestampMs() {
    return bytes.getLong(start + StoredMessage.BORN_TIMESTAMP_AT);
  }

  public long storeTimestampMs() {
    return bytes.getLong(start + StoredMessage.storeTimestampAt(sysFlag));
  }

  public InetSocketAddress bornHost() {
    return host(start + BORN_HOST_AT, (sysFlag & SysFlags.BORN_HOST_V6) != 0);
  }

  public InetSocketAddress storeHost() {
    return host(
        start + StoredMessage.storeTimestampAt(sysFlag) + 8,
        (sysFlag & SysFlags.STORE_HOST_V6) != 0);
  }

  public int reconsumeTimes() {
    return bytes.getInt(bodyAt - 4 - 8 - 4);
  }

  public long preparedPosition() {
    return bytes.getLong(bodyAt - 4 - 8);
  }

  /** Bytes of the record up to its body's end: no checksum covers what lies behind. */
  public int bytesToBodyEnd() {
    return bodyAt + bodyLength - start;
  }

  /** The body as a slice that shares the bytes. */
  public ByteBuffer body() {
    return bytes.slice(bodyAt, bodyLength);
  }

  public String topic() {
    return StandardCharsets.UTF_8.decode(bytes.slice(topicAt, topicLength)).toString();
  }

  public byte[] topicBytes() {
    return copy(topicAt, topicLength);
  }

  public boolean hasNoProperties() {
    return propertiesLength == 0;
  }

  /** The encoded property string ({@link Properties}). */
  public byte[] properties() {
    return copy(propertiesAt, propertiesLength);
  }

  public int propertiesLength() {
    return propertiesLength;
  }

  /** Copies the encoded property string to the start of an array that is large enough. */
  public void copyProperties(byte[] to) {
    bytes.get(propertiesAt, to, 0, propertiesLength);
  }

  private byte[] copy(int at, int length) {
    byte[] out = new byte[length];
    bytes.get(at, out);
    return out;
  }

  private InetSocketAddress host(int at, boolean v6) {
    byte[] address = copy(at, v6 ? 16 : 4);
    int port = bytes.getInt(at + address.length);
    try {
      // A port beyond 16 bits can only come from a damaged or foreign record: shown as 0.
      return new InetSocketAddress(
          InetAddress.getByAddress(address), (port & ~0xFFFF) == 0 ? port : 0);
    } catch (UnknownHostException e) {
      throw new AssertionError("an address of 4 or 16 bytes", e);
    }
  }
}
