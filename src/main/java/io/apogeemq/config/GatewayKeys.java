package io.apogeemq.config;

import static io.apogeemq.config.Values.bool;
import static io.apogeemq.config.Values.host;
import static io.apogeemq.config.Values.hostPorts;
import static io.apogeemq.config.Values.integer;
import static io.apogeemq.config.Values.longInteger;
import static io.apogeemq.config.Values.path;
import static io.apogeemq.config.Values.text;

import io.apogeemq.config.KeyTable.Rows;
import io.apogeemq.config.KeyTable.SectionRows;
import java.nio.file.Path;
import java.util.List;

/**
 * The keys of the HTTP gateway: in the broker's file for {@code apogee server}, in a file of its own
 * for {@code apogee gateway}. RocketMQ has no such keys.
 */
public final class GatewayKeys {
  private static final int KIB = 1024;
  private static final int MIB = 1024 * KIB;

  public static final Key<Integer> PORT =
      Key.of(
          "gatewayPort",
          integer(0, 65535),
          8080,
          "Port of the HTTP gateway; 0: none. A port that is taken is only warned of unless it is given.");

  public static final Key<String> BIND_ADDRESS =
      Key.of(
          "gatewayBindAddress",
          host(),
          "127.0.0.1",
          "Local address that the gateway's port is opened on.");

  public static final Key<Integer> MAX_BODY_BYTES =
      Key.of(
              "gatewayMaxBodyBytes",
              integer(1 * KIB, 64 * MIB),
              4 * MIB,
              "Largest body of a request, and largest line of a stream of messages.")
          .in(Unit.BYTES);

  public static final Key<Long> BODY_MEMORY_BYTES =
      Key.derived(
              "gatewayBodyMemoryBytes",
              longInteger(1 * KIB, Long.MAX_VALUE),
              "a quarter of the Java heap",
              ignored -> quarterOfHeap(),
              "Bodies of requests, sends and large answers under way, of all clients together; beyond it requests are told"
                  + " to come again (503) and streams of messages wait. Never less than `gatewayMaxBodyBytes`.")
          .in(Unit.BYTES);

  /** See {@link #BODY_TIMEOUT_MS}. */
  public static final int DEFAULT_BODY_TIMEOUT_MS = 30_000;

  public static final Key<Integer> BODY_TIMEOUT_MS =
      Key.of(
              "gatewayBodyTimeoutMs",
              integer(100, 3_600_000),
              DEFAULT_BODY_TIMEOUT_MS,
              "Time in which the body of a request must come, and a second more for each 32 KB of it; later it"
                  + " is refused (408).")
          .in(Unit.MS);

  public static final Key<Boolean> REQUIRE_ACCOUNT =
      Key.of(
          "gatewayRequireAccount",
          bool(),
          false,
          "Refuse requests without an account. Brokers check accounts in any case; name servers, which"
              + " tell topics and routes, can't.");

  public static final Key<String> CORS_ORIGINS =
      Key.of(
          "gatewayCorsOrigins",
          text(),
          "",
          "Origins whose pages may call the gateway, separated by commas, or `*`; empty: its own pages"
              + " only.");

  public static final Key<Integer> REQUESTS_PER_SECOND =
      Key.of(
              "gatewayRequestsPerSecond",
              integer(0, 1_000_000),
              0,
              "Requests of one account that a broker has accepted, else of one address, above which it is told to wait"
                  + " (429); 0: no limit.")
          .in(Unit.COUNT);

  public static final Key<Integer> MAX_CONNECTIONS =
      Key.of(
              "gatewayMaxConnections",
              integer(1, 1_000_000),
              10_000,
              "Connections at once; further ones are closed.")
          .in(Unit.COUNT);

  public static final Key<String> TLS_KEY_PATH =
      Key.of(
          "gatewayTlsKeyPath",
          text(),
          "",
          "Private key of the gateway: PEM (PKCS#8), or a PKCS#12 store (`.p12`, `.pfx`) with its"
              + " certificate. Empty: plain HTTP.");

  public static final Key<String> TLS_CERT_PATH =
      Key.of(
          "gatewayTlsCertPath",
          text(),
          "",
          "Certificate and its chain, PEM; not with a PKCS#12 store.");

  public static final Key<String> TLS_KEY_PASSWORD =
      Key.of("gatewayTlsKeyPassword", text(), "", "Password of the PKCS#12 store.").hidden();

  public static final Key<String> TLS_CLIENT_CA_PATH =
      Key.of(
          "gatewayTlsClientCaPath",
          text(),
          "",
          "Certificates, PEM, of those who vouch for clients. A client that shows a certificate of theirs"
              + " acts as the account that its common name (CN) names. Empty: no client is asked.");

  public static final Key<Boolean> TLS_REQUIRE_CLIENT_CERT =
      Key.of(
          "gatewayTlsRequireClientCert",
          bool(),
          false,
          "Refuse connections of clients without such a certificate.");

  private static final List<Key<?>> ALL =
      List.of(
          PORT,
          BIND_ADDRESS,
          MAX_BODY_BYTES,
          BODY_MEMORY_BYTES,
          BODY_TIMEOUT_MS,
          REQUIRE_ACCOUNT,
          CORS_ORIGINS,
          REQUESTS_PER_SECOND,
          MAX_CONNECTIONS,
          TLS_KEY_PATH,
          TLS_CERT_PATH,
          TLS_KEY_PASSWORD,
          TLS_CLIENT_CA_PATH,
          TLS_REQUIRE_CLIENT_CERT);

  private static final Rows ROWS = KeyTable.rows("gateway");

  public static final Key<List<HostPort>> NAMESRV_ADDR =
      ROWS.section("Cluster", "What the gateway stands in front of.")
          .add(
              Key.of(
                  "namesrvAddr",
                  hostPorts(),
                  List.of(new HostPort("127.0.0.1", 9876)),
                  "Name servers of the cluster; -n and the variable NAMESRV_ADDR set it too."));

  private static final SectionRows ACCOUNTS =
      ROWS.section(
          "Accounts",
          "Read only for clients that show certificates (`gatewayTlsClientCaPath`): requests are signed with"
              + " the secret of the account here. The files have the form of the broker's.");

  public static final Key<Path> HOME =
      ACCOUNTS.add(
          Key.derived(
              "rocketmqHome",
              path(),
              "the installation folder",
              settings -> Machine.home(),
              "Folder of the installation; the variable ROCKETMQ_HOME sets it too."));

  public static final Key<String> ACCOUNTS_FILE =
      ACCOUNTS.add(
          Key.of(
              "rocketmq.acl.plain.file",
              text(),
              "conf/plain_acl.yml",
              "The file of accounts, within `rocketmqHome`; all `*.yml` under `conf/acl` are read as"
                  + " well."));

  /** Of a gateway that is a process of its own. */
  public static final KeyTable TABLE =
      add(ROWS.environment("NAMESRV_ADDR", NAMESRV_ADDR).environment("ROCKETMQ_HOME", HOME))
          .table();

  private GatewayKeys() {}

  /** Default of {@link #BODY_MEMORY_BYTES}. */
  public static long quarterOfHeap() {
    return Runtime.getRuntime().maxMemory() / 4;
  }

  /** Adds the keys of the gateway to a role that may open one. */
  static Rows add(Rows rows) {
    SectionRows section =
        rows.section(
            "HTTP gateway",
            "REST, server-sent events and WebSocket: `apogee server` opens it beside the broker, `apogee"
                + " gateway` alone. RocketMQ has no such keys.");
    ALL.forEach(section::add);
    return rows;
  }
}
