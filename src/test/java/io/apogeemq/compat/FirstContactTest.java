package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What people stumble over in their first hour with RocketMQ: the memory it asks for, the Java it does
 * not start on, the topic that exists on one broker only.
 */
@DisabledIfSystemProperty(
    named = "compat.target",
    matches = "apache.*",
    disabledReason = "these are pains of the original")
@ExtendWith(OutputOnFailure.class)
class FirstContactTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long MIB = 1024 * 1024;

  /** rocketmq#1123, #1582 and many more: the original's scripts ask for 12 GB. */
  @Test
  void theWholeQuickstartRunsInASmallHeap() {
    Server.Launch small = Server.Launch.USUAL.withFlags("-Xmx128m");
    try (Server node = Server.allInOne(small, Map.of())) {
      sendAndReceiveAThousand(node);
      long resident = node.process().statusBytes("VmRSS");
      System.out.println("resident after the quick start: " + resident / MIB + " MiB");
      assertThat(resident).isLessThan(400 * MIB);
    }
  }

  @Test
  void anIdleNodeIsSmallWithoutAnyFlag() throws InterruptedException {
    Server.Launch plain = Server.Launch.USUAL.withoutFlags();
    try (Server node = Server.allInOne(plain, Map.of())) {
      Thread.sleep(5_000); // idle means that nothing can be waited for
      long resident = node.process().statusBytes("VmRSS");
      System.out.println("resident when idle: " + resident / MIB + " MiB");
      assertThat(resident).isLessThan(256 * MIB);
    }
  }

  /** rocketmq#2395, #7495: removed flags and version numbers in scripts. */
  @Test
  void itStartsOnTheNewestJavaWithoutAnyFlag() {
    Optional<String> java = java25();
    assumeTrue(
        java.isPresent(),
        "no Java 25 in -Dcompat.java25, JAVA25_HOME or beside this one: not shown");
    try (Server node =
        Server.allInOne(new Server.Launch(java.orElseThrow(), List.of()), Map.of())) {
      sendAndReceiveAThousand(node);
    }
  }

  /** The java command of a JDK 25: named, or where systems put one. */
  private static Optional<String> java25() {
    Path ours = Path.of(System.getProperty("java.home"));
    Stream<Path> named =
        Stream.of(
                System.getProperty("compat.java25", ""),
                System.getenv().getOrDefault("JAVA25_HOME", ""))
            .filter(home -> !home.isEmpty())
            .map(Path::of);
    Stream<Path> beside =
        Stream.of(ours.getParent(), Path.of("/usr/lib/jvm"))
            .filter(Files::isDirectory)
            .flatMap(FirstContactTest::foldersOf)
            .filter(home -> home.getFileName().toString().matches(".*\\b25\\b.*"));
    return Stream.concat(named, beside)
        .map(home -> home.resolve("bin/java"))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst();
  }

  private static Stream<Path> foldersOf(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      return all.toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void sendAndReceiveAThousand(Server node) {
    Official client = Official.V4_9_5;
    try (ChildProcess producer = Program.start(client, node.namesrvAddr(), "probe.Produce", "GP");
        ChildProcess consumer =
            Program.start(client, node.namesrvAddr(), "probe.Consume", "GFirst", "First")) {
      producer.say("send First 1000 m");
      producer.awaitLine("DONE"::equals, PATIENCE);
      assertThat(producer.events("FAILED")).isEmpty();
      consumer.awaitCount(line -> line.startsWith("GOT "), 1000, PATIENCE);
    }
  }

  /** rocketmq#2744, #566: the topic of a first message exists where that message went. */
  @Test
  void oneMessageMakesItsTopicOnEveryBrokerOfTheCluster() {
    Cluster cluster = Cluster.shared(Shape.TWO_BROKERS);
    try (ChildProcess producer =
            Program.start(Official.V4_9_5, cluster.namesrvAddr(), "probe.Produce", "GP");
        MqAdmin admin = new MqAdmin(Official.V4_9_8, cluster.namesrvAddr())) {
      producer.say("send Everywhere 1 m");
      producer.awaitLine("DONE"::equals, PATIENCE);
      assertThat(producer.events("ACK")).hasSize(1);
      Awaitility.await()
          .atMost(Duration.ofSeconds(31))
          .pollInterval(Duration.ofMillis(500))
          .untilAsserted(
              () ->
                  assertThat(
                          admin.run("topicStatus", "-t", "Everywhere").rows().stream()
                              .map(row -> row.get(0) + ":" + row.get(1)))
                      .containsExactlyInAnyOrder(
                          "broker-a:0",
                          "broker-a:1",
                          "broker-a:2",
                          "broker-a:3",
                          "broker-b:0",
                          "broker-b:1",
                          "broker-b:2",
                          "broker-b:3"));
    }
  }
}
