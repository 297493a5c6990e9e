package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** TLS on the ports of name server and broker, seen by official clients with {@code -Dtls.enable=true}. */
@ExtendWith(OutputOnFailure.class)
class TlsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final List<String> TLS = List.of("-Dtls.enable=true");

  /** The default is permissive, with a certificate made by the server. */
  @Test
  void clientsWithTlsAndWithoutShareThePorts() throws IOException {
    Cluster cluster = Cluster.shared(Shape.TWO_PROCESSES);
    // The first handshake of a server loads what the others find loaded; clients give up after 3 s.
    RawClient.connectTls(cluster.namesrv().namesrvPort()).close();
    RawClient.connectTls(cluster.broker().brokerPort()).close();
    try (ChildProcess older = producer(cluster, Official.V4_9_8);
        ChildProcess newer =
            Program.start(
                TLS,
                Official.V5_5_0,
                cluster.namesrvAddr(),
                "probe.Consume",
                "TlsGroup",
                "TlsTopic");
        RawClient plain = RawClient.connect(cluster.broker().brokerPort())) {
      send(older, 20, "tls-");
      newer.awaitCount(line -> line.startsWith("GOT "), 20, PATIENCE);
      RawFrame ends = RawFrame.json(30).with("topic", "TlsTopic").with("queueId", 0);
      assertThat(plain.ask(ends).code()).isZero();
    }
  }

  /** The broker registers with a name server that takes TLS only, too. */
  @Test
  void anEnforcingClusterServesTlsClientsOnly() throws IOException {
    try (Cluster cluster = Cluster.start(Map.of("tls.server.mode", "enforcing"), Map.of())) {
      try (ChildProcess producer = producer(cluster, Official.V4_9_8)) {
        send(producer, 5, "tls-");
      }
      assertThat(OurTool.run("clusterList", "-n", cluster.namesrvAddr()))
          .doesNotContain("broker-a");
      System.setProperty("tls.enable", "true");
      try {
        assertThat(OurTool.run("clusterList", "-n", cluster.namesrvAddr())).contains("broker-a");
      } finally {
        System.clearProperty("tls.enable");
      }
      for (int port : List.of(cluster.namesrv().namesrvPort(), cluster.broker().brokerPort())) {
        try (RawClient plain = RawClient.connect(port)) {
          plain.send(RawFrame.json(106).bytes());
          assertThat(plain.isClosedByServer()).isTrue();
        }
      }
    }
  }

  private static ChildProcess producer(Cluster cluster, Official version) {
    return Program.start(TLS, version, cluster.namesrvAddr(), "probe.Produce", "TlsProducers");
  }

  /** Sends until one round is answered: on a busy machine a client's own first handshake may take too long. */
  private static void send(ChildProcess producer, int count, String prefix) {
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(answers(producer, count, prefix)).hasSize(count));
  }

  private static List<String> answers(ChildProcess producer, int count, String prefix) {
    int from = producer.lines().size();
    producer.say("send TlsTopic " + count + " " + prefix);
    producer.awaitLine("DONE"::equals, from, PATIENCE);
    List<String> said = producer.lines();
    return said.subList(from, said.size()).stream()
        .filter(line -> line.startsWith("ACK SEND_OK"))
        .toList();
  }
}
