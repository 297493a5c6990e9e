package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.ConsumerOptions;
import io.apogeemq.client.Filter;
import io.apogeemq.client.MessageQueue;
import io.apogeemq.client.ProducerOptions;
import io.apogeemq.client.PullConsumer;
import io.apogeemq.client.PushConsumer;
import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.client.RequestRefused;
import io.apogeemq.client.TransactionOutcome;
import io.apogeemq.client.TransactionProducer;
import io.apogeemq.protocol.body.ConsumeFromWhere;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Our client over TLS, with an account; and asked by a broker, all on a cluster of its own. */
class OurSecuredClientTest extends OurClientCase {
  private static final boolean ACCOUNTS_OF_4 = Vendor.underTest() != Vendor.APACHE55;

  private static final String ACCOUNTS =
      """
      globalWhiteRemoteAddresses: [10.2.2.2]
      accounts:
        - accessKey: administrator
          secretKey: admin-secret
          admin: true
        - accessKey: subscriber
          secretKey: subscriber-secret
          defaultTopicPerm: SUB
          defaultGroupPerm: SUB
      """;

  private static Cluster cluster;

  @BeforeAll
  static void startCluster() {
    Map<String, String> settings = new HashMap<>();
    settings.put("tls.server.mode", "enforcing");
    settings.put("transactionTimeOut", "500");
    settings.put("transactionCheckInterval", "1000");
    if (ACCOUNTS_OF_4) {
      settings.put("aclEnable", "true");
    }
    cluster = Cluster.start(settings, Map.of("conf/plain_acl.yml", ACCOUNTS));
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  private ClientOptions overTls() {
    return ClientOptions.of(cluster.namesrvAddr())
        .setInstanceName(Long.toString(System.nanoTime()))
        .setSsl(true)
        .setTrustAll(true);
  }

  private ApogeeClient administrator() {
    ApogeeClient made = client(overTls().setCredentials("administrator", "admin-secret"));
    await(made.admin().createTopic(topic, 1));
    return made;
  }

  @Test
  void whoIsKnownIsServedAndOthersAreToldWhy() {
    assumeTrue(ACCOUNTS_OF_4, "5.5 has other accounts; see authenticationEnabled");
    await(administrator().producer("GP-" + topic).send(message(topic, "hello")));
    ApogeeClient subscriber = client(overTls().setCredentials("subscriber", "subscriber-secret"));
    Promise<String> consumed = Promise.promise();
    PushConsumer consumer =
        subscriber.pushConsumer(
            ConsumerOptions.of("G-" + topic)
                .subscribe(topic)
                .setStartFrom(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET),
            delivery -> {
              consumed.tryComplete(body(delivery.messages().get(0)));
              return Future.succeededFuture();
            });
    await(consumer.start());
    assertThat(await(consumed.future())).isEqualTo("hello");
    assertThatThrownBy(() -> await(subscriber.producer("GP-" + topic).send(message(topic, "mine"))))
        .rootCause()
        .isInstanceOf(RequestRefused.class)
        .hasMessageContaining(topic);
    ApogeeClient unknown = client(overTls().setCredentials("nobody", "at-all-1"));
    assertThatThrownBy(() -> await(unknown.producer("GP-" + topic).send(message(topic, "mine"))))
        .rootCause()
        .isInstanceOf(RequestRefused.class)
        .hasMessageContaining("nobody");
    PushConsumer stranger =
        unknown.pushConsumer(
            ConsumerOptions.of("G-" + topic).subscribe(topic),
            delivery -> Future.succeededFuture());
    assertThatThrownBy(() -> await(stranger.start()))
        .rootCause()
        .isInstanceOf(RequestRefused.class)
        .hasMessageContaining("nobody");
  }

  /** Java trusts nobody who made his certificate himself. */
  @Test
  void aServerIsNotTrustedUnlessToldSo() {
    ApogeeClient careful = client(overTls().setTrustAll(false));
    assertThatThrownBy(() -> await(careful.admin().topics()))
        .rootCause()
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("a certificate not trusted");
  }

  @Test
  void aBrokerThatHeardNothingAsksTheChecker() {
    ApogeeClient client = administrator();
    Set<String> asked = ConcurrentHashMap.newKeySet();
    TransactionProducer producer =
        client.transactionProducer(
            ProducerOptions.of("GP-" + topic),
            half -> {
              asked.add(body(half));
              return Future.succeededFuture(
                  body(half).equals("yes")
                      ? TransactionOutcome.COMMIT
                      : TransactionOutcome.ROLLBACK);
            });
    for (String each : List.of("no", "yes")) {
      await(
          producer.send(
              message(topic, each), sent -> Future.succeededFuture(TransactionOutcome.UNKNOWN)));
    }
    PullConsumer reading = client.pullConsumer("GRead-" + topic);
    MessageQueue queue = await(reading.queues(topic)).get(0);
    List<ReceivedMessage> delivered = new ArrayList<>();
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () -> {
              delivered.clear();
              delivered.addAll(await(reading.pull(queue, Filter.ALL, 0, 32, 0)).messages());
              return asked.size() == 2 && !delivered.isEmpty();
            });
    assertThat(delivered.stream().map(OurClientCase::body)).containsExactly("yes");
  }
}
