package io.apogeemq.client;

import static io.apogeemq.client.ScriptedNode.await;
import static io.apogeemq.client.ScriptedNode.on;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A client answers on the context that asks, whichever kind it is and wherever the client was made. */
class ContextTest {
  private final Vertx vertx = Vertx.vertx();
  private final ScriptedNode nameServer = new ScriptedNode(vertx);
  private final ScriptedNode broker = new ScriptedNode(vertx);
  private final List<Boolean> mine = new CopyOnWriteArrayList<>();

  @BeforeEach
  void start() {
    nameServer.routes.put("t", on(1, Map.of("broker-a", broker)));
    broker.messages = List.of("one");
  }

  @AfterEach
  void stop() {
    await(vertx.close());
  }

  @ParameterizedTest
  @EnumSource(names = {"EVENT_LOOP", "WORKER"})
  void aVerticleHearsOnItsOwnContext(ThreadingModel model) {
    ApogeeClient shared = ApogeeClient.create(vertx, ClientOptions.of(nameServer.address()));
    await(deploy(model, new Asking(shared)));
    assertThat(mine).hasSize(4).containsOnly(true);
    await(shared.close());
  }

  @ParameterizedTest
  @EnumSource(names = {"EVENT_LOOP", "WORKER"})
  void soItDoesFromAClientOfItsOwn(ThreadingModel model) {
    await(deploy(model, new Asking(null)));
    assertThat(mine).hasSize(4).containsOnly(true);
  }

  private Future<String> deploy(ThreadingModel model, VerticleBase verticle) {
    return vertx.deployVerticle(verticle, new DeploymentOptions().setThreadingModel(model));
  }

  /** What an operation answers comes to the context that asked, and what it calls is called there. */
  @ParameterizedTest
  @EnumSource(names = {"EVENT_LOOP", "WORKER"})
  void everyOperationComesBack(ThreadingModel model) {
    ApogeeClient shared = ApogeeClient.create(vertx, ClientOptions.of(nameServer.address()));
    await(deploy(model, new AskingAll(shared)));
    assertThat(mine).hasSize(AskingAll.ANSWERS).containsOnly(true);
    await(shared.close());
  }

  private final class AskingAll extends VerticleBase {
    static final int ANSWERS = 13;

    private final ApogeeClient client;

    AskingAll(ApogeeClient client) {
      this.client = client;
    }

    @Override
    public Future<?> start() {
      Message message = Message.of("t", "hello");
      MessageQueue queue = new MessageQueue("t", "broker-a", 0);
      Producer lingering = client.producer(ProducerOptions.of("lingering").setLingerMs(1));
      TransactionProducer transactions =
          client.transactionProducer(
              ProducerOptions.of("tx"), half -> Future.succeededFuture(TransactionOutcome.UNKNOWN));
      MessageSink sink = lingering.sink();
      Producer impatient =
          client.producer(ProducerOptions.of("impatient").setSendTimeoutMs(200).setRetries(0));
      List<Supplier<Future<?>>> operations =
          List.of(
              () -> lingering.send(message),
              () -> lingering.send(message.orderedBy("key")),
              () -> lingering.sendBatch(List.of(message, message)),
              () -> lingering.sendOneway(message),
              () -> lingering.request(message, 20), // nobody answers
              () -> sink.write(message),
              () -> {
                broker.sendCodes.add(ScriptedNode.SILENCE);
                return impatient.send(message);
              },
              () ->
                  transactions.send(
                      message,
                      sent -> {
                        noteContext();
                        return Future.succeededFuture(TransactionOutcome.UNKNOWN);
                      }),
              () -> client.pullConsumer("g").pull(queue, Filter.ALL, 0, 1, 0),
              () -> client.popConsumer("g").receive("t", new ReceiveOptions()),
              () -> client.admin().route("t"),
              () -> client.messages().byKey("t", "key", 1, 0, 1));
      Future<?> all = Future.succeededFuture();
      for (Supplier<Future<?>> each : operations) {
        all = all.compose(ignored -> answer(each));
      }
      return all;
    }

    /** Well or not: the scripted broker knows few requests. */
    private Future<?> answer(Supplier<Future<?>> operation) {
      Promise<Void> answered = Promise.promise();
      operation
          .get()
          .onComplete(
              done -> {
                noteContext();
                answered.complete();
              });
      return answered.future();
    }

    private void noteContext() {
      mine.add(Vertx.currentContext() == context);
    }
  }

  private final class Asking extends VerticleBase {
    private ApogeeClient client;

    Asking(ApogeeClient client) {
      this.client = client;
    }

    @Override
    public Future<?> start() {
      if (client == null) {
        client = ApogeeClient.create(vertx, ClientOptions.of(nameServer.address()));
      }
      Context home = context;
      Promise<Void> delivered = Promise.promise();
      PushConsumer consumer =
          client.pushConsumer(
              ConsumerOptions.of("g").subscribe("t"),
              delivery -> {
                mine.add(Vertx.currentContext() == home);
                delivered.complete();
                return Future.succeededFuture();
              });
      return client
          .producer("g")
          .send(Message.of("t", "hello"))
          .onComplete(sent -> mine.add(Vertx.currentContext() == home))
          .compose(sent -> consumer.start())
          .onComplete(sent -> mine.add(Vertx.currentContext() == home))
          .compose(ignored -> delivered.future())
          .compose(ignored -> consumer.close())
          .onComplete(sent -> mine.add(Vertx.currentContext() == home));
    }
  }
}
