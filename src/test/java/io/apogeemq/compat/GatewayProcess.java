package io.apogeemq.compat;

import io.apogeemq.gateway.Api;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code apogee gateway} as a process of its own, in front of a cluster of any vendor. It can be killed
 * and started again on its port.
 */
public final class GatewayProcess implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);

  private final int port = Ports.one();
  private final Path folder;
  private final String namesrvAddr;
  private @Nullable ChildProcess process;

  private GatewayProcess(
      String namesrvAddr, Map<String, String> settings, Map<String, String> files) {
    this.namesrvAddr = namesrvAddr;
    try {
      folder = Files.createTempDirectory("apogee-gateway-");
      for (Map.Entry<String, String> each : files.entrySet()) {
        Files.writeString(folder.resolve(each.getKey()), each.getValue());
      }
      Map<String, String> lines = new LinkedHashMap<>(settings);
      lines.put("gatewayPort", Integer.toString(port));
      Files.write(
          folder.resolve("gateway.conf"),
          lines.entrySet().stream().map(each -> each.getKey() + "=" + each.getValue()).toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static GatewayProcess start(String namesrvAddr) {
    return start(namesrvAddr, Map.of(), Map.of());
  }

  /** With settings, and files by their names in the folder that it runs in. */
  static GatewayProcess start(
      String namesrvAddr, Map<String, String> settings, Map<String, String> files) {
    GatewayProcess made = new GatewayProcess(namesrvAddr, settings, files);
    made.start();
    return made;
  }

  /** Starts the process; its port is open when this returns. */
  void start() {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx192m",
            "-cp",
            Server.ourClassPath(),
            "io.apogeemq.app.Main",
            "gateway",
            "-n",
            namesrvAddr,
            "-c",
            "gateway.conf");
    ChildProcess started = ChildProcess.start("gateway on " + port, command, folder, Map.of());
    process = started;
    started.awaitLine(line -> line.contains("The gateway boot success"), START);
  }

  /** A client of it. */
  Api api() {
    return new Api(port);
  }

  public int port() {
    return port;
  }

  /** SIGKILL. */
  void kill() {
    Objects.requireNonNull(process).kill();
  }

  @Override
  public void close() {
    if (process != null) {
      process.close();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
