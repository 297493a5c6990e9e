package io.apogeemq.namesrv;

import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.JsonForm;
import io.apogeemq.protocol.body.KvConfigTable;
import io.apogeemq.protocol.body.KvTable;
import io.apogeemq.protocol.remoting.MalformedRequest;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Key/value configuration by namespace, kept in a file in the original's form: {@code
 * {"configTable":{"ORDER_TOPIC_CONFIG":{"T":"broker-a:4"}}}}.
 *
 * <p>Safe to share: one immutable table, replaced as a whole by the one writer that holds the lock. A
 * change is visible at once and complete when its future is, that is, when the file holds it and has
 * been forced. If writing fails the future fails; the table keeps the change and the next change
 * writes it, too. The document is put together on the disk's thread, from the table as it is by then,
 * so that changes which came while one was written are written together.
 */
final class KvConfig {
  /** The namespace that holds the queues of ordered topics. */
  static final String ORDER_TOPICS = "ORDER_TOPIC_CONFIG";

  /** More pairs than anyone needs; a stranger must not be able to fill memory and disk. */
  static final int MAX_PAIRS = 100_000;

  static final int MAX_VALUE_CHARS = 32 * 1024;

  /** Most characters of all keys and values together: the file is written as a whole. */
  static final int MAX_TOTAL_CHARS = 8 * 1024 * 1024;

  static final int MAX_NAMESPACES = 1_000;

  /** Runs a task that waits for the disk, one at a time and in order, away from the event loop. */
  @FunctionalInterface
  interface DiskTasks {
    Future<Void> run(Callable<Void> task);
  }

  private final Path file;
  private final DiskTasks disk;
  private volatile Map<String, Map<String, String>> table;

  /** What the file holds. Used by the disk tasks only, which run one after the other. */
  private Map<String, Map<String, String>> written;

  /** Pairs in the table, and characters of their keys and values. Guarded by this. */
  private int pairCount;

  private long totalChars;

  private KvConfig(Path file, DiskTasks disk, Map<String, Map<String, String>> table) {
    this.file = file;
    this.disk = disk;
    this.table = table;
    this.written = table;
    for (Map<String, String> pairs : table.values()) {
      pairCount += pairs.size();
      pairs.forEach((key, value) -> totalChars += key.length() + value.length());
    }
  }

  /**
   * Reads the file; without one the table is empty. Waits for the disk.
   *
   * @throws IOException if the file is there but can't be read or understood: better not to start than
   *     to overwrite it
   */
  static KvConfig load(Path file, DiskTasks disk) throws IOException {
    if (!Files.exists(file)) {
      return new KvConfig(file, disk, Map.of());
    }
    try {
      KvConfigTable read = Body.parse(KvConfigTable.class, Files.readAllBytes(file));
      return new KvConfig(file, disk, read.configTable());
    } catch (MalformedRequest e) {
      throw new IOException(file + " is not a key/value configuration: " + e.getMessage(), e);
    }
  }

  @Nullable String get(String namespace, String key) {
    Map<String, String> pairs = table.get(namespace);
    return pairs == null ? null : pairs.get(key);
  }

  /** All pairs of a namespace as a {@link KvTable}, or null if the namespace is unknown. */
  byte @Nullable [] namespaceAsJson(String namespace) {
    Map<String, String> pairs = table.get(namespace);
    return pairs == null ? null : new KvTable(pairs).toJson();
  }

  /**
   * Sets the value of a key, new or known.
   *
   * @throws MalformedRequest if a name or the value is not allowed, or if it would be one too many;
   *     another value for a known key is refused for its length only
   */
  Future<Void> put(String namespace, String key, String value) {
    Checked.key("namespace", namespace);
    Checked.key("key", key);
    if (value.length() > MAX_VALUE_CHARS) {
      throw new MalformedRequest(
          "a value of " + value.length() + " characters is over the limit of " + MAX_VALUE_CHARS);
    }
    synchronized (this) {
      String before = get(namespace, key);
      int newPairs = before == null ? 1 : 0;
      int newChars = value.length() + (before == null ? key.length() : -before.length());
      if (pairCount + newPairs > MAX_PAIRS) {
        throw new MalformedRequest("there are " + MAX_PAIRS + " keys already");
      }
      if (newChars > 0 && totalChars + newChars > MAX_TOTAL_CHARS) {
        throw new MalformedRequest(
            "all keys and values together may have " + MAX_TOTAL_CHARS + " characters");
      }
      Map<String, Map<String, String>> namespaces = new TreeMap<>(table);
      if (!namespaces.containsKey(namespace) && namespaces.size() >= MAX_NAMESPACES) {
        namespaces.values().removeIf(Map::isEmpty); // nobody can delete them
        if (namespaces.size() >= MAX_NAMESPACES) {
          throw new MalformedRequest("there are " + MAX_NAMESPACES + " namespaces already");
        }
      }
      Map<String, String> pairs = new TreeMap<>(namespaces.getOrDefault(namespace, Map.of()));
      pairs.put(key, value);
      return replace(namespaces, namespace, pairs, newPairs, newChars);
    }
  }

  /** Takes a key out, if it is there. The namespace stays, as in the original. */
  synchronized Future<Void> delete(String namespace, String key) {
    String before = get(namespace, key);
    if (before == null) {
      return Future.succeededFuture();
    }
    Map<String, String> pairs = new TreeMap<>(table.get(namespace));
    pairs.remove(key);
    return replace(new TreeMap<>(table), namespace, pairs, -1, -key.length() - before.length());
  }

  /** Makes the namespaces the table, with these pairs in one of them. Called with the lock held. */
  private Future<Void> replace(
      Map<String, Map<String, String>> namespaces,
      String namespace,
      Map<String, String> pairs,
      int newPairs,
      int newChars) {
    namespaces.put(namespace, Collections.unmodifiableMap(pairs));
    pairCount += newPairs;
    totalChars += newChars;
    table = Collections.unmodifiableMap(namespaces);
    return disk.run(
        () -> {
          Map<String, Map<String, String>> latest = table;
          if (latest != written) { // else an earlier task has written this change, too
            write(new KvConfigTable(latest).toJson(JsonForm.STANDARD));
            written = latest;
          }
          return null;
        });
  }

  /** Replaces the file as a whole: a crash leaves the old one or the new one. */
  private void write(String text) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    Path fresh = folder.resolve(file.getFileName() + ".tmp");
    try (FileChannel out =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }
}
