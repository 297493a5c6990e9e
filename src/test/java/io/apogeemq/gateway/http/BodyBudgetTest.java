package io.apogeemq.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Who gets what is given back, when some want much and others little. */
class BodyBudgetTest {
  private static final Vertx vertx = Vertx.vertx();
  private static final int LIMIT = 1_000;

  private final Context loop = vertx.getOrCreateContext();
  private final BodyBudget budget = new BodyBudget(LIMIT);
  private final List<String> served = new CopyOnWriteArrayList<>();

  @AfterAll
  static void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get();
  }

  @Test
  void whoWantsLittlePassesWhoWantsMuchButNotForEver() throws Exception {
    assertThat(budget.take(LIMIT)).isTrue();
    List<String> expected = new ArrayList<>();
    onLoop(
        () -> {
          budget.await(LIMIT, () -> served.add("much"));
          for (int i = 0; i < 100; i++) {
            String name = "little " + i;
            budget.await(1, () -> served.add(name));
          }
        });
    for (int i = 0; i < 64; i++) {
      expected.add("little " + i);
    }
    onLoop(() -> budget.give(100));
    onLoop(() -> {});
    assertThat(served).isEqualTo(expected);
    onLoop(() -> budget.give(LIMIT - 100 + 64));
    onLoop(() -> {});
    assertThat(served).hasSize(65).endsWith("much");
    onLoop(() -> budget.give(LIMIT));
    onLoop(() -> {});
    assertThat(served).hasSize(101);
  }

  private void onLoop(Runnable action) throws Exception {
    Promise<Void> done = Promise.promise();
    loop.runOnContext(
        ignored -> {
          action.run();
          done.complete();
        });
    done.future().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
