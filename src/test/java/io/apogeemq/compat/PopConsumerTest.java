package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The push consumer of 5.x with the broker's sharing and {@code mqadmin setConsumeMode -m POP}. */
@ExtendWith(OutputOnFailure.class)
class PopConsumerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Official CLIENT = Official.V5_5_0;
  private static final int QUEUES = 4;

  private final String topic = "Pop" + System.nanoTime();
  private final String group = "G-" + topic;
  private final Set<String> seenBefore = new HashSet<>();

  @Test
  void popConsumersGetEverythingAndWhatADeadOneHeldComesBack() {
    assumeTrue(Vendor.underTest() != Vendor.APACHE49, "POP came with 5.x");
    Cluster cluster = Cluster.shared(Shape.ALL_IN_ONE);
    try (MqAdmin admin = new MqAdmin(CLIENT, cluster.namesrvAddr())) {
      create(admin, "POP");
      send(cluster, 40, "m");
      // It says what it got and never acknowledges.
      try (ChildProcess dead = consumer(cluster, -1)) {
        dead.awaitCount(line -> line.startsWith("GOT "), 20, PATIENCE);
        dead.kill();
      }
      try (ChildProcess alive = consumer(cluster, 0)) {
        awaitBodies(alive, 40, "m");
        assertThat(alive.events("GOT").stream().filter(got -> !got.split(" ")[3].equals("0")))
            .as("what came back says how often it was out")
            .isNotEmpty();
        awaitNothingLeft(admin);
        send(cluster, 100, "later");
        awaitBodies(alive, 100, "later");
        alive.say("stop");
        alive.awaitExit(PATIENCE);
      }
      awaitNothingLeft(admin);
    }
  }

  @Test
  void aGroupThatPopsMayPullAndPopAgain() {
    assumeTrue(Vendor.underTest() != Vendor.APACHE49, "POP came with 5.x");
    Cluster cluster = Cluster.shared(Shape.ALL_IN_ONE);
    try (MqAdmin admin = new MqAdmin(CLIENT, cluster.namesrvAddr())) {
      create(admin, "POP");
      // Each message fails once, is asked for again after a second, and is consumed then.
      try (ChildProcess consumer = consumer(cluster, 1);
          ChildProcess producer = producer(cluster)) {
        send(producer, 20, "first");
        awaitBodies(consumer, 20, "first", "POP", 1);
        setMode(admin, "PULL");
        awaitMode(producer, consumer, "PULL");
        send(producer, 20, "second");
        awaitBodies(consumer, 20, "second", "PULL", 0);
        setMode(admin, "POP");
        awaitMode(producer, consumer, "POP");
        send(producer, 20, "third");
        awaitBodies(consumer, 20, "third", "POP", 1);
      }
    }
  }

  /** Sends until something comes in this way: clients of Apache's broker ask every 20 s only. */
  private void awaitMode(ChildProcess producer, ChildProcess consumer, String mode) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              String body = "probe" + System.nanoTime() + "-";
              send(producer, 1, body);
              return consumer.events("GOT").stream()
                  .anyMatch(
                      got ->
                          got.startsWith(mode)
                              && got.contains("probe")
                              && !seenBefore.contains(got));
            });
    seenBefore.addAll(consumer.events("GOT"));
  }

  @Test
  void aKilledBrokerKnowsWhatIsOutAndWhatWasAcknowledged() {
    assumeTrue(Vendor.underTest() == Vendor.APOGEE, "a promise of ours");
    Cluster own = Cluster.start(Shape.ALL_IN_ONE, Map.of());
    try (own;
        MqAdmin admin = new MqAdmin(CLIENT, own.namesrvAddr())) {
      create(admin, "POP");
      send(own, 200, "m");
      List<String> held;
      try (ChildProcess dead = consumer(own, -1)) {
        dead.awaitCount(line -> line.startsWith("GOT "), 20, PATIENCE);
        dead.kill();
        held = bodies(dead);
      }
      try (ChildProcess consumer = consumer(own, 0)) {
        consumer.awaitLine(line -> line.startsWith("GOT "), PATIENCE);
        own.broker().kill();
        own.broker().start();
        awaitBodies(consumer, 200, "m");
        awaitNothingLeft(admin);
        List<String> got = bodies(consumer);
        assertThat(got).containsAll(held);
        // All is acknowledged now. Were one of them still out, its lease would end now and it would
        // come before this one.
        awaitLeasesEnded();
        send(own, 1, "last");
        awaitBodies(consumer, 1, "last");
        assertThat(bodies(consumer).subList(got.size(), bodies(consumer).size()))
            .containsExactly("last0");
      }
    }
  }

  /** The client's leases are of 5 s. */
  private static void awaitLeasesEnded() {
    long begun = System.nanoTime();
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> System.nanoTime() - begun > Duration.ofMillis(5500).toNanos());
  }

  private void create(MqAdmin admin, String mode) {
    String cluster = "-c DefaultCluster";
    admin.run("updateTopic", cluster, "-t", topic, "-r " + QUEUES + " -w " + QUEUES);
    admin.run("updateSubGroup", cluster, "-g", group);
    setMode(admin, mode);
  }

  private void setMode(MqAdmin admin, String mode) {
    MqAdmin.Output set =
        admin.run(
            "setConsumeMode", "-c DefaultCluster", "-t", topic, "-g", group, "-m", mode, "-q", "0");
    assertThat(set.text()).contains("success");
  }

  private static ChildProcess producer(Cluster cluster) {
    return Program.start(CLIENT, cluster.namesrvAddr(), "probe.Produce", "GP");
  }

  private void send(Cluster cluster, int count, String prefix) {
    try (ChildProcess producer = producer(cluster)) {
      send(producer, count, prefix);
    }
  }

  private void send(ChildProcess producer, int count, String prefix) {
    int from = producer.lines().size();
    producer.say("send " + topic + " " + count + " " + prefix);
    producer.awaitLine("DONE"::equals, from, PATIENCE);
    assertThat(producer.lines().subList(from, producer.lines().size()))
        .filteredOn(line -> line.startsWith("ACK SEND_OK"))
        .hasSize(count);
  }

  private ChildProcess consumer(Cluster cluster, int failures) {
    return Program.start(
        CLIENT,
        cluster.namesrvAddr(),
        "probe.PopConsume",
        group,
        topic,
        Integer.toString(failures));
  }

  private static void awaitBodies(ChildProcess consumer, int count, String prefix) {
    List<String> wanted = IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(() -> assertThat(bodies(consumer)).containsAll(wanted));
  }

  /** Until all came in this way with so many reconsumptions. */
  private static void awaitBodies(
      ChildProcess consumer, int count, String prefix, String mode, int times) {
    List<String> wanted = IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(
            () ->
                assertThat(
                        consumer.events("GOT").stream()
                            .map(got -> got.split(" "))
                            .filter(got -> got[0].equals(mode))
                            .filter(got -> got[3].equals(Integer.toString(times)))
                            .map(got -> got[4]))
                    .containsAll(wanted));
  }

  private static List<String> bodies(ChildProcess consumer) {
    return consumer.events("GOT").stream().map(got -> got.split(" ")[4]).toList();
  }

  /** Until consumerProgress says that the group has consumed all of the topic. */
  private void awaitNothingLeft(MqAdmin admin) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(
            () ->
                assertThat(admin.run("consumerProgress", "-g", group).text())
                    .contains("Consume Diff Total: 0"));
  }
}
