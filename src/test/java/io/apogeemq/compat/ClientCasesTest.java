package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The many things that published clients can do, each a case of {@code probe.Messages}, {@code
 * probe.Groups} or {@code probe.Retries}; the cases of a program run at the same time in one process, and
 * so do the programs.
 */
@ExtendWith(OutputOnFailure.class)
class ClientCasesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(100);

  /** For clients that share out queues by machine room. */
  private static final Map<String, String> IN_A_ROOM = Map.of("brokerName", "room@broker-a");

  /** The newest client, or with {@code -Dcompat.matrix=full} all. */
  static Stream<Official> clients() {
    return "full".equals(System.getProperty("compat.matrix"))
        ? Stream.of(Official.values())
        : Stream.of(Official.V5_5_0);
  }

  @ParameterizedTest(name = "client {0}")
  @MethodSource("clients")
  void everyCaseHolds(Official client) {
    String run = "R" + System.nanoTime();
    try (Cluster cluster = Cluster.start(Shape.TWO_PROCESSES, IN_A_ROOM);
        ChildProcess messages = start(client, cluster, "probe.Messages", run);
        ChildProcess groups = start(client, cluster, "probe.Groups", run);
        ChildProcess retries = start(client, cluster, "probe.Retries", run)) {
      List<String> failed = new ArrayList<>();
      for (ChildProcess each : List.of(messages, groups, retries)) {
        each.awaitExit(PATIENCE);
        assertThat(each.events("ALL")).as("%s", each).containsExactly("DONE");
        failed.addAll(each.events("FAILED"));
      }
      assertThat(failed).isEmpty();
    }
  }

  private static ChildProcess start(Official client, Cluster cluster, String program, String run) {
    return Program.start(
        client, cluster.namesrvAddr(), program, run, cluster.broker().brokerAddr());
  }
}
