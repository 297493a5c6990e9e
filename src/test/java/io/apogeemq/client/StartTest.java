package io.apogeemq.client;

import static io.apogeemq.client.ScriptedNode.await;
import static io.apogeemq.client.ScriptedNode.on;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.ConnectException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A consumer that nobody lets in does not pretend to have started. */
class StartTest {
  private final Vertx vertx = Vertx.vertx();
  private final ScriptedNode one = new ScriptedNode(vertx);
  private final ScriptedNode other = new ScriptedNode(vertx);
  private final ApogeeClient client = ApogeeClient.create(vertx, ClientOptions.of(one.address()));

  @AfterEach
  void stop() {
    await(client.close());
    one.close();
    other.close();
    await(vertx.close());
  }

  private static PushConsumer consumer(ApogeeClient of) {
    return of.pushConsumer(
        ConsumerOptions.of("g").subscribe("t"), delivery -> Future.succeededFuture());
  }

  @Test
  void aMemberThatAllBrokersRefuseIsNotStartedAndMayTryAgain() {
    one.routes.put("t", on(1, Map.of("broker-a", one, "broker-b", other)));
    one.refusesHeartbeats = true;
    other.answersHeartbeats = false;
    assertThatThrownBy(() -> await(consumer(client).start()))
        .rootCause()
        .isInstanceOf(RequestRefused.class)
        .hasMessageContaining("scripted refusal");

    one.refusesHeartbeats = false;
    PushConsumer again = consumer(client);
    await(again.start());
    assertThat(await(again.ownedQueues())).hasSize(2);
  }

  @Test
  void oneBrokerThatAcceptsTheMemberIsEnough() {
    one.routes.put("t", on(1, Map.of("broker-a", one, "broker-b", other)));
    other.refusesHeartbeats = true;
    await(consumer(client).start());
  }

  /** A heartbeat names all members of the client, and is refused for one that may not be. */
  @Test
  void aRefusalOfAnotherMemberIsNoFailure() {
    one.routes.put("t", on(1, Map.of("broker-a", one)));
    await(client.producer("p").send(Message.of("t", "hello")));
    await(client.calls().loop().call(client.members()::heartbeat)); // the broker knows the client
    one.refusesHeartbeats = true;
    PushConsumer consumer = consumer(client);
    await(consumer.start());
    assertThat(await(consumer.ownedQueues())).hasSize(1);
  }

  @Test
  void aConsumerThatReachesNoNameServerIsNotStarted() {
    ApogeeClient lost = ApogeeClient.create(vertx, ClientOptions.of("127.0.0.1:1"));
    assertThatThrownBy(() -> await(consumer(lost).start()))
        .rootCause()
        .isInstanceOf(ConnectException.class);
    await(lost.close());
  }

  @Test
  void aTopicThatNobodyCreatedYetIsNoFailure() {
    await(consumer(client).start());
  }
}
