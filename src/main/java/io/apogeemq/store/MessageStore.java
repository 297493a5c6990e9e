package io.apogeemq.store;

import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.MessageView;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.ObjLongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The message log and the queues in it. All methods may be called from any thread; none of them
 * waits for the disk except {@link #close} and {@link #scan}. What a callback is given runs on the
 * {@link Completions} it was asked with.
 *
 * <p>A <em>queue offset</em> counts messages of one queue from its start; a <em>log position</em>
 * counts bytes of the commit log. Four positions of the log are told apart: appended (written),
 * flushed (forced), confirmed (held by the in-sync replicas) and readable (what {@link #readHot} and
 * {@link #read} show in this mode).
 */
public interface MessageStore extends AutoCloseable {

  /**
   * Stores messages of one topic and queue: one, or a batch that gets consecutive queue offsets.
   * While the store runs a batch is accepted and answered as a whole. A crash may cut it: then a part
   * from its start may be found again, each message of it whole.
   *
   * <p>The caller has checked what a client can get wrong; an {@link IllegalArgumentException} here is
   * a mistake of ours: drafts of one topic and queue, queue id not negative, topic of 1 to 127 bytes,
   * properties at most 32767 bytes, host bits that fit the hosts, no prepared or rolled back
   * transaction type, no inner batch. Properties without a zero byte are the caller's duty, too;
   * looking at every byte once more is left to assertions.
   *
   * <p>The drafts' bodies must stay valid and unchanged until {@code then} runs; the store takes no
   * reference of its own. Accepting never blocks: what is over the bound is held back by the caller
   * ({@link #isCongested}).
   *
   * @param waitForDurability false: answer after the append even in a mode that forces or replicates
   *     (the message's {@code WAIT=false})
   */
  void append(
      List<MessageDraft> drafts,
      boolean waitForDurability,
      Completions back,
      Consumer<AppendResult> then);

  /**
   * Answers when messages that are in the log already are as durable as the store's mode promises: for
   * who asks again what became of an earlier {@link #append}. Nothing is stored. {@code then} is given
   * {@code at} itself, or that it is unknown; never a refusal, for the messages are there.
   *
   * @param at what the earlier append was told; its time and further positions are not looked at
   * @param waitForDurability as for {@link #append}
   */
  void awaitDurable(
      AppendResult.Appended at,
      boolean waitForDurability,
      Completions back,
      Consumer<AppendResult> then);

  /**
   * True while more bytes wait for the appender than its bound: stop reading from sockets. {@code
   * whenRelieved} then runs once on {@code back} as soon as it is below half of the bound; when the
   * answer is false it is dropped.
   */
  boolean isCongested(Completions back, Runnable whenRelieved);

  /** Reads without touching the disk, or answers {@link ReadResult.Cold}. For event loops. */
  ReadResult readHot(ReadRequest request);

  /** Reads, from the disk if need be, on the reader pool. */
  void read(ReadRequest request, Completions back, Consumer<ReadResult> then);

  /** First available queue offset; 0 for an unknown queue. */
  long minOffset(String topic, int queueId);

  /** One behind the last readable queue offset; 0 for an unknown queue. */
  long maxOffset(String topic, int queueId);

  /**
   * Queue offset by store time.
   *
   * @param upper false: the first message stored at or after the time, or the last existing one if
   *     there is none (as 4.9.x answers); true: the last one stored at or before it
   */
  void offsetByTime(
      String topic,
      int queueId,
      long timestampMs,
      boolean upper,
      Completions back,
      Consumer<Long> then);

  /** Store timestamp (ms) of the message at a queue offset, or empty if it is not there. */
  void storeTime(
      String topic, int queueId, long queueOffset, Completions back, Consumer<OptionalLong> then);

  /**
   * The record that starts at a log position. The buffer is empty if no readable record starts there;
   * the taker owns its reference.
   */
  void recordAt(long logPosition, Completions back, Consumer<ByteBuf> then);

  /**
   * Records of a topic by key or unique key, newest segments first, store timestamp within [from, to]
   * ms, at most {@code max}. The taker owns the buffer's reference; it is empty if none was found.
   */
  void recordsByKey(
      String topic,
      String key,
      boolean uniqueKey,
      long fromMs,
      long toMs,
      int max,
      Completions back,
      Consumer<ByteBuf> then);

  /** Index entries of a queue from an offset on, for people who look at queues. */
  void entries(
      String topic,
      int queueId,
      long queueOffset,
      int max,
      Completions back,
      Consumer<List<Entry>> then);

  /** An index entry. Sizes and positions in bytes. */
  record Entry(long logPosition, int sizeBytes, long tagsCode) {}

  /** Tells the listener of every advance of the readable position. Before {@link #start}. */
  void onArrival(ArrivalListener listener);

  /**
   * Names who knows from which log position on the log is still needed, {@code Long.MAX_VALUE} for
   * nowhere: no segment that holds the position or lies behind it is deleted, however old. Asked on
   * the store's thread before each deletion. Before {@link #start}.
   */
  void keepFrom(LongSupplier logPosition);

  /** Other rules for what is deleted, and when sends are refused; from the next look on. Any thread. */
  void retain(RetentionConfig rules);

  /**
   * Names who knows how far queues have been read, for deletions of messages before their time. Each
   * snapshot is asked about many queues, on the store's thread; taken only when room is needed. Without
   * one nothing counts as read. Before {@link #start}.
   */
  void readProgress(Supplier<ReadProgress> snapshot);

  /** Forgets the queues of a topic: its offsets start at 0 again if it is created anew. */
  void deleteTopic(String topic);

  /**
   * Shows the records that begin in a range of the log, each once, in order. What is damaged is passed
   * over. If no record begins at the range's start, the first one is that which says that it begins
   * where it stands. Waits for the disk; for the time before {@link #start}. Rooms ask through {@link
   * LogPass}, so that the log is read once for all of them.
   *
   * @param from log position; what is not there any more is left out
   * @param to log position; at most the log's end
   * @param each is given a record and how long before the newest one it was stored, ms; the view is
   *     laid over the next record afterwards
   */
  void scan(long from, long to, ObjLongConsumer<MessageView> each) throws IOException;

  /** Starts the threads. What was recovered has been forced before. */
  void start();

  /** What people and monitors want to know, read without locks. */
  Status status();

  /**
   * @param minPosition first log position that still exists
   * @param appendedPosition end of what was written
   * @param flushedPosition end of what was forced
   * @param confirmedPosition end of what the in-sync replicas hold
   * @param readablePosition end of what readers see
   * @param waitingBytes bytes accepted but not yet written
   * @param earliestTimestampMs store time of the first record, -1 for an empty log
   * @param diskUsedRatio used part of the disk that holds the log, 0 to 1
   * @param readOnlyReason why sends are refused, empty if they are not
   * @param refusal the kind of that reason, null if there is none
   */
  record Status(
      long minPosition,
      long appendedPosition,
      long flushedPosition,
      long confirmedPosition,
      long readablePosition,
      long waitingBytes,
      long earliestTimestampMs,
      double diskUsedRatio,
      String readOnlyReason,
      AppendResult.@Nullable Refusal refusal) {}

  /**
   * Refuses new appends, writes and forces what was accepted, saves the queue table and the
   * checkpoint, removes the mark of a running broker, releases the folder. Waits for the disk.
   */
  @Override
  void close();
}
