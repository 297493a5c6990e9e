package io.apogeemq.app;

import io.apogeemq.broker.BrokerConfig;
import io.apogeemq.config.BrokerKeys;
import io.apogeemq.config.ConfigRejected;
import io.apogeemq.config.Settings;
import java.util.Collections;
import java.util.List;

/** Main class of a broker alone: {@code mqbroker [-c FILE] [-n NAMESERVERS] [-p]}. */
public final class BrokerStartup {
  private static final List<Arguments.Flag> FLAGS =
      List.of(Launch.FILE, Launch.NAMESRV, Launch.PRINT, Launch.HELP);

  private BrokerStartup() {}

  public static void main(String[] args) {
    Launch.run(() -> start(List.of(args)));
  }

  private static void start(List<String> words)
      throws Arguments.Misused, ConfigRejected, Node.StartFailed {
    Arguments arguments = Arguments.read(FLAGS, words);
    if (arguments.has("-h")) {
      System.out.print(Arguments.help("mqbroker [FLAGS]", FLAGS));
      return;
    }
    Settings settings =
        Launch.settings(
            BrokerKeys.TABLE,
            arguments.value("-c"),
            "broker.conf",
            Collections.singletonMap(BrokerKeys.NAMESRV_ADDR, arguments.value("-n")));
    if (arguments.has("-p")) {
      Launch.print(settings, System.out);
      return;
    }
    Launch.check(settings);
    BrokerConfig config = BrokerConfig.from(settings);
    Node node = new Node(Runtimes.vertx(settings.get(BrokerKeys.EVENT_LOOP_THREADS)));
    Launch.stopAtExit(node);
    node.start(new BrokerPart(node.vertx(), config), System.out::println);
  }
}
