package io.apogeemq.remoting.tls;

import io.apogeemq.config.ConfigRejected;
import io.apogeemq.config.Problem;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the ports of a role speak TLS, and the certificates in force.
 *
 * <p>In test mode the certificate is made for the first client that asks, beside the event loops, so
 * that a start does not pay for it. Otherwise the files are read at start, and followed by their
 * content: a change counts once two looks have seen the same; connections that are open keep what they
 * began with. Files that can't be used change nothing, and the log says why, once. Any thread.
 */
public final class ServerTls {
  /** Only plain text. */
  public static final ServerTls OFF = new ServerTls(TlsMode.DISABLED, null);

  private static final Logger log = LoggerFactory.getLogger(ServerTls.class);

  /** Files are looked at so often, as in the original. */
  private static final long LOOK_MS = 500;

  private final TlsMode mode;
  private final @Nullable TlsSettings settings;
  private volatile @Nullable Future<SslContext> context;

  // What follows is guarded by this object.
  private Map<String, String> inForce = Map.of();
  private Map<String, String> lastSeen = Map.of();
  private Map<String, String> rejected = Map.of();

  private ServerTls(TlsMode mode, @Nullable TlsSettings settings) {
    this.mode = mode;
    this.settings = settings;
  }

  /**
   * Reads the key and certificates, if there are any, and follows them as long as Vert.x runs. Waits
   * for the disk.
   *
   * @throws ConfigRejected naming the setting and the file that can't be used
   */
  public static ServerTls open(Vertx vertx, TlsSettings settings) throws ConfigRejected {
    if (settings.mode() == TlsMode.DISABLED) {
      return OFF;
    }
    ServerTls tls = new ServerTls(settings.mode(), settings);
    if (!settings.testMode()) {
      tls.load(settings);
      vertx.setPeriodic(
          LOOK_MS,
          tick ->
              vertx
                  .executeBlocking(
                      () -> {
                        tls.look();
                        return true;
                      })
                  .onFailure(e -> log.error("the certificates can't be followed", e)));
    } else if (settings.mode() == TlsMode.ENFORCING) {
      tls.context(vertx); // the first client is sure to come and need not wait
    }
    return tls;
  }

  public TlsMode mode() {
    return mode;
  }

  /** The certificates for a new connection; completes at once unless they have to be made. */
  public Future<SslContext> context(Vertx vertx) {
    Future<SslContext> known = context;
    return known != null ? known : made(vertx::executeBlocking);
  }

  /** Runs a task beside the event loop. */
  private interface Aside {
    Future<SslContext> run(Callable<SslContext> task);
  }

  private synchronized Future<SslContext> made(Aside aside) {
    Future<SslContext> known = context;
    if (known == null) {
      log.info(
          "a client asks for TLS: it is shown a certificate made now, which proves nothing"
              + " (tls.test.mode.enable=true)");
      known = aside.run(() -> build(SelfSigned.make("ApogeeMQ test mode", Instant.now())));
      context = known;
    }
    return known;
  }

  private synchronized void load(TlsSettings from) throws ConfigRejected {
    Map<String, String> seen = from.server().contents();
    context = Future.succeededFuture(read(from));
    inForce = seen;
    lastSeen = seen;
  }

  private static SslContext read(TlsSettings settings) throws ConfigRejected {
    TlsFiles files = settings.server();
    TlsFiles.Identity identity = files.identity();
    X509Certificate[] trusted = files.trusted();
    try {
      SslContextBuilder builder =
          SslContextBuilder.forServer(new OneIdentity(identity))
              .sslProvider(SslProvider.JDK)
              .clientAuth(settings.clientAuth());
      if (!settings.authClient()) {
        builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
      } else if (trusted.length > 0) {
        builder.trustManager(trusted);
      }
      return builder.build();
    } catch (SSLException e) {
      throw new ConfigRejected(
          List.of(new Problem("TLS", "the certificates can't be used: " + e.getMessage())));
    }
  }

  /** Asks no client for a certificate, so nobody's has to be trusted; Java's would take long to load. */
  private static SslContext build(TlsFiles.Identity identity) throws SSLException {
    return SslContextBuilder.forServer(new OneIdentity(identity))
        .sslProvider(SslProvider.JDK)
        .trustManager(InsecureTrustManagerFactory.INSTANCE)
        .clientAuth(ClientAuth.NONE)
        .build();
  }

  /** Puts changed files into force. */
  synchronized void look() {
    TlsSettings from = settings;
    if (from == null || from.testMode()) {
      return;
    }
    Map<String, String> seen = from.server().contents();
    boolean still = seen.equals(lastSeen);
    lastSeen = seen;
    if (!still || seen.equals(inForce) || seen.equals(rejected)) {
      return;
    }
    try {
      load(from);
      log.info("new certificates are in force: {}", from.server());
    } catch (ConfigRejected e) {
      rejected = seen;
      log.error("{}; the certificates before stay in force", e.getMessage());
    }
  }
}
