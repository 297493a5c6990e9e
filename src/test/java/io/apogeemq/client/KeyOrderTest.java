package io.apogeemq.client;

import static io.apogeemq.client.ScriptedNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeyOrderTest {
  private final Vertx vertx = Vertx.vertx();
  private final Loop loop = new Loop(vertx);
  private final KeyOrder order = new KeyOrder(loop);
  private final List<String> begun = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() {
    await(vertx.close());
  }

  private Future<Void> begin(String what, Future<Void> outcome) {
    begun.add(what);
    return outcome;
  }

  @Test
  void whatHasOneKeyBeginsWhenTheOneBeforeHasEnded() {
    Promise<Void> first = Promise.promise();
    Future<Void> second =
        await(
            loop.call(
                () -> {
                  order.inTurn("t", "a", () -> begin("a1", first.future()));
                  Future<Void> next =
                      order.inTurn("t", "a", () -> begin("a2", Future.succeededFuture()));
                  order.inTurn("t", "b", () -> begin("b1", Future.succeededFuture()));
                  order.inTurn("u", "a", () -> begin("other topic", Future.succeededFuture()));
                  return Future.succeededFuture(next);
                }));
    assertThat(begun).containsExactly("a1", "b1", "other topic");
    first.fail("refused");
    await(second);
    assertThat(begun).endsWith("a2");
  }

  @Test
  void manyThatFailAtOnceNeedNoDeepStack() {
    Promise<Void> first = Promise.promise();
    List<Future<?>> all = new ArrayList<>();
    await(
        loop.call(
            () -> {
              all.add(order.inTurn("t", "a", first::future));
              for (int i = 0; i < 50_000; i++) {
                all.add(order.inTurn("t", "a", () -> Future.failedFuture("no")));
              }
              return Future.<Void>succeededFuture();
            }));
    first.complete();
    await(ApogeeClient.settled(all));
    assertThat(all).allMatch(Future::isComplete);
  }
}
