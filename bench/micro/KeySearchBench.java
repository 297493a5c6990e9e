package io.apogeemq.bench.micro;

import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.message.StoredMessage;
import io.apogeemq.protocol.message.SysFlags;
import io.apogeemq.protocol.message.TagsCode;
import io.apogeemq.store.AppendResult;
import io.apogeemq.store.Completions;
import io.apogeemq.store.LogStore;
import io.apogeemq.store.StoreConfig;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A search by key over many segments, whose index files lie in the system's page cache: for a key that
 * no message has, and for one that only the oldest segment has.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class KeySearchBench {
  private static final String TOPIC = "BenchTopic";
  private static final int SEGMENT_BYTES = 1 << 20;
  private static final int WINDOW = 1000;
  private static final InetSocketAddress BORN = new InetSocketAddress("127.0.0.1", 40000);
  private static final InetSocketAddress STORE = new InetSocketAddress("127.0.0.1", 10911);

  @Param("200")
  public int segments;

  private final Completions back = new Completions(Runnable::run);
  private final ByteBuf body = Unpooled.directBuffer(100).writeZero(100);
  private Path folder;
  private LogStore store;
  private int number;

  @Setup
  public void fill() throws IOException, InterruptedException {
    folder = Files.createTempDirectory("apogee-bench-keys");
    StoreConfig config = StoreConfig.at(folder).withSegmentSizeBytes(SEGMENT_BYTES);
    try (LogStore filling = LogStore.open(config)) {
      filling.start();
      while (filling.status().appendedPosition() < (long) segments * SEGMENT_BYTES) {
        append(filling);
      }
    }
    store = LogStore.open(config);
    store.start();
  }

  private void append(LogStore to) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(WINDOW);
    for (int i = 0; i < WINDOW; i++) {
      to.append(
          List.of(draft(number++)),
          true,
          back,
          result -> {
            if (!(result instanceof AppendResult.Appended)) {
              throw new IllegalStateException(result.toString());
            }
            done.countDown();
          });
    }
    if (!done.await(30, TimeUnit.SECONDS)) {
      throw new IllegalStateException(done.getCount() + " appends were not answered");
    }
  }

  private MessageDraft draft(int number) {
    byte[] properties =
        Properties.encode(Map.of("KEYS", "order-" + number, "UNIQ_KEY", "unique-" + number));
    return new MessageDraft(
        TOPIC,
        0,
        0,
        SysFlags.withHosts(0, BORN, STORE),
        1_700_000_000_000L,
        BORN,
        STORE,
        0,
        0,
        body,
        StoredMessage.crcOf(body),
        TOPIC.getBytes(StandardCharsets.UTF_8),
        properties,
        TagsCode.ofProperties(properties));
  }

  @TearDown
  public void close() throws IOException {
    store.close();
    try (Stream<Path> all = Files.walk(folder)) {
      all.sorted(Comparator.reverseOrder()).forEach(KeySearchBench::delete);
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Benchmark
  public int missing() throws Exception {
    return search("no-such-" + ++number, 0);
  }

  @Benchmark
  public int inTheOldest() throws Exception {
    return search("order-" + ++number % 1000, 1);
  }

  private int search(String key, int expected) throws Exception {
    CompletableFuture<ByteBuf> found = new CompletableFuture<>();
    store.recordsByKey(
        TOPIC, key, false, 0, Long.MAX_VALUE, 32, back, found::complete);
    int bytes = found.get(30, TimeUnit.SECONDS).readableBytes();
    if (bytes > 0 != expected > 0) {
      throw new IllegalStateException(bytes + " bytes found by " + key);
    }
    return bytes;
  }
}
