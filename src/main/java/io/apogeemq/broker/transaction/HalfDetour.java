package io.apogeemq.broker.transaction;

import io.apogeemq.broker.send.Asks;
import io.apogeemq.broker.send.Detour;
import io.apogeemq.broker.send.Forwarding;
import io.apogeemq.broker.topic.SystemTopics;
import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Refused;
import java.util.function.IntSupplier;

/**
 * Makes of a message with {@code TRAN_MSG=true} a half message: queue 0 of the half topic, real topic
 * and queue as properties, no transaction type in its flags (as in the original, where it is an
 * ordinary record of an internal topic). The table of open half messages hears of it by following that
 * queue. Any broker loop.
 */
public final class HalfDetour implements Detour {
  /** Half messages lie in one queue, as the original's. */
  static final int QUEUE = 0;

  /** 5.x: the sender's message id once more. */
  static final String TRANSACTION_ID = "__transactionId__";

  private final TransactionConfig config;
  private final IntSupplier open;

  /**
   * @param open how many half messages are open now
   */
  public HalfDetour(TransactionConfig config, IntSupplier open) {
    this.config = config;
    this.open = open;
  }

  @Override
  public int serves() {
    return Asks.TRANSACTION;
  }

  @Override
  public Parked park(MessageDraft draft, int asks) {
    if (config.rejects()) {
      throw new Refused(
          ResponseCode.NO_PERMISSION,
          "the broker["
              + config.brokerName()
              + "] sending transaction message is forbidden (rejectTransactionMessage=true)");
    }
    if ((asks & ~Asks.TRANSACTION) != 0) {
      // What the 5.x client says itself. The original's broker loses such a message.
      throw new Refused(
          ResponseCode.MESSAGE_ILLEGAL,
          "Transactional messages do not support delayed delivery; nothing was stored. Send without"
              + " delay, or without transaction.");
    }
    if (open.getAsInt() >= config.maxOpen()) {
      throw new Refused(
          ResponseCode.SYSTEM_BUSY,
          open.getAsInt()
              + " transactions are open, the limit is transactionMaxOpen="
              + config.maxOpen()
              + ". Try again when producers have ended some; the broker asks those that live.");
    }
    Forwarding half = Forwarding.of(draft);
    if (half.get(Half.GROUP) == null) {
      throw new Refused(
          ResponseCode.MESSAGE_ILLEGAL,
          "a transactional message without the property "
              + Half.GROUP
              + " could never be decided; nothing was stored. Send it by a TransactionMQProducer.");
    }
    String id = half.get(Properties.UNIQ_KEY);
    if (id != null && !id.isEmpty()) {
      half.set(TRANSACTION_ID, id);
    }
    return Parked.not(
        half.set(Properties.REAL_TOPIC, draft.topic())
            .set(Properties.REAL_QUEUE_ID, Integer.toString(draft.queueId()))
            .remove(Half.CHECK_TIMES, Half.FIRST_OFFSET)
            .to(SystemTopics.HALF, QUEUE)
            .transactionType(0)
            .draft());
  }
}
