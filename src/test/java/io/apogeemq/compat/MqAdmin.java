package io.apogeemq.compat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** The official mqadmin of a version, in one process for several commands. */
final class MqAdmin implements AutoCloseable {
  private final ChildProcess process;
  private final String namesrvAddr;
  private int commands;

  MqAdmin(Official version, String namesrvAddr) {
    this(version, namesrvAddr, List.of());
  }

  /** {@code flags}: further ones of Java. */
  MqAdmin(Official version, String namesrvAddr, List<String> flags) {
    this.process = Program.start(flags, version, namesrvAddr, "probe.Admin");
    this.namesrvAddr = namesrvAddr;
  }

  /** Runs a command against the name server; gives what it printed without empty lines. */
  Output run(String command, String... arguments) {
    int from = process.lines().size();
    String all = command + " " + String.join(" ", arguments) + " -n " + namesrvAddr;
    process.say(all.replaceAll(" +", " "));
    String end = "END-OF-COMMAND " + ++commands;
    process.awaitLine(end::equals, from, Duration.ofSeconds(40));
    List<String> printed = process.lines();
    printed = printed.subList(from, printed.size());
    return new Output(
        printed.subList(0, printed.indexOf(end)).stream().filter(line -> !line.isBlank()).toList());
  }

  /** What a command printed. */
  record Output(List<String> lines) {
    String text() {
      return String.join("\n", lines);
    }

    /** The lines under a headline that begins with #, as columns parted by blanks. */
    List<List<String>> rows() {
      return lines.stream()
          .dropWhile(line -> !line.startsWith("#"))
          .filter(line -> !line.startsWith("#"))
          .map(line -> Arrays.asList(line.trim().split("\\s+")))
          .toList();
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
