package io.apogeemq.broker.transaction;

import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * All that is known of the transactions that are open: where their half messages lie, whose they are,
 * and when their producers are to be asked.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class OpenTable {
  final OpenHalves halves = new OpenHalves();
  final Groups groups = new Groups();
  final DueWheel wheel;
  final MovedHalves moved = new MovedHalves();

  private final TransactionConfig config;
  private final LongSupplier wallMs;
  private final LongSupplier monotonicMs;

  OpenTable(TransactionConfig config, LongSupplier wallMs, LongSupplier monotonicMs) {
    this.config = config;
    this.wallMs = wallMs;
    this.monotonicMs = monotonicMs;
    wheel = new DueWheel(monotonicMs.getAsLong());
  }

  /** Takes in a record of the half queue that the tail gives, unless it is in the table already. */
  void arrived(Half half) {
    // What we put in anew is here, or is moved when its append is answered.
    if (half.replaces() < 0 && halves.find(half.queueOffset()) < 0) {
      open(half, half.checks(), -1, MovedHalves.Former.toldBy(half));
    }
  }

  /**
   * Takes in a half message.
   *
   * @param checks how often its producers were asked
   * @param dueWallMs time of day at which they are to be asked, -1 if that follows from the record
   * @param former where it lay before
   */
  void open(Half half, int checks, long dueWallMs, List<MovedHalves.Former> former) {
    Groups.Group group = groups.enter(half.group());
    int slot = halves.add(half.queueOffset(), half.logPosition(), group.number, checks, half.key());
    moved.lay(half.queueOffset(), former);
    wheel.add(slot, monotonicMs.getAsLong() + Math.max(0, dueInMs(half, checks, dueWallMs)));
  }

  private long dueInMs(Half half, int checks, long dueWallMs) {
    long now = wallMs.getAsLong();
    if (dueWallMs >= 0) {
      return Math.min(dueWallMs - now, config.checkIntervalMs());
    }
    if (checks > 0) {
      return config.checkIntervalMs();
    }
    // By our own clock: a sender's may be wrong by hours.
    long immunityMs = half.immunityMs() < 0 ? config.timeoutMs() : half.immunityMs();
    return half.storedMs() + immunityMs - now;
  }

  /**
   * The slot of the half message that lies, or has lain, at an offset and a log position; -1 if none is
   * open there.
   */
  int find(long offset, long position) {
    int slot = halves.find(offset);
    if (slot >= 0) {
      return halves.logPosition(slot) == position ? slot : -1;
    }
    MovedHalves.Place place = moved.find(offset);
    boolean there =
        place != null
            && (place.position() == MovedHalves.ANY_POSITION || place.position() == position);
    return there ? halves.find(place.now()) : -1;
  }

  String groupName(int slot) {
    return groups.get(halves.group(slot)).name;
  }

  /** The half message of this slot is about to be removed from {@link #halves}. */
  void closing(int slot) {
    moved.closed(halves.queueOffset(slot));
    wheel.remove(slot);
    groups.leave(halves.group(slot));
  }

  /** The half message of this slot lay elsewhere. */
  void moved(int slot, long oldOffset, long oldPosition) {
    moved.moved(oldOffset, oldPosition, halves.queueOffset(slot));
  }
}
