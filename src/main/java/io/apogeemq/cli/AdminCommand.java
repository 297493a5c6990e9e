package io.apogeemq.cli;

import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A command of mqadmin: its options as picocli's annotated fields, and what it does. */
@RunsOn(ThreadRole.CALLER)
abstract class AdminCommand {
  @Option(
      names = {"-n", "--namesrvAddr"},
      paramLabel = "HOST:PORT",
      description = "name server, several separated by ';'; else NAMESRV_ADDR")
  @Nullable String nameServers;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "print this")
  boolean help;

  /**
   * Does it.
   *
   * @param err for what went wrong with a part of it; the rest counts all the same
   * @throws CommandFailed with the one line that the user sees
   */
  abstract void run(CommandClient client, PrintStream out, PrintStream err);
}
