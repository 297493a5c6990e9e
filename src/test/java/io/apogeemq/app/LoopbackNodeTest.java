package io.apogeemq.app;

import static io.apogeemq.app.LoopbackNode.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apogeemq.broker.BrokerConfig;
import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ConsumerOptions;
import io.apogeemq.client.Message;
import io.apogeemq.client.Producer;
import io.apogeemq.client.ProducerOptions;
import io.apogeemq.client.PushConsumer;
import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.client.TransactionOutcome;
import io.apogeemq.client.TransactionProducer;
import io.apogeemq.config.BrokerKeys;
import io.apogeemq.config.Settings;
import io.apogeemq.protocol.body.ConnectedClients;
import io.apogeemq.remoting.Loopback;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients in the process of their broker do without a socket all that others do with one. */
class LoopbackNodeTest {
  private static final String TOPIC = "within";

  @TempDir private Path folder;
  private final ConcurrentLinkedQueue<ReceivedMessage> received = new ConcurrentLinkedQueue<>();
  private LoopbackNode node;

  @BeforeEach
  void start() throws Exception {
    node =
        LoopbackNode.start(
            folder,
            Map.of(
                BrokerKeys.TRANSACTION_TIMEOUT_MS,
                "100",
                BrokerKeys.TRANSACTION_CHECK_INTERVAL_MS,
                "100"));
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private ApogeeClient client(String name) {
    return node.client(node.within().setInstanceName(name));
  }

  private PushConsumer consumer(ApogeeClient client) {
    return client.pushConsumer(
        ConsumerOptions.of("within-group").subscribe(TOPIC).setFromFirst(true),
        delivery -> {
          received.addAll(delivery.messages());
          return Future.succeededFuture();
        });
  }

  private List<String> texts() {
    return received.stream().map(ReceivedMessage::text).toList();
  }

  /** Who is connected to the broker, as it sees them. */
  private List<String> peers(ApogeeClient client) {
    return done(client.inspection().clients(node.broker().address(), null)).stream()
        .map(ConnectedClients.Row::address)
        .toList();
  }

  /** Without the group's retry queue. */
  private static long owned(PushConsumer consumer) {
    return done(consumer.ownedQueues()).stream().filter(each -> each.topic().equals(TOPIC)).count();
  }

  @Test
  void messagesNoticesAndRepliesNeedNoSocket() {
    ApogeeClient client = client("one");
    done(client.admin().createTopic(TOPIC, 4));
    Producer producer = client.producer(ProducerOptions.of("within-producers"));
    PushConsumer first = consumer(client);
    done(first.start());
    done(producer.send(Message.of(TOPIC, "a")));
    await().until(() -> texts().equals(List.of("a")));
    done(producer.send(Message.of(TOPIC, "b"))); // a pull waits for it
    await().until(() -> texts().equals(List.of("a", "b")));
    assertThat(peers(client)).containsOnly("127.0.0.1:0").hasSize(1);

    ApogeeClient other = client("two");
    done(consumer(other).start()); // the first one hears of it by a notice, not after 20 s
    await().until(() -> owned(first) == 2);
    assertThat(peers(client)).containsOnly("127.0.0.1:0").hasSize(2);
    done(other.close());
    await().until(() -> owned(first) == 4);

    done(client.admin().createTopic("questions", 1));
    PushConsumer answering =
        client.pushConsumer(
            ConsumerOptions.of("answering").subscribe("questions").setFromFirst(true),
            delivery ->
                producer
                    .reply(delivery.messages().get(0), "42".getBytes(StandardCharsets.UTF_8))
                    .mapEmpty());
    done(answering.start());
    assertThat(done(producer.request(Message.of("questions", "?"), 10_000)).text()).isEqualTo("42");
    assertThat(peers(client)).containsOnly("127.0.0.1:0");
    done(client.close());
  }

  @Test
  void aBrokerAsksHowATransactionEnded() {
    ApogeeClient client = client("transactions");
    done(client.admin().createTopic(TOPIC, 1));
    PushConsumer consumer = consumer(client);
    done(consumer.start());
    TransactionProducer producer =
        client.transactionProducer(
            ProducerOptions.of("within-transactions"),
            half -> Future.succeededFuture(TransactionOutcome.COMMIT));
    done(
        producer.send(
            Message.of(TOPIC, "half"), sent -> Future.succeededFuture(TransactionOutcome.UNKNOWN)));
    await().until(() -> texts().equals(List.of("half")));
    assertThat(peers(client)).containsOnly("127.0.0.1:0").hasSize(1);
    done(client.close());
  }

  @Test
  void aBrokerThatWasRestartedIsFoundAgain() {
    ApogeeClient client = client("restart");
    done(client.admin().createTopic(TOPIC, 1));
    Producer producer = client.producer(ProducerOptions.of("within-producers"));
    PushConsumer consumer = consumer(client);
    done(consumer.start());
    done(producer.send(Message.of(TOPIC, "before")));
    await().until(() -> texts().equals(List.of("before")));
    node.restartBroker(); // while a pull waits in it
    await()
        .ignoreExceptions()
        .until(() -> done(producer.send(Message.of(TOPIC, "after"))).queueOffset() > 0);
    await().until(() -> texts().contains("after"));
    await().untilAsserted(() -> assertThat(peers(client)).containsOnly("127.0.0.1:0").hasSize(1));
    done(client.close());
  }

  /** An address that a socket could reach somebody else at is dialled. */
  @Test
  void onlyAddressesThatAreThisBrokersAreReachedWithoutASocket() throws Exception {
    int port = node.broker().listenPort();
    assertThat(own("127.0.0.1", "127.0.0.1", port)).contains("127.0.0.1", "localhost");
    assertThat(own("0.0.0.0", "192.0.2.7", port)) // a router's
        .contains("127.0.0.1")
        .doesNotContain("192.0.2.7");
    assertThat(own("127.0.0.2", "127.0.0.1", port)).containsExactly("127.0.0.2");
    assertThat(OwnAddresses.of(node.broker()).isAddress("127.0.0.1:" + (port - 2))).isTrue();
    assertThat(OwnAddresses.of(node.broker()).isAddress("127.0.0.1:" + (port - 1))).isFalse();
  }

  private static List<String> own(String bound, String advertised, int port) throws Exception {
    Loopback made =
        OwnAddresses.of(
            BrokerConfig.from(
                Settings.of(BrokerKeys.TABLE)
                    .flag("test", BrokerKeys.LISTEN_PORT, Integer.toString(port))
                    .flag("test", BrokerKeys.BIND_ADDRESS, bound)
                    .flag("test", BrokerKeys.BROKER_IP1, advertised)
                    .build()));
    return Stream.of("127.0.0.1", "127.0.0.2", "localhost", "192.0.2.7")
        .filter(host -> made.isAddress(host + ":" + port))
        .toList();
  }
}
