package io.apogeemq.bench.micro;

import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.message.StoredMessage;
import io.apogeemq.protocol.message.SysFlags;
import io.apogeemq.protocol.message.TagsCode;
import io.apogeemq.store.AppendResult;
import io.apogeemq.store.Completions;
import io.apogeemq.store.LogStore;
import io.apogeemq.store.ReadRequest;
import io.apogeemq.store.ReadResult;
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
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The store without sockets, per message: appends that wait together, and pulls of 32 from memory and
 * from files (which lie in the system's page cache).
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class StoreBench {
  private static final String TOPIC = "BenchTopic";
  private static final int QUEUES = 8;
  private static final int WINDOW = 1000;
  private static final int PULL = 32;
  private static final int MAX_BYTES = 1 << 20;
  private static final long LOG_BYTES = 256L << 20; // many times what the store keeps in memory
  private static final InetSocketAddress BORN = new InetSocketAddress("127.0.0.1", 40000);
  private static final InetSocketAddress STORE = new InetSocketAddress("127.0.0.1", 10911);

  @Param({"100", "1024"})
  public int bodyBytes;

  private final Completions back = new Completions(Runnable::run);
  private Path folder;
  private LogStore store;
  private MessageDraft[] drafts;
  private long coldOffset;

  @Setup
  public void open() throws IOException, InterruptedException {
    folder = Files.createTempDirectory("apogee-bench-store");
    store = LogStore.open(StoreConfig.at(folder));
    store.start();
    drafts = new MessageDraft[QUEUES];
    for (int queue = 0; queue < QUEUES; queue++) {
      drafts[queue] = draft(queue);
    }
    for (long written = 0; written < LOG_BYTES; written += WINDOW * bodyBytes) {
      append();
    }
  }

  @TearDown
  public void close() throws Exception {
    store.close();
    try (Stream<Path> all = Files.walk(folder)) {
      all.sorted(Comparator.reverseOrder()).forEach(StoreBench::delete);
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private MessageDraft draft(int queue) {
    ByteBuf body = Unpooled.directBuffer(bodyBytes).writeZero(bodyBytes);
    byte[] properties =
        Properties.encode(
            Map.of("UNIQ_KEY", "7F00000100000000000000000000BEEF", "WAIT", "true"));
    return new MessageDraft(
        TOPIC,
        queue,
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

  @Benchmark
  @OperationsPerInvocation(WINDOW)
  public void append() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(WINDOW);
    for (int i = 0; i < WINDOW; i++) {
      store.append(
          List.of(drafts[i % QUEUES]),
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

  /** The newest messages of a queue. */
  @Benchmark
  @OperationsPerInvocation(PULL)
  public int readHot() {
    long offset = store.maxOffset(TOPIC, 0) - PULL;
    return take(store.readHot(request(offset)));
  }

  /** Through a queue from its start, again and again. */
  @Benchmark
  @OperationsPerInvocation(PULL)
  public int readCold() throws Exception {
    CompletableFuture<ReadResult> result = new CompletableFuture<>();
    store.read(request(coldOffset), back, result::complete);
    int bytes = take(result.get(30, TimeUnit.SECONDS));
    coldOffset += PULL;
    if (coldOffset > store.maxOffset(TOPIC, 0) * 3 / 4) {
      coldOffset = 0;
    }
    return bytes;
  }

  private static ReadRequest request(long offset) {
    return new ReadRequest(TOPIC, 0, offset, PULL, MAX_BYTES, ReadRequest.EntryFilter.ALL);
  }

  private int take(ReadResult result) {
    if (!(result instanceof ReadResult.Found found)) {
      throw new IllegalStateException(result.toString());
    }
    int bytes = found.records().readableBytes();
    found.records().release();
    if (bytes < PULL * bodyBytes) {
      throw new IllegalStateException("only " + bytes + " bytes");
    }
    return bytes;
  }
}
