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

  private final Map<Long, Place> byFormerOffset = new HashMap<>();
  private final Map<Long, List<Long>> formerOffsets = new HashMap<>();

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
