package io.apogeemq.broker.transaction;

import io.apogeemq.broker.topic.SystemTopics;
import io.apogeemq.broker.transaction.MovedHalves.Former;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.SysFlags;
import io.apogeemq.store.LogPass;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which half messages are open, found at a start: those of the checkpoint, and what the log says from
 * there on. A half message is closed by the record that its transaction was delivered with, whether or
 * not its mark in the op topic was written in time; by that mark; or because an Apache broker that ran
 * on the folder has moved the half queue's offset beyond it.
 *
 * <p>A folder without the checkpoint (an Apache broker's, or one from before there were transactions)
 * has its answer in the half and op queues from the offsets on that the old broker has committed.
 */
@RunsOn({ThreadRole.UPKEEP, ThreadRole.EVENT_LOOP})
final class Recovered {
  private static final byte[] HALF = SystemTopics.HALF.getBytes(StandardCharsets.UTF_8);
  private static final byte[] MARK = SystemTopics.HALF_DONE.getBytes(StandardCharsets.UTF_8);
  private static final byte[] GIVEN_UP =
      SystemTopics.CHECKED_TOO_OFTEN.getBytes(StandardCharsets.UTF_8);

  /**
   * @param dueMs time of day at which it is to be asked for, -1 if that follows from the record
   * @param former where it lay before, oldest first
   */
  record Open(Half half, long dueMs, List<Former> former) {
    /** The former places of the record that replaces this one. */
    private List<Former> andHere() {
      List<Former> all = new ArrayList<>(former);
      all.add(new Former(half.queueOffset(), half.logPosition()));
      return all;
    }
  }

  private final TreeMap<Long, Open> byOffset = new TreeMap<>();
  private final Map<Long, Long> offsetByPosition = new HashMap<>();
  private final boolean fromCheckpoint;
  private long logPosition;

  private Recovered(boolean fromCheckpoint) {
    this.fromCheckpoint = fromCheckpoint;
  }

  /**
   * Loads the checkpoint and asks for the log behind it.
   *
   * @param anyHalves false if there never was a half message: the log has nothing to say then
   */
  static Recovered begin(OpenFile file, LogPass pass, boolean anyHalves) throws IOException {
    OpenFile.Saved saved = file.load();
    Recovered found = new Recovered(saved != null);
    if (saved != null) {
      found.take(saved);
      if (anyHalves) {
        pass.showFrom(saved.logPosition(), (record, ageMs) -> found.record(record));
      }
    }
    return found;
  }

  private void take(OpenFile.Saved saved) {
    logPosition = saved.logPosition();
    for (OpenFile.OfGroup group : saved.halves()) {
      Map<Long, List<Former>> former = former(group);
      Long[] numbers = group.open().toArray(new Long[0]);
      for (int i = 0; i + 2 < numbers.length; i += 3) {
        Half half =
            new Half(numbers[i], numbers[i + 1], group.group(), 0, -1, 0, -1, -1, Half.NO_KEY);
        add(new Open(half, numbers[i + 2], former.getOrDefault(numbers[i], List.of())));
      }
    }
  }

  private static Map<Long, List<Former>> former(OpenFile.OfGroup group) {
    Map<Long, List<Former>> byOffset = new HashMap<>();
    Long[] numbers = group.moved().toArray(new Long[0]);
    for (int i = 0; i + 2 < numbers.length; i += 3) {
      byOffset
          .computeIfAbsent(numbers[i], offset -> new ArrayList<>())
          .add(new Former(numbers[i + 1], numbers[i + 2]));
    }
    return byOffset;
  }

  /** False if there is no checkpoint: the queues tell. */
  boolean hasCheckpoint() {
    return fromCheckpoint;
  }

  /** Where the checkpoint ends, 0 without one. */
  long logPosition() {
    return logPosition;
  }

  /** Takes any record of the log. */
  void record(MessageView record) {
    long mark = record.preparedPosition();
    if ((record.sysFlag() & SysFlags.TRANSACTION_MASK) == SysFlags.TRANSACTION_COMMIT) {
      closeAt(mark);
      return;
    }
    byte[] topic = record.topicBytes();
    if (Arrays.equals(topic, HALF)) {
      half(record);
      if (mark > 0) {
        closeAt(mark - 1);
      }
    } else if (Arrays.equals(topic, MARK)) {
      mark(record);
    } else if (mark > 0 && Arrays.equals(topic, GIVEN_UP)) {
      closeAt(mark - 1);
    }
  }

  /** Takes a record of the half queue. */
  void half(MessageView record) {
    Half half = Half.of(record);
    Long replaced = offsetByPosition.get(half.replaces());
    Open before = replaced == null ? null : byOffset.get(replaced);
    add(new Open(half, -1, before == null ? Former.toldBy(half) : before.andHere()));
  }

  /** Takes a record of the op queue. */
  void mark(MessageView record) {
    ClosingMarks.offsets(record, this::close);
  }

  /** An Apache broker is done with the half queue up to this offset. */
  void closeBefore(long offset) {
    for (Long each : byOffset.headMap(offset).keySet().toArray(new Long[0])) {
      close(each);
    }
  }

  Collection<Open> open() {
    return byOffset.values();
  }

  private void add(Open open) {
    byOffset.put(open.half().queueOffset(), open);
    offsetByPosition.put(open.half().logPosition(), open.half().queueOffset());
  }

  private void close(long offset) {
    Open open = byOffset.remove(offset);
    if (open != null) {
      offsetByPosition.remove(open.half().logPosition());
    }
  }

  private void closeAt(long position) {
    Long offset = offsetByPosition.get(position);
    if (offset != null) {
      close(offset);
    }
  }
}
