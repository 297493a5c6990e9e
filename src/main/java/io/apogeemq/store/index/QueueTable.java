package io.apogeemq.store.index;

import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * All queues, and what must outlive their messages: next and minimum offsets. Looking up is safe for
 * all threads and takes no lock; adding and deleting belong to the appender (and to recovery before
 * it starts).
 */
public final class QueueTable {
  /** Queue ids below this are found by index. */
  private static final int BY_INDEX = 4096;

  private final ConcurrentHashMap<String, Topic> topics = new ConcurrentHashMap<>();

  /** Where a deleted topic's log ended: earlier records of that name are nobody's. */
  private final ConcurrentHashMap<String, Long> deletedAt = new ConcurrentHashMap<>();

  /** Counts deletions; whoever finds a topic gone finds it moved, and the deletion noted before. */
  private volatile long changes;

  private static final class Topic {
    volatile @Nullable QueueEntries[] byId = new @Nullable QueueEntries[4];
    final Map<Integer, QueueEntries> others = new ConcurrentHashMap<>(0);
  }

  /** The queue, or null if no message of it was ever stored. */
  public @Nullable QueueEntries find(String topic, int queueId) {
    Topic known = topics.get(topic);
    if (known == null || queueId < 0) {
      return null;
    }
    @Nullable QueueEntries[] byId = known.byId;
    if (queueId < byId.length) {
      return byId[queueId];
    }
    return queueId < BY_INDEX ? null : known.others.get(queueId);
  }

  /**
   * The queue to which a run of an index file belongs; null if it is a deleted topic's.
   *
   * @param coveredTo log position up to which the file covers its segment
   */
  @Nullable QueueEntries ownerOf(QueueId run, long coveredTo) {
    QueueEntries queue = find(run.topic(), run.queueId());
    return queue != null && coveredTo > queue.bornPosition() ? queue : null;
  }

  /** The queue; a new one starts at 0. */
  public QueueEntries findOrAdd(String topic, int queueId) {
    QueueEntries known = find(topic, queueId);
    return known != null ? known : add(QueueId.of(topic, queueId), 0, 0);
  }

  /** Puts a queue with known bounds in, in place of an older one. */
  QueueEntries add(QueueId id, long min, long next) {
    QueueEntries queue = new QueueEntries(id, deletedAt(id.topic()), min, next);
    put(queue);
    return queue;
  }

  private void put(QueueEntries queue) {
    int queueId = queue.queueId();
    if (queueId < 0) {
      throw new IllegalArgumentException("queue id " + queueId + " of " + queue.topic());
    }
    Topic topic = topics.computeIfAbsent(queue.topic(), name -> new Topic());
    if (queueId >= BY_INDEX) {
      topic.others.put(queueId, queue);
      return;
    }
    @Nullable QueueEntries[] byId = topic.byId;
    int length = Math.max(byId.length, Integer.highestOneBit(queueId) << 1);
    @Nullable QueueEntries[] copy = Arrays.copyOf(byId, length);
    copy[queueId] = queue;
    topic.byId = copy;
  }

  /** Forgets a topic's queues; records before the log position are nobody's from now on. */
  @RunsOn(ThreadRole.APPENDER)
  public void delete(String topic, long position) {
    deletedAt.put(topic, position);
    changes = changes + 1; // one writer
    topics.remove(topic);
  }

  /** The log position before which records of this topic name don't count; 0 for most. */
  long deletedAt(String topic) {
    Long position = deletedAt.get(topic);
    return position == null ? 0 : position;
  }

  /** How many topics were deleted since the start. */
  long changes() {
    return changes;
  }

  Map<String, Long> deletions() {
    return new TreeMap<>(deletedAt);
  }

  /** Takes over the deletions that a checkpoint knows. */
  void deletions(Map<String, Long> known) {
    deletedAt.putAll(known);
  }

  /** Deletions before the oldest record need not be remembered. */
  void forgetDeletionsBefore(long position) {
    deletedAt.values().removeIf(at -> at <= position);
  }

  /** Moves deletions that lie behind the log's end to it; true if there were any. */
  boolean endAt(long end) {
    boolean any = false;
    for (Map.Entry<String, Long> deletion : deletedAt.entrySet()) {
      if (deletion.getValue() > end) {
        deletion.setValue(end);
        any = true;
      }
    }
    for (QueueEntries queue : all()) {
      queue.bornAtLatest(end);
    }
    return any;
  }

  /** All queues at some moment. */
  public List<QueueEntries> all() {
    List<QueueEntries> all = new ArrayList<>();
    for (Topic topic : new HashMap<>(topics).values()) {
      for (QueueEntries queue : topic.byId) {
        if (queue != null) {
          all.add(queue);
        }
      }
      all.addAll(topic.others.values());
    }
    return all;
  }
}
