package io.apogeemq.broker.group;

import io.apogeemq.protocol.body.ConsumeFromWhere;
import io.apogeemq.protocol.body.ConsumeType;
import io.apogeemq.protocol.body.ConsumerData;
import io.apogeemq.protocol.body.HeartbeatData;
import io.apogeemq.protocol.body.MessageModel;
import io.apogeemq.protocol.body.ProducerData;
import io.apogeemq.protocol.body.SubscriptionData;
import io.apogeemq.protocol.remoting.LanguageCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Connection;
import io.apogeemq.remoting.Refused;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The producers and consumers that are connected, by group.
 *
 * <p>Shared by all event loops: any thread reads without lock, because what it finds is immutable but
 * for the time of the last heartbeat. A group's members change through {@link #change} alone, one
 * change of a group at a time.
 *
 * <p>A member leaves when it says so, when its connection closes, or when it has not been heard of for
 * {@link #EXPIRY_MS}. Whoever listens is told of a group whose members or topics have changed, after
 * the table shows it.
 */
public final class ClientTable {
  /** A client that is silent for longer is gone (the original's figure). */
  public static final long EXPIRY_MS = 120_000;

  /**
   * A program at the other end of a connection. One object per connection and client id.
   *
   * @param version the client's version as in its frames
   */
  public static final class Client {
    private final Connection connection;
    private final String clientId;
    private final LanguageCode language;
    private final int version;
    private final long number;
    private volatile long lastSeenMs;
    private volatile @Nullable Client twin;

    private Client(
        Connection connection,
        String clientId,
        LanguageCode language,
        int version,
        long number,
        long lastSeenMs) {
      this.connection = connection;
      this.clientId = clientId;
      this.language = language;
      this.version = version;
      this.number = number;
      this.lastSeenMs = lastSeenMs;
    }

    public Connection connection() {
      return connection;
    }

    public String clientId() {
      return clientId;
    }

    public LanguageCode language() {
      return language;
    }

    /** The client's version as its frames give it. */
    public int version() {
      return version;
    }

    /** When its last heartbeat came. */
    public long lastSeenMs() {
      return lastSeenMs;
    }

    /**
     * Another client with the same id on a newer connection, null if there is none: nearly always. This
     * one has been heard of since the other came, so it is no connection that was left behind.
     */
    public @Nullable Client twin() {
      return twin;
    }

    @Override
    public String toString() {
      return clientId + " at " + connection.remoteAddress();
    }
  }

  /** A client as a member of a consumer group, with what it wants, by topic. */
  public record Member(Client client, Map<String, SubscriptionData> subscriptions) {}

  /**
   * A consumer group with at least one member. The choices are those of the newest heartbeat; null is
   * one that we don't know.
   *
   * @param members by client; the newest member last
   * @param subscriptions per topic the newest of all members
   * @param mismatch members that want different messages, null if all want the same or each gets all
   *     (broadcasting)
   */
  public record ConsumerGroup(
      String name,
      @Nullable ConsumeType consumeType,
      @Nullable MessageModel messageModel,
      @Nullable ConsumeFromWhere consumeFromWhere,
      Map<Client, Member> members,
      Map<String, SubscriptionData> subscriptions,
      @Nullable SubscriptionMismatch mismatch) {

    /** Ids of all members, as clients share out queues among them. */
    public List<String> clientIds() {
      Set<String> ids = new LinkedHashSet<>();
      members.keySet().forEach(client -> ids.add(client.clientId));
      return List.copyOf(ids);
    }

    /** The member with this client id, or null. */
    public @Nullable Client client(String clientId) {
      for (Client each : members.keySet()) {
        if (each.clientId.equals(clientId)) {
          return each;
        }
      }
      return null;
    }
  }

  /** What happened to a client by a heartbeat. */
  public enum Welcome {
    /** Known already, with the same groups and topics. */
    KNOWN,
    /** New, or with other groups or topics than before. */
    CHANGED
  }

  private final ConcurrentHashMap<String, ConsumerGroup> consumers = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, Set<Client>> producers = new ConcurrentHashMap<>();

  /** The clients that are producers, by client id; of two with one id the one heard of last. */
  private final ConcurrentHashMap<String, Client> producerById = new ConcurrentHashMap<>();

  /** The clients of each connection, nearly always one. */
  private final ConcurrentHashMap<Connection, Map<String, Client>> clients =
      new ConcurrentHashMap<>();

  private static final Logger log = LoggerFactory.getLogger(ClientTable.class);

  private final AtomicLong numbers = new AtomicLong();
  private volatile boolean strict;
  private final LongSupplier clockMs;
  private final Consumer<ConsumerGroup> changed;

  /**
   * @param strict the key {@code strictSubscription}: who wants other messages than the members of its
   *     group is refused
   * @param changed told of a consumer group whose members or topics have changed; its members are
   *     those that are left. On the thread that made the change
   */
  public ClientTable(boolean strict, LongSupplier clockMs, Consumer<ConsumerGroup> changed) {
    this.strict = strict;
    this.clockMs = clockMs;
    this.changed = changed;
  }

  /** Whether members who subscribe otherwise than their group are refused from now on. */
  public void strict(boolean enabled) {
    strict = enabled;
  }

  /**
   * Takes a heartbeat: registers what is new, replaces subscriptions, refreshes the rest.
   *
   * @param keepSubscriptions the heartbeat leaves out subscriptions because they have not changed (5.x)
   * @throws Refused if this table is strict and a group's members want other messages
   */
  public Welcome heartbeat(
      Connection connection,
      LanguageCode language,
      int version,
      HeartbeatData heartbeat,
      boolean keepSubscriptions) {
    long now = clockMs.getAsLong();
    Client client = client(connection, heartbeat.clientID(), language, version, now);
    client.lastSeenMs = now;
    Welcome welcome = Welcome.KNOWN;
    if (!heartbeat.producerDataSet().isEmpty()) {
      producerById.put(client.clientId, client);
    }
    for (ProducerData each : heartbeat.producerDataSet()) {
      if (addProducer(each.groupName(), client)) {
        welcome = Welcome.CHANGED;
      }
    }
    Refused refused = null;
    for (ConsumerData each : heartbeat.consumerDataSet()) {
      try {
        if (addConsumer(each, client, keepSubscriptions)) {
          welcome = Welcome.CHANGED;
        }
        lookForTwin(each.groupName(), client);
      } catch (Refused e) {
        refused = e; // the client's other groups don't suffer from it
      }
    }
    if (!connection.isOpen()) {
      leave(connection); // closed meanwhile: its closed() may have come before the registration
    }
    if (refused != null) {
      throw refused;
    }
    return welcome;
  }

  /** Members share out queues by their ids: two with one id take the same ones and leave others. */
  private void lookForTwin(String group, Client client) {
    ConsumerGroup members = consumers.get(group);
    if (members == null) {
      return;
    }
    for (Client each : members.members().keySet()) {
      if (each.number > client.number
          && each.clientId.equals(client.clientId)
          && each.connection.isOpen()
          && client.twin != each) {
        client.twin = each;
        log.warn(
            "two clients have the id {} in consumer group {}: one at {}, one at {}. Both take the same"
                + " queues, others stay unread. Give each an instanceName of its own.",
            client.clientId,
            group,
            client.connection.remoteAddress(),
            each.connection.remoteAddress());
      }
    }
  }

  /** Forgets the members of a consumer group that was deleted. */
  public void dropConsumers(String group) {
    consumers.remove(group);
  }

  /** Removes a client from a producer and from a consumer group; null: from none of that kind. */
  public void leave(
      Connection connection,
      String clientId,
      @Nullable String producerGroup,
      @Nullable String consumerGroup) {
    Map<String, Client> known = clients.get(connection);
    Client client = known == null ? null : known.get(clientId);
    if (client == null) {
      return;
    }
    if (producerGroup != null) {
      removeProducer(producerGroup, client);
    }
    if (consumerGroup != null) {
      removeConsumer(consumerGroup, client);
    }
  }

  /** Removes all that is known of a connection. */
  public void leave(Connection connection) {
    Map<String, Client> gone = clients.remove(connection);
    if (gone == null) {
      return;
    }
    for (Client client : gone.values()) {
      producerById.remove(client.clientId, client);
      producers.keySet().forEach(group -> removeProducer(group, client));
      for (ConsumerGroup group : List.copyOf(consumers.values())) {
        if (group.members().containsKey(client)) {
          removeConsumer(group.name(), client);
        }
      }
    }
  }

  /** Closes and removes connections whose clients have all been silent for too long. */
  public void expire() {
    long oldest = clockMs.getAsLong() - EXPIRY_MS;
    clients.forEach(
        (connection, known) -> {
          if (known.values().stream().allMatch(client -> client.lastSeenMs < oldest)) {
            leave(connection);
            connection.close();
          }
        });
  }

  /** A consumer group with at least one member, or null. */
  public @Nullable ConsumerGroup consumerGroup(String group) {
    return consumers.get(group);
  }

  /** All consumer groups that have members: a view that follows the table. */
  public Collection<ConsumerGroup> consumerGroups() {
    return Collections.unmodifiableCollection(consumers.values());
  }

  /** The producers of a group, empty if there are none. */
  public Set<Client> producers(String group) {
    return producers.getOrDefault(group, Set.of());
  }

  /** The connected client of this id that is a producer in any group, or null. */
  public @Nullable Client producer(String clientId) {
    return producerById.get(clientId);
  }

  /** Producers by group: a view that follows the table. */
  public Map<String, Set<Client>> producerGroups() {
    return Collections.unmodifiableMap(producers);
  }

  /**
   * What a group wants of a topic: the asking connection's own subscription, else the newest of the
   * group's members, else null. Members that subscribe differently thus get what each asked for.
   */
  public @Nullable SubscriptionData subscription(String group, String topic, Connection asking) {
    ConsumerGroup found = consumers.get(group);
    if (found == null) {
      return null;
    }
    Map<String, Client> known = clients.get(asking);
    if (known != null) {
      for (Client client : known.values()) {
        Member member = found.members().get(client);
        SubscriptionData own = member == null ? null : member.subscriptions().get(topic);
        if (own != null) {
          return own;
        }
      }
    }
    return found.subscriptions().get(topic);
  }

  private Client client(
      Connection connection, String clientId, LanguageCode language, int version, long nowMs) {
    Map<String, Client> known = clients.get(connection);
    Client client = known == null ? null : known.get(clientId);
    if (client != null) {
      return client;
    }
    Client fresh =
        new Client(connection, clientId, language, version, numbers.incrementAndGet(), nowMs);
    Map<String, Client> now =
        clients.merge(
            connection,
            Map.of(clientId, fresh),
            (present, added) -> {
              Map<String, Client> both = new LinkedHashMap<>(added);
              both.putAll(present);
              return both;
            });
    if (known == null) {
      connection.closed().onComplete(done -> leave(connection));
    }
    Client registered = now.get(clientId);
    return registered == null ? fresh : registered;
  }

  private boolean addProducer(String group, Client client) {
    if (producers(group).contains(client)) {
      return false;
    }
    producers.compute(
        group,
        (name, present) -> {
          Set<Client> more = present == null ? new LinkedHashSet<>() : new LinkedHashSet<>(present);
          more.add(client);
          return Collections.unmodifiableSet(more);
        });
    return true;
  }

  private void removeProducer(String group, Client client) {
    producers.computeIfPresent(
        group,
        (name, present) -> {
          if (!present.contains(client)) {
            return present;
          }
          Set<Client> fewer = new LinkedHashSet<>(present);
          fewer.remove(client);
          return fewer.isEmpty() ? null : Collections.unmodifiableSet(fewer);
        });
  }

  private boolean addConsumer(ConsumerData data, Client client, boolean keepSubscriptions) {
    return change(
        data.groupName(),
        present -> {
          Map<Client, Member> members =
              present == null ? new LinkedHashMap<>() : new LinkedHashMap<>(present.members());
          Member before = members.get(client);
          Member now =
              keepSubscriptions && before != null
                  ? before
                  : new Member(client, byTopic(data.subscriptionDataSet()));
          if (present != null
              && now.equals(before)
              && present.consumeType() == data.consumeType()
              && present.messageModel() == data.messageModel()
              && present.consumeFromWhere() == data.consumeFromWhere()) {
            return present;
          }
          members.put(client, now);
          return group(
              data.groupName(),
              data.consumeType(),
              data.messageModel(),
              data.consumeFromWhere(),
              members);
        });
  }

  private void removeConsumer(String group, Client client) {
    change(
        group,
        present -> {
          if (present == null || !present.members().containsKey(client)) {
            return present;
          }
          Map<Client, Member> members = new LinkedHashMap<>(present.members());
          members.remove(client);
          return group(
              group,
              present.consumeType(),
              present.messageModel(),
              present.consumeFromWhere(),
              members);
        });
  }

  /**
   * The one way by which a consumer group changes. A group without members is dropped.
   *
   * @return true if members or their topics changed; the listener has been told
   */
  private boolean change(String name, UnaryOperator<@Nullable ConsumerGroup> step) {
    List<ConsumerGroup> news = new ArrayList<>(1);
    consumers.compute(
        name,
        (key, present) -> {
          ConsumerGroup next = step.apply(present);
          if (next != null && !sameMembership(present, next)) {
            news.add(next);
          }
          if (next != null) {
            compareSubscriptions(present, next);
          }
          return next == null || next.members().isEmpty() ? null : next;
        });
    news.forEach(changed);
    return !news.isEmpty();
  }

  /** Says once what has become different, and once that it is alike again. */
  private void compareSubscriptions(@Nullable ConsumerGroup before, ConsumerGroup after) {
    SubscriptionMismatch was = before == null ? null : before.mismatch();
    SubscriptionMismatch is = after.mismatch();
    if (Objects.equals(was, is)) {
      return;
    }
    if (is == null) {
      log.info("the members of consumer group {} subscribe alike again", after.name());
      return;
    }
    if (strict && was == null) {
      throw new Refused(
          ResponseCode.SYSTEM_ERROR,
          "consumer group "
              + after.name()
              + " is subscribed to differently, "
              + is
              + ". Subscribe alike, use another group, or set strictSubscription=false.");
    }
    log.warn(
        "the members of consumer group {} subscribe differently, {}. Messages that one of them leaves"
            + " out in its queues reach nobody; subscribe alike or use two groups.",
        after.name(),
        is);
  }

  /** A new version of the same subscription is no news to the other members. */
  private static boolean sameMembership(@Nullable ConsumerGroup before, ConsumerGroup after) {
    if (before == after) {
      return true;
    }
    return before != null
        && before.members().keySet().equals(after.members().keySet())
        && before.subscriptions().keySet().equals(after.subscriptions().keySet());
  }

  private static ConsumerGroup group(
      String name,
      @Nullable ConsumeType consumeType,
      @Nullable MessageModel messageModel,
      @Nullable ConsumeFromWhere consumeFromWhere,
      Map<Client, Member> members) {
    Map<String, SubscriptionData> newest = new LinkedHashMap<>();
    for (Member member : members.values()) {
      member
          .subscriptions()
          .forEach(
              (topic, own) ->
                  newest.merge(
                      topic,
                      own,
                      (present, other) ->
                          other.subVersion() >= present.subVersion() ? other : present));
    }
    return new ConsumerGroup(
        name,
        consumeType,
        messageModel,
        consumeFromWhere,
        Collections.unmodifiableMap(members),
        Collections.unmodifiableMap(newest),
        messageModel == MessageModel.BROADCASTING
            ? null
            : SubscriptionMismatch.among(members.values()));
  }

  private static Map<String, SubscriptionData> byTopic(Set<SubscriptionData> subscriptions) {
    Map<String, SubscriptionData> byTopic = new LinkedHashMap<>();
    for (SubscriptionData each : subscriptions) {
      byTopic.merge(
          each.topic(),
          each,
          (present, other) -> other.subVersion() >= present.subVersion() ? other : present);
    }
    return Collections.unmodifiableMap(byTopic);
  }
}
