package io.apogeemq.client;

import io.apogeemq.config.ConfigRejected;
import io.apogeemq.remoting.tls.ClientTls;
import io.vertx.core.Vertx;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** How a client's connections speak TLS: as its options say, else as the flags of Java say. */
final class TlsChoice {
  private TlsChoice() {}

  /**
   * @return null for plain text
   * @throws IllegalArgumentException naming what can't be used
   */
  static @Nullable ClientTls of(Vertx vertx, ClientOptions options) {
    try {
      if (!options.isSsl()) {
        return ClientTls.ofThisProcess();
      }
      if (options.isTrustAll()) {
        return ClientTls.trustingAll(identity(vertx, options));
      }
      return ClientTls.of(identity(vertx, options), trusted(vertx, options));
    } catch (ConfigRejected e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static @Nullable KeyManagerFactory identity(Vertx vertx, ClientOptions options) {
    try {
      return options.getKeyCertOptions() == null
          ? null
          : options.getKeyCertOptions().getKeyManagerFactory(vertx);
    } catch (Exception e) { // declared by Vert.x
      throw new IllegalArgumentException("the key and certificate can't be used: " + e, e);
    }
  }

  private static @Nullable TrustManagerFactory trusted(Vertx vertx, ClientOptions options) {
    try {
      return options.getTrustOptions() == null
          ? null
          : options.getTrustOptions().getTrustManagerFactory(vertx);
    } catch (Exception e) { // declared by Vert.x
      throw new IllegalArgumentException("the trusted certificates can't be used: " + e, e);
    }
  }
}
