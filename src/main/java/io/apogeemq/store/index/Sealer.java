package io.apogeemq.store.index;

import io.apogeemq.store.log.CommitLog;
import io.apogeemq.store.log.Health;
import io.apogeemq.store.log.LogPositions;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What goes on beside the appends: prepares the next log file, writes index blocks, seals the index of
 * ended segments, saves the queue table. One thing per step.
 */
@RunsOn(ThreadRole.SEALER)
public final class Sealer {
  private static final Logger LOG = LoggerFactory.getLogger(Sealer.class);

  private final CommitLog log;
  private final LogIndex index;
  private final LogPositions positions;
  private final Health health;
  private volatile boolean tableChanged;

  private boolean indexFailed;

  public Sealer(CommitLog log, LogIndex index, LogPositions positions, Health health) {
    this.log = log;
    this.index = index;
    this.positions = positions;
    this.health = health;
  }

  /** Asks for the queue table to be saved. Any thread. */
  public void tableChanged() {
    tableChanged = true;
  }

  /** True if a step would find something. */
  public boolean hasWork() {
    return !indexFailed
        && !health.hasFailed()
        && (tableChanged || index.canWrite(positions.flushed()));
  }

  /**
   * Does one thing.
   *
   * @return true if there was something to do
   */
  public boolean step() {
    if (indexFailed || health.hasFailed()) {
      return false;
    }
    try {
      if (log.prepareNext()) {
        return true;
      }
    } catch (IOException e) {
      // Not yet a lost write: the appender tries again when it needs the file, and fails then.
      LOG.warn("the next commit log file can't be made ready: {}", e.getMessage());
    }
    try {
      int sealedBefore = index.sealedCount();
      if (index.writeNext(positions.flushed())) {
        if (index.sealedCount() != sealedBefore) {
          tableChanged = true;
        }
        return true;
      }
      if (tableChanged) {
        tableChanged = false;
        index.saveTable(log.minPosition());
        return true;
      }
    } catch (IOException e) {
      // The index can be made again from the log; memory must not grow without it, though.
      indexFailed = true;
      health.failed("writing the index failed: " + e.getMessage());
      LOG.error("writing the index failed; the store takes no more messages", e);
    }
    return false;
  }
}
