package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Ordered consumption by published clients: one member at a time works on a queue, whoever dies. Locks
 * live for {@link #LOCK_LIFE} here, and the clients ask for them accordingly.
 */
@ExtendWith(OutputOnFailure.class)
class OrderlyTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration LOCK_LIFE = Duration.ofSeconds(3);

  /** How often {@code probe.Orderly} asks for its locks. */
  private static final Duration ASKED_EVERY = Duration.ofMillis(300);

  private static final int QUEUES = 4;

  /** Three seconds of work for each queue. */
  private static final int MESSAGES = 1200;

  private static Cluster cluster;

  static Stream<Official> clients() {
    return "full".equals(System.getProperty("compat.matrix"))
        ? Stream.of(Official.values())
        : Stream.of(Official.V4_9_8);
  }

  @BeforeAll
  static void start() {
    cluster =
        Cluster.start(
            Shape.TWO_PROCESSES,
            Map.of(
                "rocketmq.broker.rebalance.lockMaxLiveTime", Long.toString(LOCK_LIFE.toMillis())));
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  /** One message on a queue: who worked on it, and when (µs since 1970). */
  private record Work(ChildProcess member, int queue, long offset, long begin, long end) {
    static Stream<Work> of(ChildProcess member) {
      return member.events("GOT").stream()
          .map(line -> line.split(" "))
          .map(
              it ->
                  new Work(
                      member,
                      Integer.parseInt(it[0]),
                      Long.parseLong(it[1]),
                      Long.parseLong(it[2]),
                      Long.parseLong(it[3])));
    }
  }

  @ParameterizedTest
  @MethodSource("clients")
  void theQueuesOfAMemberThatDiedGoOnInOrderWhenItsLocksHaveEnded(Official client) {
    String topic = "Taken" + client.versionName();
    try (ChildProcess producer = producer(client);
        ChildProcess heir = consumer(client, topic);
        ChildProcess dying = consumer(client, topic)) {
      heir.awaitLine("STARTED"::equals, PATIENCE);
      dying.awaitLine("STARTED"::equals, PATIENCE);
      send(producer, topic, MESSAGES, "m");
      awaitHalves(heir, dying);
      dying.kill();
      awaitMessages(MESSAGES, heir, dying);
      assertInOrderAndAlone(heir, dying);
      Map<Integer, List<Work>> taken = byQueue(heir, dying);
      // A queue that the dying one was through with had nothing left to take.
      taken
          .values()
          .removeIf(
              works ->
                  lastOf(dying, works).isEmpty()
                      || firstOf(heir, works, lastOf(dying, works).getAsLong()).isEmpty());
      assertThat(taken).isNotEmpty();
      taken.forEach(
          (queue, works) -> {
            long left = lastOf(dying, works).orElseThrow();
            long taker = firstOf(heir, works, left).orElseThrow();
            assertThat(Duration.ofNanos(1000 * (taker - left)))
                .as("pause of queue %s, whose last lock was at most %s old", queue, ASKED_EVERY)
                .isGreaterThan(LOCK_LIFE.minus(ASKED_EVERY.multipliedBy(2)));
          });
    }
  }

  private static OptionalLong lastOf(ChildProcess member, List<Work> works) {
    return works.stream().filter(it -> it.member() == member).mapToLong(Work::end).max();
  }

  private static OptionalLong firstOf(ChildProcess member, List<Work> works, long after) {
    return works.stream()
        .filter(it -> it.member() == member && it.begin() > after)
        .mapToLong(Work::begin)
        .min();
  }

  @ParameterizedTest
  @MethodSource("clients")
  void theDeathOfTheBrokerBreaksNoOrder(Official client) {
    String topic = "Broker" + client.versionName();
    try (ChildProcess producer = producer(client);
        ChildProcess one = consumer(client, topic);
        ChildProcess other = consumer(client, topic)) {
      one.awaitLine("STARTED"::equals, PATIENCE);
      other.awaitLine("STARTED"::equals, PATIENCE);
      send(producer, topic, MESSAGES, "m");
      awaitHalves(one, other);
      cluster.broker().kill();
      cluster.broker().start();
      send(producer, topic, 40, "after");
      awaitMessages(MESSAGES + 40, one, other);
      if (Vendor.underTest() == Vendor.APOGEE) {
        assertInOrderAndAlone(one, other);
      } else {
        assertInOrder(
            one, other); // its locks are forgotten, so two may work on one queue for a while
      }
    }
  }

  /** Both members have some queues and work. */
  private static void awaitHalves(ChildProcess one, ChildProcess other) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              long now = 1000 * System.currentTimeMillis();
              return Stream.of(one, other).allMatch(it -> lately(it, now).size() == QUEUES / 2);
            });
  }

  /** The queues that a member has worked on in the last 300 ms. */
  private static Set<Integer> lately(ChildProcess member, long nowMicros) {
    return Work.of(member)
        .filter(work -> work.end() > nowMicros - 300_000)
        .map(Work::queue)
        .collect(Collectors.toSet());
  }

  private static void awaitMessages(int count, ChildProcess... members) {
    Awaitility.await(count + " messages were consumed")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(
            () ->
                Arrays.stream(members)
                        .flatMap(Work::of)
                        .map(work -> work.queue() + " " + work.offset())
                        .distinct()
                        .count()
                    == count);
  }

  private static Map<Integer, List<Work>> byQueue(ChildProcess... members) {
    return Arrays.stream(members)
        .flatMap(Work::of)
        .sorted(Comparator.comparingLong(Work::begin))
        .collect(Collectors.groupingBy(Work::queue));
  }

  /** No message comes before all earlier ones of its queue have come; some may come again. */
  private static void assertInOrder(ChildProcess... members) {
    byQueue(members)
        .values()
        .forEach(
            works -> {
              long next = 0;
              for (Work work : works) {
                assertThat(work.offset()).as("%s", work).isLessThanOrEqualTo(next);
                next = Math.max(next, work.offset() + 1);
              }
            });
  }

  /** The same, and a queue is worked on by one member at a time. */
  private static void assertInOrderAndAlone(ChildProcess... members) {
    assertInOrder(members);
    byQueue(members)
        .values()
        .forEach(
            works -> {
              for (int i = 1; i < works.size(); i++) {
                assertThat(works.get(i).begin())
                    .as("%s before %s", works.get(i - 1), works.get(i))
                    .isGreaterThanOrEqualTo(works.get(i - 1).end());
              }
            });
  }

  private static ChildProcess consumer(Official client, String topic) {
    return Program.start(client, cluster.namesrvAddr(), "probe.Orderly", "G" + topic, topic, "10");
  }

  private static ChildProcess producer(Official client) {
    return Program.start(client, cluster.namesrvAddr(), "probe.Produce", "GP");
  }

  private static void send(ChildProcess producer, String topic, int count, String prefix) {
    int from = producer.lines().size();
    producer.say("send " + topic + " " + count + " " + prefix);
    producer.awaitLine("DONE"::equals, from, PATIENCE);
    assertThat(producer.events("FAILED")).isEmpty();
  }
}
