package io.apogeemq.client;

import io.vertx.core.Promise;

/** A message of a {@link MessageStream}, to be acknowledged once, on any thread. */
public final class StreamedMessage {
  private final ReceivedMessage message;
  private final MessageQueue queue;
  private final Promise<Void> outcome;

  StreamedMessage(ReceivedMessage message, MessageQueue queue, Promise<Void> outcome) {
    this.message = message;
    this.queue = queue;
    this.outcome = outcome;
  }

  public ReceivedMessage message() {
    return message;
  }

  /** Where it was read; of a message that failed before, a queue of the retry topic. */
  public MessageQueue queue() {
    return queue;
  }

  /** It was consumed. A second word about it has no effect. */
  public void ack() {
    outcome.tryComplete();
  }

  /** It could not be consumed and comes again later. */
  public void retry(Throwable cause) {
    outcome.tryFail(cause);
  }

  @Override
  public String toString() {
    return message.toString();
  }
}
