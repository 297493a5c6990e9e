package io.apogeemq.protocol.message;

import io.apogeemq.protocol.remoting.MalformedRequest;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * The body of a batch send (code 320, or 310 with {@code m=true}): messages one behind the other,
 * big-endian.
 *
 * <pre>
 *   0  totalSize  int32  including itself
 *   4  magic      int32  0, not looked at
 *   8  bodyCRC    int32  0, not looked at
 *  12  flag       int32
 *  16  bodyLength int32, body
 *   +  propertiesLength int16, properties
 * </pre>
 */
public final class BatchBody {
  /** Bytes of an item without body and properties. */
  public static final int MIN_ITEM_BYTES = 4 + 4 + 4 + 4 + 4 + 2;

  private BatchBody() {}

  /**
   * @param flag the user's flag
   * @param body slice of the request's bytes, no reference of its own
   * @param properties encoded property string
   */
  public record Item(int flag, ByteBuf body, byte[] properties) {}

  /**
   * Takes a batch apart. The reader index of {@code batch} stays.
   *
   * @throws MalformedRequest if a length is impossible, items don't fill the bytes exactly, there is
   *     no item or more than {@code maxMessages}, or a body is larger than {@code maxBodyBytes}
   */
  public static List<Item> decode(ByteBuf batch, int maxMessages, int maxBodyBytes) {
    List<Item> items = new ArrayList<>();
    int at = batch.readerIndex();
    int end = batch.writerIndex();
    while (at < end) {
      if (items.size() == maxMessages) {
        throw new MalformedRequest("batch has more than " + maxMessages + " messages");
      }
      if (end - at < MIN_ITEM_BYTES) {
        throw malformed(items, "has only " + (end - at) + " bytes");
      }
      int size = batch.getInt(at);
      if (size < MIN_ITEM_BYTES || size > end - at) {
        throw malformed(items, "states " + size + " of " + (end - at) + " bytes");
      }
      int bodyLength = batch.getInt(at + 16);
      if (bodyLength < 0 || bodyLength > size - MIN_ITEM_BYTES) {
        throw malformed(items, "states a body of " + bodyLength + " in " + size);
      }
      if (bodyLength > maxBodyBytes) {
        throw malformed(
            items, "has a body of " + bodyLength + " bytes, the limit is " + maxBodyBytes);
      }
      int propertiesLength = batch.getShort(at + 20 + bodyLength);
      if (propertiesLength < 0 || propertiesLength != size - MIN_ITEM_BYTES - bodyLength) {
        throw malformed(items, "states properties of " + propertiesLength + " in " + size);
      }
      byte[] properties = new byte[propertiesLength];
      batch.getBytes(at + MIN_ITEM_BYTES + bodyLength, properties);
      items.add(new Item(batch.getInt(at + 12), batch.slice(at + 20, bodyLength), properties));
      at += size;
    }
    if (items.isEmpty()) {
      throw new MalformedRequest("batch without a message");
    }
    return items;
  }

  private static MalformedRequest malformed(List<Item> before, String what) {
    return new MalformedRequest("batch message " + before.size() + " " + what);
  }
}
