package io.apogeemq.broker.topic;

import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.TopicRoute;
import io.apogeemq.protocol.header.RouteHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Transport;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks the name servers for a topic's route, one after the other until one answers. Any thread. */
public final class RouteLookup {
  private static final long TIMEOUT_MS = 3000;

  private final List<String> nameServers;
  private final Transport transport;

  public RouteLookup(List<String> nameServers, Transport transport) {
    this.nameServers = List.copyOf(nameServers);
    this.transport = transport;
  }

  /** False if there is nobody to ask. */
  public boolean isPossible() {
    return !nameServers.isEmpty();
  }

  /** The route; null if the topic has none. Fails if no name server could be asked. */
  public Future<@Nullable TopicRoute> route(String topic) {
    return route(topic, 0);
  }

  private Future<@Nullable TopicRoute> route(String topic, int server) {
    RemotingCommand ask =
        RemotingCommand.request(
            RequestCode.GET_ROUTEINFO_BY_TOPIC, new RouteHeaders.GetRoute(topic, true));
    return transport
        .request(nameServers.get(server), ask, TIMEOUT_MS)
        .map(
            answer -> {
              try {
                return answer.code() == ResponseCode.SUCCESS
                    ? Body.parse(TopicRoute.class, answer.body())
                    : null;
              } finally {
                answer.release();
              }
            })
        .recover(
            failure ->
                server + 1 < nameServers.size()
                    ? route(topic, server + 1)
                    : Future.failedFuture(failure));
  }
}
