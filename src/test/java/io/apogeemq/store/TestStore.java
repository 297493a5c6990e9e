package io.apogeemq.store;

import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.message.StoredMessage;
import io.apogeemq.protocol.message.SysFlags;
import io.apogeemq.protocol.message.TagsCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A real store in a folder of the test, with its threads running and sizes so small that tests meet
 * files' and pages' ends. For tests of the store and of the rooms above it.
 */
public final class TestStore implements AutoCloseable {
  public static final InetSocketAddress BORN = new InetSocketAddress("127.0.0.1", 40000);
  public static final InetSocketAddress STORE = new InetSocketAddress("127.0.0.1", 10911);

  /** Bound of the log bytes in memory. */
  static final int PAGE_MEMORY_BYTES = 256 * 1024;

  private static final long WAIT_SECONDS = 10;

  private final LogStore store;
  private final Completions direct = new Completions(Runnable::run);

  private TestStore(LogStore store) {
    this.store = store;
  }

  /** Small sizes: 1 MiB segments, 16 KiB pages. */
  public static StoreConfig config(Path root) {
    return StoreConfig.at(root)
        .withSegmentSizeBytes(1024 * 1024)
        .withFlush(new StoreConfig.Flush(StoreConfig.FlushMode.ASYNC, 50, 5_000))
        .withBounds(bounds(16 * 1024, PAGE_MEMORY_BYTES, 4 << 20, 64 * 1024, 128 * 1024, 4096));
  }

  /** Bounds with memory and block sizes so small that a test meets every border. */
  public static StoreConfig.Bounds bounds(
      int page, int pageMemory, long appendQueue, int maxBatch, int indexBlock, int indexEntries) {
    StoreConfig.Bounds usual = StoreConfig.Bounds.DEFAULT;
    return bounds(
        page, pageMemory, appendQueue, maxBatch, indexBlock, indexEntries, usual.keyFilterBytes());
  }

  /** The same with a bound for the key filters in memory. */
  public static StoreConfig.Bounds bounds(
      int page,
      int pageMemory,
      long appendQueue,
      int maxBatch,
      int indexBlock,
      int indexEntries,
      int keyFilterBytes) {
    StoreConfig.Bounds usual = StoreConfig.Bounds.DEFAULT;
    return new StoreConfig.Bounds(
        page,
        pageMemory,
        appendQueue,
        maxBatch,
        usual.maxUnflushedBytes(),
        indexBlock,
        indexEntries,
        keyFilterBytes,
        usual.readerThreads());
  }

  /** Opens and starts a store with {@link #config}. */
  public static TestStore open(Path root) throws IOException {
    return open(config(root));
  }

  public static TestStore open(StoreConfig config) throws IOException {
    LogStore store = LogStore.open(config);
    store.start();
    return new TestStore(store);
  }

  /** The store itself. */
  public LogStore store() {
    return store;
  }

  /** A message without properties but a tag ("" for none). */
  public static MessageDraft draft(String topic, int queueId, String body, String tag) {
    return draft(
        topic,
        queueId,
        body.getBytes(StandardCharsets.UTF_8),
        tag.isEmpty() ? Map.of() : Map.of("TAGS", tag));
  }

  public static MessageDraft draft(
      String topic, int queueId, byte[] body, Map<String, String> properties) {
    ByteBuf bytes = Unpooled.wrappedBuffer(body);
    byte[] encoded = Properties.encode(properties);
    return new MessageDraft(
        topic,
        queueId,
        0,
        SysFlags.withHosts(0, BORN, STORE),
        1_700_000_000_000L,
        BORN,
        STORE,
        0,
        0,
        bytes,
        StoredMessage.crcOf(bytes),
        topic.getBytes(StandardCharsets.UTF_8),
        encoded,
        TagsCode.ofProperties(encoded));
  }

  /** Stores a message and waits for the answer. */
  public AppendResult.Appended append(String topic, int queueId, String body) {
    return appended(List.of(draft(topic, queueId, body, "")));
  }

  /** Stores messages of one queue together and waits for the answer. */
  public AppendResult.Appended appended(List<MessageDraft> drafts) {
    AppendResult result = appendResult(drafts);
    if (result instanceof AppendResult.Appended appended) {
      return appended;
    }
    throw new AssertionError("not appended: " + result);
  }

  public AppendResult appendResult(List<MessageDraft> drafts) {
    return await(then -> store.append(drafts, true, direct, then));
  }

  /** Reads by {@link MessageStore#read}; release what is found. */
  public ReadResult read(String topic, int queueId, long queueOffset, int max) {
    ReadRequest request =
        new ReadRequest(topic, queueId, queueOffset, max, 1 << 20, ReadRequest.EntryFilter.ALL);
    return await(then -> store.read(request, direct, then));
  }

  /** Bodies from a queue offset to the queue's end. */
  public List<String> bodies(String topic, int queueId, long fromOffset) {
    List<String> bodies = new ArrayList<>();
    long offset = fromOffset;
    while (true) {
      ReadResult result = read(topic, queueId, offset, 32);
      if (result instanceof ReadResult.Found found) {
        bodies.addAll(bodiesOf(found.records()));
        found.records().release();
      } else if (result instanceof ReadResult.NothingYet) {
        return bodies;
      } else if (!(result instanceof ReadResult.NoneWanted)) {
        throw new AssertionError("read " + topic + ":" + queueId + "@" + offset + ": " + result);
      }
      offset = result.nextOffset();
    }
  }

  /** The bodies of records that stand one behind the other. */
  public static List<String> bodiesOf(ByteBuf records) {
    List<String> bodies = new ArrayList<>();
    forEach(records, view -> bodies.add(StandardCharsets.UTF_8.decode(view.body()).toString()));
    return bodies;
  }

  /** Shows each of the records that stand one behind the other. */
  public static void forEach(ByteBuf records, Consumer<MessageView> each) {
    ByteBuffer bytes = ByteBuffer.allocate(records.readableBytes());
    records.getBytes(records.readerIndex(), bytes);
    MessageView view = new MessageView();
    for (int at = 0; at < bytes.capacity(); at += view.size()) {
      String wrong = view.open(bytes.clear(), at);
      if (wrong != null) {
        throw new AssertionError("record at " + at + ": " + wrong);
      }
      each.accept(view);
    }
  }

  /** Waits for what a method of the store tells its callback. */
  public static <T> T await(Consumer<Consumer<T>> asking) {
    CompletableFuture<T> told = new CompletableFuture<>();
    asking.accept(told::complete);
    return told.orTimeout(WAIT_SECONDS, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    store.close();
  }
}
