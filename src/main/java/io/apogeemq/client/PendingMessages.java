package io.apogeemq.client;

import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.DelayedMessages;
import io.apogeemq.protocol.body.OpenTransactions;
import io.apogeemq.protocol.header.DelayHeaders;
import io.apogeemq.protocol.header.TransactionHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * What brokers have accepted and not yet delivered: delayed messages and open transactions. Only ours
 * tell; Apache's refuse with code 3. Each broker is asked for its own, by address. Threads and failures
 * as in {@link Admin}.
 */
public final class PendingMessages {
  private final Nodes nodes;

  PendingMessages(Nodes nodes) {
    this.nodes = nodes;
  }

  /**
   * What is delivered next.
   *
   * @param after {@link DelayedMessages#next}, or {@link DelayedMessages.Delayed#after} of the last one
   *     known; null: from the soonest on
   */
  public Future<DelayedMessages> delayed(String address, int max, @Nullable String after) {
    return nodes.from(
        address,
        RemotingCommand.request(
            RequestCode.APOGEE_GET_DELAYED_MESSAGES, new DelayHeaders.Upcoming(max, after)),
        r -> Body.parse(DelayedMessages.class, r.body()));
  }

  /** Takes a delayed message back. */
  public Future<Void> cancel(String address, String topic, String recallHandle) {
    return nodes.to(
        address,
        RemotingCommand.request(
            RequestCode.APOGEE_CANCEL_DELAYED_MESSAGE,
            new DelayHeaders.Cancel(topic, recallHandle)));
  }

  /**
   * The transactions that are open, oldest first.
   *
   * @param after {@link OpenTransactions#next}, or {@link OpenTransactions.Open#halfOffset} of the last
   *     one known; null: from the oldest on
   */
  public Future<OpenTransactions> transactions(String address, int max, @Nullable Long after) {
    return nodes.from(
        address,
        RemotingCommand.request(
            RequestCode.APOGEE_GET_OPEN_TRANSACTIONS, new TransactionHeaders.Open(max, after)),
        r -> Body.parse(OpenTransactions.class, r.body()));
  }

  /**
   * Has a producer asked soon what became of a transaction, counting anew. Apache's brokers do that only
   * for one that was given up.
   */
  public Future<Void> checkNow(String address, String offsetMsgId) {
    return nodes.to(
        address,
        RemotingCommand.request(
            RequestCode.RESUME_CHECK_HALF_MESSAGE,
            new TransactionHeaders.Resume(null, offsetMsgId)));
  }
}
