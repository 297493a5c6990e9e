package io.apogeemq.client;

import static io.apogeemq.client.ScriptedNode.await;
import static io.apogeemq.client.ScriptedNode.on;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A client ends with its verticle, says good-bye, and leaves nothing behind. */
class CloseTest {
  private final Vertx vertx = Vertx.vertx();
  private final ScriptedNode nameServer = new ScriptedNode(vertx);
  private final ScriptedNode broker = new ScriptedNode(vertx);
  private final List<String> ended = new CopyOnWriteArrayList<>();

  @BeforeEach
  void start() {
    nameServer.routes.put("t", on(1, Map.of("broker-a", broker)));
    broker.messages = List.of("one", "two");
  }

  @AfterEach
  void stop() {
    await(vertx.close());
  }

  private ApogeeClient client(Vertx on) {
    return ApogeeClient.create(on, ClientOptions.of(nameServer.address()));
  }

  /** Makes one of everything that lives on a client, and forgets to close it. */
  private Future<Void> carelessly(ApogeeClient client) {
    Promise<Void> delivered = Promise.promise();
    PushConsumer consumer =
        client.pushConsumer(
            ConsumerOptions.of("g").subscribe("t"),
            delivery -> {
              delivered.tryComplete();
              return Future.succeededFuture();
            });
    MessageStream stream = client.stream(ConsumerOptions.of("s").subscribe("t"));
    stream.pause().handler(each -> {}).endHandler(ignored -> ended.add("stream"));
    client.transactionProducer(
        ProducerOptions.of("tx"), half -> Future.succeededFuture(TransactionOutcome.UNKNOWN));
    return client
        .producer("g")
        .send(Message.of("t", "hello"))
        .compose(sent -> consumer.start())
        .compose(ignored -> stream.start())
        .compose(ignored -> delivered.future());
  }

  private final class Careless extends VerticleBase {
    private ApogeeClient client;

    @Override
    public Future<?> start() {
      client = client(vertx);
      return carelessly(client);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"EVENT_LOOP", "WORKER"})
  void aVerticleThatIsUndeployedLeavesItsGroupsAndNothingElse(ThreadingModel model)
      throws InterruptedException {
    Careless verticle = new Careless();
    String deployed =
        await(vertx.deployVerticle(verticle, new DeploymentOptions().setThreadingModel(model)));
    WeakReference<ApogeeClient> client = new WeakReference<>(verticle.client);
    verticle.client = null;
    assertThat(broker.openConnections()).isEqualTo(1);
    long startNs = System.nanoTime();
    await(vertx.undeploy(deployed));
    assertThat((System.nanoTime() - startNs) / 1_000_000).isLessThan(2_000);
    assertThat(broker.unregistered).contains("g", "s", "tx");
    assertThat(ended).containsExactly("stream");
    Awaitility.await()
        .until(() -> broker.openConnections() == 0 && nameServer.openConnections() == 0);
    // Neither a timer nor a hook nor a thread holds it.
    Awaitility.await()
        .until(
            () -> {
              System.gc();
              return client.get() == null;
            });
  }

  /** Vert.x closes sockets of its own before it undeploys verticles. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aClientSaysGoodByeWhenVertxCloses(boolean inVerticle) {
    Vertx ending = Vertx.vertx();
    Future<?> made =
        inVerticle ? ending.deployVerticle(new Careless()) : carelessly(client(ending));
    await(made);
    broker.commits.clear();
    await(ending.close());
    assertThat(broker.unregistered).contains("g", "s", "tx");
    assertThat(broker.commits).contains(2L);
    assertThat(ended).containsExactly("stream");
    Awaitility.await()
        .until(() -> broker.openConnections() == 0 && nameServer.openConnections() == 0);
  }

  @Test
  void sendsUnderWayEndBeforeTheClientDoesAndLaterOnesFail() {
    ApogeeClient client = client(vertx);
    Producer producer = client.producer("g");
    PullConsumer puller = client.pullConsumer("g");
    Future<SendResult> sent = producer.send(Message.of("t", "hello"));
    Future<Void> first = client.close();
    await(client.close());
    assertThat(first.isComplete()).isTrue();
    assertThat(sent.isComplete()).isTrue();
    assertThat(await(sent).sendStatus()).isEqualTo(SendStatus.SEND_OK);
    assertThatThrownBy(() -> await(puller.maxOffset(new MessageQueue("t", "broker-a", 0))))
        .rootCause()
        .hasMessageContaining("closed");
    assertThatThrownBy(() -> await(producer.send(Message.of("t", "late"))))
        .rootCause()
        .hasMessageContaining("closed");
  }
}
