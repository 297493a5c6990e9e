package io.apogeemq.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What an account was told a moment ago. */
class RecentTest {
  private static final Vertx vertx = Vertx.vertx();
  private static final long LONG_MS = 600_000;

  private final Recent recent = new Recent(vertx, new AtomicLong());
  private final AtomicInteger asked = new AtomicInteger();

  @AfterAll
  static void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get();
  }

  @Test
  void whoeverAsksMeanwhileGetsTheAnswerThatIsAwaited() {
    Promise<Integer> answer = Promise.promise();
    Future<Integer> first = recent.get(Integer.class, LONG_MS, answer::future);
    Future<Integer> second = recent.get(Integer.class, LONG_MS, this::ask);
    assertThat(second.isComplete()).isFalse();
    answer.complete(7);
    assertThat(first.result()).isEqualTo(7);
    assertThat(second.result()).isEqualTo(7);
    assertThat(recent.get(Integer.class, LONG_MS, this::ask).result()).isEqualTo(7);
    assertThat(asked).hasValue(0);
  }

  @Test
  void aFailureIsNotKept() {
    assertThat(recent.get(Integer.class, LONG_MS, () -> Future.failedFuture("not now")).failed())
        .isTrue();
    assertThat(recent.get(Integer.class, LONG_MS, this::ask).result()).isEqualTo(1);
  }

  @Test
  void aChangeEndsIt() {
    recent.get(Integer.class, LONG_MS, this::ask);
    recent.changed();
    assertThat(recent.get(Integer.class, LONG_MS, this::ask).result()).isEqualTo(2);
  }

  private Future<Integer> ask() {
    return Future.succeededFuture(asked.incrementAndGet());
  }
}
