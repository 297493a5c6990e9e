package io.apogeemq.client;

import io.vertx.core.Future;

/**
 * Answers a broker that asks how a transaction ended: when it heard nothing, because a process died or
 * the outcome was unknown. Any producer of the group may be asked, so the answer must come from what
 * the transaction left behind, such as a row of a database.
 */
@FunctionalInterface
public interface TransactionChecker {
  /**
   * @param half the message as it was sent
   * @return a failure counts as unknown: the broker asks again
   */
  Future<TransactionOutcome> check(ReceivedMessage half);
}
