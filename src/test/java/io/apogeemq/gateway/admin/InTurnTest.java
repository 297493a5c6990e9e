package io.apogeemq.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Each question is asked once, a few at a time, whenever answers come. */
class InTurnTest {
  @Test
  void answersThatComeAtOnceEndItOnce() {
    List<Integer> things = IntStream.range(0, 50_000).boxed().toList();
    List<Future<Integer>> answers =
        InTurn.each(things, 3, each -> Future.succeededFuture(-each)).result();
    assertThat(answers).hasSize(things.size());
    assertThat(answers.get(49_999).result()).isEqualTo(-49_999);
    assertThat(InTurn.each(List.of(), 3, each -> Future.succeededFuture()).result()).isEmpty();
  }

  @Test
  void aQuestionThatCantBeAskedIsAFailureOfItsOwn() {
    List<Promise<Integer>> asked = new ArrayList<>();
    Future<List<Future<Integer>>> all =
        InTurn.each(
            List.of(1, 2, 3),
            1,
            each -> {
              if (each == 2) {
                throw new IllegalArgumentException("two");
              }
              Promise<Integer> answer = Promise.promise();
              asked.add(answer);
              return answer.future();
            });
    assertThat(asked).hasSize(1);
    asked.get(0).complete(10);
    assertThat(asked).hasSize(2);
    assertThat(all.isComplete()).isFalse();
    asked.get(1).complete(30);
    assertThat(all.result().stream().map(Future::result).toList())
        .containsExactlyElementsOf(Arrays.asList(10, null, 30));
    assertThat(all.result().get(1).cause()).hasMessage("two");
  }

  @Test
  void noMoreAreUnderWayThanMayBe() {
    List<Promise<Void>> asked = new ArrayList<>();
    InTurn.each(
        Collections.nCopies(5, "x"),
        2,
        each -> {
          Promise<Void> answer = Promise.promise();
          asked.add(answer);
          return answer.future();
        });
    assertThat(asked).hasSize(2);
    asked.get(1).complete();
    assertThat(asked).hasSize(3);
  }
}
