package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * Holds what a {@code probe.Torrent} was told against what is stored, read back by the official client:
 * nothing acknowledged is missing or changed, nothing is there that was never sent, offsets are dense,
 * and the log has the messages of each one-at-a-time sender in the order of its acknowledgements.
 */
final class TorrentCheck {
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final int BODY_PERIOD = 700;

  /** {@code sender.n} of all that was acknowledged. */
  private final Set<String> acknowledged = new HashSet<>();

  private final Map<String, TreeMap<Long, String>> stored = new HashMap<>();

  /**
   * @param producer has ended
   */
  TorrentCheck(Official client, String namesrvAddr, String topic, ChildProcess producer) {
    Map<String, Integer> tried = new HashMap<>();
    for (String line : producer.events("TRIED")) {
      String[] words = line.split(" ");
      tried.put(words[0], Integer.parseInt(words[1]));
    }
    assertThat(tried).hasSize(5);
    readAll(client, namesrvAddr, topic, tried);
    assertThat(stored.values()).allSatisfy(TorrentCheck::isDense);
    Map<String, Long> last = new HashMap<>();
    for (String line : producer.events("OK")) {
      String[] words = line.split(" ");
      String sender = words[0];
      String queue = words[2] + ":" + words[3];
      long offset = Long.parseLong(words[4]);
      String message = sender + "." + words[1];
      assertThat(stored).as("queue of %s", line).containsKey(queue);
      assertThat(stored.get(queue).get(offset))
          .as("message acknowledged as %s", line)
          .isEqualTo(message);
      acknowledged.add(message);
      if (!sender.equals("A")) {
        Long before = last.put(sender + "@" + queue, offset);
        assertThat(before == null || before < offset)
            .as("%s was acknowledged after offset %s", line, before)
            .isTrue();
      }
    }
  }

  Set<String> acknowledged() {
    return acknowledged;
  }

  int storedCount() {
    return stored.values().stream().mapToInt(TreeMap::size).sum();
  }

  /** True if the consumer has got all acknowledged messages whose number leaves this rest by 2. */
  boolean hasAll(ChildProcess consumer, Set<Integer> rests) {
    Set<String> got = new HashSet<>();
    for (String line : consumer.events("GOT")) {
      got.add(nameOf(line.split(" ")[3]));
    }
    return acknowledged.stream()
        .filter(message -> rests.contains(numberOf(message) % 2))
        .allMatch(got::contains);
  }

  private static String nameOf(String body) {
    return body.substring(0, body.lastIndexOf('.'));
  }

  private static int numberOf(String message) {
    return Integer.parseInt(message.substring(message.indexOf('.') + 1));
  }

  private static void isDense(TreeMap<Long, String> queue) {
    assertThat(queue.keySet())
        .containsExactlyElementsOf(LongStream.range(0, queue.size()).boxed().toList());
  }

  /** Message by offset by queue ({@code broker:queue}); fails if a queue ends before its maximum. */
  private void readAll(
      Official client, String namesrvAddr, String topic, Map<String, Integer> tried) {
    try (ChildProcess reader = Program.start(client, namesrvAddr, "probe.ReadAll", topic)) {
      reader.awaitLine("DONE"::equals, PATIENCE);
      assertThat(reader.events("NOT-FOUND")).isEmpty();
      for (String line : reader.events("MSG")) {
        String[] words = line.split(" ");
        String message = nameOf(words[3]);
        int number = numberOf(message);
        int count = tried.getOrDefault(message.substring(0, message.indexOf('.')), 0);
        assertThat(number).as("%s was never sent", line).isLessThan(count);
        assertThat(List.of(words).subList(3, 6))
            .as("stored as %s", line)
            .containsExactly(
                message + "." + "-".repeat(number % BODY_PERIOD),
                number % 2 == 0 ? "Even" : "Odd",
                message);
        String twice =
            stored
                .computeIfAbsent(words[0] + ":" + words[1], queue -> new TreeMap<>())
                .put(Long.parseLong(words[2]), message);
        assertThat(twice).as("another message at the place of %s", line).isNull();
      }
      for (String line : reader.events("QUEUE")) {
        String[] words = line.split(" ");
        assertThat(stored.getOrDefault(words[0] + ":" + words[1], new TreeMap<>()))
            .as("queue %s", line)
            .hasSize(Integer.parseInt(words[3]));
      }
    }
  }
}
