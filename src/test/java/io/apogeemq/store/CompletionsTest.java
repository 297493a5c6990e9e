package io.apogeemq.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

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
}
