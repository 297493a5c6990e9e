package io.apogeemq.gateway.consume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apogeemq.client.PoppedMessage;
import io.apogeemq.client.Receipt;
import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.gateway.http.BodyBudget;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Who gets what when memory is short, and what becomes of the rest. */
class HandoutTest {
  private static final Vertx vertx = Vertx.vertx();
  private static final int SOON_MS = 200;
  private static final int NEVER_MS = 60_000;
  private static final int LARGE = Handout.SMALL_BYTES + 1;

  private final Context loop = vertx.getOrCreateContext();
  private final BodyBudget memory = new BodyBudget(LARGE);

  @AfterAll
  static void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get();
  }

  @Test
  void smallMessagesAreWrittenAtOnceAndALargeOneHoldsUpWhatComesBehindIt() {
    TestReader reader = new TestReader(NEVER_MS);
    reader.run(message(1), message(LARGE), message(2));
    await().until(() -> reader.got.equals(List.of(1, LARGE)));
    assertThat(memory.take(LARGE / 2)).isFalse();
    reader.leave();
    await().until(() -> reader.got.equals(List.of(1, LARGE, 2)));
    assertThat(memory.take(LARGE)).isTrue();
    assertThat(reader.gaveBack).isEmpty();
  }

  @Test
  void whoDoesNotReadIsCutOffAndThenTheNextGetsHis() {
    TestReader slow = new TestReader(SOON_MS);
    slow.run(message(LARGE), message(3));
    await().until(() -> !slow.got.isEmpty());
    TestReader next = new TestReader(NEVER_MS);
    next.run(message(LARGE));
    await().until(() -> next.got.equals(List.of(LARGE)));
    assertThat(slow.gaveBack).containsExactly(LARGE, 3);
    next.leave();
  }

  @Test
  void whoGoesWhileHeWaitsGivesAllBack() {
    assertThat(memory.take(LARGE)).isTrue();
    TestReader reader = new TestReader(NEVER_MS);
    reader.run(message(LARGE), message(4));
    loop.runOnContext(ignored -> reader.go());
    await().until(() -> reader.gaveBack.equals(List.of(LARGE, 4)));
    memory.give(LARGE);
    assertThat(memory.take(LARGE)).isTrue();
    assertThat(reader.got).isEmpty();
  }

  @Test
  void whatWaitedUntilItsTimeWasOverIsSomebodyElses() {
    assertThat(memory.take(LARGE)).isTrue();
    TestReader reader = new TestReader(NEVER_MS);
    long startNs = System.nanoTime();
    reader.run(message(LARGE, SOON_MS), message(5, SOON_MS), message(6));
    await().until(() -> System.nanoTime() - startNs > TimeUnit.MILLISECONDS.toNanos(2 * SOON_MS));
    memory.give(LARGE);
    await().until(() -> !reader.got.isEmpty());
    assertThat(reader.got).containsExactly(6);
    assertThat(reader.gaveBack).isEmpty();
    assertThat(memory.take(LARGE)).isTrue();
  }

  private static PoppedMessage message(int size) {
    return message(size, NEVER_MS);
  }

  private static PoppedMessage message(int size, int invisibleMs) {
    InetSocketAddress host = new InetSocketAddress("127.0.0.1", 1);
    ReceivedMessage message =
        new ReceivedMessage(
            "b",
            "t",
            0,
            0,
            size,
            0,
            0,
            0,
            host,
            0,
            host,
            "id",
            0,
            0,
            0,
            0,
            Map.of(),
            new byte[size],
            null);
    return new PoppedMessage(message, new Receipt("t", "b", 0, 0, 0, 0, invisibleMs, 0, 0, 0));
  }

  /** Reads nothing of a large message until it leaves. */
  private final class TestReader implements Handout.Reader {
    private final Handout handout;
    private final List<Integer> got = new CopyOnWriteArrayList<>();
    private final List<Integer> gaveBack = new CopyOnWriteArrayList<>();
    private final Promise<Void> written = Promise.promise();
    private volatile boolean gone;

    private TestReader(int timeoutMs) {
      handout = new Handout(vertx, memory, timeoutMs, this);
    }

    private void run(PoppedMessage... batch) {
      loop.runOnContext(ignored -> handout.run(List.of(batch)));
    }

    private void leave() {
      loop.runOnContext(ignored -> written.complete());
    }

    private void go() {
      gone = true;
      handout.gone();
    }

    @Override
    public boolean isGone() {
      return gone;
    }

    @Override
    public void cutOff() {
      gone = true;
      written.fail("cut off");
    }

    @Override
    public void take(PoppedMessage message) {
      got.add(message.message().body().length);
    }

    @Override
    public List<Buffer> encode(PoppedMessage message) {
      return List.of();
    }

    @Override
    public Future<Void> take(PoppedMessage message, List<Buffer> parts) {
      take(message);
      return written.future();
    }

    @Override
    public void giveBack(List<PoppedMessage> messages) {
      messages.forEach(each -> gaveBack.add(each.message().body().length));
    }
  }
}
