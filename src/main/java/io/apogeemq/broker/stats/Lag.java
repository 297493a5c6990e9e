package io.apogeemq.broker.stats;

import io.apogeemq.broker.BrokerIdentity;
import io.apogeemq.broker.group.ClientTable;
import io.apogeemq.broker.group.ClientTable.ConsumerGroup;
import io.apogeemq.broker.offset.OffsetTable;
import io.apogeemq.broker.topic.TopicTable;
import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.body.ConsumeStats;
import io.apogeemq.protocol.body.MessageQueue;
import io.apogeemq.protocol.body.QueryConsumeTimeSpan;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.body.TopicStatsTable;
import io.apogeemq.store.Completions;
import io.apogeemq.store.MessageStore;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * How full queues are and how far behind their groups: ends, committed offsets, and the store times
 * that go with them, read from the store as of now.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class Lag {
  /** Look-ups of one request that are on their way at a time: enough to keep the readers busy. */
  private static final int LOOKUPS_AT_ONCE = 32;

  /** The same where each is of four. */
  private static final int SPANS_AT_ONCE = LOOKUPS_AT_ONCE / 4;

  private final BrokerIdentity broker;
  private final TopicTable topics;
  private final ClientTable clients;
  private final OffsetTable offsets;
  private final MessageStore store;
  private final Rates rates;
  private final Completions back;
  private final LongSupplier clockMs;

  /** {@code back}: that of the event loop that this instance serves. */
  public Lag(
      BrokerIdentity broker,
      TopicTable topics,
      ClientTable clients,
      OffsetTable offsets,
      MessageStore store,
      Rates rates,
      Completions back,
      LongSupplier clockMs) {
    this.broker = broker;
    this.topics = topics;
    this.clients = clients;
    this.offsets = offsets;
    this.store = store;
    this.rates = rates;
    this.back = back;
    this.clockMs = clockMs;
  }

  /** Ends of a topic's queues, and when each was written last. */
  Future<TopicStatsTable> ofTopic(TopicConfig topic) {
    String name = topic.topicName();
    Map<MessageQueue, TopicStatsTable.TopicOffset> rows = new LinkedHashMap<>();
    List<Supplier<Future<?>>> lookups = new ArrayList<>();
    int queues = Math.max(topic.writeQueueNums(), topic.readQueueNums());
    for (int i = 0; i < queues; i++) {
      int id = i;
      MessageQueue queue = queue(name, id);
      long min = store.minOffset(name, id);
      long max = store.maxOffset(name, id);
      rows.put(queue, new TopicStatsTable.TopicOffset(0, max, min));
      if (max > min) {
        lookups.add(
            () ->
                storeTime(name, id, max - 1)
                    .onSuccess(
                        time -> rows.put(queue, new TopicStatsTable.TopicOffset(time, max, min))));
      }
    }
    Rates.Tally put = rates.putInto(name);
    double perSecond = put == null ? 0 : put.minute().messagesPerSecond();
    return Lookups.run(lookups, LOOKUPS_AT_ONCE).map(done -> new TopicStatsTable(rows, perSecond));
  }

  /**
   * The topics in which a group's lag counts: where it has offsets, and if it is online still wants, and what
   * it has not acknowledged of these when it pops.
   */
  Set<String> topicsOf(String group) {
    return counting(group, offsets.topicsOf(group), offsets::topicsOf);
  }

  /** The same for each of all groups that have offsets; one pass over the offsets. */
  Map<String, Set<String>> topicsByGroup() {
    Map<String, Set<String>> topicsOf = offsets.topicsByGroup();
    Map<String, Set<String>> counting = new TreeMap<>();
    topicsOf.forEach(
        (group, names) ->
            counting.put(
                group, counting(group, names, other -> topicsOf.getOrDefault(other, Set.of()))));
    return counting;
  }

  /**
   * @param withOffsets where any group has offsets
   */
  private Set<String> counting(
      String group, Set<String> own, Function<String, Set<String>> withOffsets) {
    Set<String> names = new TreeSet<>(own);
    ConsumerGroup online = clients.consumerGroup(group);
    if (online != null && !online.subscriptions().isEmpty()) {
      names.retainAll(online.subscriptions().keySet());
    }
    names.removeIf(name -> topics.find(name) == null);
    names.addAll(popRetries(group, names, withOffsets));
    return names;
  }

  /**
   * Where what a group did not acknowledge waits for its next pop. Nobody may come for it: until the group pops
   * again it has no offset there.
   */
  private Set<String> popRetries(
      String group, Set<String> names, Function<String, Set<String>> withOffsets) {
    Set<String> retries = new TreeSet<>();
    for (String name : names) {
      for (String retry : Names.popRetryTopics(group, name)) {
        // The same name may be that of another group, which hands back what it pulls.
        String namesake = retry.substring(Names.RETRY.length());
        if (topics.find(retry) != null && !withOffsets.apply(namesake).contains(retry)) {
          retries.add(retry);
        }
      }
    }
    return retries;
  }

  /**
   * Messages of a topic that a group has not committed and can still get; from memory. An offset beyond a
   * queue's end hides nothing of the other queues.
   */
  long behind(String group, TopicConfig topic) {
    Map<Integer, Long> committed = offsets.ofTopic(group, topic.topicName());
    long sum = 0;
    for (int i = 0; i < topic.readQueueNums(); i++) {
      long first = store.minOffset(topic.topicName(), i);
      long next = Math.max(first, committed.getOrDefault(i, 0L));
      sum += Math.max(0, store.maxOffset(topic.topicName(), i) - next);
    }
    return sum;
  }

  /** Messages that are stored of a topic; from memory. */
  long stored(TopicConfig topic) {
    int queues = Math.max(topic.writeQueueNums(), topic.readQueueNums());
    long sum = 0;
    for (int i = 0; i < queues; i++) {
      sum += store.maxOffset(topic.topicName(), i) - store.minOffset(topic.topicName(), i);
    }
    return sum;
  }

  /** Lag of a group in some topics; an unknown topic is left out. */
  Future<ConsumeStats> ofGroup(String group, Set<String> names) {
    Map<MessageQueue, ConsumeStats.OffsetWrapper> rows = new LinkedHashMap<>();
    List<Supplier<Future<?>>> lookups = new ArrayList<>();
    double perSecond = 0;
    for (String name : names) {
      TopicConfig topic = topics.find(name);
      if (topic == null) {
        continue;
      }
      for (int i = 0; i < topic.readQueueNums(); i++) {
        int id = i;
        lookups.add(() -> addRow(group, name, id, rows));
      }
      Rates.Tally got = rates.gotFrom(name, group);
      perSecond += got == null ? 0 : got.minute().messagesPerSecond();
    }
    double tps = perSecond;
    return Lookups.run(lookups, LOOKUPS_AT_ONCE).map(done -> new ConsumeStats(tps, rows));
  }

  private Future<?> addRow(
      String group, String topic, int id, Map<MessageQueue, ConsumeStats.OffsetWrapper> rows) {
    MessageQueue queue = queue(topic, id);
    long max = store.maxOffset(topic, id);
    long committed = offsets.find(group, topic, id).orElse(0);
    long pulled = offsets.pulled(group, topic, id);
    rows.put(queue, new ConsumeStats.OffsetWrapper(max, committed, 0, pulled));
    if (committed <= 0) {
      return Future.succeededFuture();
    }
    return storeTime(topic, id, committed - 1)
        .onSuccess(
            time -> rows.put(queue, new ConsumeStats.OffsetWrapper(max, committed, time, pulled)));
  }

  /** Store times of each queue's first, last and last consumed message, -1 where there is none. */
  Future<QueryConsumeTimeSpan> timeSpans(String group, TopicConfig topic) {
    String name = topic.topicName();
    int queues = topic.readQueueNums();
    QueryConsumeTimeSpan.QueueTimeSpan[] rows = new QueryConsumeTimeSpan.QueueTimeSpan[queues];
    List<Supplier<Future<?>>> lookups = new ArrayList<>();
    for (int i = 0; i < queues; i++) {
      int id = i;
      lookups.add(() -> timeSpan(group, name, id).onSuccess(span -> rows[id] = span));
    }
    return Lookups.run(lookups, SPANS_AT_ONCE).map(done -> new QueryConsumeTimeSpan(List.of(rows)));
  }

  private Future<QueryConsumeTimeSpan.QueueTimeSpan> timeSpan(String group, String topic, int id) {
    long min = store.minOffset(topic, id);
    long max = store.maxOffset(topic, id);
    long committed = offsets.find(group, topic, id).orElse(0);
    Future<Long> first = timeOrNone(topic, id, min, max > min);
    Future<Long> last = timeOrNone(topic, id, max - 1, max > min);
    Future<Long> consumed = committed > 0 ? timeOrNone(topic, id, committed - 1, true) : first;
    Future<Long> waiting = timeOrNone(topic, id, Math.max(min, committed), committed < max);
    return Future.all(first, last, consumed, waiting)
        .map(
            done ->
                new QueryConsumeTimeSpan.QueueTimeSpan(
                    consumed.result(),
                    waiting.result() < 0 ? 0 : clockMs.getAsLong() - waiting.result(),
                    last.result(),
                    queue(topic, id),
                    first.result()));
  }

  private Future<Long> timeOrNone(String topic, int id, long offset, boolean exists) {
    return exists
        ? storeTimeOrEmpty(topic, id, offset).map(time -> time.orElse(-1))
        : Future.succeededFuture(-1L);
  }

  /** Store time of a message in ms, 0 if it is gone. */
  private Future<Long> storeTime(String topic, int id, long offset) {
    return storeTimeOrEmpty(topic, id, offset).map(time -> time.orElse(0));
  }

  private Future<OptionalLong> storeTimeOrEmpty(String topic, int id, long offset) {
    Promise<OptionalLong> time = Promise.promise();
    store.storeTime(topic, id, offset, back, time::complete);
    return time.future();
  }

  private MessageQueue queue(String topic, int id) {
    return new MessageQueue(broker.name(), id, topic);
  }
}
