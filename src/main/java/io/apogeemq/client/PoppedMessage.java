package io.apogeemq.client;

/**
 * A message that a {@link PopConsumer} took, and what it is acknowledged by.
 *
 * @param message its {@code reconsumeTimes} says how often it was out before
 */
public record PoppedMessage(ReceivedMessage message, Receipt receipt) {

  /** The same with its body as its sender meant it ({@link ReceivedMessage#unpacked}). */
  public PoppedMessage unpacked(long limitBytes) {
    ReceivedMessage unpacked = message.unpacked(limitBytes);
    return unpacked == message ? this : new PoppedMessage(unpacked, receipt);
  }
}
