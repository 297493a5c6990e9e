package io.apogeemq.broker.send;

import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.message.SysFlags;
import io.apogeemq.store.LogPass;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Remembers at a start what the last run stored, so that a send whose answer was lost with the broker
 * is recognised when it comes again: the newest messages of the log, all as unheard. Their
 * age counts from the newest one, for while the broker was down no client could try again.
 *
 * <p>Messages are remembered one by one, batches are not: a crash may have cut a batch, and then all of
 * it must be stored again, not answered as stored.
 */
public final class RetryRecovery {
  /** So much of the log is read at most, however large the window is. */
  private static final long MAX_TAIL_BYTES = 64L * 1024 * 1024;

  /** What of the log is read per message of the window: small ones fill it twice. */
  private static final long TAIL_BYTES_PER_MESSAGE = 512;

  private static final byte[] UNIQUE_KEY =
      (Properties.UNIQ_KEY + (char) Properties.NAME_END).getBytes(StandardCharsets.UTF_8);

  private static final byte[] REAL_QUEUE =
      Properties.REAL_QUEUE_ID.getBytes(StandardCharsets.UTF_8);

  /** Marks what no client sent just so: another part of the broker or another version put it there. */
  private static final int NOT_A_SEND =
      SysFlags.TRANSACTION_MASK | SysFlags.INNER_BATCH | SysFlags.NEED_UNWRAP;

  private final RetryWindow retries;
  private final long nowMs;
  private int remembered;

  /**
   * @param nowMs monotonic
   */
  public RetryRecovery(RetryWindow retries, long nowMs) {
    this.retries = retries;
    this.nowMs = nowMs;
  }

  /** Asks to be shown the tail of a store that was opened and not started. */
  @RunsOn(ThreadRole.UPKEEP)
  public void askFor(LogPass pass) {
    if (retries.isOn()) {
      long tailBytes = TAIL_BYTES_PER_MESSAGE * retries.settings().messages();
      pass.showTail(Math.min(MAX_TAIL_BYTES, tailBytes), this::remember);
    }
  }

  /** How many sends were remembered. */
  public int remembered() {
    return remembered;
  }

  private void remember(MessageView record, long ageMs) {
    if (ageMs > retries.settings().windowMs()
        || (record.sysFlag() & NOT_A_SEND) != 0
        || record.preparedPosition() != 0) { // delivered by us
      return;
    }
    byte[] properties = record.properties();
    int keyFrom = uniqueKeyIn(properties);
    long fingerprint =
        Fingerprint.of(
            record.topicBytes(),
            properties,
            keyFrom,
            endOfValue(properties, keyFrom),
            record.bodyCrc(),
            record.reconsumeTimes(),
            1);
    if (fingerprint != Fingerprint.NONE) {
      remembered++;
      retries.recovered(
          fingerprint,
          nowMs - ageMs,
          record.logPosition(),
          record.queueOffset(),
          askedQueue(record, properties));
    }
  }

  /** The queue that the sender asked for: of a parked message not the one it lies in. */
  private static int askedQueue(MessageView record, byte[] properties) {
    long span = Properties.find(properties, REAL_QUEUE);
    if (span < 0) {
      return record.queueId();
    }
    int from = Properties.spanStart(span);
    try {
      return Integer.parseInt(
          new String(properties, from, Properties.spanEnd(span) - from, StandardCharsets.UTF_8));
    } catch (NumberFormatException noQueue) { // a client's own property of this name
      return record.queueId();
    }
  }

  /** Where the unique key's value begins; behind the end if there is none. The last one counts. */
  private static int uniqueKeyIn(byte[] properties) {
    int found = properties.length;
    for (int at = 0; at < properties.length; at = endOfValue(properties, at) + 1) {
      int valueAt = at + UNIQUE_KEY.length;
      if (valueAt < properties.length
          && Arrays.equals(properties, at, valueAt, UNIQUE_KEY, 0, UNIQUE_KEY.length)) {
        found = valueAt;
      }
    }
    return found;
  }

  private static int endOfValue(byte[] properties, int from) {
    int at = from;
    while (at < properties.length && properties[at] != Properties.VALUE_END) {
      at++;
    }
    return at;
  }
}
