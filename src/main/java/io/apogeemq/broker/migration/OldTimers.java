package io.apogeemq.broker.migration;

import io.apogeemq.broker.delay.TimerFile;
import io.apogeemq.broker.delay.TimerProperties;
import io.apogeemq.broker.delay.TimerRecord;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.message.SysFlags;
import io.apogeemq.store.io.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * 5.x timer messages that the old broker has taken and not delivered. They become our first checkpoint
 * of the timers, so that they are delivered here.
 */
final class OldTimers {
  private final OldTables tables;
  private final List<Waiting> waiting = new ArrayList<>();
  private final Set<String> recalled = new HashSet<>();

  /** Positions of records that another says it delivers or replaces. */
  private final Set<Long> over = new HashSet<>();

  private long takenTo;
  private long end;

  private record Waiting(long dueMs, long position, String deletedKey) {}

  OldTimers(OldTables tables) {
    this.tables = tables;
  }

  /** Any record: a run of ours in between may have delivered what waits. */
  void seen(MessageView view) {
    end = view.logPosition() + view.size();
    if (view.preparedPosition() > 0 && (view.sysFlag() & SysFlags.TRANSACTION_MASK) == 0) {
      over.add(view.preparedPosition() - 1);
    }
  }

  /** True if the old broker has not delivered a timer record, as far as it has written down. */
  boolean waits(MessageView view, byte[] properties) {
    long outMs = TimerRecord.outMs(properties);
    return view.queueOffset() >= tables.timerTakenOffset()
        || outMs < 0
        || outMs >= tables.timerReadMs();
  }

  /** Goes past a record of the timers' queue. */
  void passed(MessageView view) {
    takenTo = view.queueOffset() + 1;
  }

  /** Takes in a timer message. */
  void timer(MessageView view, byte[] properties) {
    if (!waits(view, properties)) {
      return;
    }
    String deleted = Properties.get(properties, TimerProperties.DELETED_KEY);
    if (deleted != null) {
      recalled.add(deleted);
      return;
    }
    long dueMs = TimerRecord.dueMs(properties, view.storeTimestampMs());
    if (dueMs >= 0) {
      String topic = Properties.get(properties, Properties.REAL_TOPIC);
      String key = Properties.get(properties, Properties.UNIQ_KEY);
      waiting.add(
          new Waiting(dueMs, view.logPosition(), TimerProperties.deletedKey(topic + "", key + "")));
    }
  }

  /** How many wait. */
  long pending() {
    return waiting.stream().filter(this::isPending).count();
  }

  private boolean isPending(Waiting each) {
    return !recalled.contains(each.deletedKey()) && !over.contains(each.position());
  }

  /**
   * Writes our checkpoint if the whole log was shown. Of a folder that was ours before only what was
   * added is: that is found behind the checkpoint that it has.
   */
  void write(Disk disk, Path root) throws IOException {
    if (takenTo == 0 || disk.exists(root.resolve("apogee-index/queues"))) {
      return;
    }
    Path configDir = root.resolve("config");
    TimerFile file = TimerFile.of(end, takenTo, 0, Math.toIntExact(pending()));
    waiting.stream()
        .filter(this::isPending)
        .forEach(each -> file.add(each.dueMs(), each.position()));
    file.write(disk, configDir);
  }
}
