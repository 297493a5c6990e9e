package io.apogeemq.gateway.publish;

import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.vertx.core.buffer.Buffer;
import java.util.function.Consumer;

/** Cuts a stream of bytes into lines; the last one needs no line feed. Blank lines are left out. */
final class Lines {
  private final int maxBytes;
  private final Consumer<Buffer> line;
  private Buffer open = Buffer.buffer();

  /** {@code line} gets each line without its end. */
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
    int start = 0;
    for (int i = 0; i < more.length(); i++) {
      if (more.getByte(i) == '\n') {
        add(more.slice(start, i));
        flush();
        start = i + 1;
      }
    }
    add(more.slice(start, more.length()));
  }

  /** There is no more. */
  void end() {
    flush();
  }

  private void add(Buffer part) {
    if (open.length() + part.length() > maxBytes) {
      throw new Problem(
              ProblemKind.TOO_LARGE,
              "A line has more than " + maxBytes + " bytes.",
              "Send smaller messages, or raise gatewayMaxBodyBytes.")
          .with("limitBytes", maxBytes);
    }
    open.appendBuffer(part);
  }

  private void flush() {
    Buffer whole = open;
    open = Buffer.buffer();
    for (int i = 0; i < whole.length(); i++) {
      if (whole.getByte(i) > ' ') {
        line.accept(whole);
        return;
      }
    }
  }
}
