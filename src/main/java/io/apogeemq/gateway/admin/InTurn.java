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
  private final int atOnce;
  private final Function<T, Future<R>> question;
  private final List<Future<R>> answers = new ArrayList<>();
  private final Promise<List<Future<R>>> done = Promise.promise();
  private int running;
  private boolean asking;

  private InTurn(List<T> things, int atOnce, Function<T, Future<R>> question) {
    this.things = things;
    this.atOnce = atOnce;
    this.question = question;
  }

  /** The answers in the order of the things, those that failed among them; never fails itself. */
  static <T, R> Future<List<Future<R>>> each(
      List<T> things, int atOnce, Function<T, Future<R>> question) {
    InTurn<T, R> all = new InTurn<>(things, atOnce, question);
    all.goOn();
    return all.done.future();
  }

  /** Asks as many as may be; an answer that comes at once leaves it to the loop to go on. */
  private void goOn() {
    if (asking) {
      return;
    }
    asking = true;
    while (running < atOnce && answers.size() < things.size()) {
      running++;
      Future<R> answer = ask(things.get(answers.size()));
      answers.add(answer);
      answer.onComplete(
          ignored -> {
            running--;
            goOn();
          });
    }
    asking = false;
    if (running == 0) { // so all were asked, and this is the last answer
      done.complete(answers);
    }
  }

  private Future<R> ask(T thing) {
    try {
      return question.apply(thing);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }
}
