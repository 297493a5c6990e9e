package io.apogeemq.app;

import io.apogeemq.broker.BrokerConfig;
import io.apogeemq.broker.Entrance;
import io.apogeemq.config.BrokerKeys;
import io.apogeemq.config.ConfigRejected;
import io.apogeemq.config.Credentials;
import io.apogeemq.config.Problem;
import io.apogeemq.config.Settings;
import io.apogeemq.config.ToolsFile;
import io.apogeemq.remoting.Loopback;
import io.apogeemq.remoting.tls.ClientTls;
import io.apogeemq.remoting.tls.ServerTls;
import io.apogeemq.remoting.tls.TlsSettings;
import io.apogeemq.security.AccessCheck;
import io.apogeemq.security.AccountHandlers;
import io.apogeemq.security.Accounts;
import io.apogeemq.security.AclRejected;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Builds what stands at a broker's entrance by its settings, and has the files followed. */
final class Doorkeeper {
  /** Files of accounts are looked at so often, as in the original. */
  private static final long LOOK_MS = 500;

  private static final Logger log = LoggerFactory.getLogger(Doorkeeper.class);

  private final Vertx vertx;
  private final BrokerConfig config;
  private final @Nullable Loopback loopback;

  Doorkeeper(Vertx vertx, BrokerConfig config, @Nullable Loopback loopback) {
    this.vertx = vertx;
    this.config = config;
    this.loopback = loopback;
  }

  /** Reads accounts and certificates; waits for the disk. */
  Entrance entrance() throws ConfigRejected {
    Settings settings = config.settings();
    TlsSettings tlsSettings = TlsSettings.from(settings);
    ServerTls tls = ServerTls.open(vertx, tlsSettings);
    ClientTls callTls = settings.get(BrokerKeys.USE_TLS) ? ClientTls.open(tlsSettings) : null;
    AccountHandlers.Broker broker =
        new AccountHandlers.Broker(config.brokerName(), config.address(), config.clusterName());
    WorkerExecutor disk = vertx.createSharedWorkerExecutor("apogee-accounts", 1);
    AccountHandlers.DiskTasks tasks = task -> disk.executeBlocking(task, true);
    if (!settings.get(BrokerKeys.ACL_ENABLE)) {
      return new Entrance(
          null, List.of(new AccountHandlers(null, broker, tasks)), null, tls, callTls, loopback);
    }
    Path home = settings.get(BrokerKeys.ROCKETMQ_HOME);
    Accounts accounts;
    try {
      accounts =
          Accounts.open(home, settings.get(BrokerKeys.ACL_PLAIN_FILE), System::currentTimeMillis);
    } catch (AclRejected e) {
      throw new ConfigRejected(
          List.of(
              new Problem(
                  settings.source(BrokerKeys.ACL_ENABLE).toString(),
                  "aclEnable=true can't be honoured: " + e.getMessage())));
    }
    vertx.setPeriodic(
        LOOK_MS,
        tick ->
            disk.executeBlocking(
                    () -> {
                      accounts.look();
                      return true;
                    })
                .onFailure(e -> log.error("the files of accounts can't be followed", e)));
    Credentials own = ToolsFile.ofInstallation(home);
    if (own == null) {
      log.info(
          "{} names no account for this broker's own calls: topics that a send creates here are created"
              + " on other brokers with access control by the first send there",
          home.resolve("conf/tools.yml"));
    }
    return new Entrance(
        new AccessCheck(accounts, () -> System.nanoTime() / 1_000_000),
        List.of(new AccountHandlers(accounts, broker, tasks)),
        own,
        tls,
        callTls,
        loopback);
  }
}
