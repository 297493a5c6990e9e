package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What published clients do when a message is of another broker, and after a restart of theirs. */
@ExtendWith(OutputOnFailure.class)
class TwoBrokersTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Official CLIENT = Official.V5_5_0;
  private static final int SENT = 200;

  private static Cluster cluster;

  @BeforeAll
  static void start() {
    // Level 3 is what the client asks for when it sends a message again by itself.
    cluster = Cluster.start(Shape.TWO_BROKERS, Map.of("messageDelayLevel", "1s 1s 1s 1s 1s"));
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  /** The broker refuses it, and the client sends it to the retry topic as a message of its own. */
  @Test
  void aMessageThatIsHandedBackToAnotherBrokerComesAgainOnce() {
    try (MqAdmin admin = new MqAdmin(CLIENT, cluster.namesrvAddr())) {
      admin.run("updateTopic", "-c DefaultCluster -r 1 -w 1 -t Foreign");
      try (ChildProcess client =
          Program.start(
              CLIENT,
              cluster.namesrvAddr(),
              "probe.HandBack",
              "Foreign",
              "GForeign",
              "broker-b",
              "broker-a",
              SENT + "")) {
        client.awaitCount(line -> line.startsWith("GOT "), SENT + 1, PATIENCE);
        List<String> got = client.events("GOT");
        assertThat(got)
            .filteredOn(line -> line.startsWith("m" + (SENT - 1) + " "))
            .hasSize(2)
            .satisfiesExactly(
                first -> assertThat(first).endsWith(" broker-b 0 Foreign"),
                again -> assertThat(again).endsWith(" 1 Foreign"));
        assertThat(got).filteredOn(line -> line.endsWith(" 0 Foreign")).hasSize(SENT);
        assertThat(client.events("FAILED")).isEmpty();
      }
    }
  }

  /** A group that would start at the end starts at the beginning of a topic that is young. */
  @Test
  void aNewGroupGetsAYoungTopicFromItsBeginningAlsoAfterARestart() {
    try (ChildProcess producer =
        Program.start(CLIENT, cluster.namesrvAddr(), "probe.Produce", "PYoung")) {
      producer.say("send Young 40 m");
      producer.awaitLine("DONE"::equals, PATIENCE);
    }
    for (Server each : cluster.brokers()) {
      each.stop();
      each.start();
      Cluster.awaitRegistered(cluster.namesrv(), each);
    }
    try (ChildProcess consumer =
        Program.start(
            List.of("-Dprobe.from=CONSUME_FROM_LAST_OFFSET"),
            CLIENT,
            cluster.namesrvAddr(),
            "probe.Consume",
            "GYoung",
            "Young")) {
      consumer.awaitCount(line -> line.startsWith("GOT "), 40, PATIENCE);
    }
  }
}
