package io.apogeemq.client;

import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.ClusterInfo;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.vertx.core.Future;

/** What administrators ask a cluster and change in it. Methods may be called from any thread. */
public final class Admin {
  private final Calls calls;
  private final Routes routes;

  Admin(Calls calls, Routes routes) {
    this.calls = calls;
    this.routes = routes;
  }

  /** Who is in which cluster. */
  public Future<ClusterInfo> clusterInfo() {
    return calls
        .loop()
        .call(
            () ->
                calls.nameServer(
                    () -> RemotingCommand.request(RequestCode.GET_BROKER_CLUSTER_INFO),
                    r -> Body.parse(ClusterInfo.class, r.body())));
  }
}
