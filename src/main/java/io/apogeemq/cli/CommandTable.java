package io.apogeemq.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** The commands of mqadmin as rows, in the order in which the original lists them. */
final class CommandTable {
  /**
   * One command.
   *
   * @param description the original's
   * @param make a fresh one; only the command that was asked for is made
   */
  record Row(String name, String description, Supplier<? extends AdminCommand> make) {
    CommandLine commandLine(AdminCommand command) {
      CommandLine line = new CommandLine(command).setCommandName("mqadmin " + name);
      line.getCommandSpec().usageMessage().description(description);
      return line;
    }
  }

  private static final List<Row> ROWS =
      List.of(
          new Row("updateTopic", "Update or create topic", TopicCommands.Update::new),
          new Row("topicRoute", "Examine topic route info", TopicCommands.Route::new),
          new Row("topicStatus", "Examine topic Status info", TopicCommands.Status::new),
          new Row(
              "consumerProgress", "Query consumers's progress, speed", GroupCommands.Progress::new),
          new Row("clusterList", "List all of clusters", ClusterCommands.ListBrokers::new),
          new Row(
              "topicList", "Fetch all topic list from name server", TopicCommands.ListTopics::new));

  private CommandTable() {}

  static List<Row> rows() {
    return ROWS;
  }

  /** The row of a name, or null. */
  static @Nullable Row find(String name) {
    for (Row each : ROWS) {
      if (each.name.equals(name)) {
        return each;
      }
    }
    return null;
  }

  /** The list that {@code mqadmin help} prints. */
  static void print(PrintStream out) {
    out.printf("The most commonly used mqadmin commands are:%n");
    for (Row each : ROWS) {
      out.printf("   %-20s %s%n", each.name, each.description);
    }
    out.printf("%nSee 'mqadmin help <command>' for more information on a specific command.%n");
  }
}
