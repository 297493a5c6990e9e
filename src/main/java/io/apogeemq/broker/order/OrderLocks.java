package io.apogeemq.broker.order;

import io.apogeemq.broker.state.StateRecord;
import io.apogeemq.broker.state.StateTable;
import io.apogeemq.broker.state.StateWriter;
import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.JsonForm;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The queues that members of consumer groups have locked, so that each is consumed by one of them at a
 * time. A lock belongs to a client id and lives for a set time after its holder last asked for it; until
 * then nobody else gets it. A consumer trusts its own lock for half of that time only (30 s of 60 s), so
 * its successor does not start while it is still working by the lock.
 *
 * <p>Who holds what survives a restart, with a full life from then on: else the first member that comes
 * back would be given the queues of those that are still on their way. So a lock that changes hands is a
 * state record; one that its holder asks for again is not. Changes are numbered, and written in the order
 * of their numbers; replaying applies the numbers above the last one seen or given out, so that a
 * broker's own records change nothing while it runs.
 *
 * <p>Shared by all event loops: every access holds the table's lock for a few map operations, a few times
 * a minute per consumer. Bounded by the queues that exist and the groups that are known, both checked by
 * whoever asks.
 */
public final class OrderLocks implements StateTable {
  private record Place(String group, String topic, int queueId) {}

  private record Lock(String clientId, long askedMs) {}

  /** The checkpoint file: all locks, and the number of the change up to which they hold. */
  private record Saved(long lastChange, List<SavedLock> locks) implements Body {}

  private record SavedLock(String group, String topic, int queueId, String clientId)
      implements Body {}

  private final Map<Place, Lock> locks = new HashMap<>();
  private final long lifeMs;
  private final LongSupplier clockMs;
  private final StateWriter writer;
  private long lastChange;
  private long revision;

  /**
   * @param lifeMs how long a lock lives after it was last asked for
   * @param clockMs monotonic
   */
  public OrderLocks(long lifeMs, LongSupplier clockMs, StateWriter writer) {
    this.lifeMs = lifeMs;
    this.clockMs = clockMs;
    this.writer = writer;
  }

  /** A queue as the one who locks it names it. */
  record Queue(String topic, int queueId) {}

  /**
   * Locks queues for a member of a group, those anew that it holds already.
   *
   * @return those that are now its own; the others are somebody else's. Completes on the asking context
   *     when that would be known after a crash; fails with {@code Refused} if it can't be written
   */
  synchronized Future<Set<Queue>> lock(String group, Set<Queue> wanted, String clientId) {
    long now = clockMs.getAsLong();
    Set<Queue> held = new LinkedHashSet<>();
    Map<String, Set<Integer>> news = new HashMap<>();
    for (Queue each : wanted) {
      Place place = new Place(group, each.topic, each.queueId);
      Lock present = locks.get(place);
      boolean own = present != null && present.clientId.equals(clientId);
      if (!own && present != null && !hasEnded(present, now)) {
        continue;
      }
      locks.put(place, new Lock(clientId, now));
      held.add(each);
      if (!own) {
        news.computeIfAbsent(each.topic, topic -> new TreeSet<>()).add(each.queueId);
      }
    }
    return news.isEmpty()
        ? Future.succeededFuture(held)
        : write(group, clientId, news).map(written -> held);
  }

  /** Gives queues back; those that this client does not hold stay as they are. */
  synchronized Future<Void> unlock(String group, Set<Queue> queues, String clientId) {
    Map<String, Set<Integer>> news = new HashMap<>();
    for (Queue each : queues) {
      Place place = new Place(group, each.topic, each.queueId);
      Lock present = locks.get(place);
      if (present != null && present.clientId.equals(clientId)) {
        locks.remove(place);
        news.computeIfAbsent(each.topic, topic -> new TreeSet<>()).add(each.queueId);
      }
    }
    return news.isEmpty() ? Future.succeededFuture() : write(group, "", news);
  }

  private Future<Void> write(String group, String holder, Map<String, Set<Integer>> queues) {
    revision++;
    return writer.write(new StateRecord.OrderLocks(++lastChange, group, holder, queues));
  }

  /** Whether a member of this group holds a queue now: it consumes in order. Looks at all locks; any thread. */
  public synchronized boolean holdsAny(String group) {
    long now = clockMs.getAsLong();
    return locks.entrySet().stream()
        .anyMatch(each -> each.getKey().group.equals(group) && !hasEnded(each.getValue(), now));
  }

  /** Forgets what has ended. Any thread, now and then. */
  public synchronized void expire() {
    long now = clockMs.getAsLong();
    if (locks.values().removeIf(each -> hasEnded(each, now))) {
      revision++;
    }
  }

  /** So many locks are remembered, ended ones included until the next {@link #expire}. */
  synchronized int size() {
    return locks.size();
  }

  private boolean hasEnded(Lock lock, long nowMs) {
    return nowMs - lock.askedMs > lifeMs;
  }

  @Override
  public String checkpointName() {
    return "orderLocks.json";
  }

  @Override
  public synchronized void load(String json) {
    Saved saved = Body.parse(Saved.class, json);
    lastChange = saved.lastChange;
    long now = clockMs.getAsLong();
    for (SavedLock each : saved.locks) {
      locks.put(new Place(each.group, each.topic, each.queueId), new Lock(each.clientId, now));
    }
  }

  @Override
  @RunsOn(ThreadRole.EVENT_LOOP)
  public synchronized void replay(StateRecord record) {
    if (record instanceof StateRecord.OrderLocks change && change.number() > lastChange) {
      lastChange = change.number();
      revision++;
      Lock lock = change.holder().isEmpty() ? null : new Lock(change.holder(), clockMs.getAsLong());
      change
          .queues()
          .forEach((topic, ids) -> ids.forEach(id -> put(change.group(), topic, id, lock)));
    } else if (record instanceof StateRecord.DeleteTopic delete) {
      forget(locks.keySet().removeIf(place -> place.topic.equals(delete.topic())));
    } else if (record instanceof StateRecord.DeleteGroup delete) {
      forget(locks.keySet().removeIf(place -> place.group.equals(delete.group())));
    }
  }

  private void put(String group, String topic, int queueId, @Nullable Lock lock) {
    Place place = new Place(group, topic, queueId);
    if (lock == null) {
      locks.remove(place);
    } else {
      locks.put(place, lock);
    }
  }

  private void forget(boolean any) {
    if (any) {
      revision++;
    }
  }

  @Override
  public synchronized long revision() {
    return revision;
  }

  @Override
  public synchronized Supplier<String> checkpoint() {
    List<SavedLock> all = new ArrayList<>();
    locks.forEach(
        (place, lock) ->
            all.add(new SavedLock(place.group, place.topic, place.queueId, lock.clientId)));
    Saved now = new Saved(lastChange, all);
    return () -> now.toJson(JsonForm.FILE);
  }
}
