package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.apogeemq.app.TestNode;
import io.apogeemq.config.BrokerKeys;
import io.apogeemq.config.GatewayKeys;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A gateway with TLS, beside the broker and as a process of its own: a client's certificate stands for the
 * account that it names.
 */
@ExtendWith(OutputOnFailure.class)
class GatewayTlsTest {
  private static final String PASSWORD = "changeit";
  private static final String ACCOUNTS =
      """
      accounts:
      - accessKey: administrator
        secretKey: '12345678'
        admin: true
      - accessKey: readers-account
        secretKey: 'abcdefgh'
        defaultTopicPerm: SUB
        defaultGroupPerm: SUB
      """;

  @TempDir static Path folder;
  private static TestNode node;
  private static GatewayProcess alone;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(Vendor.underTest() == Vendor.APOGEE, "accounts as our brokers check them");
    keyPair("server", "CN=127.0.0.1", "-ext", "SAN=ip:127.0.0.1");
    StringBuilder trusted = new StringBuilder();
    for (String each : List.of("administrator", "readers-account", "nobodys-account")) {
      keyPair(each, "OU=somewhere,CN=" + each);
      trusted.append(pem("CERTIFICATE", store(each).getCertificate("key").getEncoded()));
    }
    keyPair("stranger", "OU=somewhere,CN=administrator"); // of the same name, by nobody's word
    Files.writeString(folder.resolve("clients.pem"), trusted);
    node =
        TestNode.start(
            Map.of(
                BrokerKeys.ACL_ENABLE,
                "true",
                GatewayKeys.REQUIRE_ACCOUNT,
                "true",
                GatewayKeys.CORS_ORIGINS,
                "*",
                GatewayKeys.TLS_KEY_PATH,
                folder.resolve("server.p12").toString(),
                GatewayKeys.TLS_KEY_PASSWORD,
                PASSWORD,
                GatewayKeys.TLS_CLIENT_CA_PATH,
                folder.resolve("clients.pem").toString()),
            Map.of("conf/plain_acl.yml", ACCOUNTS));
    writePemOfServer();
    alone =
        GatewayProcess.start(
            node.nameServer(),
            Map.of(
                "gatewayTlsKeyPath",
                folder.resolve("server.key").toString(),
                "gatewayTlsCertPath",
                folder.resolve("server.crt").toString(),
                "gatewayTlsClientCaPath",
                folder.resolve("clients.pem").toString(),
                "gatewayTlsRequireClientCert",
                "true",
                "rocketmq.acl.plain.file",
                "accounts.yml",
                "rocketmqHome",
                "."),
            Map.of("accounts.yml", ACCOUNTS));
  }

  @AfterAll
  static void stop() {
    if (node != null) {
      node.close();
    }
    if (alone != null) {
      alone.close();
    }
  }

  @Test
  void aCertificateStandsForTheAccountThatItNames() throws Exception {
    for (int port : List.of(node.gatewayPort(), alone.port())) {
      String topic = "/v1/topics/tls-" + port;
      HttpClient administrator = client("administrator");
      assertThat(post(administrator, port, topic + "/messages", "hello").statusCode())
          .isEqualTo(200);
      HttpClient reader = client("readers-account");
      HttpResponse<String> received =
          post(reader, port, topic + "/groups/tls-group/receive?waitMs=5000", "");
      assertThat(received.body()).contains("\"text\":\"hello\"");
      assertThat(post(reader, port, topic + "/messages", "no").statusCode()).isEqualTo(403);
      HttpResponse<String> nobody = post(client("nobodys-account"), port, "/v1/tokens", "");
      assertThat(nobody.statusCode()).isEqualTo(401);
      assertThat(nobody.body()).contains("nobodys-account").contains("plain_acl.yml");
    }
  }

  @Test
  void aWebSocketIsOpenedByCertificate() throws Exception {
    LinkedBlockingQueue<String> frames = new LinkedBlockingQueue<>();
    String address = "wss://127.0.0.1:" + node.gatewayPort() + "/v1/topics/t/groups/g/subscribe";
    WebSocket socket =
        client("readers-account")
            .newWebSocketBuilder()
            .buildAsync(
                URI.create(address),
                new WebSocket.Listener() {
                  @Override
                  public java.util.concurrent.@Nullable CompletionStage<?> onText(
                      WebSocket from, CharSequence data, boolean last) {
                    frames.add(data.toString());
                    from.request(1);
                    return null;
                  }
                })
            .get(20, TimeUnit.SECONDS);
    socket.sendText("{}", true);
    assertThat(frames.poll(20, TimeUnit.SECONDS)).contains("problem");
    socket.abort();
  }

  /** A browser shows its certificate for every page, and tells a WebSocket's page all that it hears. */
  @Test
  void aPageThatMayCallDoesNotActByTheBrowsersCertificate() throws Exception {
    HttpClient browser = client("administrator");
    String own = "https://127.0.0.1:" + node.gatewayPort();
    String friend = "https://friend.example";
    assertThat(status(browser, "Origin", own)).isEqualTo(200);
    assertThat(status(browser, "Origin", friend)).isEqualTo(401);
    assertThat(status(browser, "Origin", "null")).isEqualTo(401);
    assertThat(status(browser, "Sec-Fetch-Site", "cross-site")).isEqualTo(401);
    String secret = "Basic " + base64("administrator:12345678");
    assertThat(status(browser, "Origin", friend, "Authorization", secret)).isEqualTo(200);
    URI stream = URI.create(own.replace("https", "wss") + "/v1/topics/t/groups/g/subscribe");
    WebSocket.Builder page = browser.newWebSocketBuilder().header("Origin", friend);
    assertThatThrownBy(() -> page.buildAsync(stream, new WebSocket.Listener() {}).join())
        .hasStackTraceContaining("401");
  }

  private static int status(HttpClient by, String... headers) throws Exception {
    HttpRequest.Builder request = request(node.gatewayPort(), "/v1/topics/tls-page/messages", "x");
    return by.send(request.headers(headers).build(), HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  @Test
  void whoNobodyVouchesForIsRefusedByTlsItself() throws Exception {
    HttpClient stranger = client("stranger");
    assertThatThrownBy(() -> post(stranger, node.gatewayPort(), "/v1/tokens", ""))
        .isInstanceOf(IOException.class);
    HttpClient without = client(null);
    assertThatThrownBy(() -> post(without, alone.port(), "/v1/tokens", ""))
        .isInstanceOf(IOException.class);
  }

  @Test
  void withoutCertificateTheSecretCountsAndPlainHttpIsNothing() throws Exception {
    HttpClient without = client(null);
    assertThat(post(without, node.gatewayPort(), "/v1/tokens", "").statusCode()).isEqualTo(401);
    HttpRequest known =
        request(node.gatewayPort(), "/v1/tokens", "")
            .header("Authorization", "Basic " + base64("readers-account:abcdefgh"))
            .build();
    assertThat(without.send(known, HttpResponse.BodyHandlers.ofString()).statusCode())
        .isEqualTo(201);
    HttpRequest plain =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.gatewayPort() + "/livez"))
            .timeout(Duration.ofSeconds(10))
            .build();
    assertThatThrownBy(() -> without.send(plain, HttpResponse.BodyHandlers.ofString()))
        .isInstanceOf(IOException.class);
  }

  @Test
  void aFileThatCantBeUsedIsNamedWithItsSetting() {
    Map<io.apogeemq.config.Key<?>, String> settings = new HashMap<>();
    settings.put(GatewayKeys.TLS_KEY_PATH, folder.resolve("nowhere.p12").toString());
    assertThatThrownBy(() -> TestNode.start(settings))
        .hasStackTraceContaining("gatewayTlsKeyPath=")
        .hasStackTraceContaining("nowhere.p12");
  }

  @Test
  void settingsOfTlsWithoutAKeyDoNotMeanPlainHttp() {
    assertThatThrownBy(() -> TestNode.start(Map.of(GatewayKeys.TLS_REQUIRE_CLIENT_CERT, "true")))
        .hasStackTraceContaining("gatewayTlsKeyPath=");
  }

  private static HttpResponse<String> post(HttpClient by, int port, String path, String body)
      throws Exception {
    return by.send(request(port, path, body).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest.Builder request(int port, String path, String body) {
    return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(20))
        .header("Content-Type", "text/plain")
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes());
  }

  /** One that trusts the server and shows this certificate; null: none. */
  private static HttpClient client(@Nullable String name) throws Exception {
    KeyStore trust = KeyStore.getInstance("PKCS12");
    trust.load(null, null);
    trust.setCertificateEntry("server", store("server").getCertificate("key"));
    TrustManagerFactory trusted =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusted.init(trust);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    if (name != null) {
      keys.init(store(name), PASSWORD.toCharArray());
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(name == null ? null : keys.getKeyManagers(), trusted.getTrustManagers(), null);
    return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(context).build();
  }

  private static KeyStore store(String name) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(folder.resolve(name + ".p12"))) {
      store.load(in, PASSWORD.toCharArray());
    }
    return store;
  }

  /** By the JDK's own tool: a key and a certificate that it signs itself. */
  private static void keyPair(String name, String subject, String... more) throws Exception {
    List<String> command =
        new java.util.ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "key",
                "-keyalg",
                "EC",
                "-dname",
                subject,
                "-validity",
                "30",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                folder.resolve(name + ".p12").toString()));
    command.addAll(List.of(more));
    Process tool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(tool.getInputStream().readAllBytes());
    assertThat(tool.waitFor()).as(said).isZero();
  }

  private static void writePemOfServer() throws Exception {
    KeyStore server = store("server");
    Files.writeString(
        folder.resolve("server.key"),
        pem("PRIVATE KEY", server.getKey("key", PASSWORD.toCharArray()).getEncoded()));
    Files.writeString(
        folder.resolve("server.crt"),
        pem("CERTIFICATE", server.getCertificate("key").getEncoded()));
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
