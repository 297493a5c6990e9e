package io.apogeemq.client;

import static io.apogeemq.client.ScriptedNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An ordered queue whose lock comes and goes. */
class DeliveriesTest {
  private static final InetSocketAddress HOST = new InetSocketAddress("127.0.0.1", 1);
  private static final long RETRY_MS = 5;

  private final Vertx vertx = Vertx.vertx();
  private final Loop loop = new Loop(vertx);
  private final OwnedQueue queue = new OwnedQueue(new MessageQueue("t", "broker-a", 0), 0);
  private final ApogeeClient client = ApogeeClient.create(vertx, ClientOptions.of("127.0.0.1:1"));

  /** Offsets that the listener was given. */
  private final List<Long> given = new CopyOnWriteArrayList<>();

  private volatile boolean fails = true;
  private final Deliveries deliveries = deliveries();

  @AfterEach
  void stop() {
    await(vertx.close());
  }

  private Deliveries deliveries() {
    ConsumerOptions options =
        ConsumerOptions.of("g").subscribe("t").setOrderly(true).setRetryDelayMs(RETRY_MS);
    MessageListener listener =
        delivery -> {
          delivery.messages().forEach(each -> given.add(each.queueOffset()));
          return fails ? Future.failedFuture("scripted") : Future.succeededFuture();
        };
    return new Deliveries(
        options,
        new Listening(listener, loop, null),
        new FailedMessages(options, client.calls(), client.routes(), () -> {}),
        loop,
        ClientMetrics.NONE,
        new ConsumeFigures(),
        queue -> {});
  }

  private void pullTwo() {
    List<ReceivedMessage> messages = new ArrayList<>();
    for (long offset : List.of(0L, 1L)) {
      messages.add(
          new ReceivedMessage(
              "broker-a",
              "t",
              0,
              offset,
              0,
              0,
              0,
              0,
              HOST,
              0,
              HOST,
              "",
              0,
              0,
              0,
              0,
              new HashMap<>(),
              new byte[0],
              null));
    }
    deliveries.offer(
        queue, queue.pulled(new PullResult(PullResult.Status.FOUND, 2, 0, 2, messages)));
  }

  private void lock(boolean held) {
    long aWhileNs = TimeUnit.MINUTES.toNanos(1);
    queue.locked(System.nanoTime() + (held ? aWhileNs : -aWhileNs));
  }

  private void onLoop(Runnable action) {
    await(
        loop.call(
            () -> {
              action.run();
              return Future.succeededFuture();
            }));
  }

  private void lockAgain() {
    onLoop(
        () -> {
          lock(true);
          deliveries.wake(queue);
        });
  }

  @Test
  void whatFailedComesAgainOnlyUnderALock() {
    Promise<Void> retryIsOver = Promise.promise();
    onLoop(
        () -> {
          lock(true);
          pullTwo();
          lock(false);
          loop.after(RETRY_MS + 1, retryIsOver::complete); // behind the retry's own timer
        });
    await(retryIsOver.future());
    assertThat(given).containsExactly(0L);
    fails = false;
    lockAgain();
    assertThat(given).containsExactly(0L, 0L, 1L);
    assertThat(queue.committable()).isEqualTo(2);
  }

  private void pullWhilePausedAndLoseTheLock() {
    deliveries.pause();
    lock(true);
    pullTwo();
    lock(false);
    deliveries.resume();
  }

  @Test
  void whatStoodReadyIsNotDeliveredWithoutALockEither() {
    fails = false;
    onLoop(this::pullWhilePausedAndLoseTheLock);
    assertThat(given).isEmpty();
    lockAgain();
    assertThat(given).containsExactly(0L, 1L);
  }

  @Test
  void aQueueThatIsGivenUpWithoutALockIsQuiet() {
    onLoop(
        () -> {
          pullWhilePausedAndLoseTheLock();
          queue.drop();
          deliveries.forget(queue);
        });
    await(loop.call(queue::quiet));
    assertThat(given).isEmpty();
  }
}
