package io.apogeemq.app;

import io.apogeemq.compat.Ports;
import io.apogeemq.config.BrokerKeys;
import io.apogeemq.config.ConfigRejected;
import io.apogeemq.config.GatewayKeys;
import io.apogeemq.config.Key;
import io.apogeemq.config.NamesrvKeys;
import io.apogeemq.config.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** An all-in-one node in this process, on free ports of loopback and a folder under target/. */
public final class TestNode implements AutoCloseable {
  private final Node node;
  private final Path folder;
  private final int namesrvPort;
  private final int gatewayPort;

  private TestNode(Node node, Path folder, int namesrvPort, int gatewayPort) {
    this.node = node;
    this.folder = folder;
    this.namesrvPort = namesrvPort;
    this.gatewayPort = gatewayPort;
  }

  /** Starts one; {@code keys} change the broker's settings, which hold the gateway's. */
  public static TestNode start(Map<Key<?>, String> keys) {
    return start(keys, Map.of());
  }

  /** The same with files of its installation, by their paths in it. */
  public static TestNode start(Map<Key<?>, String> keys, Map<String, String> files) {
    int namesrvPort = Ports.one();
    int gatewayPort = Ports.one();
    try {
      Path folder = Files.createTempDirectory(Path.of("target"), "node-").toAbsolutePath();
      for (Map.Entry<String, String> each : files.entrySet()) {
        Path file = folder.resolve(each.getKey());
        Files.createDirectories(file.getParent());
        Files.writeString(file, each.getValue());
      }
      Settings names =
          Settings.of(NamesrvKeys.TABLE)
              .flag("test", NamesrvKeys.LISTEN_PORT, Integer.toString(namesrvPort))
              .flag("test", NamesrvKeys.BIND_ADDRESS, "127.0.0.1")
              .flag("test", NamesrvKeys.KV_CONFIG_PATH, folder.resolve("kvConfig.json").toString())
              .build();
      Map<Key<?>, String> all = new HashMap<>();
      all.put(BrokerKeys.LISTEN_PORT, Integer.toString(Ports.forBroker()));
      all.put(BrokerKeys.BIND_ADDRESS, "127.0.0.1");
      all.put(BrokerKeys.BROKER_IP1, "127.0.0.1");
      all.put(BrokerKeys.BROKER_NAME, "broker-a");
      all.put(BrokerKeys.NAMESRV_ADDR, "127.0.0.1:" + namesrvPort);
      all.put(BrokerKeys.ROCKETMQ_HOME, folder.toString());
      all.put(BrokerKeys.STORE_PATH_ROOT_DIR, folder.resolve("store").toString());
      all.put(BrokerKeys.MAPPED_FILE_SIZE_COMMIT_LOG_BYTES, Integer.toString(16 * 1024 * 1024));
      all.put(GatewayKeys.PORT, Integer.toString(gatewayPort));
      all.putAll(keys);
      Settings.Builder broker = Settings.of(BrokerKeys.TABLE);
      all.forEach((key, value) -> broker.flag("test", key, value));
      return new TestNode(AllInOne.start(names, broker.build()), folder, namesrvPort, gatewayPort);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ConfigRejected e) {
      throw new IllegalArgumentException(e.problems().toString(), e);
    } catch (Node.StartFailed e) {
      throw new IllegalStateException(e);
    }
  }

  /** Where its name server listens. */
  public String nameServer() {
    return "127.0.0.1:" + namesrvPort;
  }

  /** Where its gateway listens. */
  public int gatewayPort() {
    return gatewayPort;
  }

  @Override
  public void close() {
    node.stop(Node.STOP_BOUND);
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
