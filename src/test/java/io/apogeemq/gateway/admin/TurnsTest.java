package io.apogeemq.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** So much at once and no more, whoever asks. */
class TurnsTest {
  private final Turns turns = new Turns(2);
  private final List<Promise<Integer>> begun = new ArrayList<>();

  private Future<Integer> take() {
    return turns.take(
        () -> {
          Promise<Integer> each = Promise.promise();
          begun.add(each);
          return each.future();
        });
  }

  @Test
  void othersWaitUntilOneHasEnded() {
    Future<Integer> first = take();
    take();
    Future<Integer> third = take();
    take();
    assertThat(begun).hasSize(2);
    begun.get(0).complete(1);
    assertThat(first.result()).isEqualTo(1);
    assertThat(begun).hasSize(3);
    begun.get(2).fail("no");
    assertThat(third.cause()).hasMessage("no");
    assertThat(begun).hasSize(4);
  }

  @Test
  void whatCantBeginIsAFailureOfItsOwnAndFreesItsTurn() {
    for (int i = 0; i < 10; i++) {
      assertThat(
              turns
                  .take(
                      () -> {
                        throw new IllegalStateException("broken");
                      })
                  .cause())
          .hasMessage("broken");
    }
    take();
    assertThat(begun).hasSize(1);
  }

  @Test
  void manyThatEndAtOnceNeedNoDeepStack() {
    take();
    take();
    List<Future<Integer>> all = new ArrayList<>();
    for (int i = 0; i < 50_000; i++) {
      int each = i;
      all.add(turns.take(() -> Future.succeededFuture(each)));
    }
    begun.get(0).complete(0);
    assertThat(all.get(49_999).result()).isEqualTo(49_999);
  }
}
