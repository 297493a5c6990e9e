package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a consumer group promises, seen by published clients. */
@ParameterizedClass(name = "client {0}, {1}")
@MethodSource("clientsAndShapes")
@ExtendWith(OutputOnFailure.class)
class ConsumerGroupTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  // A change in a group must reach its members by the broker's notice, long before the 20 s after
  // which every client looks by itself.
  private static final Duration REBALANCED = Duration.ofSeconds(10);

  private final Official client;
  private final Cluster cluster;
  private final Shape shape;
  private final String topic;

  ConsumerGroupTest(Official client, Shape shape) {
    this.client = client;
    this.shape = shape;
    this.cluster = Cluster.shared(shape);
    this.topic = "Groups" + System.nanoTime();
  }

  /** Each version once, or with {@code -Dcompat.matrix=full} in every shape. */
  static Stream<Arguments> clientsAndShapes() {
    if ("full".equals(System.getProperty("compat.matrix"))) {
      return Stream.of(Official.values())
          .flatMap(client -> Stream.of(Shape.values()).map(shape -> arguments(client, shape)));
    }
    return Stream.of(
        arguments(Official.V4_9_5, Shape.TWO_BROKERS),
        arguments(Official.V4_9_8, Shape.TWO_PROCESSES),
        arguments(Official.V5_5_0, Shape.ALL_IN_ONE));
  }

  @Test
  void membersShareTheQueuesAndRebalanceWhenOneJoinsOrDies() {
    int queues = shape == Shape.TWO_BROKERS ? 8 : 4;
    send(80, "m");
    try (ChildProcess first = consumer("G")) {
      awaitShares(queues, List.of(first), queues);
      try (ChildProcess second = consumer("G")) {
        awaitShares(queues, List.of(first, second), queues / 2);
        second.kill();
        awaitShares(queues, List.of(first), queues);
      }
      try (ChildProcess third = consumer("G")) {
        awaitShares(queues, List.of(first, third), queues / 2);
        third.say("stop");
        third.awaitExit(PATIENCE);
        awaitShares(queues, List.of(first), queues);
      }
    }
  }

  @Test
  void aSecondGroupGetsEverythingAgain() {
    send(80, "m");
    for (String group : List.of("GOne", "GTwo")) {
      try (ChildProcess member = consumer(group)) {
        member.awaitCount(line -> line.startsWith("GOT "), 80, PATIENCE);
        assertThat(bodies(member)).containsExactlyInAnyOrderElementsOf(numbered(80, "m"));
      }
    }
  }

  @Test
  void aRestartedConsumerGoesOnWhereItStopped() {
    send(80, "before");
    try (ChildProcess member = consumer("G")) {
      member.awaitCount(line -> line.startsWith("GOT "), 80, PATIENCE);
      member.say("stop");
      member.awaitExit(PATIENCE);
    }
    send(40, "after");
    try (ChildProcess member = consumer("G")) {
      member.awaitCount(line -> line.startsWith("GOT "), 40, PATIENCE);
      assertThat(bodies(member)).containsExactlyInAnyOrderElementsOf(numbered(40, "after"));
    }
  }

  private void send(int count, String prefix) {
    try (ChildProcess producer =
        Program.start(client, cluster.namesrvAddr(), "probe.Produce", "GP")) {
      producer.say("send " + topic + " " + count + " " + prefix);
      producer.awaitLine("DONE"::equals, PATIENCE);
      assertThat(producer.events("FAILED")).isEmpty();
      assertThat(producer.events("ACK")).hasSize(count).allMatch(ack -> ack.startsWith("SEND_OK"));
    }
  }

  private ChildProcess consumer(String group) {
    return Program.start(
        client, cluster.namesrvAddr(), "probe.Consume", group + "-" + topic, topic);
  }

  private static List<String> bodies(ChildProcess member) {
    return member.events("GOT").stream().map(got -> got.split(" ")[3]).toList();
  }

  private static List<String> numbered(int count, String prefix) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
  }

  /** Waits until these members own all queues, none twice, and each its part. */
  private static void awaitShares(int queues, List<ChildProcess> members, int each) {
    Duration patience = REBALANCED.plus(Duration.ofSeconds(10)); // a JVM may start meanwhile
    Awaitility.await()
        .atMost(patience)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(
            () -> {
              List<Set<String>> shares = members.stream().map(ConsumerGroupTest::share).toList();
              assertThat(shares).allMatch(share -> share.size() == each);
              Set<String> union = new HashSet<>();
              shares.forEach(union::addAll);
              assertThat(union).hasSize(queues);
            });
  }

  private static Set<String> share(ChildProcess member) {
    List<String> said = member.events("OWNS");
    String last = said.isEmpty() ? "" : said.get(said.size() - 1);
    return Stream.of(last.split(",")).filter(it -> !it.isEmpty()).collect(Collectors.toSet());
  }
}
