package io.apogeemq.namesrv;

import io.apogeemq.protocol.body.JsonForm;
import io.apogeemq.protocol.body.TopicRoute;
import io.apogeemq.protocol.header.RouteHeaders;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Access;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.Route;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Where is a topic (105), and who is in which cluster (106). */
@RunsOn(ThreadRole.EVENT_LOOP)
final class RouteHandlers implements RequestFamily {
  private final RouteTable table;
  private final KvConfig kv;
  private final boolean orderMessageEnable;
  private final AddressView addresses;

  RouteHandlers(RouteTable table, KvConfig kv, boolean orderMessageEnable, AddressView addresses) {
    this.table = table;
    this.kv = kv;
    this.orderMessageEnable = orderMessageEnable;
    this.addresses = addresses;
  }

  @Override
  public List<Route<?>> routes() {
    return List.of(
        Route.on(
            RequestCode.GET_ROUTEINFO_BY_TOPIC,
            Access.OPEN,
            RouteHeaders.GetRoute.class,
            this::findRoute),
        Route.on(
            RequestCode.GET_BROKER_CLUSTER_INFO,
            Access.OPEN,
            (from, none) ->
                Reply.ok()
                    .body(addresses.seenBy(table.clusters(), from.connection()).toJson())
                    .now()));
  }

  private Future<Reply> findRoute(Exchange from, RouteHeaders.GetRoute ask) {
    String topic = ask.topic();
    TopicRoute route =
        table.route(topic, orderMessageEnable ? kv.get(KvConfig.ORDER_TOPICS, topic) : null);
    if (route == null) {
      return Reply.of(ResponseCode.TOPIC_NOT_EXIST, causeAndCure(topic)).now();
    }
    JsonForm form = TopicRoute.formFor(from.request().version(), ask.acceptStandardJsonOnly());
    String json = addresses.seenBy(route, from.connection()).toJson(form);
    return Reply.ok().body(json.getBytes(StandardCharsets.UTF_8)).now();
  }

  /** The original's first line, which tools look for, and then what to do. */
  private String causeAndCure(String topic) {
    String cause =
        "No topic route info in name server for the topic: " + Checked.shortened(topic) + "\n";
    return table.hasBrokers()
        ? cause
            + "No broker that is registered here has it. Create it (mqadmin updateTopic), or let a"
            + " producer create it where autoCreateTopicEnable=true; mqadmin clusterList shows the"
            + " brokers that are registered."
        : cause
            + "No broker is registered here. Start one with this name server in its namesrvAddr.";
  }
}
