package io.apogeemq.broker.transaction;

import io.apogeemq.broker.offset.OffsetTable;
import io.apogeemq.broker.topic.SystemTopics;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.store.Completions;
import io.apogeemq.store.LogPass;
import io.apogeemq.store.MessageStore;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.io.IOException;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills the table at a start with what the last run has left open: {@link #askFor}, before the store
 * starts, then {@link #run}, when offsets and counts of questions are recovered.
 */
final class Restart {
  private static final Logger LOG = LoggerFactory.getLogger(Restart.class);

  private final MessageStore store;
  private final Completions back;
  private final OffsetTable offsets;
  private final Recovered found;

  private Restart(MessageStore store, Completions back, OffsetTable offsets, Recovered found) {
    this.store = store;
    this.back = back;
    this.offsets = offsets;
    this.found = found;
  }

  /** Loads the checkpoint and asks to be shown what the log says since. */
  @RunsOn(ThreadRole.UPKEEP)
  static Restart askFor(
      LogPass pass, OpenFile file, MessageStore store, Completions back, OffsetTable offsets)
      throws IOException {
    boolean anyHalves = store.maxOffset(SystemTopics.HALF, HalfDetour.QUEUE) > 0;
    return new Restart(store, back, offsets, Recovered.begin(file, pass, anyHalves));
  }

  /** Whether a checkpoint was found; without one the queues say what is open. */
  boolean hasCheckpoint() {
    return found.hasCheckpoint();
  }

  /** The log position up to which the checkpoint speaks, 0 without one. */
  long logPosition() {
    return found.logPosition();
  }

  /** Fills the table, then calls. */
  @RunsOn(ThreadRole.EVENT_LOOP)
  void run(OpenTable table, CheckCounts counts, CheckBack checkBack, Runnable then) {
    Runnable fill =
        () -> {
          fill(table, counts.all(), checkBack);
          then.run();
        };
    if (hasCheckpoint()) {
      fill.run();
    } else {
      readQueue(
          SystemTopics.HALF,
          found::half,
          () -> readQueue(SystemTopics.HALF_DONE, found::mark, fill));
    }
  }

  private void readQueue(String topic, Consumer<MessageView> each, Runnable then) {
    long from = offsets.find(OpenCheckpoint.GROUP, topic, HalfDetour.QUEUE).orElse(0);
    HalfTail queue = new HalfTail(store, back, topic, from, each);
    queue.catchUp(then);
    if (queue.isIdle()) {
      then.run();
    }
  }

  private void fill(OpenTable table, Map<Long, Integer> counts, CheckBack checkBack) {
    offsets
        .find(OpenCheckpoint.GROUP, SystemTopics.HALF, HalfDetour.QUEUE)
        .ifPresent(found::closeBefore);
    for (Recovered.Open each : found.open()) {
      Half half = each.half();
      int counted = counts.getOrDefault(half.queueOffset(), 0);
      table.open(half, Math.max(counted, half.checks()), each.dueMs(), each.former());
      if (half.checks() > counted) {
        checkBack.count(half.queueOffset(), half.checks());
      }
    }
    for (long counted : counts.keySet()) {
      if (table.halves.find(counted) < 0) {
        checkBack.count(counted, 0);
      }
    }
    if (table.halves.size() > 0) {
      LOG.info("{} transactions are open", table.halves.size());
    }
  }
}
