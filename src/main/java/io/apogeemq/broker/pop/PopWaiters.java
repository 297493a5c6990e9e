package io.apogeemq.broker.pop;

import io.apogeemq.broker.arrival.QueueName;
import io.apogeemq.broker.arrival.Sleepers;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one event loop that wait for messages of a group: pops, and notifications.
 *
 * <p>Pops of the same group and topic wait in a room together, for one message satisfies one of them:
 * news wake the one that has waited longest; if it leaves something it wakes the next ({@link #wakeNext}).
 * Notifications take nothing and are woken together. A request waits first and is asked after that whether
 * it is ready, so no news fall between.
 *
 * <p>Everything belongs to the event loop, except what says so. Bounded in all and per room.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class PopWaiters implements Sleepers {

  /** A request that can wait. */
  interface Waiting {
    /** The group and what it waits for: a queue, or with queue id -1 any queue of a topic. */
    QueueKey key();

    /** Further topics whose messages satisfy it: retry topics. */
    Collection<String> moreTopics();

    /** A notification takes nothing. */
    boolean takes();

    /** When to answer in any case, ms of the clock given to this table. */
    long deadlineMs();

    /** When to try again although nothing was heard, ms of the same clock. */
    long againMs();

    /** True if there may be something for it by now. Checked right after it began to wait. */
    boolean isReady();

    /** True if nobody waits for the answer any more. */
    boolean isAbandoned();

    /** Tries again: it answers, or waits anew. */
    void run(boolean deadlineReached);
  }

  /** Something happened to a topic. {@code group} null: for all groups. Queue id -1: to any queue. */
  private record News(String topic, @Nullable String group, int queueId) {}

  /** Those who wait for the same. */
  private static final class Room {
    final QueueKey key;
    final ArrayDeque<Waiting> takers = new ArrayDeque<>(2);
    final List<Waiting> others = new ArrayList<>(0);
    final Set<String> topics = new LinkedHashSet<>(2);

    Room(QueueKey key) {
      this.key = key;
    }

    boolean isEmpty() {
      return takers.isEmpty() && others.isEmpty();
    }

    boolean hears(News news) {
      boolean group = news.group() == null || news.group().equals(key.group());
      boolean queue =
          news.queueId() < 0
              || key.queueId() < 0
              || news.queueId() == key.queueId()
              || !news.topic().equals(key.topic());
      return group && queue;
    }
  }

  private final Map<QueueKey, Room> rooms = new HashMap<>();
  private final Map<String, Set<Room>> byTopic = new HashMap<>();

  /** The keys of {@link #byTopic}, for other threads. */
  private final Set<String> awaited = ConcurrentHashMap.newKeySet();

  /** How many wait in each room, for other threads. */
  private final Map<QueueKey, Integer> counts = new ConcurrentHashMap<>();

  private final MpscUnboundedArrayQueue<News> news = new MpscUnboundedArrayQueue<>(256);
  private final AtomicBoolean wakeScheduled = new AtomicBoolean();
  private final Executor loop;
  private final LongSupplier clockMs;
  private final int max;
  private final int maxPerRoom;
  private int size;

  /**
   * @param loop runs tasks on the event loop that owns this table
   * @param clockMs monotonic
   * @param max so many requests may wait here
   * @param maxPerRoom and so many for the same
   */
  public PopWaiters(Executor loop, LongSupplier clockMs, int max, int maxPerRoom) {
    this.loop = loop;
    this.clockMs = clockMs;
    this.max = max;
    this.maxPerRoom = maxPerRoom;
  }

  /** Lets the request wait. False if too many wait already. */
  boolean park(Waiting request) {
    Room known = rooms.get(request.key());
    if (size >= max || known != null && known.takers.size() + known.others.size() >= maxPerRoom) {
      return false;
    }
    Room room = known != null ? known : open(request);
    if (request.takes()) {
      room.takers.add(request);
    } else {
      room.others.add(request);
    }
    size++;
    counted(room);
    for (String topic : request.moreTopics()) {
      listen(room, topic);
    }
    if (request.isReady()) {
      wake(request.key().topic(), request.key().group());
    }
    return true;
  }

  private Room open(Waiting request) {
    Room room = new Room(request.key());
    rooms.put(request.key(), room);
    listen(room, request.key().topic());
    return room;
  }

  private void listen(Room room, String topic) {
    if (room.topics.add(topic)) {
      byTopic.computeIfAbsent(topic, name -> new LinkedHashSet<>(2)).add(room);
      awaited.add(topic);
    }
  }

  private void counted(Room room) {
    if (!room.isEmpty()) {
      counts.put(room.key, room.takers.size());
      return;
    }
    counts.remove(room.key);
    rooms.remove(room.key);
    for (String topic : room.topics) {
      Set<Room> listening = byTopic.get(topic);
      if (listening != null && listening.remove(room) && listening.isEmpty()) {
        byTopic.remove(topic);
        awaited.remove(topic);
      }
    }
  }

  /** Runs what has reached its deadline, was abandoned, or wants to try again. Every few hundred ms. */
  public void tick() {
    if (size == 0) {
      return;
    }
    long now = clockMs.getAsLong();
    List<Waiting> due = new ArrayList<>();
    for (Room room : List.copyOf(rooms.values())) {
      int before = due.size();
      take(room.takers.iterator(), now, due);
      take(room.others.iterator(), now, due);
      if (due.size() > before) {
        size -= due.size() - before;
        counted(room);
      }
    }
    for (Waiting each : due) {
      each.run(each.deadlineMs() <= now || each.isAbandoned());
    }
  }

  private static void take(Iterator<Waiting> waiting, long now, List<Waiting> due) {
    while (waiting.hasNext()) {
      Waiting each = waiting.next();
      if (each.deadlineMs() <= now || each.againMs() <= now || each.isAbandoned()) {
        waiting.remove();
        due.add(each);
      }
    }
  }

  /** Lets the next one try that waits for the same as a request that left something. */
  void wakeNext(QueueKey key) {
    Room room = rooms.get(key);
    if (room != null) {
      run(room);
    }
  }

  int size() {
    return size;
  }

  /** How many pops wait for just this. Any thread. */
  int waiting(QueueKey key) {
    return counts.getOrDefault(key, 0);
  }

  @Override
  @RunsOn({ThreadRole.APPENDER, ThreadRole.FLUSHER})
  public void queueMoved(QueueName queue) {
    if (!awaited.isEmpty() && awaited.contains(queue.topic())) {
      news.add(new News(queue.topic(), null, queue.queueId()));
    }
  }

  @Override
  @RunsOn({ThreadRole.APPENDER, ThreadRole.FLUSHER})
  public void wakeIfMoved() {
    if (!news.isEmpty() && wakeScheduled.compareAndSet(false, true)) {
      loop.execute(this::runHeard);
    }
  }

  /** Something of a group's topic may be had again. Any thread. */
  void wake(String topic, String group) {
    if (awaited.contains(topic)) {
      news.add(new News(topic, group, -1));
      wakeIfMoved();
    }
  }

  private void runHeard() {
    wakeScheduled.set(false);
    Set<Room> woken = new LinkedHashSet<>();
    for (News each = news.poll(); each != null; each = news.poll()) {
      for (Room room : byTopic.getOrDefault(each.topic(), Set.of())) {
        if (room.hears(each)) {
          woken.add(room);
        }
      }
    }
    woken.forEach(this::run);
  }

  private void run(Room room) {
    List<Waiting> told = new ArrayList<>(room.others);
    room.others.clear();
    Waiting taker = room.takers.poll();
    if (taker != null) {
      told.add(taker);
    }
    size -= told.size();
    counted(room);
    for (Waiting each : told) {
      each.run(false);
    }
  }
}
