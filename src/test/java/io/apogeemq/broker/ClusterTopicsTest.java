package io.apogeemq.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apogeemq.config.BrokerKeys;
import io.apogeemq.namesrv.NameServer;
import io.apogeemq.namesrv.NameServerConfig;
import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.QueueData;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.body.TopicRoute;
import io.apogeemq.protocol.header.RouteHeaders;
import io.apogeemq.protocol.header.TopicHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Dispatcher;
import io.apogeemq.remoting.TcpTransport;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Brokers and a name server, each with its sockets: who knows of which topic, and how soon. */
class ClusterTopicsTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final TcpTransport transport = new TcpTransport(vertx, new Dispatcher());
  private int port;
  private String deployment = "";

  @BeforeEach
  void startNameServer() {
    startNameServer(0);
  }

  private void startNameServer(int wantedPort) {
    NameServer server =
        new NameServer(
            NameServerConfig.of("127.0.0.1", wantedPort, folder.resolve("kvConfig.json")));
    deployment = TestBroker.await(vertx.deployVerticle(server));
    port = server.port();
  }

  @AfterEach
  void stop() {
    TestBroker.await(transport.close());
    TestBroker.await(vertx.close());
  }

  @Test
  void aBrokerRegistersBeforeItServesTellsOfNewTopicsAtOnceAndLeaves() throws IOException {
    try (TestBroker broker = broker("broker-a", true)) {
      assertThat(brokersOf("TBW102")).containsExactly("broker-a");
      create(broker, "T");
      assertThat(brokersOf("T")).containsExactly("broker-a");
      broker.send("Sent", "first", "");
      assertThat(brokersOf("Sent")).containsExactly("broker-a");
    }
    assertThat(brokersOf("T")).isEmpty();
  }

  @Test
  void aBrokerRegistersAgainWhenTheNameServerComesBack() throws IOException {
    try (TestBroker broker = broker("broker-a", true)) {
      create(broker, "T");
      await().atMost(SOON).until(() -> !brokersOf("T").isEmpty());
      TestBroker.await(vertx.undeploy(deployment));
      startNameServer(port); // it forgot everything
      await().atMost(SOON).until(() -> brokersOf("T").equals(List.of("broker-a")));
    }
  }

  @Test
  void aTopicCreatedByASendIsOnEveryBrokerThatAllowsIt() throws IOException {
    try (TestBroker a = broker("broker-a", true);
        TestBroker b = broker("broker-b", true);
        TestBroker c = broker("broker-c", false)) {
      a.send("T", "hello", null);
      await().atMost(SOON).until(() -> brokersOf("T").equals(List.of("broker-a", "broker-b")));
      assertThat(topic(b, "T")).isEqualTo(TopicConfig.of("T", 4, 6));
      assertThat(topic(c, "T")).isNull();
    }
  }

  @Test
  void aBrokerThatHasTheTopicKeepsItsOwn() throws IOException {
    try (TestBroker a = broker("broker-a", true);
        TestBroker b = broker("broker-b", true)) {
      create(b, "T"); // 8 queues
      a.send("T", "hello", null);
      await().atMost(SOON).until(() -> brokersOf("T").equals(List.of("broker-a", "broker-b")));
      assertThat(topic(a, "T")).isEqualTo(TopicConfig.of("T", 4, 6));
      assertThat(topic(b, "T")).isEqualTo(TopicConfig.of("T", 8, 6));
    }
  }

  private TestBroker broker(String name, boolean autoCreate) throws IOException {
    return TestBroker.open(
        folder.resolve(name),
        Map.of(
            BrokerKeys.BROKER_NAME,
            name,
            BrokerKeys.NAMESRV_ADDR,
            "127.0.0.1:" + port,
            BrokerKeys.AUTO_CREATE_TOPIC_ENABLE,
            Boolean.toString(autoCreate)));
  }

  private static void create(TestBroker broker, String topic) {
    RemotingCommand answer =
        broker.ask(
            RemotingCommand.request(
                RequestCode.UPDATE_AND_CREATE_TOPIC,
                new TopicHeaders.Update(
                    topic, "TBW102", 8, 8, 6, "SINGLE_TAG", 0, false, null, null)));
    assertThat(answer.code()).as(answer.remark()).isZero();
  }

  private static @Nullable TopicConfig topic(TestBroker broker, String name) {
    RemotingCommand answer =
        broker.ask(
            RemotingCommand.request(RequestCode.GET_TOPIC_CONFIG, new TopicHeaders.OfTopic(name)));
    return answer.code() == ResponseCode.SUCCESS
        ? Body.parse(TopicConfig.class, answer.bodyBytes())
        : null;
  }

  /** Names of the brokers that the name server knows to have the topic, in order. */
  private List<String> brokersOf(String topic) {
    RemotingCommand answer =
        TestBroker.await(
            transport.request(
                "127.0.0.1:" + port,
                RemotingCommand.request(
                    RequestCode.GET_ROUTEINFO_BY_TOPIC, new RouteHeaders.GetRoute(topic, true)),
                5000));
    try {
      if (answer.code() != ResponseCode.SUCCESS) {
        return List.of();
      }
      String json = answer.body().toString(StandardCharsets.UTF_8);
      return Body.parse(TopicRoute.class, json).queueDatas().stream()
          .map(QueueData::brokerName)
          .sorted()
          .toList();
    } finally {
      answer.release();
    }
  }
}
