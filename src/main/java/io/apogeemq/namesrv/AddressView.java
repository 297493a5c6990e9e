package io.apogeemq.namesrv;

import io.apogeemq.protocol.body.BrokerData;
import io.apogeemq.protocol.body.ClusterInfo;
import io.apogeemq.protocol.body.TopicRoute;
import io.apogeemq.remoting.Connection;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Which address of a broker an asking client is told. Every route answer passes through it, once per
 * request, so that a client behind another network can be given the address that it can dial.
 */
@FunctionalInterface
public interface AddressView {
  /** Everyone is told what the broker registered. */
  AddressView AS_REGISTERED = (address, asking) -> address;

  /**
   * The address for this client.
   *
   * @param address {@code host:port} as registered
   * @param asking the connection on which the client asked
   */
  String seenBy(String address, Connection asking);

  default TopicRoute seenBy(TopicRoute route, Connection asking) {
    if (this == AS_REGISTERED) {
      return route;
    }
    return new TopicRoute(
        route.brokerDatas().stream().map(broker -> seenBy(broker, asking)).toList(),
        route.filterServerTable(),
        route.orderTopicConf(),
        route.queueDatas());
  }

  default ClusterInfo seenBy(ClusterInfo clusters, Connection asking) {
    if (this == AS_REGISTERED) {
      return clusters;
    }
    return new ClusterInfo(
        clusters.brokerAddrTable().entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey,
                    each -> seenBy(each.getValue(), asking),
                    (one, other) -> one,
                    TreeMap::new)),
        clusters.clusterAddrTable());
  }

  private BrokerData seenBy(BrokerData broker, Connection asking) {
    UnaryOperator<String> seen = address -> seenBy(address, asking);
    Map<Long, String> addresses = new TreeMap<>(broker.brokerAddrs());
    addresses.replaceAll((id, address) -> seen.apply(address));
    return new BrokerData(
        addresses, broker.brokerName(), broker.cluster(), broker.enableActingMaster());
  }
}
