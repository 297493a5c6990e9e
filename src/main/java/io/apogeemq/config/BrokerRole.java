package io.apogeemq.config;

/** Values of {@code brokerRole}. */
public enum BrokerRole {
  /** Accepts messages; acknowledges without waiting for a slave. */
  ASYNC_MASTER,
  /** Accepts messages; acknowledges when a slave has them too. */
  SYNC_MASTER,
  /** Follows the master of the same {@code brokerName} and serves reads. */
  SLAVE
}
