package io.apogeemq.compat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A name server, a broker, or all roles at once, as a process of its own: ours or Apache's, on free
 * loopback ports, with a temporary folder that goes when the server is closed. It can be killed and
 * started again on the same ports and the same store.
 */
final class Server implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);
  private static final String LOOPBACK = "127.0.0.1";

  /** What the process is asked to be. */
  enum Role {
    NAMESRV,
    BROKER,
    ALL_IN_ONE
  }

  private final Vendor vendor;
  private final Role role;
  private final String brokerName;
  private final String host; // where clients reach it
  private final int namesrvPort; // of itself; 0 for a broker
  private final int brokerPort; // 0 for a name server
  private final Path folder;
  private final List<String> jvmFlags;
  private final List<String> properties; // settings that Apache takes by -D
  private final List<String> tlsFlags; // settings that both take by -D
  private final String java;
  private @Nullable ChildProcess process;

  private Server(
      Vendor vendor, Role role, String brokerName, Map<String, String> settings, Launch launch) {
    this.vendor = vendor;
    this.role = role;
    this.brokerName = brokerName;
    this.host = settings.getOrDefault("brokerIP1", LOOPBACK);
    this.namesrvPort = role == Role.BROKER ? 0 : Ports.one();
    this.brokerPort = role == Role.NAMESRV ? 0 : Ports.forBroker();
    this.jvmFlags = new ArrayList<>(launch.jvmFlags());
    this.tlsFlags = tlsFlags(settings);
    this.java = launch.java();
    this.properties =
        settings.entrySet().stream()
            .filter(it -> it.getKey().startsWith("rocketmq."))
            .map(it -> "-D" + it.getKey() + "=" + it.getValue())
            .toList();
    try {
      this.folder = Files.createTempDirectory("apogee-compat-");
      writeFiles(settings);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Which Java starts our server, and its flags. */
  record Launch(String java, List<String> jvmFlags) {
    /** The Java of this build, with a heap that leaves room for others on a small machine. */
    static final Launch USUAL =
        new Launch(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            List.of("-Xmx384m"));

    Launch withFlags(String... flags) {
      return new Launch(java, List.of(flags));
    }

    Launch withoutFlags() {
      return withFlags();
    }
  }

  static Server namesrv(Vendor vendor) {
    return namesrv(vendor, Map.of());
  }

  /** With settings of TLS. */
  static Server namesrv(Vendor vendor, Map<String, String> settings) {
    return new Server(vendor, Role.NAMESRV, "", settings, Launch.USUAL).start();
  }

  /** Settings that RocketMQ takes as flags of Java only; ours does as well. */
  private static List<String> tlsFlags(Map<String, String> settings) {
    return settings.entrySet().stream()
        .filter(each -> each.getKey().startsWith("tls."))
        .map(each -> "-D" + each.getKey() + "=" + each.getValue())
        .toList();
  }

  private boolean takesTlsOnly() {
    return tlsFlags.contains("-Dtls.server.mode=enforcing");
  }

  /** A connection to its name server, as that takes it. */
  RawClient connectToNames() throws IOException {
    return takesTlsOnly() ? RawClient.connectTls(namesrvPort) : RawClient.connect(namesrvPort);
  }

  /** The same with further files, by their paths in its folder, which is its installation too. */
  static Server broker(
      Vendor vendor,
      String name,
      String namesrvAddr,
      Map<String, String> settings,
      Map<String, String> files) {
    Map<String, String> all = new LinkedHashMap<>(settings);
    all.put("namesrvAddr", namesrvAddr);
    Server server = new Server(vendor, Role.BROKER, name, all, Launch.USUAL);
    files.forEach(server::write);
    return server.start();
  }

  /** Writes a file in the server's folder. */
  void write(String path, String content) {
    try {
      Path file = folder.resolve(path);
      Files.createDirectories(file.getParent());
      Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A broker that is registered with its name servers when this returns. */
  static Server broker(
      Vendor vendor, String name, String namesrvAddr, Map<String, String> settings) {
    Map<String, String> all = new LinkedHashMap<>(settings);
    all.put("namesrvAddr", namesrvAddr);
    return new Server(vendor, Role.BROKER, name, all, Launch.USUAL).start();
  }

  /** Our all-in-one node. */
  static Server allInOne(Launch launch, Map<String, String> settings) {
    return new Server(Vendor.APOGEE, Role.ALL_IN_ONE, "broker-a", settings, launch).start();
  }

  private void writeFiles(Map<String, String> settings) throws IOException {
    Map<String, String> lines = new LinkedHashMap<>();
    if (role == Role.NAMESRV) {
      lines.put("listenPort", "" + namesrvPort);
    }
    if (role == Role.ALL_IN_ONE) {
      Files.writeString(folder.resolve("namesrv.conf"), "listenPort=" + namesrvPort + "\n");
      lines.put("gatewayPort", "0"); // many nodes on one machine would ask for the one default
    }
    if (role != Role.NAMESRV) {
      lines.put("brokerClusterName", "DefaultCluster");
      lines.put("brokerName", brokerName);
      lines.put("brokerId", "0");
      lines.put("brokerIP1", host);
      lines.put("listenPort", "" + brokerPort);
      lines.put("brokerRole", "ASYNC_MASTER");
      lines.put("flushDiskType", "ASYNC_FLUSH");
      lines.put("autoCreateTopicEnable", "true");
      lines.put("storePathRootDir", folder.resolve("store").toString());
      lines.put("storePathCommitLog", folder.resolve("store/commitlog").toString());
      lines.put("mappedFileSizeCommitLog", "" + 64 * 1024 * 1024);
    }
    if (vendor != Vendor.APOGEE) {
      lines.put("bindAddress", LOOPBACK);
      if (role == Role.NAMESRV) {
        lines.put("kvConfigPath", folder.resolve("kvConfig.json").toString());
        lines.put("configStorePath", folder.resolve("namesrv.properties").toString());
      } else {
        lines.put("mappedFileSizeConsumeQueue", "" + 20 * 3000);
        lines.put("warmMapedFileEnable", "false");
        lines.put("waitTimeMillsInSendQueue", "10000"); // a cold one refuses sends after 200 ms
      }
      Path conf = Files.createDirectories(folder.resolve("conf"));
      for (String name : List.of("broker", "namesrv", "tools")) {
        Files.copy(
            Path.of("src/test/compat/home/conf/logback_tools.xml"),
            conf.resolve("logback_" + name + ".xml"));
      }
    }
    lines.putAll(settings);
    lines.keySet().removeIf(key -> key.startsWith("tls."));
    Files.write(
        configFile(), lines.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
  }

  private Path configFile() {
    return folder.resolve(role.name().toLowerCase(Locale.ROOT) + ".conf");
  }

  /** Starts the process and waits until it answers and, a broker, is registered. */
  Server start() {
    ChildProcess started =
        ChildProcess.start(
            this + " on " + (brokerPort == 0 ? namesrvPort : brokerPort),
            command(),
            folder,
            Map.of("ROCKETMQ_HOME", folder.toString()));
    process = started;
    try {
      String word = role == Role.NAMESRV ? "The Name Server boot success" : "The broker[";
      started.awaitLine(line -> line.contains(word) && line.contains("boot success"), START);
      awaitOpen(brokerPort == 0 ? namesrvPort : brokerPort);
    } catch (AssertionError e) {
      close();
      throw e;
    }
    return this;
  }

  private List<String> command() {
    List<String> command = new ArrayList<>(List.of(java));
    if (vendor == Vendor.APOGEE) {
      command.addAll(jvmFlags);
      command.addAll(tlsFlags);
      command.addAll(List.of("-cp", ourClassPath()));
      command.addAll(
          switch (role) {
            case NAMESRV -> List.of("io.apogeemq.app.NamesrvStartup");
            case BROKER -> List.of("io.apogeemq.app.BrokerStartup");
            case ALL_IN_ONE -> List.of("io.apogeemq.app.Main", "server");
          });
    } else {
      command.addAll(apacheFlags());
      command.addAll(tlsFlags);
      command.addAll(List.of("-cp", vendor.official().classPath()));
      command.add(
          role == Role.NAMESRV
              ? "org.apache.rocketmq.namesrv.NamesrvStartup"
              : "org.apache.rocketmq.broker.BrokerStartup");
    }
    command.addAll(List.of("-c", configFile().toString()));
    if (role == Role.ALL_IN_ONE) {
      command.addAll(List.of("--namesrv-config", folder.resolve("namesrv.conf").toString()));
    }
    return command;
  }

  /** What Apache's start scripts give on Java 9 and later, for a small machine. */
  private List<String> apacheFlags() {
    List<String> flags = new ArrayList<>();
    flags.addAll(List.of(role == Role.NAMESRV ? "-Xmx128m" : "-Xmx512m", "-XX:+UseG1GC"));
    flags.addAll(List.of("-Duser.home=" + folder, "-Drocketmq.home.dir=" + folder));
    flags.addAll(properties);
    for (String pack : List.of("java.nio", "sun.nio.ch", "jdk.internal.ref")) {
      flags.addAll(List.of("--add-opens", "java.base/" + pack + "=ALL-UNNAMED"));
    }
    return flags;
  }

  /** The jar if {@code -Dcompat.jar} names one, else the classes of this build. */
  static String ourClassPath() {
    String jar = System.getProperty("compat.jar");
    if (jar != null) {
      return Path.of(jar).toAbsolutePath().toString();
    }
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.endsWith("test-classes") && !entry.endsWith("test-classes/"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private void awaitOpen(int port) {
    long deadline = System.nanoTime() + START.toNanos();
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(LOOPBACK, port), 1000);
        return;
      } catch (IOException e) {
        if (System.nanoTime() > deadline || !process().isAlive()) {
          throw new AssertionError(this + " does not listen\n" + process().tail(60), e);
        }
        LockSupport.parkNanos(20_000_000);
      }
    }
  }

  /** {@code 127.0.0.1:PORT} of the name server. */
  String namesrvAddr() {
    return LOOPBACK + ":" + namesrvPort;
  }

  /** The broker's host and port as routes say them: {@code 127.0.0.1:PORT} without a {@code brokerIP1}. */
  String brokerAddr() {
    return host + ":" + brokerPort;
  }

  int namesrvPort() {
    return namesrvPort;
  }

  int brokerPort() {
    return brokerPort;
  }

  String brokerName() {
    return brokerName;
  }

  /** Where the server keeps its files. */
  Path folder() {
    return folder;
  }

  ChildProcess process() {
    return Objects.requireNonNull(process);
  }

  /** SIGKILL. */
  void kill() {
    process().kill();
  }

  /** SIGTERM, as {@code mqshutdown} sends it. */
  void stop() {
    process().stop(Duration.ofSeconds(20));
  }

  /** Ends the process and deletes its files; a second time does nothing. */
  @Override
  public void close() {
    if (process != null) {
      process.close();
    }
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return vendor + " " + role + (brokerName.isEmpty() ? "" : " " + brokerName);
  }
}
