package io.apogeemq.broker.pop;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Reaches the pops that wait on all event loops, for news that don't come from the store: an
 * acknowledgement frees a queue, a group was set back. Any thread; never waits.
 */
public final class PopWakes {
  private final List<PopWaiters> loops = new CopyOnWriteArrayList<>();

  /** Adds what waits on one more event loop. */
  public void add(PopWaiters loop) {
    loops.add(loop);
  }

  /** Lets a waiting request of the group try again, on each loop one; {@code topic}: any of its topics. */
  void wake(String topic, String group) {
    for (PopWaiters each : loops) {
      each.wake(topic, group);
    }
  }

  /** How many requests wait for just this, on all loops; a moment's view. */
  int waiting(QueueKey key) {
    int sum = 0;
    for (PopWaiters each : loops) {
      sum += each.waiting(key);
    }
    return sum;
  }
}
