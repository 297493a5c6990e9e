package io.apogeemq.namesrv;

import io.apogeemq.remoting.RequestFamily;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The request rows of a name server, for the document that lists them. */
public final class NameServerRows {
  private NameServerRows() {}

  public static List<RequestFamily> families() throws IOException {
    NameServerConfig config = NameServerConfig.of("127.0.0.1", 0, Path.of("none"));
    RouteTable table = new RouteTable(false, () -> 0);
    return NameServer.families(
        config,
        table,
        new BrokerExpiry(table),
        KvConfig.load(Path.of("none"), task -> Future.succeededFuture()),
        AddressView.AS_REGISTERED);
  }
}
