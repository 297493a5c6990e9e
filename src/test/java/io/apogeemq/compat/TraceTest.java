package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clients that trace their messages ({@code enableMsgTrace}), where the broker keeps the topic for that
 * and makes none by itself.
 */
@ExtendWith(OutputOnFailure.class)
class TraceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  /**
   * The newest client, or with {@code -Dcompat.matrix=full} all. Consumers of 5.x send no trace of what
   * comes from an Apache broker of 4.9.
   */
  static Stream<Official> clients() {
    boolean without5 = Vendor.underTest() == Vendor.APACHE49;
    if ("full".equals(System.getProperty("compat.matrix"))) {
      return Stream.of(Official.values()).filter(each -> !without5 || each != Official.V5_5_0);
    }
    return Stream.of(without5 ? Official.V4_9_8 : Official.V5_5_0);
  }

  @ParameterizedTest(name = "client {0}")
  @MethodSource("clients")
  void mqadminShowsWhoSentAMessageAndWhoConsumedIt(Official client) {
    Map<String, String> settings =
        Map.of("autoCreateTopicEnable", "false", "traceTopicEnable", "true");
    try (Cluster cluster = Cluster.start(Shape.TWO_PROCESSES, settings);
        MqAdmin admin = new MqAdmin(client, cluster.namesrvAddr())) {
      admin.run("updateTopic", "-c DefaultCluster", "-t", "Traced");
      try (ChildProcess traced =
          Program.start(
              client, cluster.namesrvAddr(), "probe.Traced", "Traced", "GTraceP", "GTraceC")) {
        String id = traced.awaitLine(line -> line.startsWith("SENT "), PATIENCE).split(" ")[1];
        traced.awaitLine(("GOT " + id)::equals, PATIENCE);
        Awaitility.await("both have sent their traces")
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(500))
            .untilAsserted(
                () ->
                    assertThat(admin.run("queryMsgTraceById", "-i", id).text())
                        .containsPattern("Pub +GTraceP .*success")
                        .containsPattern("Sub +GTraceC .*success"));
      }
      assertThat(
              admin.run("topicStatus", "-t", "RMQ_SYS_TRACE_TOPIC").rows().stream()
                  .filter(row -> row.get(0).equals("broker-a")))
          .as("queues of the topic for traces")
          .hasSize(1);
    }
  }
}
