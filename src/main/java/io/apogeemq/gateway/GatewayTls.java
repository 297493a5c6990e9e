package io.apogeemq.gateway;

import io.apogeemq.config.ConfigRejected;
import io.apogeemq.config.GatewayKeys;
import io.apogeemq.config.Key;
import io.apogeemq.config.Problem;
import io.apogeemq.config.Settings;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.PfxOptions;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The gateway's key and certificate, and whose clients' certificates it trusts.
 *
 * @param keyPath a PKCS#8 key in PEM, or a PKCS#12 store with key and certificate
 * @param certPath empty with a store
 * @param keyPassword of a store
 * @param clientCaPath empty: clients are not asked for certificates
 * @param requireClientCert whether those who show none are refused
 */
public record GatewayTls(
    String keyPath,
    String certPath,
    String keyPassword,
    String clientCaPath,
    boolean requireClientCert) {

  private static final GatewayTls NOTHING = new GatewayTls("", "", "", "", false);

  /** Null if the settings want plain HTTP: nothing of TLS is set. */
  static @Nullable GatewayTls from(Settings settings) {
    GatewayTls wanted =
        new GatewayTls(
            settings.get(GatewayKeys.TLS_KEY_PATH),
            settings.get(GatewayKeys.TLS_CERT_PATH),
            settings.get(GatewayKeys.TLS_KEY_PASSWORD),
            settings.get(GatewayKeys.TLS_CLIENT_CA_PATH),
            settings.get(GatewayKeys.TLS_REQUIRE_CLIENT_CERT));
    return wanted.equals(NOTHING) ? null : wanted;
  }

  /** Whether clients may show certificates, for which accounts are needed. */
  public boolean asksClients() {
    return !clientCaPath.isEmpty();
  }

  /** Reads the files once, so that what is wrong with them is said by the name of its setting. */
  public void check(Vertx vertx) throws ConfigRejected {
    if (keyPath.isEmpty()) { // plain HTTP would be a surprise
      throw rejected(
          GatewayKeys.TLS_KEY_PATH, "", "is missing, while other settings of TLS are there");
    }
    if (!isStore() && certPath.isEmpty()) {
      throw rejected(GatewayKeys.TLS_CERT_PATH, "", "is missing: a PEM key needs its certificate");
    }
    try {
      identity().getKeyManagerFactory(vertx);
    } catch (Exception e) { // declared by Vert.x
      throw rejected(GatewayKeys.TLS_KEY_PATH, keyPath, "can't be used: " + e.getMessage());
    }
    if (asksClients()) {
      try {
        trusted().getTrustManagerFactory(vertx);
      } catch (Exception e) { // declared by Vert.x
        throw rejected(
            GatewayKeys.TLS_CLIENT_CA_PATH, clientCaPath, "can't be used: " + e.getMessage());
      }
    } else if (requireClientCert) {
      throw rejected(
          GatewayKeys.TLS_REQUIRE_CLIENT_CERT,
          "true",
          "needs gatewayTlsClientCaPath: whose certificates are good");
    }
  }

  private static ConfigRejected rejected(Key<?> key, String value, String flaw) {
    return new ConfigRejected(List.of(new Problem("TLS", key.name() + "=" + value + " " + flaw)));
  }

  void apply(HttpServerOptions options) {
    // HTTP/1.1 only, as without TLS: an operation may close the connection of its request.
    options.setSsl(true).setUseAlpn(false).setKeyCertOptions(identity());
    if (asksClients()) {
      options
          .setTrustOptions(trusted())
          .setClientAuth(requireClientCert ? ClientAuth.REQUIRED : ClientAuth.REQUEST);
    }
  }

  private boolean isStore() {
    String name = keyPath.toLowerCase(Locale.ROOT);
    return name.endsWith(".p12") || name.endsWith(".pfx");
  }

  private KeyCertOptions identity() {
    return isStore()
        ? new PfxOptions().setPath(keyPath).setPassword(keyPassword)
        : new PemKeyCertOptions().setKeyPath(keyPath).setCertPath(certPath);
  }

  private PemTrustOptions trusted() {
    return new PemTrustOptions().addCertPath(clientCaPath);
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "key " + keyPath + ", clients of " + clientCaPath;
  }
}
