package io.apogeemq.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CompletionsTest {
  private final Queue<Runnable> later = new ArrayDeque<>();
  private final Completions completions = new Completions(Runnable::run, later::add);
  private final AtomicInteger looks = new AtomicInteger();

  @Test
  void allThatIsHandedOverUntilTheOwnerIsDoneIsLookedAtOnce() {
    for (int i = 0; i < 10; i++) {
      completions.afterHandOver(looks::incrementAndGet);
    }
    assertThat(looks).hasValue(0);
    assertThat(later).hasSize(1);
    later.remove().run();
    assertThat(looks).hasValue(1);
  }

  /** A read was left unanswered when two reader threads took results out at once. */
  @Test
  @Timeout(60)
  void eachResultIsToldOnceAlsoWhenThreadsTellTheirOwn() throws InterruptedException {
    int threads = 3;
    int results = 200_000;
    AtomicInteger told = new AtomicInteger();
    AtomicInteger telling = new AtomicInteger();
    AtomicInteger together = new AtomicInteger();
    List<Thread> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Thread thread =
          new Thread(
              () -> {
                for (int n = 0; n < results; n++) {
                  completions.add(
                      () -> {
                        together.addAndGet(telling.incrementAndGet() - 1);
                        told.incrementAndGet();
                        telling.decrementAndGet();
                      });
                  completions.wake();
                }
              });
      // What hangs must not keep the tests from ending.
      thread.setDaemon(true);
      all.add(thread);
      thread.start();
    }
    for (Thread thread : all) {
      thread.join();
    }
    assertThat(told).hasValue(threads * results);
    assertThat(together).hasValue(0);
  }

  @Test
  void whatIsHandedOverDuringALookIsLookedAtAgain() {
    completions.afterHandOver(
        () -> {
          looks.incrementAndGet();
          completions.afterHandOver(looks::incrementAndGet);
        });
    later.remove().run();
    assertThat(later).hasSize(1);
    later.remove().run();
    assertThat(looks).hasValue(2);
  }

  /** The store must not take the end of an event loop for a failure of its own. */
  @Test
  void anOwnerThatHasEndedIsNotTold() {
    Completions ended =
        new Completions(
            task -> {
              throw new RejectedExecutionException("the loop has ended");
            });
    ended.add(() -> {});
    ended.wake();
  }
}
