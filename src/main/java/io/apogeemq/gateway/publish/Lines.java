package io.apogeemq.gateway.publish;

import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import org.jspecify.annotations.Nullable;

/** Cuts a stream of bytes into lines, one after the other as they are wanted. */
final class Lines {
  private static final Buffer NOTHING = Buffer.buffer();

  private final int maxBytes;

  /** The line whose end has not come. */
  private Buffer open = Buffer.buffer();

  /** What has come and was not looked at, from {@link #at} on. */
  private Buffer rest = NOTHING;

  private int at;

  Lines(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** More bytes. */
  void add(Buffer more) {
    rest =
        at == rest.length()
            ? more
            : Buffer.buffer().appendBuffer(rest.slice(at, rest.length())).appendBuffer(more);
    at = 0;
  }

  /**
   * The next line without its end, blank ones too; null if there is no whole one. It is a copy only if it
   * came in several parts.
   *
   * @throws Problem if it is longer than it may be; then there is no way to go on
   */
  @Nullable Buffer next() {
    int end = lineFeed(rest, at);
    Buffer part = rest.slice(at, end < 0 ? rest.length() : end);
    check(part);
    if (end < 0) {
      open.appendBuffer(part);
      rest = NOTHING;
      at = 0;
      return null;
    }
    at = end + 1;
    if (open.length() == 0) {
      return part;
    }
    Buffer whole = open.appendBuffer(part);
    open = Buffer.buffer();
    return whole;
  }

  private static int lineFeed(Buffer buffer, int from) {
    ByteBuf bytes = ((BufferInternal) buffer).getByteBuf();
    return bytes.indexOf(from, bytes.writerIndex(), (byte) '\n');
  }

  private void check(Buffer part) {
    if (open.length() + part.length() > maxBytes) {
      throw new Problem(
              ProblemKind.TOO_LARGE,
              "A line has more than " + maxBytes + " bytes.",
              "Send smaller messages, or raise gatewayMaxBodyBytes.")
          .with("limitBytes", maxBytes);
    }
  }

  /** How much of a line is there whose end has not come. */
  int openBytes() {
    return open.length();
  }

  /** Whether nothing is left of what came. */
  boolean isEmpty() {
    return at == rest.length() && open.length() == 0;
  }

  /** Lets go of all that is left. */
  void clear() {
    open = NOTHING;
    rest = NOTHING;
    at = 0;
  }

  static boolean isBlank(Buffer line) {
    for (int i = 0; i < line.length(); i++) {
      if (line.getByte(i) > ' ') {
        return false;
      }
    }
    return true;
  }
}
