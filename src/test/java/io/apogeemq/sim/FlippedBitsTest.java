package io.apogeemq.sim;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.store.AppendResult;
import io.apogeemq.store.Completions;
import io.apogeemq.store.LogStore;
import io.apogeemq.store.ReadRequest;
import io.apogeemq.store.ReadResult;
import io.apogeemq.store.RetentionConfig;
import io.apogeemq.store.StoreConfig;
import io.apogeemq.store.TestStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/**
 * A bit changes at rest in a message that was forced and acknowledged. Where the body's checksum covers
 * it, the message is never served wrong: its read says that it is damaged, and all others are served.
 */
class FlippedBitsTest {
  private static final int SEEDS = 100;
  private static final int MESSAGES = 300;
  private static final int QUEUES = 3;

  private final SimClock clock = new SimClock();
  private final StoreConfig config =
      StoreConfig.at(Path.of("/sim/flipped"))
          .withSegmentSizeBytes(32 * 1024)
          .withRetention(RetentionConfig.DEFAULT.withReserved(0, Set.of()))
          .withBounds(TestStore.bounds(2048, 16 * 1024, 64 * 1024, 4096, 8192, 64));

  @Test
  void aDamagedBodyIsToldAndNeverServed() throws IOException {
    for (long seed = 1; seed <= SEEDS; seed++) {
      Random random = new Random(seed);
      SimDisk disk = new SimDisk(random);
      LogStore store = open(disk);
      List<AppendResult> results = new ArrayList<>();
      for (int i = 0; i < MESSAGES; i++) {
        store.append(
            List.of(TestStore.draft("t", i % QUEUES, body(i).getBytes(UTF_8), Map.of())),
            true,
            new Completions(Runnable::run),
            results::add);
        settle(store);
      }
      boolean running = random.nextBoolean();
      if (!running) {
        store.close();
        disk.killProcess();
      }
      // The newest messages are still in memory.
      int damaged = random.nextInt(MESSAGES / 2);
      flip(disk, ((AppendResult.Appended) results.get(damaged)).logPosition(), random);
      if (!running) {
        store = open(disk);
      }
      for (int i = 0; i < MESSAGES; i++) {
        ReadResult result = read(store, i % QUEUES, i / QUEUES);
        String about = "seed " + seed + ", message " + i + ", damaged is " + damaged;
        if (i == damaged) {
          assertThat(result).as(about).isInstanceOf(ReadResult.Failed.class);
          assertThat(((ReadResult.Failed) result).reason()).contains("checksum");
        } else {
          assertThat(result).as(about).isInstanceOf(ReadResult.Found.class);
          assertThat(TestStore.bodiesOf(((ReadResult.Found) result).records()))
              .as(about)
              .containsExactly(body(i));
          ((ReadResult.Found) result).records().release();
        }
      }
      store.close();
    }
  }

  private static String body(int number) {
    return number + "-".repeat(100 + number % 200);
  }

  private LogStore open(SimDisk disk) throws IOException {
    return new LogStore(config, disk, clock, Runnable::run);
  }

  private void settle(LogStore store) {
    boolean worked = true;
    while (worked) {
      worked = store.stepAppender();
      clock.advance(500);
      worked |= store.stepFlusher();
      worked |= store.stepSealer();
    }
  }

  private void flip(SimDisk disk, long position, Random random) throws IOException {
    long base = position - position % config.segmentSizeBytes();
    Path file = config.commitLogDir().resolve(String.format("%020d", base));
    ByteBuffer segment = ByteBuffer.wrap(disk.readAll(file));
    MessageView view = new MessageView();
    int at = (int) (position - base);
    assertThat(view.open(segment, at)).isNull();
    int bodyEnd = at + view.bytesToBodyEnd();
    int bodyBytes = view.body().remaining();
    disk.flipBit(file, bodyEnd - 1 - random.nextInt(bodyBytes), random.nextInt(8));
  }

  private static ReadResult read(LogStore store, int queueId, long offset) {
    AtomicReference<ReadResult> told = new AtomicReference<>();
    store.read(
        new ReadRequest("t", queueId, offset, 1, 1 << 20, ReadRequest.EntryFilter.ALL),
        new Completions(Runnable::run),
        told::set);
    return told.get();
  }
}
