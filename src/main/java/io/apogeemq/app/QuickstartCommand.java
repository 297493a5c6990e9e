package io.apogeemq.app;

import io.apogeemq.cli.CommandFailed;
import io.apogeemq.cli.Quickstart;
import io.apogeemq.config.BrokerKeys;
import io.apogeemq.config.ConfigRejected;
import io.apogeemq.config.GatewayKeys;
import io.apogeemq.config.HostPort;
import io.apogeemq.config.NamesrvKeys;
import io.apogeemq.config.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The command {@code quickstart}: an all-in-one node on loopback, the two quick-start programs
 * against it over TCP, a summary, and a node that goes on serving until Ctrl-C.
 */
final class QuickstartCommand {
  private static final Arguments.Flag EXIT =
      Arguments.Flag.on("end after the summary; status 1 if a message is missing", "--exit");
  private static final Arguments.Flag STORE =
      Arguments.Flag.of("DIR", "store folder (default: store/quickstart here)", "--store");
  private static final Arguments.Flag PORT =
      Arguments.Flag.of("PORT", "broker port (default: 10911)", "--port");
  private static final Arguments.Flag NAMESRV_PORT =
      Arguments.Flag.of("PORT", "name server port (default: 9876)", "--namesrv-port");
  private static final Arguments.Flag SCRATCH =
      Arguments.Flag.on("free ports, and a store that is deleted at the end", "--scratch");
  private static final List<Arguments.Flag> FLAGS =
      List.of(EXIT, STORE, PORT, NAMESRV_PORT, SCRATCH, Launch.HELP);

  private static final String LOOPBACK = "127.0.0.1";

  /** A segment that a laptop does not notice; folders of real brokers have the original's 1 GiB. */
  private static final int SEGMENT_BYTES = 64 << 20;

  private QuickstartCommand() {}

  static void main(String[] args) {
    Launch.run(() -> start(List.of(args)));
  }

  private static void start(List<String> words)
      throws Arguments.Misused, ConfigRejected, Node.StartFailed {
    Arguments arguments = Arguments.read(FLAGS, words);
    if (arguments.has("-h")) {
      System.out.print(Arguments.help("apogee quickstart [FLAGS]", FLAGS));
      return;
    }
    boolean scratch = arguments.has("--scratch");
    Path store = store(arguments.value("--store"), scratch);
    String port = arguments.value("--port");
    String namesrvPort = arguments.value("--namesrv-port");
    if (scratch) {
      port = port == null ? String.valueOf(freePort()) : port;
      namesrvPort = namesrvPort == null ? String.valueOf(freePort()) : namesrvPort;
    }
    Settings nameServer =
        Settings.of(NamesrvKeys.TABLE)
            .flag("quickstart", NamesrvKeys.BIND_ADDRESS, LOOPBACK)
            .flag("--namesrv-port", NamesrvKeys.LISTEN_PORT, namesrvPort)
            .flag(
                "quickstart",
                NamesrvKeys.KV_CONFIG_PATH,
                store.resolve("namesrv").resolve("kvConfig.json").toString())
            .build();
    HostPort nameServerAddress = new HostPort(LOOPBACK, nameServer.get(NamesrvKeys.LISTEN_PORT));
    Settings broker =
        Settings.of(BrokerKeys.TABLE)
            .flag("quickstart", BrokerKeys.BIND_ADDRESS, LOOPBACK)
            .flag("quickstart", BrokerKeys.BROKER_IP1, LOOPBACK)
            .flag("quickstart", BrokerKeys.BROKER_NAME, "broker-a")
            .flag("--port", BrokerKeys.LISTEN_PORT, port)
            .flag("quickstart", BrokerKeys.NAMESRV_ADDR, nameServerAddress.toString())
            .flag("--store", BrokerKeys.STORE_PATH_ROOT_DIR, store.toString())
            .flag(
                "quickstart",
                BrokerKeys.MAPPED_FILE_SIZE_COMMIT_LOG_BYTES,
                String.valueOf(SEGMENT_BYTES))
            .flag("quickstart", GatewayKeys.PORT, gatewayPort(scratch, arguments.has("--exit")))
            .build();

    Node node = AllInOne.start(nameServer, broker);
    int status;
    try {
      status = Quickstart.run(nameServerAddress.toString(), System.out).exitStatus();
    } catch (CommandFailed e) {
      System.err.println(e.getMessage());
      status = 1;
    }
    if (arguments.has("--exit")) {
      node.stop(Node.STOP_BOUND);
      if (scratch) {
        delete(store);
      }
      System.exit(status);
    }
    System.out.printf(
        "%nThe node goes on serving: name server %s, broker %s:%d, store %s.%nCtrl-C ends it.%n",
        nameServerAddress, LOOPBACK, broker.get(BrokerKeys.LISTEN_PORT), store);
  }

  /**
   * A node that ends at once needs no port that others may have. One of its own records the gateway's
   * classes for the archive that makes starts faster; null: the usual one.
   */
  private static @Nullable String gatewayPort(boolean scratch, boolean exit) {
    if (scratch) {
      return String.valueOf(freePort());
    }
    return exit ? "0" : null;
  }

  private static Path store(@Nullable String given, boolean scratch) {
    if (given != null) {
      return Path.of(given).toAbsolutePath();
    }
    if (scratch) {
      try {
        return Files.createTempDirectory("apogeemq-scratch");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return Path.of(System.getProperty("apogeemq.home", ""), "store", "quickstart").toAbsolutePath();
  }

  /** A port that was free a moment ago, with the broker's fast port two below it. */
  private static int freePort() {
    while (true) {
      try (ServerSocket port = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
          ServerSocket fastPort = new ServerSocket()) {
        fastPort.bind(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port.getLocalPort() - 2));
        return port.getLocalPort();
      } catch (IOException taken) {
        // The lower one was in use; the next free port has another neighbour.
        continue;
      }
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    } catch (IOException e) {
      System.err.println("The scratch store can't be deleted: " + e);
    }
  }
}
