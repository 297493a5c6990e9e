package io.apogeemq.app;

import io.apogeemq.broker.BrokerConfig;
import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.compat.Ports;
import io.apogeemq.config.BrokerKeys;
import io.apogeemq.config.Key;
import io.apogeemq.config.NamesrvKeys;
import io.apogeemq.config.Settings;
import io.apogeemq.remoting.Loopback;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A name server and a broker in this process, on free ports, and clients with and without a socket. */
final class LoopbackNode implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
  private final NameServerPart nameServer;
  private final String nameServerAddress;
  private final BrokerConfig config;
  private final Loopback loopback;
  private BrokerPart broker;

  private LoopbackNode(Path folder, Map<Key<?>, String> keys) throws Exception {
    int namesrvPort = Ports.one();
    nameServerAddress = "127.0.0.1:" + namesrvPort;
    nameServer =
        new NameServerPart(
            vertx,
            Settings.of(NamesrvKeys.TABLE)
                .flag("test", NamesrvKeys.LISTEN_PORT, Integer.toString(namesrvPort))
                .flag("test", NamesrvKeys.BIND_ADDRESS, "127.0.0.1")
                .flag("test", NamesrvKeys.KV_CONFIG_PATH, folder.resolve("kv.json").toString())
                .build());
    Settings.Builder settings =
        Settings.of(BrokerKeys.TABLE)
            .flag("test", BrokerKeys.LISTEN_PORT, Integer.toString(Ports.forBroker()))
            .flag("test", BrokerKeys.BIND_ADDRESS, "127.0.0.1")
            .flag("test", BrokerKeys.BROKER_IP1, "127.0.0.1")
            .flag("test", BrokerKeys.EVENT_LOOP_THREADS, "2")
            .flag("test", BrokerKeys.NAMESRV_ADDR, nameServerAddress)
            .flag("test", BrokerKeys.ROCKETMQ_HOME, folder.toString())
            .flag("test", BrokerKeys.STORE_PATH_ROOT_DIR, folder.resolve("store").toString());
    keys.forEach((key, value) -> settings.flag("test", key, value));
    config = BrokerConfig.from(settings.build());
    loopback = OwnAddresses.of(config);
    broker = new BrokerPart(vertx, config, loopback);
  }

  /** Starts one in a folder; {@code keys} change the broker's settings. */
  static LoopbackNode start(Path folder, Map<Key<?>, String> keys) throws Exception {
    LoopbackNode made = new LoopbackNode(folder, keys);
    done(made.nameServer.start());
    done(made.broker.start());
    return made;
  }

  void restartBroker() {
    done(broker.stop());
    broker = new BrokerPart(vertx, config, loopback);
    done(broker.start());
  }

  BrokerConfig broker() {
    return config;
  }

  /** For a client that reaches the broker without a socket. */
  ClientOptions within() {
    return outside().setLoopback(loopback);
  }

  /** For a client that dials. */
  ClientOptions outside() {
    return ClientOptions.of(nameServerAddress);
  }

  ApogeeClient client(ClientOptions options) {
    return ApogeeClient.create(vertx, options);
  }

  /** Waits for it. */
  static <T> T done(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    done(broker.stop());
    done(nameServer.stop());
    done(vertx.close());
  }
}
