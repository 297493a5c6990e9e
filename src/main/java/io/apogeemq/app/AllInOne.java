package io.apogeemq.app;

import io.apogeemq.broker.BrokerConfig;
import io.apogeemq.config.BrokerKeys;
import io.apogeemq.config.ConfigRejected;
import io.apogeemq.config.GatewayKeys;
import io.apogeemq.config.HostPort;
import io.apogeemq.config.Key;
import io.apogeemq.config.NamesrvKeys;
import io.apogeemq.config.Settings;
import io.apogeemq.config.Source;
import io.apogeemq.gateway.GatewayOptions;
import io.apogeemq.gateway.metrics.ProcessMeters;
import io.apogeemq.remoting.Loopback;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All roles in one process: the command {@code server}, and what {@code quickstart} runs on. */
final class AllInOne {
  private static final Arguments.Flag NAMESRV_FILE =
      Arguments.Flag.of(
          "FILE", "name server's configuration file", "--namesrv-config", "--namesrvConfig");
  private static final List<Arguments.Flag> FLAGS =
      List.of(Launch.FILE, NAMESRV_FILE, Launch.NAMESRV, Launch.PRINT, Launch.HELP);

  private AllInOne() {}

  static void main(String[] args) {
    Launch.run(() -> start(List.of(args)));
  }

  private static void start(List<String> words)
      throws Arguments.Misused, ConfigRejected, Node.StartFailed {
    Arguments arguments = Arguments.read(FLAGS, words);
    if (arguments.has("-h")) {
      System.out.print(Arguments.help("apogee server [FLAGS]", FLAGS));
      return;
    }
    Settings nameServer =
        Launch.settings(
            NamesrvKeys.TABLE, arguments.value("--namesrv-config"), "namesrv.conf", Map.of());
    HostPort own = reachable(nameServer);
    Map<Key<?>, @Nullable String> flags = new HashMap<>();
    flags.put(BrokerKeys.NAMESRV_ADDR, arguments.value("-n"));
    Settings broker = brokerSettings(arguments, flags);
    // The broker registers with the name server beside it, and with those it was given.
    boolean given = broker.source(BrokerKeys.NAMESRV_ADDR).kind() != Source.Kind.DEFAULT;
    List<HostPort> others = given ? broker.get(BrokerKeys.NAMESRV_ADDR) : List.of();
    flags.put(
        BrokerKeys.NAMESRV_ADDR,
        Stream.concat(Stream.of(own), others.stream())
            .map(HostPort::toString)
            .distinct()
            .collect(Collectors.joining(";")));
    broker = brokerSettings(arguments, flags);
    if (arguments.has("-p")) {
      Launch.print(nameServer, System.out);
      Launch.print(broker, System.out);
      return;
    }
    start(nameServer, broker);
  }

  /** Where a broker on this host reaches the name server. */
  static HostPort reachable(Settings nameServer) {
    String bound = nameServer.get(NamesrvKeys.BIND_ADDRESS);
    return new HostPort(
        isWildcard(bound) ? "127.0.0.1" : bound, nameServer.get(NamesrvKeys.LISTEN_PORT));
  }

  private static boolean isWildcard(String address) {
    try {
      return InetAddress.getByName(address).isAnyLocalAddress();
    } catch (UnknownHostException e) {
      return false; // opening the port will fail and say so
    }
  }

  private static Settings brokerSettings(Arguments arguments, Map<Key<?>, @Nullable String> flags)
      throws ConfigRejected {
    return Launch.settings(BrokerKeys.TABLE, arguments.value("-c"), "broker.conf", flags);
  }

  /** Starts a name server, then a broker, on one Vert.x instance. */
  static Node start(Settings nameServer, Settings broker) throws ConfigRejected, Node.StartFailed {
    Launch.check(nameServer);
    Launch.check(broker);
    BrokerConfig config = BrokerConfig.from(broker);
    int eventLoops = broker.get(BrokerKeys.EVENT_LOOP_THREADS);
    // What nobody can ask for is not counted.
    ProcessMeters meters = broker.get(GatewayKeys.PORT) == 0 ? null : new ProcessMeters();
    Node node =
        new Node(meters == null ? Runtimes.vertx(eventLoops) : Runtimes.vertx(eventLoops, meters));
    Launch.stopAtExit(node);
    node.start(new NameServerPart(node.vertx(), nameServer), System.out::println);
    Loopback loopback = OwnAddresses.of(config);
    node.start(new BrokerPart(node.vertx(), config, loopback), System.out::println);
    if (meters != null) {
      node.start(gateway(node, broker, loopback, meters), System.out::println);
    }
    return node;
  }

  /** A port that nobody asked for must not keep the node from starting. */
  private static GatewayPart gateway(
      Node node, Settings broker, Loopback loopback, ProcessMeters meters) {
    return new GatewayPart(
        node.vertx(),
        GatewayOptions.from(broker, broker.get(BrokerKeys.NAMESRV_ADDR)),
        loopback,
        new CertifiedAccounts(
            broker.get(BrokerKeys.ROCKETMQ_HOME), broker.get(BrokerKeys.ACL_PLAIN_FILE)),
        meters,
        broker.get(BrokerKeys.EVENT_LOOP_THREADS),
        broker.source(GatewayKeys.PORT).kind() != Source.Kind.DEFAULT);
  }
}
