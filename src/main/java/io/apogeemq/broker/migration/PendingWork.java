package io.apogeemq.broker.migration;

import io.apogeemq.broker.topic.SystemTopics;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.store.io.Disk;
import io.apogeemq.store.recovery.ForeignLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what a RocketMQ broker has accepted and not yet delivered. What waits for its time is delivered
 * here: delay levels go on where {@code delayOffset.json} says, and 5.x timers that wait are noted in a
 * checkpoint of ours; open transactions go on, too. What this version can't deliver in its place (what
 * POP consumers hold) refuses the folder with what was found and what helps; opened, it would lose
 * accepted messages in silence. One use, on the thread that opens the store.
 *
 * <p>The old broker writes down how far it has come every few seconds and at its end. After a crash of
 * it, work that it has done may count as pending here, never the other way round.
 */
public final class PendingWork implements ForeignLog {
  private static final Logger LOG = LoggerFactory.getLogger(PendingWork.class);

  private static final String TIMER = SystemTopics.TIMER;
  static final String REVIVE_PREFIX = "rmq_sys_REVIVE_LOG_";
  private static final String REVIVE_GROUP = "CID_RMQ_SYS_REVIVE_GROUP";
  private static final byte[] MULTI_DISPATCH =
      "INNER_MULTI_DISPATCH".getBytes(StandardCharsets.US_ASCII);

  private final Path root;
  private final OldTables tables;
  private final PopLeases leases = new PopLeases();
  private final OldTimers timers;
  private final Disk disk;
  private long lightQueues;

  private PendingWork(Disk disk, Path root, OldTables tables) {
    this.disk = disk;
    this.root = root;
    this.tables = tables;
    this.timers = new OldTimers(tables);
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
    return new PendingWork(disk, root, OldTables.read(disk, root.resolve("config")));
  }

  @Override
  public void record(MessageView view) {
    String topic = view.topic();
    timers.seen(view);
    switch (topic) {
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

  private void takeTimer(MessageView view) {
    timers.passed(view);
    byte[] properties = view.properties();
    String realTopic = Properties.get(properties, Properties.REAL_TOPIC);
    if (realTopic != null && realTopic.startsWith(REVIVE_PREFIX)) {
      leases.record(view, properties, timers.waits(view, properties));
    } else {
      timers.timer(view, properties);
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
              + ". Start the old broker on it again, let it deliver them (stop senders, wait until POP"
              + " consumers have acknowledged), stop it in order, and start ApogeeMQ then. The log and"
              + " config were not changed");
    }
    timers.write(disk, root);
  }
}
