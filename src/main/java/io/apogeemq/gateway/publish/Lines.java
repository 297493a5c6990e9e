package io.apogeemq.gateway.publish;

import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.function.Consumer;

/** Cuts a stream of bytes into lines; the last one needs no line feed. Blank lines are left out. */
final class Lines {
  private final int maxBytes;
  private final Consumer<Buffer> line;
  private Buffer open = Buffer.buffer();

  /** {@code line} gets each line without its end, and must be done with it when it returns. */
  Lines(int maxBytes, Consumer<Buffer> line) {
    this.maxBytes = maxBytes;
    this.line = line;
  }

  /**
   * More bytes.
   *
   * @throws Problem if a line is longer than it may be; then there is no way to go on
   */
  void bytes(Buffer more) {
    ByteBuf bytes = ((BufferInternal) more).getByteBuf();
    int start = 0;
    for (int end = lineFeed(bytes, 0); end >= 0; end = lineFeed(bytes, start)) {
      give(whole(more.slice(start, end)));
      start = end + 1;
    }
    Buffer rest = more.slice(start, more.length());
    check(rest);
    open.appendBuffer(rest);
  }

  private static int lineFeed(ByteBuf bytes, int from) {
    return bytes.indexOf(from, bytes.writerIndex(), (byte) '\n');
  }

  /** There is no more. */
  void end() {
    give(whole(Buffer.buffer()));
  }

  /** The line that ends with this part. It is a copy only if it came in several. */
  private Buffer whole(Buffer last) {
    check(last);
    if (open.length() == 0) {
      return last;
    }
    Buffer whole = open.appendBuffer(last);
    open = Buffer.buffer();
    return whole;
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

  private void give(Buffer whole) {
    for (int i = 0; i < whole.length(); i++) {
      if (whole.getByte(i) > ' ') {
        line.accept(whole);
        return;
      }
    }
  }
}
