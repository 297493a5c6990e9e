package io.apogeemq.client;

import static io.apogeemq.client.ScriptedNode.await;
import static io.apogeemq.client.ScriptedNode.on;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.remoting.Dispatcher;
import io.apogeemq.remoting.TcpTransport;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RoutesTest {
  private final Vertx vertx = Vertx.vertx();
  private final ScriptedNode nameServer = new ScriptedNode(vertx);
  private final ScriptedNode broker = new ScriptedNode(vertx);
  private final AtomicLong nowMs = new AtomicLong(1_000_000);
  private final AtomicInteger newAddresses = new AtomicInteger();
  private final Loop loop = new Loop(vertx);
  private final TcpTransport transport = new TcpTransport(vertx, new Dispatcher());
  private Routes routes = routes(nameServer.address());

  private Routes routes(String nameServers) {
    return new Routes(
        new Calls(loop, transport, ClientOptions.of(nameServers)),
        nowMs::get,
        newAddresses::incrementAndGet);
  }

  private <T> T onLoop(Supplier<Future<T>> action) {
    return await(loop.call(action));
  }

  @AfterEach
  void stop() {
    await(transport.close());
    await(vertx.close());
  }

  @Test
  void aKnownRouteIsNotAskedForAgain() {
    nameServer.routes.put("t", on(2, Map.of("broker-a", broker)));
    assertThat(onLoop(() -> routes.toSubscribe("t"))).hasSize(2);
    assertThat(onLoop(() -> routes.toSubscribe("t"))).hasSize(2);
    assertThat(nameServer.asked).containsExactly("t");
    assertThat(newAddresses).hasValue(1);
  }

  @Test
  void questionsForTheSameTopicAtTheSameTimeAreOne() {
    nameServer.routes.put("t", on(2, Map.of("broker-a", broker)));
    onLoop(() -> Future.all(routes.of("t"), routes.of("t"), routes.toPublish("t", 4)));
    assertThat(nameServer.asked).containsExactly("t");
  }

  @Test
  void whereATopicWouldBeCreatedIsNotWhereAConsumerReadsIt() {
    nameServer.routes.put("TBW102", on(8, Map.of("broker-a", broker)));
    assertThat(onLoop(() -> routes.toPublish("t", 4)).all()).hasSize(4);
    nameServer.routes.put("t", on(4, Map.of("broker-a", broker)));
    assertThat(onLoop(() -> routes.toSubscribe("t"))).hasSize(4);
  }

  @Test
  void aRefreshSeesNewQueues() {
    nameServer.routes.put("t", on(2, Map.of("broker-a", broker)));
    onLoop(() -> routes.of("t"));
    nameServer.routes.put("t", on(8, Map.of("broker-a", broker)));
    nowMs.addAndGet(1_000);
    onLoop(() -> routes.refresh("t"));
    assertThat(onLoop(() -> routes.toSubscribe("t"))).hasSize(8);
  }

  @Test
  void aTopicWithoutAQueueToWriteToIsAskedForAgainAtOnceButNotInABurst() {
    nameServer.routes.put("t", on(0, Map.of("broker-a", broker)));
    assertThat(onLoop(() -> routes.toPublish("t", 4)).all()).isEmpty();
    nameServer.routes.put("t", on(2, Map.of("broker-a", broker)));
    assertThat(onLoop(() -> routes.toPublish("t", 4)).all()).isEmpty();
    nowMs.addAndGet(200);
    assertThat(onLoop(() -> routes.toPublish("t", 4)).all()).hasSize(2);
    assertThat(nameServer.asked).containsExactly("t", "t");
  }

  @Test
  void aNameServerThatHasGoneLeavesATopicWithoutAQueueAsItWas() {
    nameServer.routes.put("t", on(0, Map.of("broker-a", broker)));
    onLoop(() -> routes.toPublish("t", 4));
    nameServer.close();
    nowMs.addAndGet(200);
    assertThat(onLoop(() -> routes.toPublish("t", 4)).all()).isEmpty();
  }

  @Test
  void aBrokerThatLeftTheLastRouteIsForgotten() {
    nameServer.routes.put("t", on(2, Map.of("broker-a", broker, "broker-b", broker)));
    onLoop(() -> routes.of("t"));
    nameServer.routes.put("t", on(2, Map.of("broker-a", broker)));
    nowMs.addAndGet(1_000);
    onLoop(() -> routes.refresh("t"));
    assertThat(routes.brokers()).containsOnlyKeys("broker-a");
  }

  @Test
  void aBurstOfFailedSendsAsksOnce() {
    nameServer.routes.put("t", on(2, Map.of("broker-a", broker)));
    onLoop(() -> routes.of("t"));
    nowMs.addAndGet(1_000);
    for (int i = 0; i < 10; i++) {
      onLoop(() -> routes.refresh("t"));
    }
    assertThat(nameServer.asked).hasSize(2);
  }

  @Test
  void aNameServerThatForgotATopicDoesNotMakeUsForgetIt() {
    nameServer.routes.put("t", on(2, Map.of("broker-a", broker)));
    onLoop(() -> routes.of("t"));
    nameServer.routes.clear();
    nowMs.addAndGet(1_000);
    assertThatThrownBy(() -> onLoop(() -> routes.refresh("t")))
        .rootCause()
        .isInstanceOf(RequestRefused.class);
    assertThat(onLoop(() -> routes.toSubscribe("t"))).hasSize(2);
  }

  @Test
  void theNextNameServerIsAskedWhenOneIsDownAndTheOneThatAnswersIsKept() {
    ScriptedNode down = new ScriptedNode(vertx);
    down.close();
    nameServer.routes.put("t", on(2, Map.of("broker-a", broker)));
    routes = routes(down.address() + ";" + nameServer.address());
    assertThat(onLoop(() -> routes.toSubscribe("t"))).hasSize(2);
    assertThatThrownBy(() -> onLoop(() -> routes.of("unknown")))
        .rootCause()
        .hasMessageContaining("no route for unknown");
    assertThat(nameServer.asked).containsExactly("t", "unknown");
  }

  @Test
  void aTopicThatNobodyUsesIsForgotten() {
    nameServer.routes.put("t", on(2, Map.of("broker-a", broker)));
    onLoop(() -> routes.of("t"));
    nowMs.addAndGet(11 * 60_000);
    onLoop(
        () -> {
          routes.refreshAll();
          return Future.succeededFuture();
        });
    onLoop(() -> routes.of("t"));
    assertThat(nameServer.asked).containsExactly("t", "t");
    assertThat(List.copyOf(routes.brokers().keySet())).containsExactly("broker-a");
  }
}
