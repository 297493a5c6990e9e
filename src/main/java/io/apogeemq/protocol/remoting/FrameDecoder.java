package io.apogeemq.protocol.remoting;

import io.netty.buffer.ByteBuf;

/** Reads one whole frame. The body becomes a slice of the frame, not a copy. Stateless. */
public final class FrameDecoder {
  private FrameDecoder() {}

  /**
   * Decodes a frame that starts behind its length field and ends with the buffer.
   *
   * <p>Takes over the frame's reference: the command's body holds it, and it is released here if
   * there is no body or the frame is refused. Never allocates more than the frame holds.
   *
   * @throws MalformedRequest if the header breaks a rule; the text says which
   */
  public static RemotingCommand decode(ByteBuf frame) {
    boolean handedOver = false;
    try {
      if (frame.readableBytes() < Frame.MARK_BYTES) {
        throw new MalformedRequest(
            "a frame of " + frame.readableBytes() + " bytes is too short for its header mark");
      }
      int mark = frame.readInt();
      HeaderForm form = HeaderForm.of(mark >>> 24);
      int headerBytes = mark & 0xFFFFFF;
      if (headerBytes > frame.readableBytes()) {
        throw new MalformedRequest(
            "header length "
                + headerBytes
                + " is larger than the "
                + frame.readableBytes()
                + " bytes left in the frame");
      }
      if (headerBytes > Frame.MAX_HEADER_BYTES) {
        throw new MalformedRequest(
            "header length " + headerBytes + " is over the limit of " + Frame.MAX_HEADER_BYTES);
      }
      RemotingCommand command =
          form == HeaderForm.JSON
              ? JsonHeader.read(frame, headerBytes)
              : RocketMqHeader.read(frame, headerBytes);
      if (frame.isReadable()) {
        command.body(frame);
        handedOver = true;
      }
      return command;
    } finally {
      if (!handedOver) {
        frame.release();
      }
    }
  }
}
