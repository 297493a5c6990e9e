package io.apogeemq.remoting.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.config.BrokerKeys;
import io.apogeemq.config.ConfigRejected;
import io.apogeemq.config.Key;
import io.apogeemq.config.Settings;
import io.apogeemq.config.TlsKeys;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.remoting.Access;
import io.apogeemq.remoting.Dispatcher;
import io.apogeemq.remoting.RemotingServer;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.Route;
import io.apogeemq.remoting.TcpTransport;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
  private static final int ECHO = 1;

  @TempDir Path folder;

  private final Vertx vertx = Vertx.vertx();
  private final Dispatcher dispatcher =
      new Dispatcher(
          () ->
              List.of(
                  Route.on(
                      ECHO,
                      Access.OPEN,
                      (from, none) -> Reply.ok().body(from.request().bodyBytes()).now())));

  @AfterEach
  void close() {
    await(vertx.close());
  }

  @Test
  void plainAndTlsClientsShareAPermissivePort() throws ConfigRejected {
    String address = serve(settings(Map.of()));
    assertThat(echo(address, null)).isEqualTo(100_000);
    assertThat(echo(address, ClientTls.open(settings(Map.of())))).isEqualTo(100_000);
  }

  @Test
  void anEnforcingPortServesTlsOnly() throws ConfigRejected {
    String address = serve(settings(Map.of(TlsKeys.SERVER_MODE, "enforcing")));
    assertThat(echo(address, ClientTls.open(settings(Map.of())))).isEqualTo(100_000);
    assertThatThrownBy(() -> echo(address, null))
        .rootCause()
        .isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void aDisabledPortTellsATlsClientWhy() throws ConfigRejected {
    String address = serve(settings(Map.of(TlsKeys.SERVER_MODE, "disabled")));
    assertThat(echo(address, null)).isEqualTo(100_000);
    assertThatThrownBy(() -> echo(address, ClientTls.open(settings(Map.of()))))
        .rootCause()
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("tls.server.mode=disabled");
  }

  @Test
  void aWrongProtocolWithinTlsIsAnsweredWithinTls() throws Exception {
    String address = serve(settings(Map.of()));
    int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
    SSLContext trusting = SSLContext.getInstance("TLS");
    trusting.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
    try (Socket socket = trusting.getSocketFactory().createSocket("127.0.0.1", port)) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes());
      assertThat(new String(socket.getInputStream().readAllBytes())).startsWith("HTTP/1.1 421");
    }
  }

  @Test
  void bothSidesShowAndCheckCertificates() throws Exception {
    Map<Key<?>, String> both = new HashMap<>(pair("server"));
    both.putAll(clientPair("client"));
    both.put(TlsKeys.SERVER_NEED_CLIENT_AUTH, "require");
    both.put(TlsKeys.SERVER_AUTH_CLIENT, "true");
    both.put(TlsKeys.SERVER_TRUST_CERT_PATH, folder.resolve("client.crt").toString());
    both.put(TlsKeys.CLIENT_AUTH_SERVER, "true");
    both.put(TlsKeys.CLIENT_TRUST_CERT_PATH, folder.resolve("server.crt").toString());
    String address = serve(settings(both));
    assertThat(echo(address, ClientTls.open(settings(both)))).isEqualTo(100_000);

    Map<Key<?>, String> stranger = new HashMap<>(both);
    stranger.putAll(clientPair("stranger"));
    assertThatThrownBy(() -> echo(address, ClientTls.open(settings(stranger))));
    Map<Key<?>, String> distrusting = new HashMap<>(both);
    distrusting.put(TlsKeys.CLIENT_TRUST_CERT_PATH, folder.resolve("stranger.crt").toString());
    assertThatThrownBy(() -> echo(address, ClientTls.open(settings(distrusting))))
        .rootCause()
        .isInstanceOf(ConnectException.class);
  }

  /** The key is as {@code openssl pkcs8 -topk8} of OpenSSL 3 writes it. */
  @Test
  void aKeyMayBeEncrypted() throws Exception {
    String address = serve(settings(encryptedPair()));
    assertThat(echo(address, ClientTls.open(settings(Map.of())))).isEqualTo(100_000);
  }

  @Test
  void newCertificatesCountWhenTheyHoldStillAndFit() throws Exception {
    TlsSettings settings = settings(pair("server"));
    ServerTls tls = ServerTls.open(vertx, settings);
    var before = tls.context(vertx).result();
    Files.writeString(folder.resolve("server.crt"), "half a certificate");
    lookTwice(tls);
    assertThat(tls.context(vertx).result()).isSameAs(before);
    pair("server");
    lookTwice(tls);
    assertThat(tls.context(vertx).result()).isNotSameAs(before);
  }

  private static void lookTwice(ServerTls tls) {
    tls.look();
    tls.look();
  }

  @Test
  void whatIsWrongIsSaidWithSettingFileAndCure() throws Exception {
    Map<Key<?>, String> pair = encryptedPair();
    refused(pair, TlsKeys.SERVER_KEY_PASSWORD, "wrong", "keyPassword is not its password");
    refused(pair, TlsKeys.SERVER_KEY_PASSWORD, "", "keyPassword is missing");
    refused(pair, TlsKeys.SERVER_KEY_PATH, "/nowhere.key", "tls.server.keyPath=/nowhere.key");
    refused(pair, TlsKeys.SERVER_CERT_PATH, "/nowhere.crt", "does not exist");
    refused(pair, TlsKeys.SERVER_CERT_PATH, "", "tls.server.certPath is missing");
    String key = pair.get(TlsKeys.SERVER_KEY_PATH);
    refused(pair, TlsKeys.SERVER_CERT_PATH, key, "no certificate");
    pair("other");
    refused(
        pair, TlsKeys.SERVER_CERT_PATH, folder.resolve("other.crt").toString(), "is not the key");
    Path old = Files.writeString(folder.resolve("old.key"), pem("RSA PRIVATE KEY", new byte[8]));
    refused(pair, TlsKeys.SERVER_KEY_PATH, old.toString(), "openssl pkcs8 -topk8");
  }

  private void refused(Map<Key<?>, String> pair, Key<?> key, String value, String text) {
    Map<Key<?>, String> wrong = new HashMap<>(pair);
    wrong.put(key, value);
    assertThatThrownBy(() -> ServerTls.open(vertx, settings(wrong)))
        .isInstanceOf(ConfigRejected.class)
        .hasMessageContaining(text)
        .hasMessageNotContaining("the password");
  }

  /** The file wins, as in the original; what it may not say is named. */
  @Test
  void theFileOfTlsWinsOverTheSettings() throws Exception {
    Path file = folder.resolve("tls.properties");
    Files.writeString(file, "tls.test.mode.enable=false\ntls.server.mode=disabled\n");
    TlsSettings settings =
        settings(Map.of(TlsKeys.TEST_MODE, "true", TlsKeys.CONFIG_FILE, file.toString()));
    assertThat(settings.testMode()).isFalse();
    assertThat(settings.mode()).isEqualTo(TlsMode.PERMISSIVE);
  }

  @Test
  void testModeDoesNotTakeBackAPromiseSilently() {
    assertThatThrownBy(() -> settings(Map.of(TlsKeys.SERVER_AUTH_CLIENT, "true")))
        .isInstanceOf(ConfigRejected.class)
        .hasMessageContaining("tls.test.mode.enable=false");
  }

  // ---- servers, clients, certificates ----------------------------------------------------------

  private static TlsSettings settings(Map<Key<?>, String> keys) throws ConfigRejected {
    Settings.Builder builder = Settings.of(BrokerKeys.TABLE);
    keys.forEach((key, value) -> builder.flag("test", key, value));
    return TlsSettings.from(builder.build());
  }

  private String serve(TlsSettings settings) throws ConfigRejected {
    ServerTls tls = ServerTls.open(vertx, settings);
    RemotingServer server =
        new RemotingServer(vertx, "127.0.0.1", 0, "the test port", dispatcher, tls);
    return "127.0.0.1:" + await(server.start());
  }

  /** How many bytes came back, of 100,000. */
  private int echo(String address, ClientTls tls) {
    TcpTransport transport = new TcpTransport(vertx, new Dispatcher(), tls);
    RemotingCommand answer =
        await(
            transport.request(
                address, RemotingCommand.request(ECHO).body(new byte[100_000]), 10_000));
    try {
      return answer.bodyBytes().length;
    } finally {
      answer.release();
      await(transport.close());
    }
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  /** Writes a key and its certificate, and gives the settings of a server that shows them. */
  private Map<Key<?>, String> pair(String name) throws Exception {
    TlsFiles.Identity identity = SelfSigned.make(name, Instant.now());
    Path key = folder.resolve(name + ".key");
    Path certificate = folder.resolve(name + ".crt");
    Files.writeString(key, pem("PRIVATE KEY", identity.key().getEncoded()));
    Files.writeString(certificate, pem("CERTIFICATE", identity.chain()[0].getEncoded()));
    return server(key, certificate, "");
  }

  private static Map<Key<?>, String> encryptedPair() throws Exception {
    return server(resource("encrypted.key"), resource("encrypted.crt"), "the password");
  }

  private static Path resource(String name) throws URISyntaxException {
    return Path.of(TlsTest.class.getResource("/tls/" + name).toURI());
  }

  private static Map<Key<?>, String> server(Path key, Path certificate, String password) {
    return Map.of(
        TlsKeys.TEST_MODE,
        "false",
        TlsKeys.SERVER_KEY_PATH,
        key.toString(),
        TlsKeys.SERVER_CERT_PATH,
        certificate.toString(),
        TlsKeys.SERVER_KEY_PASSWORD,
        password);
  }

  private Map<Key<?>, String> clientPair(String name) throws Exception {
    Map<Key<?>, String> server = pair(name);
    return Map.of(
        TlsKeys.CLIENT_KEY_PATH, server.get(TlsKeys.SERVER_KEY_PATH),
        TlsKeys.CLIENT_CERT_PATH, server.get(TlsKeys.SERVER_CERT_PATH));
  }

  private static String pem(String kind, byte[] der) {
    return "-----BEGIN "
        + kind
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + kind
        + "-----\n";
  }
}
