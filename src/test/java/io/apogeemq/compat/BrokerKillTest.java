package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The broker dies by SIGKILL at random moments while a published client sends to it, and is started
 * again on its store. The timing comes from a seed, which the output names; {@code -Dcompat.seed}
 * repeats it as far as a scheduler can be repeated, {@code -Dcompat.kills} changes how often.
 */
@ExtendWith(OutputOnFailure.class)
class BrokerKillTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int KILLS = Integer.getInteger("compat.kills", 20);
  private static final int LONGEST_LIFE_MS = 1_200;
  private static final Official CLIENT = Official.V4_9_5;

  @Test
  void whatWasAnsweredSendOkSurvivesTheDeathOfTheProcess() {
    long seed = Long.getLong("compat.seed", System.nanoTime());
    System.out.println("compat.seed=" + seed);
    Random random = new Random(seed);
    String topic = "Killed";
    // The name server lives elsewhere, as it must not die with the broker here.
    try (Cluster cluster = Cluster.start(Shape.TWO_PROCESSES, Map.of());
        ChildProcess producer =
            Program.start(CLIENT, cluster.namesrvAddr(), "probe.Torrent", topic)) {
      producer.awaitCount(line -> line.startsWith("OK "), 20, PATIENCE);
      try (ChildProcess consumer =
          Program.start(CLIENT, cluster.namesrvAddr(), "probe.Consume", "GKilled", topic)) {
        for (int i = 0; i < KILLS; i++) {
          LockSupport.parkNanos(Duration.ofMillis(random.nextInt(LONGEST_LIFE_MS)).toNanos());
          cluster.broker().kill();
          int said = producer.lines().size();
          cluster.broker().start();
          producer.awaitLine(line -> line.startsWith("OK "), said, PATIENCE);
        }
        producer.endInput();
        producer.awaitExit(PATIENCE);

        List<String> acknowledged = producer.events("OK");
        Map<String, TreeMap<Long, String>> stored = readAll(cluster, topic);
        assertThat(stored).hasSize(4);
        assertThat(stored.values()).allSatisfy(BrokerKillTest::isDense);
        Set<String> numbers = new HashSet<>();
        for (String ack : acknowledged) {
          String[] words = ack.split(" ");
          TreeMap<Long, String> queue = stored.get(words[1] + ":" + words[2]);
          assertThat(queue).as("queue of %s", ack).isNotNull();
          assertThat(queue.get(Long.parseLong(words[3])))
              .as("message acknowledged as %s", ack)
              .isEqualTo(body(Integer.parseInt(words[0])));
          numbers.add(words[0]);
        }
        System.out.println(numbers.size() + " acknowledged messages over " + KILLS + " kills");

        Awaitility.await("the consumer has every acknowledged message")
            .atMost(Duration.ofSeconds(90))
            .pollInterval(Duration.ofSeconds(1))
            .until(() -> consumed(consumer).containsAll(numbers));
      }
    }
  }

  private static String body(int number) {
    return number + "-".repeat(number % 700);
  }

  private static Set<String> consumed(ChildProcess consumer) {
    Set<String> numbers = new HashSet<>();
    for (String got : consumer.events("GOT")) {
      numbers.add(got.split(" ")[3].replace("-", ""));
    }
    return numbers;
  }

  private static void isDense(TreeMap<Long, String> queue) {
    assertThat(queue.keySet())
        .containsExactlyElementsOf(LongStream.range(0, queue.size()).boxed().toList());
  }

  /** Body by offset by queue ({@code broker:queue}); fails if a queue ends before its maximum. */
  private static Map<String, TreeMap<Long, String>> readAll(Cluster cluster, String topic) {
    Map<String, TreeMap<Long, String>> stored = new HashMap<>();
    try (ChildProcess reader =
        Program.start(CLIENT, cluster.namesrvAddr(), "probe.ReadAll", topic)) {
      reader.awaitLine("DONE"::equals, PATIENCE);
      assertThat(reader.events("NOT-FOUND")).isEmpty();
      for (String message : reader.events("MSG")) {
        String[] words = message.split(" ");
        String twice =
            stored
                .computeIfAbsent(words[0] + ":" + words[1], queue -> new TreeMap<>())
                .put(Long.parseLong(words[2]), words[3]);
        assertThat(twice).as("another message at the place of %s", message).isNull();
      }
      for (String queue : reader.events("QUEUE")) {
        String[] words = queue.split(" ");
        assertThat(stored.getOrDefault(words[0] + ":" + words[1], new TreeMap<>()))
            .as("queue %s", queue)
            .hasSize(Integer.parseInt(words[3]));
      }
    }
    return stored;
  }
}
