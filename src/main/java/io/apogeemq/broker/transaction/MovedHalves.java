package io.apogeemq.broker.transaction;

import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where open half messages lay before they were put into the half queue anew: a producer may still
 * decide by the old place. Kept as long as the half message is open.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class MovedHalves {
  static final long ANY_POSITION = -1;

  /**
   * @param now its offset today
   * @param position its log position then, {@link #ANY_POSITION} if that is not known
   */
  record Place(long now, long position) {}

  /**
   * A place where a half message lay.
   *
   * @param offset its offset then
   * @param position its log position then, {@link #ANY_POSITION} if that is not known
   */
  record Former(long offset, long position) {
    /** What a record says by itself: its first place, and not where in the log that was. */
    static List<Former> toldBy(Half half) {
      return half.firstOffset() < 0 || half.firstOffset() == half.queueOffset()
          ? List.of()
          : List.of(new Former(half.firstOffset(), ANY_POSITION));
    }
  }

  private final Map<Long, Place> byFormerOffset = new HashMap<>();
  private final Map<Long, List<Long>> formerOffsets = new HashMap<>();

  /** It was moved once more: what was known of it before stays known. */
  void moved(long formerOffset, long formerPosition, long now) {
    List<Long> former = formerOffsets.remove(formerOffset);
    former = former == null ? new ArrayList<>() : former;
    for (long each : former) {
      byFormerOffset.computeIfPresent(each, (key, place) -> new Place(now, place.position));
    }
    former.add(formerOffset);
    byFormerOffset.put(formerOffset, new Place(now, formerPosition));
    formerOffsets.put(now, former);
  }

  /** All former places of a half message, oldest first. */
  void lay(long now, List<Former> former) {
    for (Former each : former) {
      byFormerOffset.put(each.offset(), new Place(now, each.position()));
      formerOffsets.computeIfAbsent(now, key -> new ArrayList<>()).add(each.offset());
    }
  }

  /** What {@link #lay} is to be told after a restart. */
  List<Former> former(long now) {
    List<Long> offsets = formerOffsets.isEmpty() ? null : formerOffsets.get(now);
    return offsets == null
        ? List.of()
        : offsets.stream()
            .map(each -> new Former(each, byFormerOffset.get(each).position()))
            .toList();
  }

  /** Where the half message lies that lay at an offset before; null if none did. */
  @Nullable Place find(long formerOffset) {
    return byFormerOffset.isEmpty() ? null : byFormerOffset.get(formerOffset);
  }

  /** The half message at this offset is closed. */
  void closed(long now) {
    List<Long> former = formerOffsets.isEmpty() ? null : formerOffsets.remove(now);
    if (former != null) {
      former.forEach(byFormerOffset::remove);
    }
  }
}
