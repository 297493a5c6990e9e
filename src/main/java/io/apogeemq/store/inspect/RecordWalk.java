package io.apogeemq.store.inspect;

import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.store.io.DiskFile;
import io.apogeemq.store.log.RecordScan;
import java.io.IOException;

/** Shows the records of a log from a position on, stepping over what can't be read. */
public final class RecordWalk {
  private RecordWalk() {}

  /** Is shown the log. */
  public interface Visitor {
    /** A sound record; false ends the walk. */
    boolean record(MessageView view);

    /** Log positions [from, to) hold no sound record. */
    void skipped(long from, long to, String why);
  }

  /**
   * Walks from the first record that starts at a position or behind it. What is no record at the start
   * is skipped as damage is; zeros at the log's end are its end.
   */
  public static void run(StoreFolder folder, long from, Visitor visitor) throws IOException {
    for (StoreFolder.LogFile file : folder.files()) {
      if (file.base() + file.sizeBytes() > from && !walk(folder, file, from, visitor)) {
        return;
      }
    }
  }

  private static boolean walk(
      StoreFolder folder, StoreFolder.LogFile file, long from, Visitor visitor) throws IOException {
    try (DiskFile open = folder.disk().open(file.path())) {
      RecordScan scan = folder.scan(file, open);
      scan.startAt(Math.max(from, file.base()));
      while (true) {
        RecordScan.Found found = scan.look(true);
        if (found == RecordScan.Found.RECORD) {
          if (!visitor.record(scan.view())) {
            return false;
          }
          scan.pass();
        } else if (found == RecordScan.Found.FILE_END) {
          return true;
        } else {
          long next = scan.nextStart();
          if (next < scan.end() || found == RecordScan.Found.FLAWED) {
            visitor.skipped(scan.position(), next, scan.flaw());
          }
          if (next == scan.end()) {
            return true;
          }
          scan.startAt(next);
        }
      }
    }
  }
}
