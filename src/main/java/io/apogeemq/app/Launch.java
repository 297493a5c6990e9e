package io.apogeemq.app;

import io.apogeemq.config.ConfigFile;
import io.apogeemq.config.ConfigRejected;
import io.apogeemq.config.Key;
import io.apogeemq.config.KeyTable;
import io.apogeemq.config.Problem;
import io.apogeemq.config.Settings;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the main classes share: flags, reading the configuration, telling people about it, and ending
 * with a status and a reason instead of a stack trace.
 */
final class Launch {
  static final Arguments.Flag HELP = Arguments.Flag.on("print this text", "-h", "--help");
  static final Arguments.Flag FILE =
      Arguments.Flag.of("FILE", "configuration file", "-c", "--configFile");
  static final Arguments.Flag PRINT =
      Arguments.Flag.on(
          "print the effective configuration and end",
          "-p",
          "--printConfigItem",
          "-m",
          "--printImportantConfig");
  static final Arguments.Flag NAMESRV =
      Arguments.Flag.of("HOST:PORT;...", "name servers to register with", "-n", "--namesrvAddr");

  private Launch() {}

  /** The work of a main class. */
  @FunctionalInterface
  interface Work {
    void run() throws Arguments.Misused, ConfigRejected, Node.StartFailed;
  }

  /** Runs a main class; what prevents it from running is told in words, with status 1. */
  static void run(Work work) {
    try {
      work.run();
    } catch (Arguments.Misused e) {
      end(e.getMessage() + " (-h for help)");
    } catch (ConfigRejected e) {
      end(sentence("The configuration can't be used", e.problems()));
    } catch (Node.StartFailed e) {
      LoggerFactory.getLogger(Launch.class).debug("start failed", e);
      end(e.getMessage());
    }
  }

  private static String sentence(String title, List<Problem> problems) {
    StringBuilder text = new StringBuilder(title).append(':');
    problems.forEach(problem -> text.append("\n  ").append(problem));
    return text.toString();
  }

  private static void end(String reason) {
    System.err.println(reason);
    System.exit(1);
  }

  /**
   * Reads the configuration of a role.
   *
   * @param file as given by the flag, or null: then the installation's own file is read, if there is
   *     one
   * @param ownFile its name in conf/
   * @param flags key → value, null values are not given
   */
  static Settings settings(
      KeyTable table, @Nullable String file, String ownFile, Map<Key<?>, @Nullable String> flags)
      throws ConfigRejected {
    Settings.Builder builder =
        Settings.of(table).environment(System.getenv()).properties(System.getProperties());
    Path path = file == null ? ownFile(ownFile) : Path.of(file);
    if (path != null) {
      builder.file(ConfigFile.read(path));
    }
    for (Key<?> key : table.keys()) {
      if (key.name().indexOf('.') > 0) { // what the original takes as a property of the JVM
        builder.flag("-D" + key.name(), key, System.getProperty(key.name()));
      }
    }
    flags.forEach((key, value) -> builder.flag("command line", key, value));
    return builder.build();
  }

  /** The file in conf/ of this installation, null if there is none. */
  private static @Nullable Path ownFile(String name) {
    String home = System.getProperty("apogeemq.home", System.getenv("ROCKETMQ_HOME"));
    if (home == null || home.isBlank()) {
      return null;
    }
    Path file = Path.of(home, "conf", name);
    return Files.isRegularFile(file) ? file : null;
  }

  /** One {@code key=value} line per key on {@code out}; what is wrong with them goes to the errors. */
  static void print(Settings settings, PrintStream out) {
    settings.warnings().forEach(System.err::println);
    settings.asText().forEach((name, value) -> out.println(name + "=" + value));
  }

  /**
   * Logs what people should know about the configuration.
   *
   * @throws ConfigRejected if a value asks for something that is not built and must not be ignored
   */
  static void check(Settings settings) throws ConfigRejected {
    Logger log = LoggerFactory.getLogger("config");
    settings.warnings().forEach(problem -> log.warn("{}", problem));
    settings.notBuilt().forEach(problem -> log.warn("{}", problem));
    settings.withoutMeaning().ifPresent(log::info);
    if (!settings.refusals().isEmpty()) {
      throw new ConfigRejected(settings.refusals());
    }
  }

  /** Stops the node when the process is asked to end. */
  static void stopAtExit(Node node) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> node.stop(Node.STOP_BOUND), "shutdown"));
  }
}
