package io.apogeemq.client;

import static io.apogeemq.client.ScriptedNode.await;
import static io.apogeemq.client.ScriptedNode.on;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.protocol.body.BrokerData;
import io.apogeemq.protocol.body.QueueData;
import io.apogeemq.protocol.body.TopicRoute;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One of two brokers does not answer any more, or nobody can connect to it. */
class SilentHostTest {
  private static final Message HELLO = Message.of("t", "hello");
  private static final int MANY = 8;

  private final Vertx vertx = Vertx.vertx();
  private final ScriptedNode nameServer = new ScriptedNode(vertx);
  private final ScriptedNode a = new ScriptedNode(vertx);
  private final ScriptedNode b = new ScriptedNode(vertx);
  private ApogeeClient client;

  @BeforeEach
  void start() {
    client = ApogeeClient.create(vertx, ClientOptions.of(nameServer.address()));
    nameServer.routes.put("t", on(2, Map.of("broker-a", a, "broker-b", b)));
  }

  @AfterEach
  void stop() {
    await(client.close());
    List.of(nameServer, a, b).forEach(ScriptedNode::close);
    await(vertx.close());
  }

  @Test
  void aBrokerThatKeepsSilentFailsOneSendAndIsLeftOut() {
    Producer producer = client.producer(ProducerOptions.of("g").setSendTimeoutMs(300));
    a.sendCodes.addAll(java.util.Collections.nCopies(MANY, ScriptedNode.SILENCE));
    int failures = 0;
    for (int i = 0; i < 2 * MANY; i++) {
      try {
        assertThat(await(producer.send(HELLO)).messageQueue().brokerName()).isEqualTo("broker-b");
      } catch (ScriptedNode.Failed e) {
        assertThat(e).hasRootCauseInstanceOf(TimeoutException.class);
        failures++;
      }
    }
    assertThat(failures).isEqualTo(1);
    assertThat(b.sends.stream().map(each -> each.queueId())).contains(0, 1);
  }

  @Test
  void aHostThatLetsNobodyConnectLeavesTimeForAnother() throws Exception {
    try (FullPort full = new FullPort()) {
      nameServer.routes.put("t", oneFull(full));
      Producer producer = client.producer(ProducerOptions.of("g").setSendTimeoutMs(1_500));
      for (int i = 0; i < MANY; i++) {
        assertThat(await(producer.send(HELLO)).messageQueue().brokerName()).isEqualTo("broker-b");
      }
    }
  }

  @Test
  void aBrokerThatComesBackElsewhereGetsTheSendThatWaits() {
    nameServer.routes.put("t", on(1, Map.of("broker-a", a)));
    Producer producer = client.producer("g");
    await(producer.send(HELLO));
    nameServer.routes.put("t", on(1, Map.of("broker-a", b)));
    a.close();
    await(producer.send(HELLO));
    assertThat(b.sends).hasSize(1);
  }

  @Test
  void aReceiveDoesNotWaitForABrokerThatIsGoneAgainAndAgain() throws Exception {
    try (FullPort full = new FullPort()) {
      nameServer.routes.put("t", oneFull(full));
      receiveMany();
    }
    assertThat(b.pops).hasValue(MANY);
  }

  private void receiveMany() {
    long startNs = System.nanoTime();
    PopConsumer consumer = client.popConsumer("g");
    ReceiveOptions now = new ReceiveOptions().setWaitMs(0);
    for (int i = 0; i < MANY; i++) {
      assertThat(await(consumer.receive("t", now))).isEmpty();
    }
    assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNs)).isLessThan(4);
  }

  /** Broker-a lets nobody connect. */
  private TopicRoute oneFull(FullPort full) {
    return new TopicRoute(
        List.of(
            new BrokerData(Map.of(0L, full.address()), "broker-a", "c", null),
            new BrokerData(Map.of(0L, b.address()), "broker-b", "c", null)),
        Map.of(),
        null,
        List.of(new QueueData("broker-a", 6, 1, 0, 1), new QueueData("broker-b", 6, 1, 0, 1)));
  }

  @Test
  void theMembersOfAGroupAreThoseThatAnyBrokerKnows() {
    nameServer.routes.put("%RETRY%g", on(1, Map.of("broker-a", a, "broker-b", b)));
    a.online = List.of("one", "two");
    assertThat(members()).containsExactly("one", "two");
    b.online = List.of("two", "three");
    assertThat(members()).containsExactlyInAnyOrder("one", "two", "three");
    a.close();
    assertThat(members()).containsExactlyInAnyOrder("two", "three");
    b.online = null;
    assertThatThrownBy(this::members)
        .as("who does not answer may know some")
        .hasRootCauseInstanceOf(IOException.class);
    nameServer.routes.put("%RETRY%g", on(1, Map.of("broker-b", b)));
    assertThatThrownBy(this::members).rootCause().hasMessageContaining("CODE: 206");
    nameServer.routes.remove("%RETRY%g");
    assertThatThrownBy(this::members).rootCause().hasMessageContaining("CODE: 206");
  }

  private List<String> members() {
    return await(client.groupAdmin().members("g")).connectionSet().stream()
        .map(each -> each.clientId())
        .toList();
  }

  /** A port whose queue of connections is full, so that one more is not answered at all. */
  private static final class FullPort implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final List<Socket> waiting = new ArrayList<>();

    private FullPort() throws IOException {
      boolean full = false;
      while (!full) {
        assertThat(waiting).as("connections that wait").hasSizeLessThan(100);
        Socket socket = new Socket();
        waiting.add(socket);
        try {
          socket.connect(new InetSocketAddress("127.0.0.1", server.getLocalPort()), 200);
        } catch (SocketTimeoutException e) {
          full = true;
        }
      }
    }

    private String address() {
      return "127.0.0.1:" + server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      for (Socket each : waiting) {
        each.close();
      }
      server.close();
    }
  }
}
