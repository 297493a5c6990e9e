package io.apogeemq.store;

import java.nio.ByteBuffer;

/**
 * A read of one queue.
 *
 * @param queueOffset first wanted queue offset
 * @param maxMessages upper bound of messages in the answer
 * @param maxBytes upper bound of bytes in the answer; the first message is always returned
 * @param filter which messages are wanted
 */
public record ReadRequest(
    String topic,
    int queueId,
    long queueOffset,
    int maxMessages,
    int maxBytes,
    EntryFilter filter) {

  /**
   * Chooses messages: by what the index knows of them, and if that is not enough by the record. Asked on
   * the thread that reads, and by several at once.
   */
  @FunctionalInterface
  public interface EntryFilter {
    EntryFilter ALL = tagsCode -> true;

    /** {@code tagsCode}: hash of the message's tag, 0 without one. */
    boolean wants(long tagsCode);

    /** True if {@link #wantsRecord} has a say, too: then every record that may be wanted is read. */
    default boolean looksIntoRecords() {
      return false;
    }

    /**
     * A record that {@link #wants} has let through. What it throws is the outcome of the whole read.
     *
     * @param bytes hold the record from index {@code at} on; not to be kept or changed
     */
    default boolean wantsRecord(ByteBuffer bytes, int at) {
      return true;
    }
  }
}
