package io.apogeemq.examples;

import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientCounters;
import io.apogeemq.client.ClientOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.PemTrustOptions;

/** An account, TLS, and somebody who counts. */
public final class Secured extends VerticleBase {
  private final ClientCounters counters = new ClientCounters();

  @Override
  public Future<?> start() {
    ClientOptions options =
        new ClientOptions(config())
            .setCredentials("shop", "the-secret-of-shop")
            .setSsl(true)
            .setTrustOptions(new PemTrustOptions().addCertPath("ca.pem"))
            .setMetrics(counters);
    ApogeeClient client = ApogeeClient.create(vertx, options);
    return client
        .admin()
        .topics()
        .onSuccess(topics -> vertx.eventBus().publish("seen", topics + " " + counters.snapshot()));
  }
}
