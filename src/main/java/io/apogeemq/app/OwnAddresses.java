package io.apogeemq.app;

import io.apogeemq.broker.BrokerConfig;
import io.apogeemq.config.BrokerKeys;
import io.apogeemq.config.HostPort;
import io.apogeemq.config.TlsKeys;
import io.apogeemq.remoting.Loopback;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The addresses at which a socket would surely end at the broker of this process. One that a router or a
 * container's host translates is not among them, though the broker be known by it: who calls over it is
 * seen at another address, and at another port somebody else may answer there. A broker that takes TLS only
 * has none: whoever it asks for certificates shall not get round that.
 */
final class OwnAddresses {
  private OwnAddresses() {}

  /** The broker's port for clients of this process. Asks the system's resolver, so not on an event loop. */
  static Loopback of(BrokerConfig config) {
    if (config.settings().get(TlsKeys.SERVER_MODE).equals("enforcing")) {
      return new Loopback(Map.of());
    }
    String advertised = config.settings().get(BrokerKeys.BROKER_IP1);
    Map<String, InetSocketAddress> all = new HashMap<>();
    try {
      InetAddress bound = InetAddress.getByName(config.bindAddress());
      for (String host : List.of(config.bindAddress(), advertised, "127.0.0.1", "localhost")) {
        InetAddress address = InetAddress.getByName(host);
        if (bound.isAnyLocalAddress() ? isOfThisMachine(address) : address.equals(bound)) {
          add(host, address, config, all);
          add(address.getHostAddress(), address, config, all);
        }
      }
    } catch (UnknownHostException | SocketException e) {
      return new Loopback(Map.of()); // clients dial, and are told what is wrong
    }
    return new Loopback(all);
  }

  private static boolean isOfThisMachine(InetAddress address) throws SocketException {
    return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
  }

  private static void add(
      String host, InetAddress address, BrokerConfig config, Map<String, InetSocketAddress> all) {
    for (int port : List.of(config.listenPort(), config.fastPort())) {
      all.put(new HostPort(host, port).toString(), new InetSocketAddress(address, port));
    }
  }
}
