package io.apogeemq.broker.pop;

import io.apogeemq.broker.offset.OffsetTable;
import io.apogeemq.broker.state.StateRecord;
import io.apogeemq.broker.state.StateTable;
import io.apogeemq.broker.state.StateWriter;
import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.JsonForm;
import io.apogeemq.remoting.Later;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is out with all groups that pop: a {@link PopQueue} for each queue of each group.
 *
 * <p>The queues' state in memory leads: it changes at once, on any event loop, under the queue's monitor,
 * and the {@link PopJournal} writes what happened into the state log. A restart, and a replica, replay
 * those steps; from {@link #takeOver} on, replayed ones are our own and change nothing. A checkpoint holds
 * the state in memory, which may be newer than the log: replaying steps over a newer state does no harm.
 *
 * <p>The group's committed offset follows: it is the lowest message that is out. A commit by somebody else
 * (a client that pulls, a reset) sets the queue to that offset.
 */
public final class PopTable implements StateTable {
  /** Between topic and group in names; neither may contain it. */
  static final char SEPARATOR = '@';

  /** The checkpoint: steps by {@code topic@group} and queue id. */
  private record Saved(Map<String, Map<Integer, List<String>>> steps) implements Body {}

  private final ConcurrentHashMap<QueueKey, PopQueue> queues = new ConcurrentHashMap<>();
  private final AtomicLong revision = new AtomicLong();
  private final OffsetTable offsets;
  private final PopJournal journal;
  private final Predicate<String> topicExists;
  private final List<Consumer<QueueKey>> movedListeners = new ArrayList<>();
  private volatile boolean live;

  /**
   * @param topicExists as the log says at the record that is being replayed
   * @param stateLoop one thread, on which the log is replayed
   * @param later runs tasks on that thread
   */
  public PopTable(
      OffsetTable offsets,
      Predicate<String> topicExists,
      StateWriter writer,
      Executor stateLoop,
      Later later) {
    this.offsets = offsets;
    this.topicExists = topicExists;
    journal = new PopJournal(writer, stateLoop, later);
    offsets.onMoved(
        (topic, group, queueId, offset) -> moved(new QueueKey(topic, group, queueId), offset));
  }

  PopJournal journal() {
    return journal;
  }

  /** The queue, or null if the group has not popped from it. */
  @Nullable PopQueue find(QueueKey key) {
    return queues.get(key);
  }

  /**
   * The queue, made if the group pops from it for the first time: it then starts at the group's
   * committed offset, or at {@code firstOffset} if it has committed none.
   */
  PopQueue open(QueueKey key, LongSupplier firstOffset) {
    PopQueue known = queues.get(key);
    if (known != null) {
      return known;
    }
    OptionalLong committed = committed(key);
    long start = committed.isPresent() ? committed.getAsLong() : firstOffset.getAsLong();
    PopQueue opened =
        queues.computeIfAbsent(key, absent -> new PopQueue(key, new PopLedger(start), this));
    opened.commit();
    return opened;
  }

  /** The group's committed offset. */
  OptionalLong committed(QueueKey key) {
    return offsets.find(key.group(), key.topic(), key.queueId());
  }

  /** All queues that were popped from: a view that follows the table. */
  Iterable<PopQueue> all() {
    return queues.values();
  }

  /** A queue's state changed. */
  void changed() {
    revision.incrementAndGet();
  }

  /** Makes a queue's lowest offset the group's committed one. */
  void commit(QueueKey key, long offset) {
    offsets.commitPopped(key.group(), key.topic(), key.queueId(), offset);
  }

  /** Who is told that a group was set to another offset. Before the start. */
  void onMoved(Consumer<QueueKey> listener) {
    movedListeners.add(listener);
  }

  private void moved(QueueKey key, long offset) {
    PopQueue queue = queues.get(key);
    if (queue != null && queue.moveTo(offset)) {
      movedListeners.forEach(each -> each.accept(key));
    }
  }

  /**
   * From now on this broker hands out messages: what is in memory leads and the log follows. After the
   * log was replayed, on the state loop.
   */
  @RunsOn(ThreadRole.EVENT_LOOP)
  public void takeOver() {
    live = true;
    queues.values().forEach(PopQueue::commit);
  }

  boolean isLive() {
    return live;
  }

  /** The retry topics, in both forms, of the groups that have popped from a topic. */
  Set<String> retryTopicsOf(String topic) {
    Set<String> names = new TreeSet<>();
    for (QueueKey key : queues.keySet()) {
      if (key.topic().equals(topic)) {
        names.add(PopRetryTopics.name(topic, key.group(), PopRetryTopics.FORM_1));
        names.add(PopRetryTopics.name(topic, key.group(), PopRetryTopics.FORM_2));
      }
    }
    names.removeIf(name -> !topicExists.test(name));
    return names;
  }

  /** Completes when the log holds all that has happened so far. */
  public Future<Void> finish() {
    return journal.drained();
  }

  @Override
  public String checkpointName() {
    return "apogeePop.json";
  }

  @Override
  public void load(String json) {
    apply(Body.parse(Saved.class, json).steps());
  }

  @Override
  @RunsOn(ThreadRole.EVENT_LOOP)
  public void replay(StateRecord record) {
    if (record instanceof StateRecord.PopSteps pop) {
      if (!live) {
        apply(pop.steps());
      }
    } else if (record instanceof StateRecord.Offsets committed) {
      if (!live) {
        committed.committed().forEach(this::follow);
      }
    } else if (record instanceof StateRecord.DeleteTopic delete) {
      remove(key -> key.topic().equals(delete.topic()));
    } else if (record instanceof StateRecord.DeleteGroup delete) {
      remove(key -> key.group().equals(delete.group()));
    }
  }

  private void apply(Map<String, Map<Integer, List<String>>> steps) {
    steps.forEach(
        (name, byQueue) -> {
          int at = name.indexOf(SEPARATOR);
          if (!topicExists.test(name.substring(0, at))) {
            return; // was deleted while these steps were on their way
          }
          byQueue.forEach(
              (queueId, texts) -> {
                QueueKey key = new QueueKey(name.substring(0, at), name.substring(at + 1), queueId);
                texts.forEach(text -> apply(key, text));
              });
        });
    changed();
  }

  private void apply(QueueKey key, String text) {
    PopQueue queue = queues.get(key);
    if (queue == null) {
      // The first step of a queue hands out, or sets its place: what lies before is done.
      long start = PopQueue.startOf(text);
      if (start < 0) {
        return;
      }
      queue = queues.computeIfAbsent(key, absent -> new PopQueue(key, new PopLedger(start), this));
    }
    queue.replay(text);
  }

  /**
   * A commit in the log. Ours say no more than the steps before them, except for acknowledgements whose
   * record was refused; another's that leads ahead counts. Those that lead back are steps of their own.
   */
  private void follow(String name, Map<Integer, Long> committed) {
    int at = name.indexOf(SEPARATOR);
    committed.forEach(
        (queueId, offset) -> {
          PopQueue queue =
              queues.get(new QueueKey(name.substring(0, at), name.substring(at + 1), queueId));
          if (queue != null) {
            queue.moveAheadTo(offset);
          }
        });
  }

  private void remove(Predicate<QueueKey> which) {
    for (Map.Entry<QueueKey, PopQueue> each : queues.entrySet()) {
      if (which.test(each.getKey())) {
        each.getValue().remove();
        queues.remove(each.getKey());
        changed();
      }
    }
  }

  @Override
  public long revision() {
    return revision.get();
  }

  @Override
  public Supplier<String> checkpoint() {
    Map<String, Map<Integer, List<String>>> steps = new TreeMap<>();
    queues.forEach(
        (key, queue) ->
            steps
                .computeIfAbsent(key.topic() + SEPARATOR + key.group(), name -> new TreeMap<>())
                .put(key.queueId(), queue.snapshot()));
    Saved saved = new Saved(steps);
    return () -> saved.toJson(JsonForm.FILE);
  }
}
