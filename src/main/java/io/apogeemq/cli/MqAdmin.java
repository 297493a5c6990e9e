package io.apogeemq.cli;

import java.io.PrintStream;
import java.util.Arrays;
import picocli.CommandLine;

/**
 * The administrator's command line: the original's commands with the original's columns.
 *
 * <pre>mqadmin COMMAND [-n HOST:PORT] [OPTIONS]     mqadmin help [COMMAND]</pre>
 *
 * <p>Unlike the original, a command that fails prints one line, on the error output, and ends with
 * status 1.
 */
public final class MqAdmin {
  private static final String HELP = "help";

  private MqAdmin() {}

  public static void main(String[] args) {
    CommandLogs.onlyWarnings();
    System.exit(run(args, System.out, System.err));
  }

  /** Runs one command and returns the exit status. */
  public static int run(String[] args, PrintStream out, PrintStream err) {
    if (args.length == 0 || args.length == 1 && args[0].equals(HELP)) {
      CommandTable.print(out);
      return 0;
    }
    boolean help = args[0].equals(HELP);
    String name = help ? args[1] : args[0];
    CommandTable.Row row = CommandTable.find(name);
    if (row == null) {
      err.println("The sub command " + name + " not exist. See 'mqadmin help'.");
      return 1;
    }
    AdminCommand command = row.make().get();
    CommandLine line = row.commandLine(command);
    if (help) {
      line.usage(out);
      return 0;
    }
    try {
      line.parseArgs(Arrays.copyOfRange(args, 1, args.length));
    } catch (CommandLine.ParameterException e) {
      err.println(name + ": " + e.getMessage());
      return 1;
    }
    if (line.isUsageHelpRequested()) {
      line.usage(out);
      return 0;
    }
    try (CommandClient client = new CommandClient(NameServerAddress.find(command.nameServers))) {
      command.run(client, out, err);
      return 0;
    } catch (CommandFailed e) {
      err.println(name + ": " + e.getMessage());
      return 1;
    } finally {
      out.flush();
      err.flush();
    }
  }
}
