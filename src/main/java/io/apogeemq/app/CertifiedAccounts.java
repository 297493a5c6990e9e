package io.apogeemq.app;

import io.apogeemq.config.ConfigRejected;
import io.apogeemq.config.Problem;
import io.apogeemq.gateway.GatewayTls;
import io.apogeemq.gateway.access.Certificates;
import io.apogeemq.security.Accounts;
import io.apogeemq.security.AclRejected;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The accounts of an installation, for clients of the gateway that show a certificate: the same files that
 * its broker reads, followed as the broker follows them.
 *
 * @param home the installation's folder
 * @param mainFile the file of accounts, relative to it
 */
record CertifiedAccounts(Path home, String mainFile) {
  private static final Logger log = LoggerFactory.getLogger(CertifiedAccounts.class);
  private static final long LOOK_MS = 500;

  /** Checks the files of TLS and reads the accounts; waits for the disk. */
  Certificates open(Vertx vertx, @Nullable GatewayTls tls) throws ConfigRejected {
    if (tls == null) {
      return Certificates.NONE;
    }
    tls.check(vertx);
    if (!tls.asksClients()) {
      return Certificates.NONE;
    }
    Accounts accounts;
    try {
      accounts = Accounts.open(home, mainFile, System::currentTimeMillis);
    } catch (AclRejected e) {
      throw new ConfigRejected(
          List.of(
              new Problem(
                  "TLS",
                  "gatewayTlsClientCaPath needs accounts that certificates stand for: "
                      + e.getMessage())));
    }
    vertx.setPeriodic(
        LOOK_MS,
        tick ->
            vertx
                .executeBlocking(
                    () -> {
                      accounts.look();
                      return true;
                    })
                .onFailure(e -> log.error("the files of accounts can't be followed", e)));
    return new Certificates(accounts::credentials);
  }
}
