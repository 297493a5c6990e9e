package io.apogeemq.store.log;

import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.message.SysFlags;

/** How many messages a record stands for: a 5.x inner batch is one record that holds several. */
public final class InnerBatch {
  /** What {@link #messages} says of a number that can't be true. */
  public static final int NONSENSE = -1;

  /** Inner messages of one record: far more than a client puts into the largest record. */
  private static final int MAX_MESSAGES = 1 << 20;

  private InnerBatch() {}

  /**
   * Queue offsets that a record takes.
   *
   * @param properties the record's, already copied
   * @return at least 1, or {@link #NONSENSE}: such a record counts as one message
   */
  public static int messages(MessageView view, byte[] properties) {
    if ((view.sysFlag() & SysFlags.INNER_BATCH) == 0) {
      return 1;
    }
    String count = Properties.get(properties, Properties.INNER_NUM);
    if (count == null) {
      return 1;
    }
    try {
      int messages = Integer.parseInt(count);
      return messages < 1 || messages > MAX_MESSAGES ? NONSENSE : messages;
    } catch (NumberFormatException notANumber) {
      return NONSENSE;
    }
  }
}
