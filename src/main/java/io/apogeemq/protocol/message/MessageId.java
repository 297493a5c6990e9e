package io.apogeemq.protocol.message;

import io.apogeemq.protocol.remoting.MalformedRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The {@code offsetMsgId}: upper-case hex of store host address (4 or 16 bytes), port (4) and log
 * position (8), 32 or 56 digits. Clients and tools take address and position out of it.
 */
public record MessageId(InetSocketAddress storeHost, long logPosition) {
  private static final byte[] DIGITS = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);
  private static final int TAIL_BYTES = 12;

  /** The id's text. */
  public static String format(InetSocketAddress storeHost, long logPosition) {
    return new Formatter(storeHost).format(logPosition);
  }

  /** Makes the ids of one store host. Immutable. */
  public static final class Formatter {
    private final byte[] prefix;

    public Formatter(InetSocketAddress storeHost) {
      byte[] address = storeHost.getAddress().getAddress();
      prefix = new byte[2 * (address.length + Integer.BYTES)];
      int at = 0;
      for (byte b : address) {
        at = hex(prefix, at, b, 2);
      }
      hex(prefix, at, storeHost.getPort(), 8);
    }

    /** The id of the record at a log position. */
    public String format(long logPosition) {
      return format(new long[] {logPosition});
    }

    /** The ids of several records, with commas between them. */
    public String format(long[] logPositions) {
      int each = prefix.length + 2 * Long.BYTES + 1;
      byte[] text = new byte[each * logPositions.length - 1];
      int at = 0;
      for (long position : logPositions) {
        if (at > 0) {
          text[at++] = ',';
        }
        System.arraycopy(prefix, 0, text, at, prefix.length);
        at = hex(text, at + prefix.length, position, 16);
      }
      return new String(text, StandardCharsets.ISO_8859_1);
    }
  }

  /**
   * Reads an id. A client's own unique key has the same lengths, so a result may name any address.
   *
   * @throws MalformedRequest if it isn't 32 or 56 hex digits or the port is none
   */
  public static MessageId parse(String text) {
    int length = text.length();
    if (length != 32 && length != 56) {
      throw new MalformedRequest("message id has " + length + " digits instead of 32 or 56");
    }
    try {
      ByteBuffer bytes = ByteBuffer.wrap(HexFormat.of().parseHex(text));
      byte[] address = new byte[length / 2 - TAIL_BYTES];
      bytes.get(address);
      int port = bytes.getInt();
      if (port < 0 || port > 0xFFFF) {
        throw new MalformedRequest("message id " + text + " names port " + port);
      }
      InetAddress host = InetAddress.getByAddress(address);
      return new MessageId(new InetSocketAddress(host, port), bytes.getLong());
    } catch (IllegalArgumentException | UnknownHostException e) {
      throw new MalformedRequest("message id " + text + " is not made of hex digits");
    }
  }

  @Override
  public String toString() {
    return format(storeHost, logPosition);
  }

  private static int hex(byte[] text, int at, long value, int digits) {
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
      text[at++] = DIGITS[(int) (value >>> shift) & 0xF];
    }
    return at;
  }
}
