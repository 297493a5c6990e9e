package io.apogeemq.app;

import static io.apogeemq.app.LoopbackNode.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.ConsumerOptions;
import io.apogeemq.client.Message;
import io.apogeemq.client.PushConsumer;
import io.apogeemq.client.RequestRefused;
import io.apogeemq.config.BrokerKeys;
import io.apogeemq.config.Credentials;
import io.apogeemq.config.TlsKeys;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Accounts are checked without a socket as with one, and a broker that demands TLS is never without. */
class LoopbackAccessTest {
  private static final String ACCOUNTS =
      """
      accounts:
      - accessKey: administrator
        secretKey: '12345678'
        admin: true
      - accessKey: readers-account
        secretKey: 'abcdefgh'
        defaultTopicPerm: SUB
        defaultGroupPerm: SUB
      """;
  private static final String TOPIC = "guarded";

  @TempDir private static Path folder;
  private static LoopbackNode node;

  @BeforeAll
  static void start() throws Exception {
    Files.createDirectories(folder.resolve("conf"));
    Files.writeString(folder.resolve("conf/plain_acl.yml"), ACCOUNTS);
    node = LoopbackNode.start(folder, Map.of(BrokerKeys.ACL_ENABLE, "true"));
    done(administrator().admin().createTopic(TOPIC, 1));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static ApogeeClient administrator() {
    return node.client(node.within().setCredentials("administrator", "12345678"));
  }

  private static Future<?> send(ClientOptions options) {
    return node.client(options).producer("guarded-producers").send(Message.of(TOPIC, "x"));
  }

  private static RequestRefused refusal(Future<?> call) {
    Throwable cause = catchThrowable(() -> done(call)).getCause();
    assertThat(cause).isInstanceOf(RequestRefused.class);
    return (RequestRefused) cause;
  }

  @ParameterizedTest
  @CsvSource({
    ",, No accessKey is configured",
    "nobody, at-all-1, No acl config for nobody",
    "administrator, guessed-1, Check signature failed",
    "readers-account, abcdefgh, No default permission for topic:guarded"
  })
  void whoMayNotIsToldTheSameAsOverASocket(String name, String secret, String why) {
    Credentials account = name == null ? null : new Credentials(name, secret);
    RequestRefused within = refusal(send(node.within().setCredentials(account)));
    RequestRefused outside = refusal(send(node.outside().setCredentials(account)));
    assertThat(within).hasMessageContaining(why).hasMessage(outside.getMessage());
    assertThat(within.code()).isEqualTo(outside.code());
  }

  @Test
  void whoMayIsServed() {
    done(administrator().producer("guarded-producers").send(Message.of(TOPIC, "for readers")));
    Promise<String> read = Promise.promise();
    PushConsumer reader =
        node.client(node.within().setCredentials("readers-account", "abcdefgh"))
            .pushConsumer(
                ConsumerOptions.of("guarded-group").subscribe(TOPIC).setFromFirst(true),
                delivery -> {
                  read.tryComplete(delivery.messages().get(0).text());
                  return Future.succeededFuture();
                });
    done(reader.start());
    assertThat(done(read.future())).isEqualTo("for readers");
  }

  @Test
  void aBrokerThatTakesTlsOnlyIsDialled(@TempDir Path other) throws Exception {
    try (LoopbackNode guarded =
        LoopbackNode.start(other, Map.of(TlsKeys.SERVER_MODE, "enforcing"))) {
      assertThatThrownBy(() -> done(guarded.client(guarded.within()).admin().createTopic(TOPIC, 1)))
          .rootCause()
          .isInstanceOf(ClosedChannelException.class);
      ClientOptions tls = guarded.within().setSsl(true).setTrustAll(true);
      done(guarded.client(tls).admin().createTopic(TOPIC, 1));
    }
  }
}
