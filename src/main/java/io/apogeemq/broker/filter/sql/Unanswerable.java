package io.apogeemq.broker.filter.sql;

/**
 * An expression has no answer for this message: two values can't be compared, as a text with a number.
 * No operator catches it, so the message as a whole is not wanted, also under NOT; the original throws
 * in the same places. Without a stack trace and without state, because it is an everyday outcome.
 */
final class Unanswerable extends Exception {
  private static final long serialVersionUID = 1L;

  static final Unanswerable HERE = new Unanswerable();

  private Unanswerable() {
    super("these values can't be compared", null, false, false);
  }
}
