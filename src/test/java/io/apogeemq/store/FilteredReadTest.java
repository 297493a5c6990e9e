package io.apogeemq.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.message.TagsCode;
import io.apogeemq.store.ReadRequest.EntryFilter;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads by filters of a log that is far larger than what is kept in memory. */
class FilteredReadTest {
  private static final int QUEUES = 4;
  private static final int EACH = 500;

  @TempDir Path folder;
  private TestStore store;
  private final String[][] bodies = new String[QUEUES][EACH];

  /** Records of all sizes up to more than a page, the queues mixed; every tenth has the tag. */
  @BeforeEach
  void fill() throws IOException {
    store = TestStore.open(folder);
    Random random = new Random(11);
    for (int i = 0; i < EACH; i++) {
      for (int queue = 0; queue < QUEUES; queue++) {
        int padding = random.nextInt(20) == 0 ? 18_000 : random.nextInt(1_500);
        bodies[queue][i] = queue + "." + i + "." + "-".repeat(padding);
        store.appended(
            List.of(
                TestStore.draft(
                    "T",
                    queue,
                    bodies[queue][i].getBytes(StandardCharsets.UTF_8),
                    Map.of("TAGS", i % 10 == 0 ? "Rare" : "Usual", "n", "" + i))));
      }
    }
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void whatTheIndexChoosesIsFoundWhereverItLies() {
    EntryFilter rare = code -> code == TagsCode.of("Rare");
    for (int queue = 0; queue < QUEUES; queue++) {
      assertThat(read(queue, rare)).isEqualTo(expected(queue, i -> i % 10 == 0));
    }
  }

  @Test
  void whatTheRecordsChooseIsFoundWhereverItLies() {
    for (int divisor : new int[] {1, 2, 3, 50}) {
      for (int queue = 0; queue < QUEUES; queue++) {
        assertThat(read(queue, divisible(divisor)))
            .isEqualTo(expected(queue, i -> i % divisor == 0));
      }
    }
  }

  /** Memory that was given up meanwhile, and waits for the collector, counts, too; so do buffers of answers. */
  @Test
  void aReadThatWantsLittleTakesNoMoreMemoryThanTheCacheHas() {
    BufferPoolMXBean direct =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .findFirst()
            .orElseThrow();
    long before = direct.getMemoryUsed();
    for (int queue = 0; queue < QUEUES; queue++) {
      read(queue, divisible(100));
    }
    assertThat(direct.getMemoryUsed() - before).isLessThan(8L * TestStore.PAGE_MEMORY_BYTES);
  }

  private static EntryFilter divisible(int divisor) {
    return new EntryFilter() {
      @Override
      public boolean wants(long tagsCode) {
        return true;
      }

      @Override
      public boolean looksIntoRecords() {
        return true;
      }

      @Override
      public boolean wantsRecord(ByteBuffer bytes, int at) {
        MessageView view = new MessageView();
        assertThat(view.open(bytes, at)).isNull();
        return Integer.parseInt(Properties.get(view.properties(), "n")) % divisor == 0;
      }
    };
  }

  private List<String> expected(int queue, IntPredicate wanted) {
    return IntStream.range(0, EACH).filter(wanted).mapToObj(i -> bodies[queue][i]).toList();
  }

  /** From the queue's start to its end, 32 messages at a time. */
  private List<String> read(int queue, EntryFilter filter) {
    List<String> found = new ArrayList<>();
    long offset = 0;
    while (true) {
      ReadRequest request = new ReadRequest("T", queue, offset, 32, 1 << 20, filter);
      ReadResult result = TestStore.await(then -> store.store().read(request, DIRECT, then));
      if (result instanceof ReadResult.NothingYet) {
        return found;
      }
      assertThat(result.nextOffset()).as(result.toString()).isGreaterThan(offset);
      if (result instanceof ReadResult.Found some) {
        found.addAll(TestStore.bodiesOf(some.records()));
        some.records().release();
      } else {
        assertThat(result).isInstanceOf(ReadResult.NoneWanted.class);
      }
      offset = result.nextOffset();
    }
  }

  private static final Completions DIRECT = new Completions(Runnable::run);
}
