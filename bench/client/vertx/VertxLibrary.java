import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.ConsumerOptions;
import io.apogeemq.client.Message;
import io.apogeemq.client.Producer;
import io.apogeemq.client.ProducerOptions;
import io.apogeemq.client.PushConsumer;
import io.apogeemq.client.ReceivedMessage;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Our client for Vert.x: everything on one event loop, as a verticle would. */
final class VertxLibrary implements Library {
  private static final int DELIVERED_TOGETHER = 32; // as the official one here

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final ApogeeClient client;

  VertxLibrary(Target target) throws Exception {
    client =
        onLoop(
            () ->
                ApogeeClient.create(
                    vertx,
                    ClientOptions.of(target.namesrv()).setInstanceName("v-" + System.nanoTime())));
  }

  private <T> T onLoop(Callable<T> action) throws Exception {
    Promise<T> done = Promise.promise();
    context.runOnContext(
        ignored -> {
          try {
            done.complete(action.call());
          } catch (Exception e) {
            done.fail(e);
          }
        });
    return await(done.future());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private Producer producer(int lingerMs) throws Exception {
    return onLoop(
        () ->
            client.producer(
                ProducerOptions.of("bench-" + System.nanoTime())
                    .setRetries(0)
                    .setSendTimeoutMs(10_000)
                    .setLingerMs(lingerMs)));
  }

  @Override
  public Load async(String topic, byte[] body, int window, int lingerMs) throws Exception {
    Producer producer = producer(lingerMs);
    return new Windowed(producer, window, 1, () -> producer.send(Message.of(topic, body)));
  }

  @Override
  public Load single(String topic, byte[] body) throws Exception {
    return async(topic, body, 1, 0);
  }

  @Override
  public Load batches(String topic, byte[] body, int out, int messages) throws Exception {
    Producer producer = producer(0);
    return new Windowed(
        producer,
        out,
        messages,
        () -> producer.sendBatch(Collections.nCopies(messages, Message.of(topic, body))));
  }

  @Override
  public AutoCloseable consume(String topic, Consumer<byte[]> sink) throws Exception {
    PushConsumer consumer =
        onLoop(
            () ->
                client.pushConsumer(
                    ConsumerOptions.of("bench-" + System.nanoTime())
                        .subscribe(topic)
                        .setFromFirst(true)
                        .setBatchSize(DELIVERED_TOGETHER),
                    delivery -> {
                      for (ReceivedMessage each : delivery.messages()) {
                        sink.accept(each.body());
                      }
                      return Future.succeededFuture();
                    }));
    await(consumer.start());
    return () -> await(consumer.close());
  }

  /** Keeps so many sends unanswered, from the event loop. */
  private final class Windowed implements Load {
    private final Producer producer;
    private final int window;
    private final int messagesEach;
    private final Supplier<Future<?>> send;
    private final LongAdder messages = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private volatile String firstFailure;
    private volatile boolean stopping;
    private int out; // on the loop

    Windowed(Producer producer, int window, int messagesEach, Supplier<Future<?>> send) {
      this.producer = producer;
      this.window = window;
      this.messagesEach = messagesEach;
      this.send = send;
    }

    @Override
    public void start() {
      context.runOnContext(ignored -> fill());
    }

    private void fill() {
      while (out < window && !stopping) {
        out++;
        send.get()
            .onComplete(
                done -> {
                  out--;
                  if (done.succeeded()) {
                    messages.add(messagesEach);
                  } else {
                    failures.add(messagesEach);
                    firstFailure = done.cause().toString();
                  }
                  fill();
                });
      }
    }

    @Override
    public long messages() {
      return messages.sum();
    }

    @Override
    public long failures() {
      return failures.sum();
    }

    @Override
    public String firstFailure() {
      return firstFailure;
    }

    @Override
    public void close() throws Exception {
      stopping = true;
      await(producer.close());
    }
  }
}
