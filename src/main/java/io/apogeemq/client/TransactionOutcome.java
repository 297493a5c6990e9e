package io.apogeemq.client;

import io.apogeemq.protocol.message.SysFlags;

/** How a transaction ended on the side of the producer. */
public enum TransactionOutcome {
  /** The message is delivered. */
  COMMIT(SysFlags.TRANSACTION_COMMIT),
  /** The message is dropped. */
  ROLLBACK(SysFlags.TRANSACTION_ROLLBACK),
  /** Not known yet: the broker asks later ({@link TransactionChecker}). */
  UNKNOWN(0);

  private final int wire;

  TransactionOutcome(int wire) {
    this.wire = wire;
  }

  int wire() {
    return wire;
  }
}
