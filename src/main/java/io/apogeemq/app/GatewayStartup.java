package io.apogeemq.app;

import io.apogeemq.config.ConfigRejected;
import io.apogeemq.config.GatewayKeys;
import io.apogeemq.config.Key;
import io.apogeemq.config.Settings;
import io.apogeemq.gateway.GatewayOptions;
import io.apogeemq.gateway.metrics.ProcessMeters;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A gateway alone: {@code apogee gateway [-n NAMESERVERS] [--port PORT] [-c FILE] [-p]}. */
final class GatewayStartup {
  private static final Arguments.Flag PORT =
      Arguments.Flag.of("PORT", "port to listen on, 8080 by default", "--port");
  private static final Arguments.Flag NAMESRV =
      Arguments.Flag.of(
          "HOST:PORT;...",
          "name servers of the cluster to stand in front of",
          "-n",
          "--namesrvAddr");
  private static final List<Arguments.Flag> FLAGS =
      List.of(NAMESRV, PORT, Launch.FILE, Launch.PRINT, Launch.HELP);

  private GatewayStartup() {}

  static void main(String[] args) {
    Launch.run(() -> start(List.of(args)));
  }

  private static void start(List<String> words)
      throws Arguments.Misused, ConfigRejected, Node.StartFailed {
    Arguments arguments = Arguments.read(FLAGS, words);
    if (arguments.has("-h")) {
      System.out.print(Arguments.help("apogee gateway [FLAGS]", FLAGS));
      return;
    }
    Map<Key<?>, @Nullable String> flags = new HashMap<>();
    flags.put(GatewayKeys.NAMESRV_ADDR, arguments.value("-n"));
    flags.put(GatewayKeys.PORT, arguments.value("--port"));
    Settings settings =
        Launch.settings(GatewayKeys.TABLE, arguments.value("-c"), "gateway.conf", flags);
    if (arguments.has("-p")) {
      Launch.print(settings, System.out);
      return;
    }
    Launch.check(settings);
    int eventLoops = Runtime.getRuntime().availableProcessors();
    ProcessMeters meters = new ProcessMeters();
    Node node = new Node(Runtimes.vertx(eventLoops, meters));
    Launch.stopAtExit(node);
    node.start(
        new GatewayPart(
            node.vertx(),
            GatewayOptions.from(settings, settings.get(GatewayKeys.NAMESRV_ADDR)),
            null,
            new CertifiedAccounts(
                settings.get(GatewayKeys.HOME), settings.get(GatewayKeys.ACCOUNTS_FILE)),
            meters,
            eventLoops,
            true),
        System.out::println);
  }
}
