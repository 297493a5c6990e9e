package io.apogeemq.namesrv;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.BrokerData;
import io.apogeemq.protocol.body.DataVersion;
import io.apogeemq.protocol.body.QueueData;
import io.apogeemq.protocol.body.RegisterBrokerBody;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.body.TopicConfigWrapper;
import io.apogeemq.protocol.body.TopicList;
import io.apogeemq.protocol.body.TopicRoute;
import io.apogeemq.protocol.header.RouteHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.remoting.Dispatcher;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.Route;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A whole name server without socket: its clock stands still, its disk tasks run at once. */
final class TestNameServer {
  static final Route.NoFields NOTHING = new Route.NoFields();

  long nowMs = 1_000_000;
  private final Dispatcher dispatcher;
  final BrokerExpiry expiry;

  TestNameServer(Path folder) {
    this(
        NameServerConfig.of("127.0.0.1", 0, folder.resolve("kvConfig.json")),
        AddressView.AS_REGISTERED);
  }

  TestNameServer(NameServerConfig config, AddressView addresses) {
    RouteTable table = new RouteTable(config.supportActingMaster(), () -> nowMs);
    expiry = new BrokerExpiry(table);
    try {
      KvConfig kv = KvConfig.load(config.kvConfigPath(), TestNameServer::atOnce);
      dispatcher = new Dispatcher(NameServer.families(config, table, expiry, kv, addresses));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Future<Void> atOnce(java.util.concurrent.Callable<Void> task) {
    try {
      return Future.succeededFuture(task.call());
    } catch (Exception e) {
      return Future.failedFuture(e);
    }
  }

  // ---- asking

  Reply ask(int code, Record header) {
    return ask(new Peer(), RemotingCommand.request(code, header));
  }

  Reply ask(Peer peer, RemotingCommand request) {
    Future<Reply> answer = dispatcher.answer(new Exchange(peer, request));
    assertThat(answer.isComplete()).isTrue();
    request.release();
    return answer.result();
  }

  static String text(Reply reply) {
    return reply.body().toString(StandardCharsets.UTF_8);
  }

  /** The route of a topic, or null if the answer is that there is none. */
  TopicRoute route(String topic) {
    Reply reply = ask(RequestCode.GET_ROUTEINFO_BY_TOPIC, new RouteHeaders.GetRoute(topic, true));
    return reply.code() == 17 ? null : Body.parse(TopicRoute.class, reply.body());
  }

  /** The permission of a topic's queues on a broker. */
  int permission(String topic, String brokerName) {
    return route(topic).queueDatas().stream()
        .filter(queues -> queues.brokerName().equals(brokerName))
        .mapToInt(QueueData::perm)
        .findFirst()
        .orElseThrow();
  }

  /** Broker names of a topic with their addresses by id. */
  Map<String, Map<Long, String>> brokersOf(String topic) {
    Map<String, Map<Long, String>> found = new TreeMap<>();
    TopicRoute route = route(topic);
    if (route != null) {
      for (BrokerData each : route.brokerDatas()) {
        found.put(each.brokerName(), each.brokerAddrs());
      }
    }
    return found;
  }

  Set<String> topics() {
    return topicList(ask(RequestCode.GET_ALL_TOPIC_LIST_FROM_NAMESERVER, NOTHING));
  }

  static Set<String> topicList(Reply reply) {
    assertThat(reply.code()).isZero();
    return Body.parse(TopicList.class, reply.body()).topicList();
  }

  // ---- registering

  /** A broker of the test; change what matters, then {@link #register}. */
  final class Broker {
    String cluster = "c";
    String name = "broker-a";
    long id = 0;
    String address = "127.0.0.1:10911";
    String haAddress = "127.0.0.1:10912";
    Long timeoutMs;
    Boolean actingMaster;
    Long epoch;
    long counter = 1;
    int requestVersion = 403;
    Peer connection = new Peer();
    final Map<String, TopicConfig> topics = new LinkedHashMap<>();

    Broker topic(String topicName) {
      return topic(topicName, 6, 0);
    }

    Broker topic(String topicName, int perm, int sysFlag) {
      topics.put(
          topicName, new TopicConfig(null, false, perm, 4, "SINGLE_TAG", topicName, sysFlag, 8));
      return this;
    }

    Broker at(String host) {
      address = host;
      return this;
    }

    Broker named(String brokerName) {
      name = brokerName;
      return this;
    }

    Broker id(long brokerId) {
      id = brokerId;
      return this;
    }

    /** Topics have changed. */
    Broker changed() {
      counter++;
      return this;
    }

    Reply register() {
      return register(false);
    }

    Reply register(boolean compressed) {
      RegisterBrokerBody body =
          new RegisterBrokerBody(
              List.of(), new TopicConfigWrapper(new DataVersion(counter, epoch, 7), null, topics));
      byte[] bytes = compressed ? body.compressed(actingMaster != null) : body.toJson();
      int crc = RegisterBrokerBody.checksum(Unpooled.wrappedBuffer(bytes));
      return send(header(compressed, crc), bytes);
    }

    RouteHeaders.RegisterBroker header(boolean compressed, int crc) {
      return new RouteHeaders.RegisterBroker(
          name, address, cluster, haAddress, id, compressed, crc, timeoutMs, actingMaster);
    }

    Reply send(RouteHeaders.RegisterBroker header, byte[] body) {
      return ask(
          connection,
          RemotingCommand.request(RequestCode.REGISTER_BROKER, header)
              .version(requestVersion)
              .body(body));
    }

    Reply unregister() {
      return ask(
          RequestCode.UNREGISTER_BROKER,
          new RouteHeaders.UnregisterBroker(name, address, cluster, id));
    }

    Reply heartbeat() {
      return ask(
          RequestCode.BROKER_HEARTBEAT,
          new RouteHeaders.BrokerHeartbeat(cluster, address, name, id));
    }

    Reply queryVersion(DataVersion version) {
      return ask(
          connection,
          RemotingCommand.request(
                  RequestCode.QUERY_DATA_VERSION,
                  new RouteHeaders.QueryDataVersion(name, address, cluster, id))
              .body(version.toJson()));
    }
  }

  /** A 4.9 master called broker-a with a topic of its own and one called T. */
  Broker broker() {
    return new Broker().topic("T").topic("TBW102", 7, 0);
  }
}
