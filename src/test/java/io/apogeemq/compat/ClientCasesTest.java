package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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

  /**
   * The newest client, or with {@code -Dcompat.matrix=full} all. Apache's of 5.x asks an Apache broker of
   * 4.9 for what that does not have (code 351).
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
  void everyCaseHolds(Official client) {
    String run = "R" + System.nanoTime();
    try (Cluster cluster = Cluster.start(Shape.TWO_PROCESSES, IN_A_ROOM);
        ChildProcess messages = start(client, cluster, "Messages", run);
        ChildProcess groups = start(client, cluster, "Groups", run);
        ChildProcess retries = start(client, cluster, "Retries", run)) {
      assertThat(failed(messages, groups, retries)).isEmpty();
    }
  }

  /** The cases that failed when all programs have ended. */
  private static List<String> failed(ChildProcess... programs) {
    List<String> failed = new ArrayList<>();
    for (ChildProcess each : programs) {
      each.awaitExit(PATIENCE);
      assertThat(each.events("ALL")).as("%s", each).containsExactly("DONE");
      failed.addAll(each.events("FAILED"));
    }
    return failed;
  }

  /** Addresses of 16 bytes in routes, records, message ids and the ids of clients. */
  @Test
  void messagesAndRetriesGoOverIpV6() throws IOException {
    assumeTrue(hasIpV6(), "no loopback of IPv6 here");
    String run = "R" + System.nanoTime();
    Map<String, String> both = Map.of("bindAddress", "::"); // the test asks over IPv4 if it is up
    Map<String, String> settings = new HashMap<>(both);
    settings.put("brokerIP1", "[::1]");
    try (Server names = Server.namesrv(Vendor.underTest(), both);
        Server broker =
            Server.broker(Vendor.underTest(), "broker-a", names.namesrvAddr(), settings)) {
      Cluster.awaitRegistered(names, broker);
      String namesrvAddr = "[::1]:" + names.namesrvPort();
      try (ChildProcess messages = start(Official.V4_9_8, namesrvAddr, broker, "Messages", run);
          ChildProcess retries = start(Official.V4_9_8, namesrvAddr, broker, "Retries", run)) {
        assertThat(failed(messages, retries)).isEmpty();
      }
      assertThat(OurTool.run("clusterList", "-n", namesrvAddr)).contains(broker.brokerAddr());
    }
  }

  private static boolean hasIpV6() throws IOException {
    return NetworkInterface.getByInetAddress(InetAddress.getByName("::1")) != null;
  }

  private static ChildProcess start(Official client, Cluster cluster, String program, String run) {
    return start(client, cluster.namesrvAddr(), cluster.broker(), program, run);
  }

  private static ChildProcess start(
      Official client, String namesrvAddr, Server broker, String program, String run) {
    return Program.start(client, namesrvAddr, "probe." + program, run, broker.brokerAddr());
  }
}
