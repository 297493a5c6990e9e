package io.apogeemq.namesrv;

import io.apogeemq.protocol.body.BrokerData;
import io.apogeemq.protocol.body.ClusterInfo;
import io.apogeemq.protocol.body.DataVersion;
import io.apogeemq.protocol.body.QueueData;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.body.TopicList;
import io.apogeemq.protocol.body.TopicRoute;
import io.apogeemq.remoting.Connection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which nodes live and which queues they have. The rules of registration are the original's
 * (RouteInfoManager of 5.5 and, where a 4.x broker can tell the difference, of 4.9).
 *
 * <p>Safe to share. Every change takes the one lock; readers take none: nodes are one immutable value
 * that is replaced as a whole, and what is known of a topic is one immutable value per topic, so that a
 * change to one topic does not copy the others. Time is given by the creator.
 *
 * <p>Kept at all times: a broker name is in {@code nodes} exactly while one of its addresses is in
 * {@code live}; a cluster lists names that are in {@code nodes} only; an address stands for one broker
 * name at a time; a topic is there exactly while at least one broker name has queues of it.
 */
public final class RouteTable {
  private static final Logger log = LoggerFactory.getLogger(RouteTable.class);

  static final int READ = 4;
  static final int WRITE = 2;

  /** Topics by which 5.x brokers of one name exchange state: they want the real addresses. */
  private static final String MEMBER_SYNC_PREFIX = "rmq_sys_SYNC_BROKER_MEMBER_";

  private static final int UNIT_FLAG = 1;
  private static final int UNIT_SUB_FLAG = 2;

  /** A broker that says nothing of its own time-out is gone after so much silence. */
  static final long DEFAULT_TIMEOUT_MS = 120_000;

  /** More nodes than any real cluster; a stranger must not be able to fill the memory. */
  static final int MAX_NODES = 10_000;

  /** More topics than that are not accepted, for the same reason. */
  static final int MAX_TOPICS = 1_000_000;

  /** One registered node. The address alone may repeat in two clusters. */
  private record NodeKey(String cluster, String address) {}

  /** What keeps a node in the table. Guarded by the lock. */
  private static final class Liveness {
    final String brokerName;
    final @Nullable DataVersion version;
    final Connection connection;
    final String haServerAddr;
    final long timeoutMs;
    long lastSeenMs;

    Liveness(Registration registration, long nowMs) {
      brokerName = registration.brokerName();
      version = registration.version();
      connection = registration.connection();
      haServerAddr = registration.haServerAddr();
      timeoutMs = registration.timeoutMs();
      lastSeenMs = nowMs;
    }
  }

  /** The nodes as readers see them. {@code clusters}: broker names by cluster. */
  private record Nodes(Map<String, BrokerData> brokers, Map<String, Set<String>> clusters) {
    Nodes {
      brokers = Collections.unmodifiableMap(brokers);
      clusters = Collections.unmodifiableMap(clusters);
    }
  }

  /**
   * What a broker says about itself.
   *
   * @param since5 whether it is a 5.x broker (it names {@code enableActingMaster})
   * @param version of its topics, or null if it has none
   */
  public record Registration(
      String cluster,
      String brokerName,
      long brokerId,
      String address,
      String haServerAddr,
      long timeoutMs,
      boolean since5,
      boolean enableActingMaster,
      @Nullable DataVersion version,
      Collection<TopicConfig> topics,
      Connection connection) {}

  /** What became of a registration. */
  public sealed interface Outcome {
    /** Done; for a slave with its master's addresses if that one lives. */
    record Registered(@Nullable String haServerAddr, @Nullable String masterAddr)
        implements Outcome {}

    /** Nothing was changed; {@code reason} is for the broker's log. */
    record Refused(String reason) implements Outcome {}
  }

  private final LongSupplier clockMs;
  private final boolean supportActingMaster;
  private final Object lock = new Object();

  private final Map<NodeKey, Liveness> live = new HashMap<>();
  private volatile Nodes nodes = new Nodes(Map.of(), Map.of());

  /** By topic: its queues by broker name, sorted. Values are immutable. */
  private final Map<String, Map<String, QueueData>> topics = new ConcurrentHashMap<>();

  public RouteTable(boolean supportActingMaster, LongSupplier clockMs) {
    this.supportActingMaster = supportActingMaster;
    this.clockMs = clockMs;
  }

  // ---- nodes come and go

  /** Takes in what a broker says. Names and addresses have been checked. */
  public Outcome register(Registration r) {
    synchronized (lock) {
      NodeKey key = new NodeKey(r.cluster(), r.address());
      forgetOtherIdentities(r, key);
      BrokerData known = nodes.brokers.get(r.brokerName());
      TreeMap<Long, String> addresses = known == null ? new TreeMap<>() : copy(known);
      String before = addresses.get(r.brokerId());
      if (known != null && before != null && !before.equals(r.address())) {
        Liveness holder = holder(r.brokerName(), before);
        if (holder != null && epoch(holder.version) > epoch(r.version())) {
          log.warn(
              "{} wants to be {} of {}, which {} is in a later epoch: ignored",
              r.address(),
              r.brokerId(),
              r.brokerName(),
              before);
          forget(key);
          return new Outcome.Registered(null, null);
        }
      }
      if (before == null && r.topics().size() == 1) {
        // One changed topic of a broker whose others are not known: it has to send all of them.
        return new Outcome.Refused("register broker failed");
      }
      if (before == null && live.size() >= MAX_NODES) {
        return new Outcome.Refused("more than " + MAX_NODES + " brokers are registered");
      }
      boolean sameVersion = live.containsKey(key) && same(live.get(key).version, r.version());
      // A slave that became master, or changed its id, keeps its address.
      addresses.values().removeIf(r.address()::equals);
      addresses.put(r.brokerId(), r.address());
      if (before != null && !before.equals(r.address())) {
        live.entrySet()
            .removeIf(
                other ->
                    other.getKey().address.equals(before)
                        && other.getValue().brokerName.equals(r.brokerName()));
      }
      putBroker(r, known, addresses);
      boolean master = r.brokerId() == BrokerData.MASTER_ID;
      boolean standIn = r.since5() && !master && addresses.firstKey() == r.brokerId();
      if (master || standIn) {
        takeTopics(r, before == null || !sameVersion, standIn && r.enableActingMaster());
      }
      if (live.put(key, new Liveness(r, clockMs.getAsLong())) == null) {
        log.info(
            "broker {} ({}) of {} registered from {}",
            r.brokerName(),
            r.brokerId(),
            r.cluster(),
            r.address());
      }
      return answer(r, addresses);
    }
  }

  /**
   * What this address was under another broker name, or this broker at this address in another
   * cluster, it is no more: a broker that was renamed or moved since would else stay as a ghost, or
   * be taken out when its former self expires.
   */
  private void forgetOtherIdentities(Registration r, NodeKey key) {
    Liveness same = live.get(key);
    if (same != null && same.brokerName.equals(r.brokerName())) {
      return; // the common case: it was checked when it came
    }
    List<NodeKey> former = new ArrayList<>();
    live.forEach(
        (other, alive) -> {
          if (other.equals(key)
              || other.address.equals(r.address()) && alive.brokerName.equals(r.brokerName())) {
            former.add(other);
          }
        });
    former.forEach(this::forget);
  }

  /** Takes out what is live under this key, with all that is known of it. */
  private void forget(NodeKey key) {
    Liveness gone = live.remove(key);
    if (gone != null) {
      remove(gone.brokerName, key.address);
    }
  }

  /** What is live of a broker name at an address, in whichever cluster, or null. */
  private @Nullable Liveness holder(String brokerName, String address) {
    for (Map.Entry<NodeKey, Liveness> each : live.entrySet()) {
      if (each.getKey().address.equals(address) && each.getValue().brokerName.equals(brokerName)) {
        return each.getValue();
      }
    }
    return null;
  }

  private static TreeMap<Long, String> copy(BrokerData broker) {
    return new TreeMap<>(broker.brokerAddrs());
  }

  private static long epoch(@Nullable DataVersion version) {
    Long epoch = version == null ? null : version.stateVersion();
    return epoch == null ? 0 : epoch;
  }

  private static boolean same(@Nullable DataVersion one, @Nullable DataVersion other) {
    return one == null ? other == null : one.sameAs(other);
  }

  private void putBroker(
      Registration r, @Nullable BrokerData known, TreeMap<Long, String> addresses) {
    BrokerData broker =
        new BrokerData(
            Collections.unmodifiableMap(addresses),
            r.brokerName(),
            known == null ? r.cluster() : known.cluster(),
            r.since5() ? Boolean.valueOf(r.enableActingMaster()) : null);
    Set<String> members = nodes.clusters.getOrDefault(r.cluster(), Set.of());
    if (broker.equals(known) && members.contains(r.brokerName())) {
      return;
    }
    Map<String, BrokerData> brokers = new TreeMap<>(nodes.brokers);
    brokers.put(r.brokerName(), broker);
    Map<String, Set<String>> clusters = new TreeMap<>(nodes.clusters);
    Set<String> grown = new TreeSet<>(members);
    grown.add(r.brokerName());
    clusters.put(r.cluster(), Collections.unmodifiableSet(grown));
    nodes = new Nodes(brokers, clusters);
  }

  private void takeTopics(Registration r, boolean changed, boolean readOnly) {
    for (TopicConfig topic : r.topics()) {
      Map<String, QueueData> queues = topics.get(topic.topicName());
      boolean missing = queues == null || !queues.containsKey(r.brokerName());
      // An unchanged version leaves a wiped write permission wiped.
      if (changed || missing) {
        putQueues(
            topic.topicName(),
            new QueueData(
                r.brokerName(),
                readOnly ? topic.perm() & ~WRITE : topic.perm(),
                topic.readQueueNums(),
                topic.topicSysFlag(),
                topic.writeQueueNums()));
      }
    }
  }

  private void putQueues(String topic, QueueData queues) {
    Map<String, QueueData> before = topics.get(topic);
    if (before == null) {
      if (topics.size() >= MAX_TOPICS) {
        log.warn("topic {} left out: there are {} already", topic, MAX_TOPICS);
        return;
      }
      log.debug("topic {} on {}", topic, queues.brokerName());
      topics.put(topic, Map.of(queues.brokerName(), queues));
    } else if (!queues.equals(before.get(queues.brokerName()))) {
      Map<String, QueueData> after = new TreeMap<>(before);
      after.put(queues.brokerName(), queues);
      topics.put(topic, Collections.unmodifiableMap(after));
    }
  }

  private Outcome answer(Registration r, Map<Long, String> addresses) {
    String master = addresses.get(BrokerData.MASTER_ID);
    if (r.brokerId() != BrokerData.MASTER_ID && master != null) {
      Liveness alive = live.get(new NodeKey(r.cluster(), master));
      if (alive != null) {
        return new Outcome.Registered(alive.haServerAddr, master);
      }
    }
    return new Outcome.Registered(null, null);
  }

  /**
   * Takes a node out. Nothing happens unless exactly this node is registered: one that names another
   * cluster or another broker than the address belongs to speaks of somebody else, or of the past.
   */
  public void unregister(String cluster, String brokerName, String address) {
    synchronized (lock) {
      NodeKey key = new NodeKey(cluster, address);
      Liveness alive = live.get(key);
      if (alive != null && alive.brokerName.equals(brokerName)) {
        forget(key);
      }
    }
  }

  /** A connection is gone: and with it the nodes that registered on it and on no other since. */
  public void connectionLost(Connection connection) {
    removeAll("lost its connection", alive -> alive.connection == connection);
  }

  /** Takes out the nodes that have been silent for longer than they said they would be. */
  public void expire() {
    long nowMs = clockMs.getAsLong();
    removeAll("was silent for too long", alive -> nowMs - alive.lastSeenMs > alive.timeoutMs);
  }

  private void removeAll(String why, Predicate<Liveness> which) {
    synchronized (lock) {
      Map<NodeKey, Liveness> gone = new HashMap<>();
      live.forEach(
          (key, alive) -> {
            if (which.test(alive)) {
              gone.put(key, alive);
            }
          });
      gone.forEach(
          (key, alive) -> {
            log.warn("broker {} at {} {}", alive.brokerName, key.address, why);
            forget(key);
          });
    }
  }

  private void remove(String brokerName, String address) {
    BrokerData known = nodes.brokers.get(brokerName);
    if (known == null || !known.brokerAddrs().containsValue(address)) {
      return;
    }
    TreeMap<Long, String> addresses = copy(known);
    addresses.values().removeIf(address::equals);
    Map<String, BrokerData> brokers = new TreeMap<>(nodes.brokers);
    Map<String, Set<String>> clusters = new TreeMap<>(nodes.clusters);
    if (addresses.isEmpty()) {
      brokers.remove(brokerName);
      clusters.replaceAll((cluster, members) -> without(brokerName, members));
      clusters.values().removeIf(Set::isEmpty);
    } else {
      brokers.put(
          brokerName,
          new BrokerData(
              Collections.unmodifiableMap(addresses),
              brokerName,
              known.cluster(),
              known.enableActingMaster()));
    }
    nodes = new Nodes(brokers, clusters);
    log.info("broker {} at {} is gone", brokerName, address);
    if (addresses.isEmpty()) {
      topics.keySet().forEach(topic -> removeQueues(topic, Set.of(brokerName)));
    } else if (Boolean.TRUE.equals(known.enableActingMaster())
        && !addresses.containsKey(BrokerData.MASTER_ID)) {
      // A stand-in serves reads only.
      changePermission(brokerName, perm -> perm & ~WRITE);
    }
  }

  private static Set<String> without(String brokerName, Set<String> members) {
    if (!members.contains(brokerName)) {
      return members;
    }
    Set<String> others = new TreeSet<>(members);
    others.remove(brokerName);
    return Collections.unmodifiableSet(others);
  }

  private void removeQueues(String topic, Set<String> brokerNames) {
    Map<String, QueueData> before = topics.get(topic);
    if (before == null || Collections.disjoint(before.keySet(), brokerNames)) {
      return;
    }
    Map<String, QueueData> after = new TreeMap<>(before);
    after.keySet().removeAll(brokerNames);
    if (after.isEmpty()) {
      topics.remove(topic);
    } else {
      topics.put(topic, Collections.unmodifiableMap(after));
    }
  }

  /** A node is still there. Nothing happens if it is not registered. */
  public void seen(String cluster, String address) {
    synchronized (lock) {
      Liveness alive = live.get(new NodeKey(cluster, address));
      if (alive != null) {
        alive.lastSeenMs = clockMs.getAsLong();
      }
    }
  }

  /** The version of the topics that this node registered last, or null. */
  public @Nullable DataVersion version(String cluster, String address) {
    synchronized (lock) {
      Liveness alive = live.get(new NodeKey(cluster, address));
      return alive == null ? null : alive.version;
    }
  }

  // ---- changes by administrators

  /** Takes a topic out of all brokers, or of those of one cluster, until they register it again. */
  public void deleteTopic(String topic, @Nullable String cluster) {
    synchronized (lock) {
      if (cluster == null) {
        topics.remove(topic);
      } else {
        removeQueues(topic, nodes.clusters.getOrDefault(cluster, Set.of()));
      }
    }
  }

  /** Puts a topic onto brokers; those that are not registered are left out. */
  public void registerTopic(String topic, Collection<QueueData> queues) {
    synchronized (lock) {
      for (QueueData each : queues) {
        if (nodes.brokers.containsKey(each.brokerName())) {
          putQueues(topic, each);
        } else {
          log.warn("topic {} can't be on {}: no such broker", topic, each.brokerName());
        }
      }
    }
  }

  /** Takes the write permission from all topics of a broker; answers of how many. */
  public int wipeWritePermission(String brokerName) {
    return changePermission(brokerName, perm -> perm & ~WRITE);
  }

  /** Gives all topics of a broker read and write permission; answers how many. */
  public int addWritePermission(String brokerName) {
    return changePermission(brokerName, perm -> READ | WRITE);
  }

  private int changePermission(String brokerName, UnaryOperator<Integer> change) {
    synchronized (lock) {
      int count = 0;
      for (Map.Entry<String, Map<String, QueueData>> topic : topics.entrySet()) {
        QueueData q = topic.getValue().get(brokerName);
        if (q != null) {
          putQueues(
              topic.getKey(),
              new QueueData(
                  brokerName,
                  change.apply(q.perm()),
                  q.readQueueNums(),
                  q.topicSysFlag(),
                  q.writeQueueNums()));
          count++;
        }
      }
      return count;
    }
  }

  // ---- questions; no lock

  /** Where a topic is, or null if no living broker has it. */
  public @Nullable TopicRoute route(String topic, @Nullable String orderTopicConf) {
    Map<String, QueueData> queues = topics.get(topic);
    if (queues == null) {
      return null;
    }
    Map<String, BrokerData> known = nodes.brokers;
    List<BrokerData> brokers = new ArrayList<>(queues.size());
    boolean mayStandIn = supportActingMaster && !topic.startsWith(MEMBER_SYNC_PREFIX);
    for (QueueData each : queues.values()) {
      BrokerData broker = known.get(each.brokerName());
      if (broker != null) {
        brokers.add(mayStandIn ? withStandIn(broker, each) : broker);
      }
    }
    return brokers.isEmpty()
        ? null
        : new TopicRoute(brokers, Map.of(), orderTopicConf, List.copyOf(queues.values()));
  }

  /** A read-only broker name without master shows its lowest slave as master. */
  private static BrokerData withStandIn(BrokerData broker, QueueData queues) {
    boolean needed =
        Boolean.TRUE.equals(broker.enableActingMaster())
            && !broker.brokerAddrs().containsKey(BrokerData.MASTER_ID)
            && (queues.perm() & WRITE) == 0;
    if (!needed) {
      return broker;
    }
    TreeMap<Long, String> addresses = copy(broker);
    addresses.put(BrokerData.MASTER_ID, addresses.pollFirstEntry().getValue());
    return new BrokerData(addresses, broker.brokerName(), broker.cluster(), true);
  }

  public ClusterInfo clusters() {
    Nodes now = nodes;
    return new ClusterInfo(now.brokers, now.clusters);
  }

  /** The nodes of a broker name, or null if there is none. */
  public @Nullable BrokerData broker(String brokerName) {
    return nodes.brokers.get(brokerName);
  }

  public boolean hasBrokers() {
    return !nodes.brokers.isEmpty();
  }

  public Set<String> allTopics() {
    return new LinkedHashSet<>(topics.keySet());
  }

  public Set<String> topicsOf(String cluster) {
    Set<String> members = nodes.clusters.getOrDefault(cluster, Set.of());
    return topicsWhere(queues -> !Collections.disjoint(queues.keySet(), members));
  }

  /** Topics of a unit (a data centre of its own), by the flags of their first broker. */
  public Set<String> unitTopics() {
    return topicsWhere(queues -> hasFlag(queues, UNIT_FLAG));
  }

  public Set<String> unitSubscribedTopics() {
    return topicsWhere(queues -> hasFlag(queues, UNIT_SUB_FLAG));
  }

  public Set<String> unitSubscribedPlainTopics() {
    return topicsWhere(queues -> hasFlag(queues, UNIT_SUB_FLAG) && !hasFlag(queues, UNIT_FLAG));
  }

  private static boolean hasFlag(Map<String, QueueData> queues, int flag) {
    return (queues.values().iterator().next().topicSysFlag() & flag) != 0;
  }

  private Set<String> topicsWhere(Predicate<Map<String, QueueData>> which) {
    Set<String> found = new LinkedHashSet<>();
    topics.forEach(
        (topic, queues) -> {
          if (which.test(queues)) {
            found.add(topic);
          }
        });
    return found;
  }

  /** The names of clusters and brokers, which are topics too, and the address of some node. */
  public TopicList systemTopics() {
    Nodes now = nodes;
    Set<String> names = new LinkedHashSet<>();
    now.clusters.forEach(
        (cluster, members) -> {
          names.addAll(members);
          names.add(cluster);
        });
    String address =
        now.brokers.values().stream()
            .flatMap(broker -> broker.brokerAddrs().values().stream())
            .findFirst()
            .orElse(null);
    return new TopicList(address, names);
  }
}
