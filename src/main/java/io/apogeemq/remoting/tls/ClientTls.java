package io.apogeemq.remoting.tls;

import io.apogeemq.config.ConfigRejected;
import io.apogeemq.config.Problem;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * How our own calls speak TLS. As in the original a server's certificate is checked only with {@code
 * tls.client.authServer=true}, and its host name never: brokers are called by address. Immutable.
 */
public final class ClientTls {
  private final SslContext context;

  private ClientTls(SslContext context) {
    this.context = context;
  }

  /**
   * Reads what a client shows and trusts; waits for the disk.
   *
   * @throws ConfigRejected naming the setting and the file that can't be used
   */
  public static ClientTls open(TlsSettings settings) throws ConfigRejected {
    TlsFiles files = settings.client();
    try {
      SslContextBuilder builder =
          SslContextBuilder.forClient()
              .sslProvider(SslProvider.JDK)
              .endpointIdentificationAlgorithm(null);
      X509Certificate[] trusted = settings.authServer() ? files.trusted() : new X509Certificate[0];
      if (settings.testMode() || !settings.authServer()) {
        builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
      } else if (trusted.length > 0) {
        builder.trustManager(trusted);
      }
      if (!settings.testMode() && files.hasIdentity()) {
        builder.keyManager(new OneIdentity(files.identity()));
      }
      return new ClientTls(builder.build());
    } catch (SSLException e) {
      throw new ConfigRejected(
          List.of(new Problem("TLS", "the certificates can't be used: " + e.getMessage())));
    }
  }

  /** What this process's {@code -Dtls.enable} and its like say; null if calls are plain text. */
  public static @Nullable ClientTls ofThisProcess() throws ConfigRejected {
    // The property first: nothing else is read or loaded where TLS is not wanted.
    if (!Boolean.getBoolean("tls.enable")) {
      return null;
    }
    return open(TlsSettings.ofThisProcess());
  }

  /**
   * For calls of an application that brings its own keys and trust.
   *
   * @param identity null: shows no certificate
   * @param trusted null: trusts whom Java trusts
   */
  public static ClientTls of(
      @Nullable KeyManagerFactory identity, @Nullable TrustManagerFactory trusted)
      throws ConfigRejected {
    return built(identity, trusted);
  }

  /** The same without a check of who answers. */
  public static ClientTls trustingAll(@Nullable KeyManagerFactory identity) throws ConfigRejected {
    return built(identity, InsecureTrustManagerFactory.INSTANCE);
  }

  private static ClientTls built(
      @Nullable KeyManagerFactory identity, @Nullable TrustManagerFactory trusted)
      throws ConfigRejected {
    try {
      return new ClientTls(
          SslContextBuilder.forClient()
              .sslProvider(SslProvider.JDK)
              .endpointIdentificationAlgorithm(null)
              .keyManager(identity)
              .trustManager(trusted)
              .build());
    } catch (SSLException e) {
      throw new ConfigRejected(
          List.of(new Problem("TLS", "the certificates can't be used: " + e.getMessage())));
    }
  }

  public SslContext context() {
    return context;
  }
}
