package io.apogeemq.broker.group;

import static io.apogeemq.protocol.remoting.RequestCode.CHECK_CLIENT_CONFIG;
import static io.apogeemq.protocol.remoting.RequestCode.GET_ALL_PRODUCER_INFO;
import static io.apogeemq.protocol.remoting.RequestCode.GET_CONSUMER_CONNECTION_LIST;
import static io.apogeemq.protocol.remoting.RequestCode.GET_CONSUMER_LIST_BY_GROUP;
import static io.apogeemq.protocol.remoting.RequestCode.GET_PRODUCER_CONNECTION_LIST;
import static io.apogeemq.protocol.remoting.RequestCode.HEART_BEAT;
import static io.apogeemq.protocol.remoting.RequestCode.UNREGISTER_CLIENT;

import io.apogeemq.broker.filter.Filters;
import io.apogeemq.broker.group.ClientTable.Client;
import io.apogeemq.broker.group.ClientTable.ConsumerGroup;
import io.apogeemq.broker.topic.TopicTable;
import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.CheckClientConfig;
import io.apogeemq.protocol.body.ClientConnection;
import io.apogeemq.protocol.body.ConsumeType;
import io.apogeemq.protocol.body.ConsumerConnection;
import io.apogeemq.protocol.body.ConsumerData;
import io.apogeemq.protocol.body.ConsumerIdList;
import io.apogeemq.protocol.body.HeartbeatData;
import io.apogeemq.protocol.body.ProducerConnection;
import io.apogeemq.protocol.body.ProducerTableInfo;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.header.GroupHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Access;
import io.apogeemq.remoting.Caller;
import io.apogeemq.remoting.Connection;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.Route;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Answers the requests of and about connected clients: heartbeat (34), leave (35), members of a group
 * (38), connections of a group (203, 204, 328), check of a subscription (46).
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class ClientHandlers implements RequestFamily {
  /** The first version whose tools know the consume type POP (V5_0_0). */
  private static final int POP_VERSION = 413;

  private static final int READ_WRITE = TopicConfig.READ | TopicConfig.WRITE;

  private final ClientTable clients;
  private final GroupTable groups;
  private final TopicTable topics;
  private final Filters filters;

  public ClientHandlers(
      ClientTable clients, GroupTable groups, TopicTable topics, Filters filters) {
    this.clients = clients;
    this.groups = groups;
    this.topics = topics;
    this.filters = filters;
  }

  @Override
  public List<Route<?>> routes() {
    return List.of(
        Route.on(HEART_BEAT, Access.OPEN, this::heartbeat)
            .about("groups, their topics", ClientHandlers::subscriptions),
        Route.on(UNREGISTER_CLIENT, Access.OPEN, GroupHeaders.Unregister.class, this::leave)
            .group(GroupHeaders.Unregister::consumerGroup),
        Route.on(
                GET_CONSUMER_LIST_BY_GROUP,
                Access.SUB,
                GroupHeaders.OfConsumers.class,
                this::members)
            .group(GroupHeaders.OfConsumers::consumerGroup),
        Route.on(
            GET_CONSUMER_CONNECTION_LIST,
            Access.OPEN,
            GroupHeaders.OfConsumers.class,
            this::consumerConnections),
        Route.on(
            GET_PRODUCER_CONNECTION_LIST,
            Access.OPEN,
            GroupHeaders.OfProducers.class,
            this::producerConnections),
        Route.on(GET_ALL_PRODUCER_INFO, Access.OPEN, this::allProducers),
        Route.on(CHECK_CLIENT_CONFIG, Access.SUB, this::checkConfig)
            .about("group, topic", ClientHandlers::subscription));
  }

  /** Each group of a heartbeat and each topic that it subscribes to. */
  private static void subscriptions(Caller caller, Route.NoFields none, RemotingCommand request) {
    for (ConsumerData each : Body.parse(HeartbeatData.class, request.body()).consumerDataSet()) {
      caller.mayJoin(each.groupName());
      each.subscriptionDataSet().forEach(wanted -> caller.mayConsume(wanted.topic()));
    }
  }

  private static void subscription(Caller caller, Route.NoFields none, RemotingCommand request) {
    CheckClientConfig check = Body.parse(CheckClientConfig.class, request.body());
    caller.mayJoin(check.group());
    caller.mayConsume(check.subscriptionData().topic());
  }

  private Future<Reply> heartbeat(Exchange from, Route.NoFields none) {
    HeartbeatData heartbeat = Body.parse(HeartbeatData.class, from.request().body());
    Map<String, Future<?>> ready = new LinkedHashMap<>();
    for (ConsumerData each : heartbeat.consumerDataSet()) {
      ready.put(each.groupName(), ready(each.groupName()));
    }
    return Future.join(List.copyOf(ready.values()))
        .transform(done -> register(from, heartbeat, ready));
  }

  /** A group that may not be used, as a deleted one, does not keep the client's others out. */
  private Future<Reply> register(
      Exchange from, HeartbeatData heartbeat, Map<String, Future<?>> ready) {
    HeartbeatData admitted = heartbeat;
    Throwable refusal = null;
    for (Map.Entry<String, Future<?>> each : ready.entrySet()) {
      if (each.getValue().failed()) {
        refusal = each.getValue().cause();
        admitted = admitted.without(each.getKey());
      }
    }
    RemotingCommand request = from.request();
    boolean keep = Boolean.TRUE.equals(heartbeat.withoutSub());
    ClientTable.Welcome welcome =
        clients.heartbeat(from.connection(), request.language(), request.version(), admitted, keep);
    if (refusal != null) {
      return Future.failedFuture(refusal);
    }
    // 5.x: may leave out subscriptions from now on, unless we have just learnt of them.
    return Reply.ok()
        .field("IS_SUPPORT_HEART_BEAT_V2", "true")
        .field("IS_SUB_CHANGE", Boolean.toString(welcome == ClientTable.Welcome.CHANGED))
        .now();
  }

  /** Settings and retry topic of a group exist; tools ask for the retry topic's route at once. */
  private Future<?> ready(String group) {
    return groups
        .onUse(group)
        .compose(
            config -> {
              String retry = Names.retryTopic(group);
              return config.retryQueueNums() <= 0 || topics.find(retry) != null
                  ? Future.succeededFuture()
                  : topics.createGroupTopic(
                      TopicConfig.of(retry, config.retryQueueNums(), READ_WRITE));
            });
  }

  private Future<Reply> leave(Exchange from, GroupHeaders.Unregister ask) {
    clients.leave(from.connection(), ask.clientID(), ask.producerGroup(), ask.consumerGroup());
    return Reply.ok().now();
  }

  private Future<Reply> members(Exchange from, GroupHeaders.OfConsumers ask) {
    ConsumerGroup group = clients.consumerGroup(ask.consumerGroup());
    if (group == null) {
      return Reply.of(
              ResponseCode.SYSTEM_ERROR, "no consumer for this group, " + ask.consumerGroup())
          .now();
    }
    return Reply.ok().body(new ConsumerIdList(group.clientIds()).toJson()).now();
  }

  private Future<Reply> consumerConnections(Exchange from, GroupHeaders.OfConsumers ask) {
    ConsumerGroup group = clients.consumerGroup(ask.consumerGroup());
    if (group == null) {
      return Reply.of(
              ResponseCode.CONSUMER_NOT_ONLINE,
              "the consumer group[" + ask.consumerGroup() + "] not online")
          .now();
    }
    ConsumeType type = group.consumeType();
    if (type == ConsumeType.CONSUME_POP && from.request().version() < POP_VERSION) {
      type = ConsumeType.CONSUME_PASSIVELY;
    }
    return Reply.ok()
        .body(
            new ConsumerConnection(
                    connections(group.members().keySet()),
                    group.consumeFromWhere(),
                    type,
                    group.messageModel(),
                    group.subscriptions())
                .toJson())
        .now();
  }

  private Future<Reply> producerConnections(Exchange from, GroupHeaders.OfProducers ask) {
    Set<Client> producers = clients.producers(ask.producerGroup());
    if (producers.isEmpty()) {
      return Reply.of(
              ResponseCode.SYSTEM_ERROR,
              "the producer group[" + ask.producerGroup() + "] not exist")
          .now();
    }
    return Reply.ok().body(new ProducerConnection(connections(producers)).toJson()).now();
  }

  private Future<Reply> allProducers(Exchange from, Route.NoFields none) {
    Map<String, List<ProducerTableInfo.Producer>> table = new TreeMap<>();
    clients
        .producerGroups()
        .forEach(
            (group, members) -> {
              List<ProducerTableInfo.Producer> rows = new ArrayList<>();
              for (Client each : members) {
                rows.add(
                    new ProducerTableInfo.Producer(
                        each.clientId(),
                        each.language(),
                        each.lastSeenMs(),
                        "/" + address(each),
                        each.version()));
              }
              table.put(group, rows);
            });
    return Reply.ok().body(new ProducerTableInfo(table).toJson()).now();
  }

  /** A client asks this before it starts with anything but tags; the refusal says what is wrong. */
  private Future<Reply> checkConfig(Exchange from, Route.NoFields none) {
    filters.of(Body.parse(CheckClientConfig.class, from.request().body()).subscriptionData());
    return Reply.ok().now();
  }

  private static Set<ClientConnection> connections(Collection<Client> clients) {
    Set<ClientConnection> rows = new LinkedHashSet<>();
    for (Client each : clients) {
      rows.add(
          new ClientConnection(address(each), each.clientId(), each.language(), each.version()));
    }
    return rows;
  }

  private static String address(Client client) {
    Connection connection = client.connection();
    InetSocketAddress remote = connection.remoteAddress();
    return remote.getAddress() == null
        ? remote.getHostString() + ":" + remote.getPort()
        : remote.getAddress().getHostAddress() + ":" + remote.getPort();
  }
}
