package io.apogeemq.store;

import io.netty.buffer.ByteBuf;

/**
 * What a read of a queue found. {@code minOffset} and {@code maxOffset} are the queue's bounds at
 * that moment: first available offset, and one behind the last readable one. {@code nextOffset} is
 * where to go on.
 */
public sealed interface ReadResult {
  long nextOffset();

  long minOffset();

  long maxOffset();

  /** Stored records as they are, one behind the other. The taker owns the buffer's reference. */
  record Found(ByteBuf records, int messages, long nextOffset, long minOffset, long maxOffset)
      implements ReadResult {}

  /** Entries were looked at but the filter wanted none of them. */
  record NoneWanted(long nextOffset, long minOffset, long maxOffset) implements ReadResult {}

  /** The offset is the queue's end (or 0 of an empty or unknown queue): waiting makes sense. */
  record NothingYet(long nextOffset, long minOffset, long maxOffset) implements ReadResult {}

  /** The offset lies outside the queue; {@code nextOffset} is the nearest that makes sense. */
  record OffEnds(End end, long nextOffset, long minOffset, long maxOffset) implements ReadResult {}

  /**
   * Not answered: the records are not in memory. Ask again with {@link MessageStore#read}, which
   * goes to the disk. Only {@link MessageStore#readHot} answers so.
   */
  record Cold(long nextOffset, long minOffset, long maxOffset) implements ReadResult {}

  /**
   * The store could not read: a lost disk, a damaged record, a mistake of ours, or too many reads
   * that wait. Nothing is known of the messages there; asking the same again at once is of no use.
   *
   * @param nextOffset the offset that was asked for
   */
  record Failed(String reason, long nextOffset, long minOffset, long maxOffset)
      implements ReadResult {}

  /** Which end was missed. */
  enum End {
    /** Below the first available offset: next is the minimum. */
    BEFORE_FIRST,
    /** Beyond the end: next is the maximum. */
    BEHIND_LAST,
    /** The queue holds nothing or is unknown, and the offset is not 0: next is 0. */
    NO_QUEUE
  }
}
