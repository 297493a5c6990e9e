package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.ConsumerOptions;
import io.apogeemq.client.PushConsumer;
import io.apogeemq.client.RequestRefused;
import io.apogeemq.protocol.body.ConsumeFromWhere;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.ConnectException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** Our client with an account, over TLS. */
@DisabledIfSystemProperty(
    named = "compat.target",
    matches = "apache55",
    disabledReason = "5.5 has other accounts; see authenticationEnabled")
class OurSecuredClientTest extends OurClientCase {
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

  @Test
  void whoIsKnownIsServedOverTlsAndOthersAreToldWhy() {
    try (Cluster cluster =
        Cluster.start(
            Map.of("aclEnable", "true", "tls.server.mode", "enforcing"),
            Map.of("conf/plain_acl.yml", ACCOUNTS))) {
      ClientOptions secured =
          ClientOptions.of(cluster.namesrvAddr()).setSsl(true).setTrustAll(true);
      ApogeeClient admin =
          client(new ClientOptions(secured).setCredentials("administrator", "admin-secret"));
      await(admin.admin().createTopic(topic, 1));
      await(admin.producer("GP-" + topic).send(message(topic, "hello")));

      ApogeeClient subscriber =
          client(
              new ClientOptions(secured)
                  .setInstanceName("subscriber")
                  .setCredentials("subscriber", "subscriber-secret"));
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
      assertThatThrownBy(
              () -> await(subscriber.producer("GP-" + topic).send(message(topic, "mine"))))
          .rootCause()
          .isInstanceOf(RequestRefused.class)
          .hasMessageContaining(topic);

      ApogeeClient wrong = client(new ClientOptions(secured).setCredentials("nobody", "at-all-1"));
      assertThatThrownBy(() -> await(wrong.producer("GP-" + topic).send(message(topic, "mine"))))
          .rootCause()
          .isInstanceOf(RequestRefused.class)
          .hasMessageContaining("nobody");

      // Java trusts nobody who made his certificate himself.
      ApogeeClient careful = client(new ClientOptions(secured).setTrustAll(false));
      assertThatThrownBy(() -> await(careful.admin().topics()))
          .hasRootCauseInstanceOf(ConnectException.class)
          .rootCause()
          .hasMessageContaining("a certificate not trusted");
    }
  }
}
