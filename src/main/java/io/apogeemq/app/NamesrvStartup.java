package io.apogeemq.app;

import io.apogeemq.config.ConfigRejected;
import io.apogeemq.config.NamesrvKeys;
import io.apogeemq.config.Settings;
import java.util.List;
import java.util.Map;

/** Main class of a name server alone: {@code mqnamesrv [-c FILE] [-p]}. */
public final class NamesrvStartup {
  private static final Arguments.Flag PEERS =
      Arguments.Flag.of(
          "HOST:PORT;...", "accepted, without meaning for a name server", "-n", "--namesrvAddr");
  private static final List<Arguments.Flag> FLAGS =
      List.of(Launch.FILE, PEERS, Launch.PRINT, Launch.HELP);

  private NamesrvStartup() {}

  public static void main(String[] args) {
    Launch.run(() -> start(List.of(args)));
  }

  private static void start(List<String> words)
      throws Arguments.Misused, ConfigRejected, Node.StartFailed {
    Arguments arguments = Arguments.read(FLAGS, words);
    if (arguments.has("-h")) {
      System.out.print(Arguments.help("mqnamesrv [FLAGS]", FLAGS));
      return;
    }
    if (arguments.has("-n")) {
      System.err.println(
          "-n has no meaning for a name server: name servers don't know each other.");
    }
    Settings settings =
        Launch.settings(NamesrvKeys.TABLE, arguments.value("-c"), "namesrv.conf", Map.of());
    if (arguments.has("-p")) {
      Launch.print(settings, System.out);
      return;
    }
    Launch.check(settings);
    // One verticle serves all: the table has one owner, and routes are asked for every 30 seconds.
    Node node = new Node(Runtimes.vertx(1));
    Launch.stopAtExit(node);
    node.start(new NameServerPart(node.vertx(), settings), System.out::println);
  }
}
