package io.apogeemq.gateway.admin;

import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Asks the same about many things, a few at a time, so that one request never floods a broker. */
@RunsOn(ThreadRole.EVENT_LOOP)
final class InTurn<T, R> {
  private final List<T> things;
  private final Function<T, Future<R>> question;
  private final List<Future<R>> answers = new ArrayList<>();
  private final Promise<List<Future<R>>> done = Promise.promise();
  private int ended;

  private InTurn(List<T> things, Function<T, Future<R>> question) {
    this.things = things;
    this.question = question;
  }

  /** The answers in the order of the things, those that failed among them; never fails itself. */
  static <T, R> Future<List<Future<R>>> each(
      List<T> things, int atOnce, Function<T, Future<R>> question) {
    InTurn<T, R> all = new InTurn<>(things, question);
    if (things.isEmpty()) {
      return Future.succeededFuture(List.of());
    }
    for (int i = 0; i < Math.min(atOnce, things.size()); i++) {
      all.next();
    }
    return all.done.future();
  }

  private void next() {
    if (answers.size() == things.size()) {
      return;
    }
    Future<R> answer = question.apply(things.get(answers.size()));
    answers.add(answer);
    answer.onComplete(
        ignored -> {
          ended++;
          next();
          if (ended == things.size()) {
            done.complete(answers);
          }
        });
  }
}
