package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/** A published consumer whose offsets are gone: it is told the new minimum and goes on there. */
@DisabledIfSystemProperty(
    named = "compat.target",
    matches = "apache.*",
    disabledReason = "the length of the log is bounded by keys of ours")
@ExtendWith(OutputOnFailure.class)
class ExpiredOffsetTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int MIB = 1024 * 1024;
  private static final Official CLIENT = Official.V4_9_5;

  @Test
  void aConsumerThatWasFarBehindGoesOnAtTheNewMinimum() {
    Map<String, String> settings =
        Map.of(
            "mappedFileSizeCommitLog", Integer.toString(MIB),
            "maxMessageSize", Integer.toString(MIB / 4),
            "commitLogMaxBytes", Integer.toString(4 * MIB),
            "deleteUnreadForRoom", "true");
    try (Cluster cluster = Cluster.start(Shape.TWO_PROCESSES, settings);
        ChildProcess producer =
            Program.start(CLIENT, cluster.namesrvAddr(), "probe.Produce", "GP")) {
      send(producer, "send Behind 40 early");
      assertThat(producer.events("ACK")).hasSize(40);
      try (ChildProcess consumer = consumer(cluster)) {
        consumer.awaitCount(line -> line.startsWith("GOT "), 40, PATIENCE);
        consumer.say("stop");
        consumer.awaitLine("STOPPED"::equals, PATIENCE);
      }
      // So fast that some may be refused before the oldest file is gone.
      send(producer, "send Behind 6000 gone 2000");
      AtomicReference<Map<String, List<Long>>> seen = new AtomicReference<>(Map.of());
      Awaitility.await("the oldest files are deleted, and no more")
          .atMost(Duration.ofSeconds(40))
          .pollInterval(Duration.ofSeconds(1))
          .until(
              () -> {
                Map<String, List<Long>> now = ranges(cluster);
                return now.equals(seen.getAndSet(now))
                    && now.values().stream().allMatch(range -> range.get(0) > 10);
              });
      Map<String, List<Long>> ranges = seen.get();
      long left = ranges.values().stream().mapToLong(range -> range.get(1) - range.get(0)).sum();
      try (ChildProcess consumer = consumer(cluster)) {
        consumer.awaitCount(line -> line.startsWith("GOT "), (int) left, PATIENCE);
        Map<String, TreeSet<Long>> got = new HashMap<>();
        for (String line : consumer.events("GOT")) {
          String[] words = line.split(" ");
          got.computeIfAbsent(words[0] + ":" + words[1], queue -> new TreeSet<>())
              .add(Long.parseLong(words[2]));
        }
        ranges.forEach(
            (queue, range) ->
                assertThat(got.get(queue))
                    .as("offsets of %s", queue)
                    .containsExactlyElementsOf(
                        LongStream.range(range.get(0), range.get(1)).boxed().toList()));
      }
    }
  }

  private static ChildProcess consumer(Cluster cluster) {
    return Program.start(CLIENT, cluster.namesrvAddr(), "probe.Consume", "GBehind", "Behind");
  }

  private static void send(ChildProcess producer, String command) {
    int said = producer.lines().size();
    producer.say(command);
    producer.awaitLine("DONE"::equals, said, PATIENCE);
  }

  /** Minimum and maximum offset by queue ({@code broker:queue}). */
  private static Map<String, List<Long>> ranges(Cluster cluster) {
    Map<String, List<Long>> ranges = new HashMap<>();
    try (MqAdmin admin = new MqAdmin(Official.V4_9_8, cluster.namesrvAddr())) {
      for (List<String> row : admin.run("topicStatus", "-t", "Behind").rows()) {
        ranges.put(
            row.get(0) + ":" + row.get(1),
            List.of(Long.parseLong(row.get(2)), Long.parseLong(row.get(3))));
      }
    }
    return ranges;
  }
}
