package io.apogeemq.protocol.remoting;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Writes a command as a frame in the command's own header form. Everything before the body goes into
 * one buffer; the body is passed on as it is, so that stored bytes are never copied to be sent.
 */
public final class FrameEncoder {
  private FrameEncoder() {}

  /** Length, mark and header of the command; the body must follow. The caller owns the buffer. */
  public static ByteBuf head(RemotingCommand command, ByteBufAllocator allocator) {
    ByteBuf out = allocator.ioBuffer(256);
    boolean done = false;
    try {
      out.writeLong(0); // length and mark, known at the end
      if (command.form() == HeaderForm.JSON) {
        JsonHeader.write(command, out);
      } else {
        RocketMqHeader.write(command, out);
      }
      int headerBytes = out.writerIndex() - Frame.LENGTH_FIELD_BYTES - Frame.MARK_BYTES;
      int length = Frame.MARK_BYTES + headerBytes + command.body().readableBytes();
      if (length > Frame.MAX_LENGTH) {
        throw new MalformedRequest(
            "a frame of " + length + " bytes is over the limit of " + Frame.MAX_LENGTH);
      }
      out.setInt(0, length);
      out.setInt(Frame.LENGTH_FIELD_BYTES, Frame.mark(command.form(), headerBytes));
      done = true;
      return out;
    } finally {
      if (!done) {
        out.release();
      }
    }
  }

  /** The whole frame in one buffer. For tests and tools; releases the command. */
  public static ByteBuf whole(RemotingCommand command, ByteBufAllocator allocator) {
    try {
      ByteBuf frame = head(command, allocator);
      return frame.writeBytes(
          command.body(), command.body().readerIndex(), command.body().readableBytes());
    } finally {
      command.release();
    }
  }
}
