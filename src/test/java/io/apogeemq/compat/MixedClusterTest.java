package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A cluster moves node by node: name servers and brokers of different vendors in one cluster. */
@ExtendWith(OutputOnFailure.class)
class MixedClusterTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  static Stream<Arguments> neighboursAndClients() {
    boolean full = "full".equals(System.getProperty("compat.matrix"));
    return Stream.of(Vendor.APACHE49, Vendor.APACHE55)
        .flatMap(
            apache ->
                Stream.of(Official.V4_9_5, Official.V5_5_0)
                    .filter(client -> full || client == apache.official())
                    .map(client -> arguments(apache, client)));
  }

  @ParameterizedTest(name = "{0} broker, client {1}")
  @MethodSource("neighboursAndClients")
  void anApacheBrokerServesClientsThroughOurNameServer(Vendor apache, Official client) {
    try (Cluster cluster = Cluster.start(Vendor.underTest(), apache, 1, Map.of())) {
      sendAndReceive(cluster, client);
    }
  }

  @ParameterizedTest(name = "{0} name server, client {1}")
  @MethodSource("neighboursAndClients")
  void ourBrokerServesClientsThroughAnApacheNameServer(Vendor apache, Official client) {
    try (Cluster cluster = Cluster.start(apache, Vendor.underTest(), 1, Map.of())) {
      sendAndReceive(cluster, client);
    }
  }

  private static void sendAndReceive(Cluster cluster, Official client) {
    String namesrv = cluster.namesrvAddr();
    try (ChildProcess producer = Program.start(client, namesrv, "probe.Produce", "GP")) {
      producer.say("send Mixed 200 m");
      producer.awaitLine("DONE"::equals, PATIENCE);
      assertThat(producer.events("FAILED")).isEmpty();
      assertThat(producer.events("ACK")).hasSize(200).allMatch(it -> it.startsWith("SEND_OK"));
      try (ChildProcess consumer =
          Program.start(client, namesrv, "probe.Consume", "GMixed", "Mixed")) {
        consumer.awaitCount(line -> line.startsWith("GOT "), 200, PATIENCE);
        assertThat(consumer.events("GOT").stream().map(got -> got.split(" ")[3]).distinct())
            .hasSize(200);
      }
    }
  }
}
