package io.apogeemq.broker.migration;

import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.store.io.Disk;
import io.apogeemq.store.recovery.ForeignLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what a RocketMQ broker has accepted and not yet delivered, and what this version can't deliver
 * in its place: delayed messages, 5.x timer messages, POP checkpoints. A folder with such
 * work is refused with what was found and what helps; opened, it would lose accepted messages in
 * silence. One use, on the thread that opens the store.
 *
 * <p>The old broker writes down how far it has come every few seconds and at its end. After a crash of
 * it, work that it has done may count as pending here, never the other way round.
 */
public final class PendingWork implements ForeignLog {
  private static final Logger LOG = LoggerFactory.getLogger(PendingWork.class);

  private static final String SCHEDULE = "SCHEDULE_TOPIC_XXXX";
  private static final String TIMER = "rmq_sys_wheel_timer";
  static final String REVIVE_PREFIX = "rmq_sys_REVIVE_LOG_";
  private static final String REVIVE_GROUP = "CID_RMQ_SYS_REVIVE_GROUP";
  private static final byte[] TIMER_OUT_MS = "TIMER_OUT_MS".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] MULTI_DISPATCH =
      "INNER_MULTI_DISPATCH".getBytes(StandardCharsets.US_ASCII);

  private final Path root;
  private final OldTables tables;
  private final PopLeases leases = new PopLeases();
  private final Map<Integer, Long> delayedByLevel = new TreeMap<>();
  private long timers;
  private long lightQueues;

  private PendingWork(Path root, OldTables tables) {
    this.root = root;
    this.tables = tables;
  }

  /**
   * Reads how far the old broker has come.
   *
   * @throws IOException if one of its tables is there and can't be read
   */
  public static PendingWork in(Disk disk, Path root) throws IOException {
    Path compacted = root.resolve("compaction/compactionLog");
    if (disk.exists(compacted)) {
      LOG.warn(
          "{} holds compacted topics of a 5.x broker, which this version does not serve: what is no longer"
              + " in the commit log can't be read from it here",
          compacted);
    }
    return new PendingWork(root, OldTables.read(disk, root.resolve("config")));
  }

  @Override
  public void record(MessageView view) {
    String topic = view.topic();
    switch (topic) {
      case SCHEDULE -> takeDelayed(view);
      case TIMER -> takeTimer(view);
      default -> {
        if (topic.startsWith(REVIVE_PREFIX)) {
          boolean handled =
              view.queueOffset() <= tables.committed(topic, REVIVE_GROUP, view.queueId());
          leases.record(view, view.properties(), !handled);
        }
      }
    }
    if (!view.hasNoProperties() && Properties.find(view.properties(), MULTI_DISPATCH) >= 0) {
      lightQueues++;
    }
  }

  private void takeDelayed(MessageView view) {
    int level = view.queueId() + 1;
    if (view.queueOffset() >= tables.delayed().getOrDefault(level, 0L)) {
      delayedByLevel.merge(level, 1L, Long::sum);
    }
  }

  private void takeTimer(MessageView view) {
    byte[] properties = view.properties();
    boolean pending =
        view.queueOffset() >= tables.timerTakenOffset()
            || number(properties, TIMER_OUT_MS) >= tables.timerReadMs();
    String realTopic = Properties.get(properties, "REAL_TOPIC");
    if (realTopic != null && realTopic.startsWith(REVIVE_PREFIX)) {
      leases.record(view, properties, pending);
    } else if (pending) {
      timers++;
    }
  }

  /** A property's number; the largest there is if it has none, so that it counts as pending. */
  private static long number(byte[] properties, byte[] name) {
    long span = Properties.find(properties, name);
    if (span < 0) {
      return Long.MAX_VALUE;
    }
    int from = Properties.spanStart(span);
    String text =
        new String(properties, from, Properties.spanEnd(span) - from, StandardCharsets.UTF_8);
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException notANumber) {
      return Long.MAX_VALUE;
    }
  }

  @Override
  public void ended() throws IOException {
    if (lightQueues > 0) {
      LOG.warn(
          "{} messages were dispatched to light queues (LMQ) too, which this version does not serve; they"
              + " can be read from their topics",
          lightQueues);
    }
    List<String> found = new ArrayList<>();
    long delayed = delayedByLevel.values().stream().mapToLong(Long::longValue).sum();
    if (delayed > 0) {
      StringBuilder levels = new StringBuilder();
      delayedByLevel.forEach(
          (level, count) ->
              levels
                  .append(levels.length() == 0 ? "level " : ", level ")
                  .append(level)
                  .append(": ")
                  .append(count));
      found.add(delayed + " delayed messages (" + SCHEDULE + ", " + levels + ")");
    }
    if (timers > 0) {
      found.add(timers + " timer messages (" + TIMER + ")");
    }
    if (leases.unacknowledged() > 0) {
      found.add(
          leases.unacknowledged()
              + " messages that POP consumers hold or did not acknowledge ("
              + REVIVE_PREFIX
              + "...)");
    }
    if (!found.isEmpty()) {
      throw new IOException(
          "the store folder "
              + root
              + " holds accepted work of a RocketMQ broker that this version can't finish: "
              + String.join("; ", found)
              + ". Start the old broker on it again, let it deliver them (stop senders, wait until the"
              + " delays are over and POP consumers have acknowledged), stop it in order, and start ApogeeMQ then. The log and config were not"
              + " changed");
    }
  }
}
