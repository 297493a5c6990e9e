package io.apogeemq.protocol.remoting;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Writes a command as a frame in the command's own header form. The body is the caller's to
 * send behind it, so that stored bytes need not be copied.
 */
public final class FrameEncoder {
  private FrameEncoder() {}

  /**
   * Appends length, mark and header of the command to a buffer; the body must follow.
   *
   * @throws MalformedRequest if the frame would be too large, or the header of a request; whoever got that
   *     would end the connection. The buffer is as it was
   */
  public static void writeHead(RemotingCommand command, ByteBuf out) {
    int start = out.writerIndex();
    boolean done = false;
    try {
      out.writeLong(0); // length and mark, known at the end
      if (command.form() == HeaderForm.JSON) {
        JsonHeader.write(command, out);
      } else {
        RocketMqHeader.write(command, out);
      }
      int headerStart = start + Frame.LENGTH_FIELD_BYTES + Frame.MARK_BYTES;
      int headerBytes = out.writerIndex() - headerStart;
      if (headerBytes > Frame.MAX_HEADER_BYTES && !command.isResponse()) {
        throw new MalformedRequest(
            "a header of "
                + headerBytes
                + " bytes is over the limit of "
                + Frame.MAX_HEADER_BYTES
                + "; are there too many properties, or is a filter too long?");
      }
      int length = Frame.MARK_BYTES + headerBytes + command.body().readableBytes();
      if (length > Frame.MAX_LENGTH) {
        throw new MalformedRequest(
            "a frame of " + length + " bytes is over the limit of " + Frame.MAX_LENGTH);
      }
      out.setInt(start, length);
      out.setInt(start + Frame.LENGTH_FIELD_BYTES, Frame.mark(command.form(), headerBytes));
      done = true;
    } finally {
      if (!done) {
        out.writerIndex(start);
      }
    }
  }

  /** The whole frame in one buffer. For tests and tools; releases the command. */
  public static ByteBuf whole(RemotingCommand command, ByteBufAllocator allocator) {
    ByteBuf frame = allocator.ioBuffer();
    boolean done = false;
    try {
      writeHead(command, frame);
      frame.writeBytes(
          command.body(), command.body().readerIndex(), command.body().readableBytes());
      done = true;
      return frame;
    } finally {
      command.release();
      if (!done) {
        frame.release();
      }
    }
  }
}
