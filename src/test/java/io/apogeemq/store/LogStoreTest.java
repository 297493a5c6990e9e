package io.apogeemq.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogStoreTest {
  @TempDir Path folder;

  @Test
  void aMessageIsReadBackFromItsQueue() throws IOException {
    try (TestStore store = TestStore.open(folder)) {
      AppendResult.Appended first = store.append("t", 3, "hello");
      AppendResult.Appended second = store.append("t", 3, "world");

      assertThat(first.queueOffset()).isZero();
      assertThat(second.queueOffset()).isEqualTo(1);
      assertThat(store.bodies("t", 3, 0)).containsExactly("hello", "world");
      assertThat(store.store().maxOffset("t", 3)).isEqualTo(2);
    }
  }

  @Test
  void manyQueuesOverManySegmentsAreReadBackInOrder() throws IOException {
    try (TestStore store = TestStore.open(folder)) {
      List<List<String>> sent = fill(store, 20_000);
      assertThat(store.store().status().appendedPosition()).isGreaterThan(3 * 1024 * 1024);
      for (int queue = 0; queue < 8; queue++) {
        assertThat(store.bodies("t", queue, 0)).isEqualTo(sent.get(queue));
      }
    }
  }

  @Test
  void aStoreThatWasClosedGoesOnWhereItStopped() throws IOException {
    List<List<String>> sent;
    try (TestStore store = TestStore.open(folder)) {
      sent = fill(store, 12_000);
    }
    try (TestStore store = TestStore.open(folder)) {
      assertThat(store.store().recoveredScanBytes()).isZero();
      assertThat(store.append("t", 0, "next").queueOffset()).isEqualTo(sent.get(0).size());
      sent.get(0).add("next");
      for (int queue = 0; queue < 8; queue++) {
        assertThat(store.bodies("t", queue, 0)).isEqualTo(sent.get(queue));
      }
    }
  }

  @Test
  void everyAppendThatRacesWithTheEndIsAnswered() throws Exception {
    ExecutorService senders = Executors.newFixedThreadPool(2);
    try {
      for (int round = 0; round < 20; round++) {
        TestStore store = TestStore.open(folder);
        CountDownLatch begun = new CountDownLatch(2);
        List<Future<AppendResult>> last = new ArrayList<>();
        for (int queue = 0; queue < 2; queue++) {
          int to = queue;
          last.add(senders.submit(() -> appendUntilRefused(store, to, begun)));
        }
        begun.await();
        store.close();
        for (Future<AppendResult> each : last) {
          assertThat(each.get(20, TimeUnit.SECONDS))
              .isInstanceOfSatisfying(
                  AppendResult.Refused.class,
                  refused -> assertThat(refused.reason()).isEqualTo(AppendResult.Refusal.CLOSING));
        }
      }
    } finally {
      senders.shutdownNow();
    }
  }

  private static AppendResult appendUntilRefused(TestStore store, int queue, CountDownLatch begun) {
    AppendResult result;
    do {
      result = store.appendResult(List.of(TestStore.draft("t", queue, "m", "")));
      begun.countDown();
    } while (result instanceof AppendResult.Appended);
    return result;
  }

  /** Fills 8 queues without waiting for each answer; returns what each queue got. */
  static List<List<String>> fill(TestStore store, int messages) {
    List<List<String>> sent = new ArrayList<>();
    for (int queue = 0; queue < 8; queue++) {
      sent.add(new ArrayList<>());
    }
    Completions direct = new Completions(Runnable::run);
    for (int i = 0; i < messages; i++) {
      int queue = (i * 7 + i / 100) % 8;
      String body = "message " + i + " of queue " + queue + "-".repeat(i % 97);
      sent.get(queue).add(body);
      List<io.apogeemq.protocol.message.MessageDraft> drafts =
          List.of(TestStore.draft("t", queue, body, i % 3 == 0 ? "TagA" : ""));
      if (i == messages - 1) {
        store.appended(drafts);
      } else {
        store.store().append(drafts, true, direct, result -> {});
      }
    }
    return sent;
  }
}
