package io.apogeemq.protocol.remoting;

/**
 * The bytes of a request (or of a response) break a rule of the protocol. The text names the rule,
 * the value that broke it and the limit. Carries no stack trace: it is an answer, not a fault of
 * ours.
 *
 * <p>Thrown while a frame is being cut or its header decoded, the boundary of the next frame can't
 * be trusted and the connection is closed. Thrown by {@link RecordCodec}, the frame itself was sound:
 * the dispatcher answers and the connection lives on.
 */
public final class MalformedRequest extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public MalformedRequest(String message) {
    super(message, null, false, false);
  }
}
