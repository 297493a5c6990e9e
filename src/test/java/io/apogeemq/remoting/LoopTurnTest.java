package io.apogeemq.remoting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class LoopTurnTest {
  private final Queue<Runnable> loop = new ArrayDeque<>();
  private final List<String> done = new ArrayList<>();

  private void runLoop() {
    while (!loop.isEmpty()) {
      loop.remove().run();
    }
  }

  private void leave(String name) {
    LoopTurn.atEnd(loop::add, () -> done.add(name));
  }

  @Test
  void tasksRunInOrderBehindThoseOfTheTurn() {
    loop.add(() -> leave("first"));
    loop.add(() -> leave("second"));
    loop.add(() -> done.add("turn"));
    runLoop();
    assertThat(done).containsExactly("turn", "first", "second");
  }

  @Test
  void aTaskMayLeaveAnotherOne() {
    LoopTurn.atEnd(loop::add, () -> leave("left at the end"));
    runLoop();
    assertThat(done).containsExactly("left at the end");
  }

  @Test
  void whateverATaskThrowsTheOthersAndLaterTurnsGoOn() {
    for (Throwable thrown : List.of(new IllegalStateException("x"), new OutOfMemoryError("x"))) {
      done.clear();
      LoopTurn.atEnd(
          loop::add,
          () -> {
            if (thrown instanceof Error error) {
              throw error;
            }
            throw (RuntimeException) thrown;
          });
      leave("behind it");
      runLoop();
      leave("next turn");
      runLoop();
      assertThat(done).containsExactly("behind it", "next turn");
    }
  }
}
