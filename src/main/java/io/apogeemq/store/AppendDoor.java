package io.apogeemq.store;

import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.message.StoredMessage;
import io.apogeemq.protocol.message.SysFlags;
import io.apogeemq.store.AppendResult.Doubt;
import io.apogeemq.store.AppendResult.Refusal;
import io.apogeemq.store.log.AppendQueue;
import io.apogeemq.store.log.AppendTask;
import io.apogeemq.store.log.Health;
import java.util.List;
import java.util.function.Consumer;

/**
 * Lets appends in to the appender, or refuses them: what is too large, what comes while the store takes
 * nothing, and what is more than may wait. Has no state; any thread.
 */
final class AppendDoor {
  private final AppendQueue queue;
  private final Health health;
  private final long maxRecordBytes;
  private final Runnable look;

  AppendDoor(StoreConfig config, AppendQueue queue, Health health) {
    this.queue = queue;
    this.health = health;
    this.maxRecordBytes =
        Math.min(config.maxRecordBytes(), config.segmentSizeBytes() - StoredMessage.BLANK_BYTES);
    this.look = queue::look;
  }

  /** See {@link MessageStore#append}. */
  void append(
      List<MessageDraft> drafts,
      boolean waitForDurability,
      Completions back,
      Consumer<AppendResult> then) {
    long bytes = 0;
    for (int i = 0; i < drafts.size(); i++) {
      MessageDraft draft = drafts.get(i);
      check(draft, drafts.get(0));
      long size = StoredMessage.sizeOf(draft);
      if (size > maxRecordBytes) {
        refuse(
            Refusal.TOO_LARGE,
            "the message needs " + size + " bytes in the log, the limit is " + maxRecordBytes,
            back,
            then);
        return;
      }
      bytes += size;
    }
    if (drafts.isEmpty()) {
      throw new IllegalArgumentException("an append without a message");
    }
    Health.Reason reason = health.refusal();
    if (reason != null) {
      refuse(reason.refusal(), reason.detail(), back, then);
    } else if (queue.offer(new AppendTask(drafts, waitForDurability, bytes, back, then))) {
      back.afterHandOver(look);
    } else {
      refuse(
          Refusal.BUSY, queue.waitingBytes() + " bytes wait to be written; try again", back, then);
    }
  }

  /** See {@link MessageStore#awaitDurable}. */
  void awaitDurable(
      AppendResult.Appended at,
      boolean waitForDurability,
      Completions back,
      Consumer<AppendResult> then) {
    Health.Reason reason = health.refusal();
    boolean over = reason != null && reason.refusal() != Refusal.DISK_FULL;
    if (over || !queue.offer(AppendTask.waitingFor(at, waitForDurability, back, then))) {
      Doubt doubt = over ? Doubt.FLUSH_FAILED : Doubt.FLUSH_TIMEOUT;
      back.tell(new AppendResult.Unknown(at, doubt), then);
    } else {
      back.afterHandOver(look);
    }
  }

  /** What a caller must have seen to; a mistake of ours otherwise. */
  private static void check(MessageDraft draft, MessageDraft first) {
    if (draft.topicBytes().length == 0
        || draft.topicBytes().length > StoredMessage.MAX_TOPIC_BYTES
        || draft.properties().length > Properties.MAX_BYTES
        || draft.queueId() < 0
        || !SysFlags.isQueued(draft.sysFlag())
        // Live every record counts one message; recovery believes the flag and the count beside it.
        || (draft.sysFlag() & (SysFlags.INNER_BATCH | SysFlags.NEED_UNWRAP)) != 0
        || draft.sysFlag()
            != SysFlags.withHosts(draft.sysFlag(), draft.bornHost(), draft.storeHost())
        || draft.queueId() != first.queueId()
        || !draft.topic().equals(first.topic())) {
      throw new IllegalArgumentException("not a storable message: " + draft);
    }
    assert !Properties.hasZero(draft.properties()) : "a zero byte in the properties of " + draft;
  }

  private static void refuse(
      Refusal reason, String detail, Completions back, Consumer<AppendResult> then) {
    back.tell(new AppendResult.Refused(reason, detail), then);
  }
}
