package io.apogeemq.namesrv;

import io.apogeemq.remoting.Dispatcher;
import io.apogeemq.remoting.RemotingServer;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.tls.ServerTls;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.util.List;

/**
 * The name server as a verticle: one instance, one event loop, one port. Deploy it, and ask {@link
 * #port} where it listens.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class NameServer extends VerticleBase {
  private final NameServerConfig config;
  private final AddressView addresses;
  private final ServerTls tls;
  private final RouteTable table;
  private volatile int port = -1;

  /** A name server that tells everyone the addresses that brokers register. */
  public NameServer(NameServerConfig config) {
    this(config, AddressView.AS_REGISTERED, ServerTls.OFF);
  }

  public NameServer(NameServerConfig config, AddressView addresses, ServerTls tls) {
    this.config = config;
    this.addresses = addresses;
    this.tls = tls;
    table = new RouteTable(config.supportActingMaster(), () -> System.nanoTime() / 1_000_000);
  }

  /** Completes when the port is open; fails if it is taken or the key/value file is damaged. */
  @Override
  public Future<?> start() {
    WorkerExecutor disk = vertx.createSharedWorkerExecutor("apogee-namesrv-disk", 1);
    KvConfig.DiskTasks tasks = task -> disk.executeBlocking(task, true);
    BrokerExpiry expiry = new BrokerExpiry(table);
    return disk.executeBlocking(() -> KvConfig.load(config.kvConfigPath(), tasks), true)
        .compose(
            kv ->
                new RemotingServer(
                        vertx,
                        config.host(),
                        config.port(),
                        "the name server port " + config.port(),
                        new Dispatcher(families(config, table, expiry, kv, addresses)),
                        tls)
                    .start())
        .onSuccess(
            listening -> {
              port = listening;
              vertx.setPeriodic(config.brokerScanIntervalMs(), tick -> expiry.scan());
            });
  }

  /** All rows of a name server over these tables. */
  static List<RequestFamily> families(
      NameServerConfig config,
      RouteTable table,
      BrokerExpiry expiry,
      KvConfig kv,
      AddressView addresses) {
    return List.of(
        new RegistrationHandlers(table, expiry, kv, config.returnOrderTopicConfigToBroker()),
        new RouteHandlers(table, kv, config.orderMessageEnable(), addresses),
        new TopicListHandlers(table, config.enableAllTopicList()),
        new KvHandlers(kv),
        new NameServerAdminHandlers(table, config));
  }

  /** The port that it listens on; -1 until it is started. */
  public int port() {
    return port;
  }

  /** What is known of brokers and topics. */
  public RouteTable table() {
    return table;
  }
}
