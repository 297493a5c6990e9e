package io.apogeemq.gateway.consume;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.client.Filter;
import io.apogeemq.client.MessageQueue;
import io.apogeemq.gateway.FakeQueue;
import io.apogeemq.gateway.OnLoop;
import io.apogeemq.gateway.message.Shown;
import io.apogeemq.protocol.message.SysFlags;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Scans come to their end through many queues and many messages. */
class ScanTest {
  private static final Vertx vertx = Vertx.vertx();

  @AfterAll
  static void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get();
  }

  @Test
  void queuesAtTheirEndsDontKeepASmallScanFromTheOthers() throws Exception {
    TreeMap<MessageQueue, Long> sizes = new TreeMap<>();
    for (int i = 0; i < 40; i++) {
      sizes.put(queue(i), i < 32 ? 0L : 1L);
    }
    JsonObject page = scan(sizes, wanted(null), 100, 20, false);
    assertThat(page.getJsonArray("messages")).hasSize(8);
    assertThat(page.getBoolean("complete")).isTrue();
  }

  @Test
  void aLongSearchForNothingEndsOnAnyStack() throws Exception {
    long size = 150_000;
    for (boolean newestFirst : new boolean[] {false, true}) {
      JsonObject page =
          scan(new TreeMap<>(Map.of(queue(0), size)), wanted("nowhere"), 10, size, newestFirst);
      assertThat(page.getJsonArray("messages")).isEmpty();
      assertThat(page.getLong("scanned")).isEqualTo(size);
      assertThat(page.getBoolean("complete")).isTrue();
    }
  }

  @Test
  void largeBodiesAndCompressedOnesAreLookedAtBesideTheLoop() {
    MessageQueue queue = queue(0);
    var small = FakeQueue.message(queue, 0, 0, Map.of(), new byte[100]);
    var large = FakeQueue.message(queue, 0, 0, Map.of(), new byte[100_000]);
    var packed = FakeQueue.message(queue, 0, SysFlags.COMPRESSED, Map.of(), new byte[100]);
    assertThat(wanted("x").isHeavy(small)).isFalse();
    assertThat(wanted("x").isHeavy(large)).isTrue();
    assertThat(wanted("x").isHeavyToJudge(large)).isTrue();
    assertThat(wanted("x").isHeavyToJudge(packed)).isTrue();
    assertThat(wanted(null).isHeavyToJudge(large)).isFalse();
  }

  private static JsonObject scan(
      TreeMap<MessageQueue, Long> sizes, Wanted wanted, int max, long budget, boolean newestFirst)
      throws Exception {
    QueueCursor.Look look =
        new QueueCursor.Look(
            vertx,
            new FakeQueue(vertx, sizes, Map.of()),
            wanted,
            new Shown("auto", 100),
            32,
            ignored -> {});
    return OnLoop.get(
        vertx,
        () -> {
          List<QueueCursor> queues = new ArrayList<>();
          sizes.forEach(
              (queue, size) ->
                  queues.add(
                      newestFirst
                          ? new QueueCursor(look, queue, size, 0L)
                          : new QueueCursor(look, queue, 0, null)));
          return new Scan(queues, Map.of(), newestFirst, max, Long.MAX_VALUE, budget, () -> false)
              .run();
        });
  }

  private static MessageQueue queue(int id) {
    return new MessageQueue("t", "b", id);
  }

  private static Wanted wanted(@Nullable String text) {
    return new Wanted(
        Filter.ALL,
        null,
        null,
        null,
        text == null ? null : text.getBytes(StandardCharsets.UTF_8),
        0,
        Long.MAX_VALUE);
  }
}
