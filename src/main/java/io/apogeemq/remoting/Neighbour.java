package io.apogeemq.remoting;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a new connection speaks, told by its first bytes. A remoting frame starts with the high byte
 * of a length below 16 MiB; the protocols that get mixed up with it in practice start with letters or
 * a TLS record. Each of those is answered in its own words before the connection is closed, so that
 * the person at the other end reads a reason and not "connection reset".
 */
enum Neighbour {
  REMOTING(null),
  HTTP("HTTP"),
  HTTP2("HTTP/2 (a gRPC client?)"),
  TLS("TLS"),
  PROXY("the PROXY protocol");

  /** So many first bytes decide at the latest. */
  private static final int BYTES_NEEDED = 4;

  private final @Nullable String spoken;

  Neighbour(@Nullable String spoken) {
    this.spoken = spoken;
  }

  /** How people call the protocol. */
  @Nullable String spoken() {
    return spoken;
  }

  /** Looks at the readable bytes without consuming them; null if more are needed. */
  static @Nullable Neighbour of(ByteBuf in) {
    if (!in.isReadable()) {
      return null;
    }
    int at = in.readerIndex();
    int first = in.getByte(at);
    if (first == 0 || first == 1) {
      return REMOTING;
    }
    if (first == 0x16) {
      return TLS;
    }
    if (in.readableBytes() < BYTES_NEEDED) {
      return null;
    }
    return switch (in.toString(at, BYTES_NEEDED, StandardCharsets.US_ASCII)) {
      case "GET ", "HEAD", "POST", "PUT ", "PATC", "DELE", "OPTI", "CONN", "TRAC" -> HTTP;
      case "PRI " -> HTTP2;
      case "PROX", "\r\n\r\n" -> PROXY;
      default -> REMOTING; // its length is refused, by number
    };
  }

  /** A farewell that a client of the protocol can show: the text names this port and the right one. */
  ByteBuf farewell(String text) {
    byte[] words = text.getBytes(StandardCharsets.UTF_8);
    return switch (this) {
      case HTTP ->
          Unpooled.copiedBuffer(
              "HTTP/1.1 421 Misdirected Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
                  + "Connection: close\r\nContent-Length: "
                  + words.length
                  + "\r\n\r\n"
                  + text,
              StandardCharsets.UTF_8);
      case HTTP2 -> {
        ByteBuf out = Unpooled.buffer();
        out.writeMedium(0).writeByte(4).writeByte(0).writeInt(0); // empty SETTINGS
        out.writeMedium(8 + words.length).writeByte(7).writeByte(0).writeInt(0); // GOAWAY
        yield out.writeInt(0).writeInt(0x0d).writeBytes(words); // last stream, HTTP_1_1_REQUIRED
      }
      // Alert, fatal, protocol_version: TLS has no room for words.
      case TLS -> Unpooled.wrappedBuffer(new byte[] {0x15, 3, 3, 0, 2, 2, 70});
      case PROXY, REMOTING -> Unpooled.EMPTY_BUFFER;
    };
  }
}
