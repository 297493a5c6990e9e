package io.apogeemq.client;

/**
 * A producer has as many sends or requests under way as {@link ProducerOptions#setMaxPendingSends}
 * allows, and refused one more before anything was sent. It is no failure of a broker: the same call
 * works as soon as answers have come. Carries no stack trace, since it may come in thousands.
 */
public final class TooManyPending extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int limit;

  /**
   * @param what of which there are too many
   */
  TooManyPending(String what, int limit) {
    super(
        "already "
            + limit
            + " "
            + what
            + " wait for an answer, which is the limit: send slower (a MessageSink does), or raise"
            + " setMaxPendingSends",
        null,
        false,
        false);
    this.limit = limit;
  }

  /** How many may be under way at once. */
  public int limit() {
    return limit;
  }
}
