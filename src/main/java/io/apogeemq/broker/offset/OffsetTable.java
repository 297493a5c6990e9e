package io.apogeemq.broker.offset;

import io.apogeemq.broker.state.StateRecord;
import io.apogeemq.broker.state.StateTable;
import io.apogeemq.broker.state.StateWriter;
import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.ConsumerOffsetTable;
import io.apogeemq.protocol.body.DataVersion;
import io.apogeemq.protocol.body.JsonForm;
import io.apogeemq.store.ReadProgress;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How far each group has come in each queue: the offset of the next message to consume.
 *
 * <p>Shared by all event loops: any thread reads without lock and writes through {@link #commit},
 * which is seen at once. The commits of an interval are gathered into one state record ({@link
 * #gather}, on the state loop); what has been replayed from the log is kept beside the current value,
 * and a checkpoint holds only that.
 *
 * <p>A replayed record changes the current value only of a queue without newer commits. For that, at
 * most one gathered set is on its way to the log at a time.
 */
public final class OffsetTable implements StateTable {
  /** Between topic and group in keys; neither name may contain it. */
  private static final char SEPARATOR = '@';

  /**
   * Most bytes of one record's body. Below what a store takes with the smallest limits that a broker
   * can be configured with, because that leaves room of 64 KiB beside the largest message body.
   */
  private static final int MAX_RECORD_BYTES = 48 * 1024;

  /** A queue id and an offset in digits with their quotes and separators. */
  private static final int ENTRY_BYTES = 2 + 10 + 1 + 19 + 1;

  /** What stands around a key and its entries, and around all of them. */
  private static final int KEY_EXTRA_BYTES = 8;

  /** A sign beyond ASCII, or one that JSON escapes. */
  private static final int RARE_SIGN_BYTES = 6;

  private static final long NONE = -1;

  /** One queue of one group. What is not volatile is guarded by the slot. */
  private static final class Slot {
    private final String key;
    private final int queueId;
    private volatile long current = NONE;
    private volatile long handedOut = NONE;
    private long logged = NONE;
    private boolean dirty;
    private boolean removed;
    private volatile @Nullable Reset reset;

    /** True if the group pops from the queue: somebody else than clients commits here, too. */
    private boolean popped;

    Slot(String key, int queueId) {
      this.key = key;
      this.queueId = queueId;
    }

    void remove() {
      removed = true;
      current = NONE;
    }
  }

  /**
   * An offset that was set from outside while the group was reading.
   *
   * @param offset where the group has to go on
   * @param atMs when it was set
   */
  public record Reset(long offset, long atMs) {}

  /** So long are commits of members that have not heard of a reset refused. */
  static final long RESET_HOLDS_MS = 600_000;

  private final ConcurrentHashMap<String, ConcurrentHashMap<Integer, Slot>> table =
      new ConcurrentHashMap<>();

  /** Queues with a {@link Reset}; pulls ask no further while there is none. */
  private final AtomicInteger resets = new AtomicInteger();

  /** Slots with commits that were not gathered yet; each at most once. */
  private final ConcurrentLinkedQueue<Slot> dirty = new ConcurrentLinkedQueue<>();

  private final LongSupplier clockMs;
  private final Predicate<String> topicExists;
  private final StateWriter writer;
  private MovedListener moved = (topic, group, queueId, offset) -> {};
  private long revision;

  /** The set that is on its way to the log; null: none is. */
  private @Nullable Future<Void> onItsWay;

  /**
   * @param topicExists as the log says at the record that is being replayed; offsets that were on
   *     their way while their topic was deleted are dropped
   */
  public OffsetTable(LongSupplier clockMs, Predicate<String> topicExists, StateWriter writer) {
    this.clockMs = clockMs;
    this.topicExists = topicExists;
    this.writer = writer;
  }

  /** Learns that a group that pops has got another offset by {@link #commit}. On the committing thread. */
  @FunctionalInterface
  public interface MovedListener {
    void moved(String topic, String group, int queueId, long offset);
  }

  /** Names the one who keeps what is out with groups that pop. Once, before all commits. */
  public void onMoved(MovedListener listener) {
    moved = listener;
  }

  /** The group's committed offset, or empty if it has committed none. */
  public OptionalLong find(String group, String topic, int queueId) {
    Map<Integer, Slot> queues = table.get(key(topic, group));
    Slot slot = queues == null ? null : queues.get(queueId);
    long offset = slot == null ? NONE : slot.current;
    return offset == NONE ? OptionalLong.empty() : OptionalLong.of(offset);
  }

  /** Sets the group's offset; it may go backwards. Any thread. Durable with the next gathered record. */
  public void commit(String group, String topic, int queueId, long offset) {
    if (offset < 0) {
      return;
    }
    Slot slot = slot(key(topic, group), queueId);
    if (set(slot, offset, false)) {
      moved.moved(topic, group, queueId, offset);
    }
  }

  /**
   * As {@link #commit}, by who keeps what is out with a group that pops; from then on the listener is
   * told of every commit by others that changes the offset.
   */
  public void commitPopped(String group, String topic, int queueId, long offset) {
    set(slot(key(topic, group), queueId), offset, true);
  }

  /** True if this changed the offset of a group that pops. */
  private boolean set(Slot slot, long offset, boolean popped) {
    synchronized (slot) {
      slot.popped |= popped;
      if (slot.removed) {
        return false; // the topic or the group was deleted this moment
      }
      Reset reset = slot.reset;
      if (reset != null && reset.offset != offset) {
        if (clockMs.getAsLong() - reset.atMs < RESET_HOLDS_MS) {
          return false; // from a member that still reads where the group was before
        }
        drop(slot);
      }
      if (slot.current == offset && (slot.dirty || slot.logged == offset)) {
        return false;
      }
      boolean changed = slot.popped && slot.current != offset;
      slot.current = offset;
      if (!slot.dirty) {
        slot.dirty = true;
        dirty.add(slot);
      }
      return changed;
    }
  }

  /**
   * Sets the offset of a group that is reading: until it pulls there, or for {@link #RESET_HOLDS_MS},
   * other commits of that queue are ignored. Where the group pops it is a commit like others: who
   * keeps what is out follows at once. Any thread; durable as a commit.
   */
  public void reset(String group, String topic, int queueId, long offset) {
    Slot slot = slot(key(topic, group), queueId);
    synchronized (slot) {
      if (!slot.removed && !slot.popped) {
        if (slot.reset == null) {
          resets.incrementAndGet();
        }
        slot.reset = new Reset(offset, clockMs.getAsLong());
      }
    }
    commit(group, topic, queueId, offset);
  }

  /** The reset that a queue of a group has not followed yet, nearly always null. */
  public @Nullable Reset resetOf(String group, String topic, int queueId) {
    if (resets.get() == 0) {
      return null;
    }
    Map<Integer, Slot> queues = table.get(key(topic, group));
    Slot slot = queues == null ? null : queues.get(queueId);
    return slot == null ? null : slot.reset;
  }

  /** The group has followed its reset. */
  public void followed(String group, String topic, int queueId) {
    Slot slot = slot(key(topic, group), queueId);
    synchronized (slot) {
      drop(slot);
    }
  }

  /** The slot is held. */
  private void drop(Slot slot) {
    if (slot.reset != null) {
      slot.reset = null;
      resets.decrementAndGet();
    }
  }

  /** Notes that messages up to {@code nextOffset} (exclusive) were given to the group. Any thread. */
  public void handedOut(String group, String topic, int queueId, long nextOffset) {
    Slot slot = slot(key(topic, group), queueId);
    if (slot.handedOut != nextOffset) {
      slot.handedOut = nextOffset;
    }
  }

  /** The end of what was given to the group since the start, at least its committed offset; 0 at first. */
  public long pulled(String group, String topic, int queueId) {
    Map<Integer, Slot> queues = table.get(key(topic, group));
    Slot slot = queues == null ? null : queues.get(queueId);
    return slot == null ? 0 : Math.max(0, Math.max(slot.handedOut, slot.current));
  }

  /** The current offsets of a group in a topic by queue id; empty if there are none. */
  public Map<Integer, Long> ofTopic(String group, String topic) {
    Map<Integer, Slot> queues = table.get(key(topic, group));
    return queues == null ? Map.of() : currentOf(queues);
  }

  /** The topics that a group has offsets in. */
  public Set<String> topicsOf(String group) {
    Set<String> topics = new HashSet<>();
    String end = SEPARATOR + group;
    table.forEach(
        (key, queues) -> {
          if (key.endsWith(end) && hasCurrent(queues)) {
            topics.add(key.substring(0, key.length() - end.length()));
          }
        });
    return topics;
  }

  /** The topics that each group has offsets in; one pass over the table. */
  public Map<String, Set<String>> topicsByGroup() {
    Map<String, Set<String>> topics = new HashMap<>();
    table.forEach(
        (key, queues) -> {
          if (hasCurrent(queues)) {
            int at = key.indexOf(SEPARATOR);
            topics
                .computeIfAbsent(key.substring(at + 1), group -> new TreeSet<>())
                .add(key.substring(0, at));
          }
        });
    return topics;
  }

  /** The groups that have offsets in a topic. */
  public Set<String> groupsOf(String topic) {
    Set<String> groups = new HashSet<>();
    String start = topic + SEPARATOR;
    table.forEach(
        (key, queues) -> {
          if (key.startsWith(start) && hasCurrent(queues)) {
            groups.add(key.substring(start.length()));
          }
        });
    return groups;
  }

  /**
   * The lowest committed offset of each queue over all groups, as of now: before it everybody has read.
   * A group that has committed in one queue of a topic reads them all: where it has committed nothing
   * it has read nothing. 0 for queues in which no group has committed.
   */
  public ReadProgress lowest() {
    Map<String, List<Map<Integer, Long>>> groupsByTopic = new HashMap<>();
    table.forEach(
        (key, queues) -> {
          Map<Integer, Long> offsets = currentOf(queues);
          if (!offsets.isEmpty()) {
            groupsByTopic
                .computeIfAbsent(
                    key.substring(0, key.indexOf(SEPARATOR)), name -> new ArrayList<>())
                .add(offsets);
          }
        });
    return (topic, queueId) ->
        groupsByTopic.getOrDefault(topic, List.of()).stream()
            .mapToLong(offsets -> offsets.getOrDefault(queueId, 0L))
            .min()
            .orElse(0);
  }

  /** All current offsets, in the form of code 43. */
  public ConsumerOffsetTable current() {
    Map<String, Map<Integer, Long>> copy = new TreeMap<>();
    table.forEach(
        (key, queues) -> {
          Map<Integer, Long> offsets = currentOf(queues);
          if (!offsets.isEmpty()) {
            copy.put(key, offsets);
          }
        });
    return new ConsumerOffsetTable(null, copy);
  }

  /**
   * Writes what was committed since the last call into the log, unless the former set is still on its
   * way: then that one's future is the answer, and what was committed since is left for a later call.
   *
   * @return completes when the set is durable; fails if writing failed, and its commits count as new
   *     ones again
   */
  @RunsOn(ThreadRole.EVENT_LOOP)
  public Future<Void> gather() {
    Future<Void> running = onItsWay;
    if (running != null) {
      return running;
    }
    if (dirty.isEmpty()) {
      return Future.succeededFuture();
    }
    Promise<Void> written = Promise.promise();
    onItsWay = written.future();
    List<Slot> taken = new ArrayList<>();
    Future.join(writeDirty(taken))
        .onComplete(
            (done, failure) -> {
              onItsWay = null;
              if (failure == null) {
                written.complete();
              } else {
                taken.forEach(this::markAgain);
                written.fail(failure);
              }
            });
    return written.future();
  }

  /** Writes all dirty slots, in records of bounded size, and lists them. */
  private List<Future<Void>> writeDirty(List<Slot> taken) {
    List<Future<Void>> writes = new ArrayList<>();
    Map<String, Map<Integer, Long>> changes = new HashMap<>();
    int bytes = 0;
    for (Slot slot = dirty.poll(); slot != null; slot = dirty.poll()) {
      int more = ENTRY_BYTES + (changes.containsKey(slot.key) ? 0 : keyBytes(slot.key));
      if (bytes + more > MAX_RECORD_BYTES && !changes.isEmpty()) {
        writes.add(writer.write(new StateRecord.Offsets(changes)));
        changes = new HashMap<>();
        bytes = 0;
        more = ENTRY_BYTES + keyBytes(slot.key);
      }
      synchronized (slot) {
        slot.dirty = false;
        if (slot.removed) {
          continue;
        }
        changes.computeIfAbsent(slot.key, key -> new HashMap<>()).put(slot.queueId, slot.current);
      }
      bytes += more;
      taken.add(slot);
    }
    if (!changes.isEmpty()) {
      writes.add(writer.write(new StateRecord.Offsets(changes)));
    }
    return writes;
  }

  /** At most so many bytes does a key take in a record. */
  private static int keyBytes(String key) {
    int bytes = KEY_EXTRA_BYTES;
    for (int i = 0; i < key.length(); i++) {
      char sign = key.charAt(i);
      boolean plain = sign >= ' ' && sign < 0x7f && sign != '"' && sign != '\\';
      bytes += plain ? 1 : RARE_SIGN_BYTES;
    }
    return bytes;
  }

  private void markAgain(Slot slot) {
    synchronized (slot) {
      if (!slot.dirty) {
        slot.dirty = true;
        dirty.add(slot);
      }
    }
  }

  @Override
  public String checkpointName() {
    return "consumerOffset.json";
  }

  @Override
  public void load(String json) {
    Body.parse(ConsumerOffsetTable.class, json).offsetTable().forEach(this::set);
  }

  @Override
  @RunsOn(ThreadRole.EVENT_LOOP)
  public void replay(StateRecord record) {
    if (record instanceof StateRecord.Offsets offsets) {
      offsets
          .committed()
          .forEach(
              (key, queues) -> {
                if (topicExists.test(key.substring(0, key.indexOf(SEPARATOR)))) {
                  set(key, queues);
                }
              });
    } else if (record instanceof StateRecord.DeleteTopic delete) {
      String start = delete.topic() + SEPARATOR;
      remove(key -> key.startsWith(start));
    } else if (record instanceof StateRecord.DeleteGroup delete && delete.offsetsToo()) {
      String end = SEPARATOR + delete.group();
      remove(key -> key.endsWith(end));
    }
  }

  private void set(String key, Map<Integer, Long> offsets) {
    revision++;
    offsets.forEach(
        (queueId, offset) -> {
          Slot slot = slot(key, queueId);
          synchronized (slot) {
            slot.logged = offset;
            if (!slot.dirty) {
              slot.current = offset;
            }
          }
        });
  }

  private void remove(Predicate<String> which) {
    table.forEach(
        (key, queues) -> {
          if (which.test(key)) {
            for (Slot slot : queues.values()) {
              synchronized (slot) {
                drop(slot);
                slot.remove();
              }
            }
            table.remove(key);
            revision++;
          }
        });
  }

  @Override
  public long revision() {
    return revision;
  }

  @Override
  public Supplier<String> checkpoint() {
    Map<String, Map<Integer, Long>> logged = new TreeMap<>();
    table.forEach(
        (key, queues) -> {
          Map<Integer, Long> offsets = new TreeMap<>();
          queues.forEach(
              (queueId, slot) -> {
                synchronized (slot) {
                  if (slot.logged != NONE) {
                    offsets.put(queueId, slot.logged);
                  }
                }
              });
          if (!offsets.isEmpty()) {
            logged.put(key, offsets);
          }
        });
    DataVersion version = new DataVersion(revision, 0L, clockMs.getAsLong());
    return () -> new ConsumerOffsetTable(version, logged).toJson(JsonForm.FILE);
  }

  private Slot slot(String key, int queueId) {
    return table
        .computeIfAbsent(key, name -> new ConcurrentHashMap<>())
        .computeIfAbsent(queueId, id -> new Slot(key, id));
  }

  private static boolean hasCurrent(Map<Integer, Slot> queues) {
    for (Slot slot : queues.values()) {
      if (slot.current != NONE) {
        return true;
      }
    }
    return false;
  }

  private static Map<Integer, Long> currentOf(Map<Integer, Slot> queues) {
    Map<Integer, Long> offsets = new TreeMap<>();
    queues.forEach(
        (queueId, slot) -> {
          if (slot.current != NONE) {
            offsets.put(queueId, slot.current);
          }
        });
    return offsets;
  }

  private static String key(String topic, String group) {
    return topic + SEPARATOR + group;
  }
}
