package io.apogeemq.store;

/**
 * A read of one queue.
 *
 * @param queueOffset first wanted queue offset
 * @param maxMessages upper bound of messages in the answer
 * @param maxBytes upper bound of bytes in the answer; the first message is always returned
 * @param filter which index entries are wanted
 */
public record ReadRequest(
    String topic,
    int queueId,
    long queueOffset,
    int maxMessages,
    int maxBytes,
    EntryFilter filter) {

  /** Chooses messages by what the index knows of them, without reading the log. */
  @FunctionalInterface
  public interface EntryFilter {
    EntryFilter ALL = tagsCode -> true;

    /** {@code tagsCode}: hash of the message's tag, 0 without one. */
    boolean wants(long tagsCode);
  }
}
