package io.apogeemq.config;

import static io.apogeemq.config.Values.bool;
import static io.apogeemq.config.Values.oneOf;
import static io.apogeemq.config.Values.text;

import io.apogeemq.config.KeyTable.Rows;
import io.apogeemq.config.KeyTable.SectionRows;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The keys of TLS, the same for every role. Names and defaults are the original's system properties;
 * here they may stand in the role's file as well. The file that {@link #CONFIG_FILE} names wins over
 * both, as in the original.
 */
public final class TlsKeys {
  public static final Key<String> SERVER_MODE =
      Key.of(
          "tls.server.mode",
          oneOf("disabled", "permissive", "enforcing"),
          "permissive",
          "Whether clients may (permissive) or must (enforcing) use TLS, on the same port.");

  public static final Key<Boolean> TEST_MODE =
      Key.of(
          "tls.test.mode.enable",
          bool(),
          true,
          "Use a certificate made at start, which proves nothing, and trust everybody. Set it to"
              + " false where paths below are given.");

  public static final Key<String> CONFIG_FILE =
      Key.derived(
          "tls.config.file",
          text(),
          "`conf/tls.properties` of the installation, else `/etc/rocketmq/tls.properties`",
          settings -> configFile(),
          "File with the other keys of TLS; need not exist.");

  public static final Key<String> SERVER_NEED_CLIENT_AUTH =
      Key.of(
          "tls.server.need.client.auth",
          oneOf("none", "optional", "require"),
          "none",
          "Whether clients are asked for a certificate.");

  public static final Key<Boolean> SERVER_AUTH_CLIENT =
      Key.of(
          "tls.server.authClient",
          bool(),
          false,
          "Check the certificate of a client against `tls.server.trustCertPath`.");

  public static final Key<String> SERVER_KEY_PATH =
      Key.of("tls.server.keyPath", text(), "", "Private key, PEM (PKCS#8).");

  public static final Key<String> SERVER_KEY_PASSWORD =
      Key.of("tls.server.keyPassword", text(), "", "Password of the private key.").hidden();

  public static final Key<String> SERVER_CERT_PATH =
      Key.of("tls.server.certPath", text(), "", "Certificate and its chain, PEM.");

  public static final Key<String> SERVER_TRUST_CERT_PATH =
      Key.of(
          "tls.server.trustCertPath",
          text(),
          "",
          "Certificates that clients are checked against, PEM; empty: those of Java.");

  public static final Key<Boolean> ENABLE =
      Key.of("tls.enable", bool(), false, "Use TLS for calls to name servers and brokers.");

  public static final Key<Boolean> CLIENT_AUTH_SERVER =
      Key.of(
          "tls.client.authServer",
          bool(),
          false,
          "Check the certificate of a server against `tls.client.trustCertPath`.");

  public static final Key<String> CLIENT_KEY_PATH =
      Key.of("tls.client.keyPath", text(), "", "Private key of a client, PEM (PKCS#8).");

  public static final Key<String> CLIENT_KEY_PASSWORD =
      Key.of("tls.client.keyPassword", text(), "", "Password of that key.").hidden();

  public static final Key<String> CLIENT_CERT_PATH =
      Key.of("tls.client.certPath", text(), "", "Certificate of a client and its chain, PEM.");

  public static final Key<String> CLIENT_TRUST_CERT_PATH =
      Key.of(
          "tls.client.trustCertPath",
          text(),
          "",
          "Certificates that servers are checked against, PEM; empty: those of Java.");

  private static final List<Key<?>> SERVER =
      List.of(
          SERVER_MODE,
          TEST_MODE,
          CONFIG_FILE,
          SERVER_CERT_PATH,
          SERVER_KEY_PATH,
          SERVER_KEY_PASSWORD,
          SERVER_NEED_CLIENT_AUTH,
          SERVER_AUTH_CLIENT,
          SERVER_TRUST_CERT_PATH);

  private static final List<Key<?>> CLIENT =
      List.of(
          ENABLE,
          CLIENT_CERT_PATH,
          CLIENT_KEY_PATH,
          CLIENT_KEY_PASSWORD,
          CLIENT_AUTH_SERVER,
          CLIENT_TRUST_CERT_PATH);

  /** All of them: of a process that is a client only, and of the file. */
  public static final KeyTable TABLE = addClient(addServer(KeyTable.rows("TLS"))).table();

  private TlsKeys() {}

  /** Adds the keys of a role that listens. */
  static Rows addServer(Rows rows) {
    return add(
        rows,
        "TLS",
        "On the same ports as plain text. Each key may also be a `-D` flag of Java, or stand in the"
            + " file that `tls.config.file` names, which wins. Certificates are followed while the"
            + " process runs.",
        SERVER);
  }

  /** Adds the keys of a role that calls others. */
  static Rows addClient(Rows rows) {
    return add(rows, "TLS of its own calls", "The same, for calls to others.", CLIENT);
  }

  private static Rows add(Rows rows, String title, String about, List<Key<?>> keys) {
    SectionRows section = rows.section(title, about);
    for (Key<?> each : keys) {
      section.add(each);
      rows.property(each);
    }
    return rows;
  }

  private static String configFile() {
    Path own = Machine.home().resolve("conf/tls.properties");
    return Files.isRegularFile(own) ? own.toString() : "/etc/rocketmq/tls.properties";
  }
}
