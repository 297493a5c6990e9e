package io.apogeemq.store.log;

import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.StoredMessage;
import io.apogeemq.store.AppendResult;
import io.apogeemq.store.Completions;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One accepted append on its way: handed from the caller to the appender, perhaps on to the flusher,
 * and back to the caller's completions, where it runs as the task that tells the result. Or, without
 * drafts, somebody who waits for messages that are in the log already.
 */
public final class AppendTask implements Runnable {
  final List<MessageDraft> drafts;
  final boolean waitForDurability;
  final long bytes;
  private final Completions back;
  private final Consumer<AppendResult> then;
  private @Nullable AppendResult result;

  /** Where it was put; appender, then whoever answers. */
  AppendResult.@Nullable Appended at;

  /**
   * @param bytes size of all records together
   */
  public AppendTask(
      List<MessageDraft> drafts,
      boolean waitForDurability,
      long bytes,
      Completions back,
      Consumer<AppendResult> then) {
    this.drafts = drafts;
    this.waitForDurability = waitForDurability;
    this.bytes = bytes;
    this.back = back;
    this.then = then;
  }

  /** A task that stores nothing and waits until what is at a place is as durable as promised. */
  public static AppendTask waitingFor(
      AppendResult.Appended at,
      boolean waitForDurability,
      Completions back,
      Consumer<AppendResult> then) {
    // Counted as the smallest record, so that the bound of what waits holds for these, too.
    AppendTask task =
        new AppendTask(List.of(), waitForDurability, StoredMessage.MIN_BYTES, back, then);
    task.at = at;
    return task;
  }

  /** Queues the result for the caller; the caller is woken by {@link Answers#wake}. Once per task. */
  void answer(AppendResult outcome, Answers to) {
    assert result == null : "an append is answered once";
    result = outcome;
    back.add(this);
    to.note(back);
  }

  /** True once {@link #answer} was called. By the thread that may answer. */
  boolean isAnswered() {
    return result != null;
  }

  /** Tells the result. On the caller's executor. */
  @Override
  public void run() {
    AppendResult outcome = result;
    assert outcome != null;
    then.accept(outcome);
  }
}
