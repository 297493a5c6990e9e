package io.apogeemq.app;

import io.apogeemq.cli.MqAdmin;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Main class of the jar: {@code java -jar apogeemq.jar COMMAND [ARGUMENTS]}. The commands are rows;
 * without one nothing is started.
 */
public final class Main {

  /**
   * One command.
   *
   * @param body is given the words behind the command
   */
  record Command(String name, String about, Consumer<String[]> body) {}

  private static final List<Command> COMMANDS =
      List.of(
          new Command("server", "a name server and a broker in one process", AllInOne::main),
          new Command(
              "quickstart", "the same, then 1,000 messages through it", QuickstartCommand::main),
          new Command("namesrv", "a name server alone, as bin/mqnamesrv", NamesrvStartup::main),
          new Command("broker", "a broker alone, as bin/mqbroker", BrokerStartup::main),
          new Command("gateway", "an HTTP gateway alone, before any cluster", GatewayStartup::main),
          new Command("admin", "administration, as bin/mqadmin", MqAdmin::main),
          new Command("store", "check, print or mend a store folder", StoreCommand::main),
          new Command(
              "version",
              "the version of this jar",
              words -> System.out.println("ApogeeMQ " + version())),
          new Command("help", "this text", words -> help()));

  private Main() {}

  public static void main(String[] args) {
    Launch.run(() -> command(args).body().accept(Arrays.copyOfRange(args, 1, args.length)));
  }

  /**
   * What the first word names. Who gives none wants to know what there is, and no server on all interfaces.
   */
  static Command command(String... args) throws Arguments.Misused {
    if (args.length == 0) {
      throw new Arguments.Misused(
          "usage: apogee COMMAND [ARGUMENTS]; COMMAND is one of "
              + String.join(", ", COMMANDS.stream().map(Command::name).toList()));
    }
    return COMMANDS.stream()
        .filter(command -> command.name().equals(spelled(args[0])))
        .findFirst()
        .orElseThrow(() -> new Arguments.Misused("unknown command " + args[0]));
  }

  private static String spelled(String name) {
    return switch (name) {
      case "-h", "--help" -> "help";
      case "-v", "--version" -> "version";
      default -> name;
    };
  }

  /** The version of this jar; a remark where there is none. */
  static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "(not from a jar)" : version;
  }

  private static void help() {
    StringBuilder text = new StringBuilder("usage: apogee COMMAND [ARGUMENTS]\n");
    for (Command command : COMMANDS) {
      text.append(String.format("  %-12s%s%n", command.name(), command.about()));
    }
    // A command of the script alone: it must run before Java starts.
    text.append(
        String.format(
            "  %-12s%s%n",
            "archive", "bin/apogee only: record the classes that make starts faster"));
    System.out.print(text.append("COMMAND -h tells its arguments.\n"));
  }
}
