package io.apogeemq.client;

/**
 * A transaction was over before it was decided: committed or rolled back by somebody, or given up by the
 * broker after its last check. The decision changed nothing. Carries no stack trace: it is an answer.
 */
public final class TransactionEnded extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TransactionEnded(OpenTransaction open) {
    super(
        "the transaction of message " + open.messageId() + " has ended before; nothing was changed",
        null,
        false,
        false);
  }
}
