package io.apogeemq.client;

import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.BrokerData;
import io.apogeemq.protocol.body.ClusterInfo;
import io.apogeemq.protocol.body.TopicRoute;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Questions of an administrator to one node, to the brokers of a topic, or to all. Answers are never
 * older than the question: nothing is remembered here. Any thread may ask.
 */
final class Nodes {
  private final Calls calls;
  private final Routes routes;

  Nodes(Calls calls, Routes routes) {
    this.calls = calls;
    this.routes = routes;
  }

  Future<ClusterInfo> clusterInfo() {
    return fromNameServer(
        () -> RemotingCommand.request(RequestCode.GET_BROKER_CLUSTER_INFO),
        r -> Body.parse(ClusterInfo.class, r.body()));
  }

  Future<TopicRoute> route(String topic) {
    return calls.loop().call(() -> routes.fetch(topic));
  }

  /** The addresses of all masters, sorted. */
  Future<List<String>> masters() {
    return clusterInfo()
        .map(
            info -> {
              Set<String> all = new TreeSet<>();
              for (BrokerData each : info.brokerAddrTable().values()) {
                String master = each.brokerAddrs().get(BrokerData.MASTER_ID);
                if (master != null) {
                  all.add(master);
                }
              }
              return List.copyOf(all);
            });
  }

  /** An address of each broker that has the topic, masters preferred; code 17 if nobody knows it. */
  Future<List<String>> brokersOf(String topic) {
    return namesOfBrokersOf(topic).map(all -> List.copyOf(all.keySet()));
  }

  /** The same with their names: name by address, sorted. */
  Future<TreeMap<String, String>> namesOfBrokersOf(String topic) {
    return route(topic)
        .map(
            route -> {
              TreeMap<String, String> all = new TreeMap<>();
              for (BrokerData each : route.brokerDatas()) {
                String address = anyAddress(each);
                if (address != null) {
                  all.put(address, each.brokerName());
                }
              }
              if (all.isEmpty()) {
                throw new RequestRefused(ResponseCode.TOPIC_NOT_EXIST, topic + " is on no broker");
              }
              return all;
            });
  }

  /** The master's address, or a slave's if there is no master, or null. */
  private static @Nullable String anyAddress(BrokerData broker) {
    String master = broker.brokerAddrs().get(BrokerData.MASTER_ID);
    return master != null
        ? master
        : broker.brokerAddrs().values().stream().findFirst().orElse(null);
  }

  <T> Future<T> fromNameServer(
      Supplier<RemotingCommand> request, Function<RemotingCommand, T> read) {
    return calls.loop().call(() -> calls.nameServer(request, read));
  }

  Future<Void> toEveryNameServer(Supplier<RemotingCommand> request) {
    return calls.loop().call(() -> calls.everyNameServer(request));
  }

  <T> Future<T> from(String address, RemotingCommand request, Function<RemotingCommand, T> read) {
    return calls.loop().call(() -> calls.ok(address, request, read));
  }

  /** The same for what takes longer than usual. */
  <T> Future<T> from(
      String address, RemotingCommand request, long waitMs, Function<RemotingCommand, T> read) {
    return calls.loop().call(() -> calls.ok(address, request, waitMs, read));
  }

  Future<Void> to(String address, RemotingCommand request) {
    return from(address, request, r -> null);
  }

  /** Asks all of these; all must answer. The answers are in the order of the addresses. */
  <T> Future<List<T>> fromAll(
      List<String> addresses,
      Supplier<RemotingCommand> request,
      Function<RemotingCommand, T> read) {
    return calls
        .loop()
        .call(
            () -> {
              List<Future<T>> answers = new ArrayList<>();
              for (String each : addresses) {
                answers.add(calls.ok(each, request.get(), read));
              }
              return Future.all(answers).map(all -> answers.stream().map(Future::result).toList());
            });
  }

  /** Asks the brokers of a topic; all must answer. */
  <T> Future<List<T>> fromBrokersOf(
      String topic, Supplier<RemotingCommand> request, Function<RemotingCommand, T> read) {
    return brokersOf(topic).compose(addresses -> fromAll(addresses, request, read));
  }

  /** Tells all masters; all must agree. */
  Future<Void> toMasters(Supplier<RemotingCommand> request) {
    return masters().compose(all -> fromAll(all, request, r -> null)).mapEmpty();
  }
}
