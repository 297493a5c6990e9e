package io.apogeemq.broker.transaction;

import io.apogeemq.store.MessageStore;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets the log's oldest file go although transactions in it are open: when retention asks for it, the
 * checkpoint is saved anew and the half messages in that file are put in again at the log's end.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class OldestFile {
  /** Half messages that one look puts in anew. */
  private static final int MAX_ROLLED = 1_000;

  private static final long LOOK_EVERY_MS = 1_000;

  private final MessageStore store;
  private final OpenHalves halves;
  private final Endings endings;
  private final long segmentBytes;
  private long lookedMs;

  /** Retention has asked. */
  private volatile boolean wanted;

  /** No open half message lies before it; 0 until that is known. */
  private volatile long lowestPosition;

  OldestFile(MessageStore store, OpenHalves halves, Endings endings, long segmentBytes) {
    this.store = store;
    this.halves = halves;
    this.endings = endings;
    this.segmentBytes = segmentBytes;
  }

  /** Is to be looked at. Any thread. */
  void want() {
    wanted = true;
  }

  /** No open half message lies before this log position; 0 until that is known. Any thread. */
  long lowestPosition() {
    return lowestPosition;
  }

  void tick(long nowMs, OpenCheckpoint checkpoint) {
    if (wanted && nowMs - lookedMs >= LOOK_EVERY_MS) {
      lookedMs = nowMs;
      wanted = false;
      look(checkpoint);
    }
  }

  private void look(OpenCheckpoint checkpoint) {
    long oldestEnds = store.status().minPosition() + segmentBytes;
    if (checkpoint.savedPosition() < oldestEnds) {
      checkpoint.want();
    }
    findLowest();
    if (lowestPosition < oldestEnds) {
      List<Integer> inIt = new ArrayList<>();
      halves.each(
          slot -> {
            if (halves.logPosition(slot) < oldestEnds
                && !halves.isEnding(slot)
                && inIt.size() < MAX_ROLLED) {
              inIt.add(slot);
            }
          });
      inIt.forEach(endings::rollForward);
    }
  }

  void findLowest() {
    long[] lowest = {Long.MAX_VALUE};
    halves.each(slot -> lowest[0] = Math.min(lowest[0], halves.logPosition(slot)));
    // Half messages that come later lie behind what is readable now.
    lowestPosition = Math.min(lowest[0], store.status().readablePosition());
  }
}
