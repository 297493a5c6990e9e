package io.apogeemq.broker.arrival;

import io.apogeemq.store.ArrivalListener;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Spreads the store's arrivals over the event loops that wait for them. Called on a store thread;
 * never waits, and wakes a loop at most once per batch.
 */
public final class ArrivalFan implements ArrivalListener {
  private final List<Sleepers> loops = new CopyOnWriteArrayList<>();

  /** Adds what waits on one more event loop. Any thread. */
  public void add(Sleepers loop) {
    loops.add(loop);
  }

  @Override
  @RunsOn({ThreadRole.APPENDER, ThreadRole.FLUSHER, ThreadRole.EVENT_LOOP})
  public void queueMoved(String topic, int queueId, long maxOffset) {
    QueueName queue = new QueueName(topic, queueId);
    for (Sleepers each : loops) {
      each.queueMoved(queue);
    }
  }

  /** Runs again what waits for a queue although nothing has arrived in it. Any thread. */
  public void wake(String topic, int queueId) {
    queueMoved(topic, queueId, 0);
    batchEnded();
  }

  @Override
  public void batchEnded() {
    for (Sleepers each : loops) {
      each.wakeIfMoved();
    }
  }
}
