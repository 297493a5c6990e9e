package io.apogeemq.client;

import static io.apogeemq.client.ScriptedNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OffsetKeeperTest {
  private final Vertx vertx = Vertx.vertx();
  private final Loop loop = new Loop(vertx);
  private final List<Map<MessageQueue, Long>> saved = new CopyOnWriteArrayList<>();
  private final List<Promise<Void>> answers = new CopyOnWriteArrayList<>();

  private volatile boolean broken;

  /** A store that is done when the test says so. */
  private final OffsetStore store =
      new OffsetStore() {
        @Override
        public Future<Map<MessageQueue, Long>> load() {
          return Future.succeededFuture(Map.of());
        }

        @Override
        public Future<Void> save(Map<MessageQueue, Long> offsets) {
          Promise<Void> answer = Promise.promise();
          saved.add(offsets);
          if (broken) {
            throw new IllegalStateException("the store is broken");
          }
          answers.add(answer);
          return answer.future();
        }
      };

  @AfterEach
  void stop() {
    await(vertx.close());
  }

  @Test
  void aStoreThatThrowsIsAskedAgainNextTime() {
    OffsetKeeper keeper = new OffsetKeeper.Own(store, loop);
    broken = true;
    assertThatThrownBy(() -> await(save(keeper))).hasRootCauseMessage("the store is broken");
    broken = false;
    Future<Void> again = save(keeper);
    Awaitility.await().until(() -> answers.size() == 1);
    answers.get(0).complete();
    await(again);
    assertThat(saved).hasSize(2);
  }

  private Future<Void> save(OffsetKeeper keeper) {
    return loop.call(() -> keeper.save(new MessageQueue("t", "b", 0), 1));
  }

  /** A file that two saves wrote at the same time could not be read again. */
  @Test
  void savesComeOneAfterTheOther() {
    OffsetKeeper keeper = new OffsetKeeper.Own(store, loop);
    List<Future<Void>> all = new ArrayList<>();
    await(
        loop.call(
            () -> {
              for (int i = 0; i < 4; i++) {
                all.add(keeper.save(new MessageQueue("t", "b", i), i));
              }
              return Future.<Void>succeededFuture();
            }));
    assertThat(saved).hasSize(1);
    answers.get(0).complete();
    await(all.get(0));
    await(loop.call(() -> Future.<Void>succeededFuture()));
    assertThat(saved).hasSize(2);
    assertThat(saved.get(1)).hasSize(4);
    assertThat(all.get(3).isComplete()).isFalse();
    answers.get(1).complete();
    await(Future.all(all));
    assertThat(saved).hasSize(2);
  }
}
