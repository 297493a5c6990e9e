package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The broker dies by SIGKILL at random moments under the mixed load of published clients (senders one
 * at a time, in batches and asynchronously; consumers of all messages and of one tag), and is started
 * again on its store. The timing comes from a seed, which the output names; {@code -Dcompat.seed}
 * repeats it as far as a scheduler can be repeated, {@code -Dcompat.kills} changes how often in each
 * mode.
 */
@ExtendWith(OutputOnFailure.class)
class BrokerKillTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int KILLS = Integer.getInteger("compat.kills", 6);
  private static final int LONGEST_LIFE_MS = 1_200;
  private static final Official CLIENT = Official.V4_9_5;
  private static final Duration LIFE = Duration.ofMillis(2500);

  /** Committed offsets become records of the log every second, and pulls carry them to the broker. */
  private static final Duration REPLAYED = Duration.ofSeconds(2);

  @ParameterizedTest
  @ValueSource(strings = {"ASYNC_FLUSH", "SYNC_FLUSH"})
  void whatWasAnsweredSendOkSurvivesTheDeathOfTheProcessInItsOrder(String flushDiskType) {
    long seed = Long.getLong("compat.seed", System.nanoTime());
    System.out.println("compat.seed=" + seed);
    Random random = new Random(seed);
    String topic = "Killed";
    // The name server lives elsewhere, as it must not die with the broker here.
    try (Cluster cluster =
            Cluster.start(Shape.TWO_PROCESSES, Map.of("flushDiskType", flushDiskType));
        ChildProcess producer =
            Program.start(CLIENT, cluster.namesrvAddr(), "probe.Torrent", topic)) {
      producer.awaitCount(line -> line.startsWith("OK "), 20, PATIENCE);
      try (ChildProcess all =
              Program.start(CLIENT, cluster.namesrvAddr(), "probe.Consume", "GAll", topic);
          ChildProcess even =
              Program.start(
                  CLIENT, cluster.namesrvAddr(), "probe.Consume", "GEven", topic, "Even")) {
        for (int i = 0; i < KILLS; i++) {
          LockSupport.parkNanos(Duration.ofMillis(random.nextInt(LONGEST_LIFE_MS)).toNanos());
          cluster.broker().kill();
          int said = producer.lines().size();
          cluster.broker().start();
          producer.awaitLine(line -> line.startsWith("OK "), said, PATIENCE);
        }
        producer.endInput();
        producer.awaitExit(PATIENCE);

        TorrentCheck check = new TorrentCheck(CLIENT, cluster.namesrvAddr(), topic, producer);
        System.out.println(
            flushDiskType
                + ": "
                + KILLS
                + " kills, "
                + check.acknowledged().size()
                + " messages acknowledged, "
                + check.storedCount()
                + " stored, 0 lost, 0 invented, 0 out of order");
        Awaitility.await("the consumers have every acknowledged message")
            .atMost(Duration.ofSeconds(90))
            .pollInterval(Duration.ofSeconds(1))
            .until(() -> check.hasAll(all, Set.of(0, 1)) && check.hasAll(even, Set.of(0)));
      }
    }
  }

  /** The consumer's process dies, too, so that only the broker knows how far the group was. */
  @Test
  void aGroupThatDiesWithTheBrokerReadsAgainWhatItGotInTheLastSecondOnly() {
    assumeTrue(Vendor.underTest() == Vendor.APOGEE, "the original saves offsets every 5 s");
    String topic = "Replayed";
    try (Cluster cluster = Cluster.start(Shape.TWO_PROCESSES, Map.of());
        ChildProcess producer =
            Program.start(CLIENT, cluster.namesrvAddr(), "probe.Torrent", topic)) {
      producer.awaitCount(line -> line.startsWith("OK "), 20, PATIENCE);
      ChildProcess first = consumer(cluster, topic);
      NavigableMap<Long, Integer> gotAt = watch(first, LIFE);
      first.kill();
      cluster.broker().kill();
      long killed = System.nanoTime();
      cluster.broker().start();
      List<String> before = first.events("GOT");
      int allowed = gotAt.floorEntry(killed - REPLAYED.toNanos()).getValue();
      Set<String> notAgain = new HashSet<>(before.subList(0, Math.min(allowed, before.size())));
      try (ChildProcess second = consumer(cluster, topic)) {
        Set<String> known = new HashSet<>(before);
        second.awaitLine(
            line -> line.startsWith("GOT ") && !known.contains(line.substring(4)), PATIENCE);
        watch(second, Duration.ofSeconds(1));
        List<String> after = second.events("GOT");
        long replayed = after.stream().filter(known::contains).count();
        System.out.println(before.size() + " messages, " + replayed + " of them twice");
        assertThat(after).doesNotContainAnyElementsOf(notAgain);
      }
    }
  }

  private static ChildProcess consumer(Cluster cluster, String topic) {
    ChildProcess consumer =
        Program.start(CLIENT, cluster.namesrvAddr(), "probe.Consume", "GReplay", topic);
    consumer.awaitLine(line -> line.startsWith("GOT "), PATIENCE);
    return consumer;
  }

  /** How many messages it had got when, by {@link System#nanoTime}. */
  private static NavigableMap<Long, Integer> watch(ChildProcess consumer, Duration time) {
    NavigableMap<Long, Integer> gotAt = new TreeMap<>();
    long end = System.nanoTime() + time.toNanos();
    for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
      gotAt.put(now, consumer.events("GOT").size());
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
    return gotAt;
  }
}
