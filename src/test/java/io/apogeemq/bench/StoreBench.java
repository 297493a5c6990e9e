package io.apogeemq.bench;

import com.sun.management.OperatingSystemMXBean;
import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.store.AppendResult;
import io.apogeemq.store.Completions;
import io.apogeemq.store.LogStore;
import io.apogeemq.store.ReadRequest;
import io.apogeemq.store.ReadResult;
import io.apogeemq.store.StoreConfig;
import io.apogeemq.store.TestStore;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/**
 * Append and read throughput of the store alone, and what a message costs in CPU time of the process
 * (which includes making the drafts). Arguments: folder, messages per round, body bytes, queues,
 * rounds. Prints one line per round and phase.
 */
public final class StoreBench {
  private static final OperatingSystemMXBean OS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final int WINDOW = 2000;
  private static final int PULL = 32;

  private StoreBench() {}

  public static void main(String[] args) throws Exception {
    Path folder = args.length > 0 ? Path.of(args[0]) : Files.createTempDirectory("store-bench");
    int messages = args.length > 1 ? Integer.parseInt(args[1]) : 1_000_000;
    int bodyBytes = args.length > 2 ? Integer.parseInt(args[2]) : 100;
    int queues = args.length > 3 ? Integer.parseInt(args[3]) : 8;
    int rounds = args.length > 4 ? Integer.parseInt(args[4]) : 5;
    boolean sync = args.length > 5 && args[5].equals("sync");
    StoreConfig config =
        StoreConfig.at(folder)
            .withFlush(sync ? StoreConfig.FlushMode.SYNC : StoreConfig.FlushMode.ASYNC);
    try (LogStore store = LogStore.open(config)) {
      store.start();
      long[] next = new long[queues];
      for (int queue = 0; queue < queues; queue++) {
        next[queue] = store.maxOffset("bench", queue);
      }
      for (int round = 0; round < rounds; round++) {
        measure("append", messages, () -> append(store, messages, bodyBytes, queues));
        measure("read  ", messages, () -> read(store, next));
      }
    }
  }

  private interface Phase {
    void run() throws Exception;
  }

  private static void measure(String name, int messages, Phase phase) throws Exception {
    long cpu = OS.getProcessCpuTime();
    long start = System.nanoTime();
    phase.run();
    double seconds = (System.nanoTime() - start) / 1e9;
    double cpuMicros = (OS.getProcessCpuTime() - cpu) / 1e3;
    System.out.printf(
        "%s %,10.0f msg/s  %.2f CPU us/msg%n", name, messages / seconds, cpuMicros / messages);
  }

  private static void append(LogStore store, int messages, int bodyBytes, int queues)
      throws InterruptedException {
    Semaphore window = new Semaphore(WINDOW);
    CountDownLatch done = new CountDownLatch(messages);
    Completions back = new Completions(Runnable::run);
    byte[] body = new byte[bodyBytes];
    MessageDraft[] drafts = new MessageDraft[queues];
    for (int queue = 0; queue < queues; queue++) {
      drafts[queue] =
          TestStore.draft(
              "bench",
              queue,
              body,
              Map.of(
                  "UNIQ_KEY",
                  "7F0000010000000000000000000000AB",
                  "CLUSTER",
                  "DefaultCluster",
                  "TAGS",
                  "TagA"));
    }
    for (int i = 0; i < messages; i++) {
      window.acquire();
      store.append(
          List.of(drafts[i % queues]),
          true,
          back,
          result -> {
            if (!(result instanceof AppendResult.Appended)) {
              throw new IllegalStateException(result.toString());
            }
            window.release();
            done.countDown();
          });
    }
    done.await();
  }

  private static void read(LogStore store, long[] next) throws InterruptedException {
    boolean more = true;
    while (more) {
      more = false;
      for (int queue = 0; queue < next.length; queue++) {
        ReadRequest request =
            new ReadRequest(
                "bench", queue, next[queue], PULL, 256 * 1024, ReadRequest.EntryFilter.ALL);
        ReadResult result = store.readHot(request);
        if (result instanceof ReadResult.Cold) {
          result =
              TestStore.await(then -> store.read(request, new Completions(Runnable::run), then));
        }
        if (result instanceof ReadResult.Found found) {
          found.records().release();
          more = true;
        }
        next[queue] = result.nextOffset();
      }
    }
  }
}
