package io.apogeemq.store.inspect;

import io.apogeemq.store.index.QueueId;
import io.apogeemq.store.index.QueueTableFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The offsets of all queues as the log shows them: dense, and as the queue table says. */
final class QueueCheck {
  private final Map<QueueId, Queue> queues = new HashMap<>();
  private final Map<String, Long> deletions;
  private final List<Lost> lost = new ArrayList<>();
  private final boolean fromStart;
  private final Map<QueueId, Long> expired = new HashMap<>();
  private long lastDamageEnd = -1;

  /** Messages [first, end) of a queue that stood in damaged bytes. */
  record Lost(QueueId queue, long first, long end) {}

  private static final class Queue {
    long next;
    long lastPosition;
  }

  /**
   * @param begin first log position that still exists
   */
  QueueCheck(QueueTableFile.@Nullable Content table, long begin) {
    deletions = table == null ? Map.of() : table.deletions();
    fromStart = begin == 0;
    if (table != null) {
      for (QueueTableFile.Row row : table.rows()) {
        expired.put(QueueId.of(row.topic(), row.queueId()), row.min());
      }
    }
  }

  long deletedAt(String topic) {
    return deletions.getOrDefault(topic, 0L);
  }

  int count() {
    return queues.size();
  }

  long next(QueueId id) {
    Queue queue = queues.get(id);
    return queue == null ? 0 : queue.next;
  }

  /** Log positions [from, to) can't be read. */
  void damaged(long from, long to) {
    lastDamageEnd = Math.max(lastDamageEnd, to);
  }

  /** Takes a record of a queue; says what is wrong with its offset, null if it follows. */
  @Nullable String record(QueueId id, long position, long offset, int messages) {
    if (position < deletedAt(id.topic())) {
      return null;
    }
    Queue queue = queues.get(id);
    String flaw = null;
    if (queue == null) {
      queue = new Queue();
      queues.put(id, queue);
      // What came before may have expired.
      queue.next = fromStart ? expired.getOrDefault(id, 0L) : offset;
      queue.lastPosition = -1;
    }
    if (offset > queue.next) {
      if (lastDamageEnd > queue.lastPosition) {
        lost(id, queue.next, offset);
      } else {
        flaw = "queue " + id + ": offsets " + queue.next + " to " + (offset - 1) + " are missing";
      }
    } else if (offset < queue.next && offset != 0) {
      return "queue " + id + ": offset " + offset + " again, it already has up to " + queue.next;
    }
    // Offset 0 again: the topic was deleted and created anew.
    queue.next = offset + messages;
    queue.lastPosition = position;
    return flaw;
  }

  /** Notes lost messages; the log's gaps and the index tell of the same ones. */
  void lost(QueueId queue, long first, long end) {
    for (Lost known : lost) {
      if (known.queue().equals(queue) && first <= known.end() && known.first() <= end) {
        lost.remove(known);
        lost.add(new Lost(queue, Math.min(first, known.first()), Math.max(end, known.end())));
        return;
      }
    }
    lost.add(new Lost(queue, first, end));
  }

  List<Lost> lost() {
    return lost;
  }

  /** What is wrong with a row of the queue table, when the log was read up to where it ends. */
  @Nullable String compare(QueueTableFile.Row row) {
    QueueId id = QueueId.of(row.topic(), row.queueId());
    Queue queue = queues.get(id);
    if (row.min() < 0 || row.min() > row.next()) {
      return "queue " + id + ": minimum " + row.min() + ", next " + row.next();
    }
    boolean mayLack = queue == null ? !fromStart : lastDamageEnd > queue.lastPosition;
    if (queue == null && (row.min() == row.next() || mayLack || lastDamageEnd >= 0)) {
      return null;
    }
    long next = queue == null ? 0 : queue.next;
    if (next > row.next() || next < row.next() && !mayLack) {
      return "queue " + id + ": next offset " + row.next() + ", the log says " + next;
    }
    return null;
  }
}
