package io.apogeemq.client;

import io.apogeemq.protocol.header.KvHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The order configuration of topics, which name servers keep: on which brokers, with how many queues,
 * an ordered topic is written, {@code broker-a:4;broker-b:4}.
 */
final class OrderConfig {
  private static final String NAMESPACE = "ORDER_TOPIC_CONFIG";

  private final Nodes nodes;

  OrderConfig(Nodes nodes) {
    this.nodes = nodes;
  }

  Future<Void> update(String topic, String queues, boolean whole) {
    Future<String> known = whole ? Future.succeededFuture("") : present(topic);
    return known.compose(
        old ->
            nodes.toEveryNameServer(
                () ->
                    RemotingCommand.request(
                        RequestCode.PUT_KV_CONFIG,
                        new KvHeaders.Put(NAMESPACE, topic, merged(old, queues)))));
  }

  private Future<String> present(String topic) {
    return nodes
        .fromNameServer(
            () ->
                RemotingCommand.request(
                    RequestCode.GET_KV_CONFIG, new KvHeaders.Get(NAMESPACE, topic)),
            r -> r.header(KvHeaders.GetReply.class).value())
        .recover(
            e ->
                e instanceof RequestRefused refused
                        && refused.code() == ResponseCode.QUERY_NOT_FOUND
                    ? Future.succeededFuture("")
                    : Future.failedFuture(e));
  }

  private static String merged(@Nullable String old, String queues) {
    Map<String, String> byBroker = new LinkedHashMap<>();
    for (String each : ((old == null ? "" : old) + ";" + queues).split(";")) {
      if (!each.isEmpty()) {
        byBroker.put(each.substring(0, Math.max(each.indexOf(':'), 0)), each);
      }
    }
    return String.join(";", byBroker.values());
  }
}
