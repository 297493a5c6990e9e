package io.apogeemq.broker;

import io.apogeemq.config.Credentials;
import io.apogeemq.remoting.Dispatcher;
import io.apogeemq.remoting.Gate;
import io.apogeemq.remoting.Loopback;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.SignedTransport;
import io.apogeemq.remoting.TcpTransport;
import io.apogeemq.remoting.Transport;
import io.apogeemq.remoting.tls.ClientTls;
import io.apogeemq.remoting.tls.ServerTls;
import io.vertx.core.Vertx;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands between a broker and those who connect to it, and how it shows itself to others. The
 * broker is given it and knows nothing of accounts.
 *
 * @param gate whom every request has to pass; null serves whoever can connect
 * @param families rows beside the broker's own
 * @param account whose requests to name servers and other brokers are; null for none
 * @param tls what its ports make of TLS
 * @param callTls how its own calls speak TLS; null for plain text
 * @param loopback where clients of the same process find it; null: at its ports, as everybody
 */
public record Entrance(
    @Nullable Gate gate,
    List<RequestFamily> families,
    @Nullable Credentials account,
    ServerTls tls,
    @Nullable ClientTls callTls,
    @Nullable Loopback loopback) {
  /** Serves whoever can connect, in plain text. */
  static final Entrance OPEN = new Entrance(null, List.of(), null, ServerTls.OFF, null, null);

  public Entrance {
    families = List.copyOf(families);
  }

  /** The broker's own calls, signed if there is an account for them. */
  Transport calls(Vertx vertx) {
    Transport calls = new TcpTransport(vertx, new Dispatcher(), callTls);
    return account == null ? calls : new SignedTransport(calls, account);
  }
}
