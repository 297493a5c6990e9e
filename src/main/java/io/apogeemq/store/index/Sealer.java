package io.apogeemq.store.index;

import io.apogeemq.store.io.DiskFull;
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
  private final IndexWriter writer;
  private final TableCheckpoint checkpoint;
  private final LogPositions positions;
  private final Health health;
  private volatile boolean tableChanged;

  private boolean indexFailed;

  /** The last try found no room on the disk; the next comes with the thread's next look. */
  private volatile boolean outOfRoom;

  private boolean nextFileMissing;

  public Sealer(CommitLog log, LogIndex index, LogPositions positions, Health health) {
    this.log = log;
    this.writer = index.writer();
    this.checkpoint = index.checkpoint();
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
        && !outOfRoom
        && !health.hasFailed()
        && (tableChanged || writer.canWrite(positions.flushed()));
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
        nextFileMissing = false;
        return true;
      }
    } catch (IOException e) {
      // Not yet a lost write: the appender tries again when it needs the file, and fails then.
      if (!nextFileMissing) {
        nextFileMissing = true;
        LOG.warn("the next commit log file can't be made ready: {}", e.getMessage());
      }
    }
    try {
      boolean worked = writeSome();
      if (outOfRoom) {
        outOfRoom = false;
        health.indexOutOfRoom(null);
      }
      return worked;
    } catch (DiskFull e) {
      // Nothing is lost: the log has all, and what is in memory is written when there is room.
      if (!outOfRoom) {
        outOfRoom = true;
        LOG.warn("no room on the disk for the index: {}", e.getMessage());
      }
      health.indexOutOfRoom(
          "the disk is 100 % full, the index can't be written ("
              + e.getMessage()
              + "); free space, sends go on by themselves");
    } catch (IOException e) {
      // The index can be made again from the log; memory must not grow without it, though.
      indexFailed = true;
      health.failed("writing the index failed: " + e.getMessage());
      LOG.error("writing the index failed; the store takes no more messages", e);
    }
    return false;
  }

  private boolean writeSome() throws IOException {
    int sealedBefore = writer.sealedCount();
    if (writer.writeNext(positions.flushed())) {
      if (writer.sealedCount() != sealedBefore) {
        tableChanged = true;
      }
      return true;
    }
    if (!tableChanged) {
      return false;
    }
    tableChanged = false;
    boolean saved = false;
    try {
      checkpoint.save(log.minPosition());
      saved = true;
    } finally {
      if (!saved) {
        tableChanged = true;
      }
    }
    return true;
  }
}
