package io.apogeemq.client;

import io.apogeemq.config.Credentials;
import io.apogeemq.remoting.Loopback;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client needs to know: where the name servers are, and who it is. All else has the official
 * clients' values. A client takes a copy, so that later changes don't reach it.
 */
public final class ClientOptions {
  private List<String> nameServers = List.of();
  private @Nullable String instanceName;
  private long requestTimeoutMs = 5_000;
  private long routeRefreshMs = 30_000;
  private long heartbeatMs = 30_000;
  private @Nullable Credentials credentials;
  private ClientMetrics metrics = ClientMetrics.NONE;
  private boolean ssl;
  private boolean trustAll;
  private @Nullable TrustOptions trustOptions;
  private @Nullable KeyCertOptions keyCertOptions;
  private @Nullable Loopback loopback;

  public ClientOptions() {}

  /** A copy. */
  public ClientOptions(ClientOptions other) {
    nameServers = other.nameServers;
    instanceName = other.instanceName;
    requestTimeoutMs = other.requestTimeoutMs;
    routeRefreshMs = other.routeRefreshMs;
    heartbeatMs = other.heartbeatMs;
    credentials = other.credentials;
    metrics = other.metrics;
    ssl = other.ssl;
    trustAll = other.trustAll;
    trustOptions = other.trustOptions == null ? null : other.trustOptions.copy();
    keyCertOptions = other.keyCertOptions == null ? null : other.keyCertOptions.copy();
    loopback = other.loopback;
  }

  /**
   * Reads the settings of a verticle's configuration: {@code nameServers} (text or array), {@code
   * instanceName}, {@code requestTimeoutMs}, {@code routeRefreshMs}, {@code heartbeatMs}, {@code
   * accessKey} with {@code secretKey}, {@code ssl}, {@code trustAll}. What is absent keeps its default.
   */
  public ClientOptions(JsonObject json) {
    Object servers = json.getValue("nameServers");
    if (servers instanceof JsonArray all) {
      setNameServers(String.join(";", all.stream().map(Object::toString).toList()));
    } else if (servers != null) {
      setNameServers(servers.toString());
    }
    instanceName = json.getString("instanceName", instanceName);
    setRequestTimeoutMs(json.getLong("requestTimeoutMs", requestTimeoutMs));
    setRouteRefreshMs(json.getLong("routeRefreshMs", routeRefreshMs));
    setHeartbeatMs(json.getLong("heartbeatMs", heartbeatMs));
    String accessKey = json.getString("accessKey");
    String secretKey = json.getString("secretKey");
    if ((accessKey == null) != (secretKey == null)) {
      throw new IllegalArgumentException("an account needs both: accessKey and secretKey");
    }
    if (accessKey != null && secretKey != null) {
      setCredentials(accessKey, secretKey);
    }
    ssl = json.getBoolean("ssl", ssl);
    trustAll = json.getBoolean("trustAll", trustAll);
  }

  /** The usual settings and these name servers: one or more {@code host:port}, parted by {@code ;}. */
  public static ClientOptions of(String nameServers) {
    return new ClientOptions().setNameServers(nameServers);
  }

  public List<String> getNameServers() {
    return nameServers;
  }

  /** One or more {@code host:port}, parted by {@code ;}; they are tried in turn. */
  public ClientOptions setNameServers(String addresses) {
    List<String> all = new ArrayList<>();
    for (String each : addresses.split(";")) {
      if (!each.isBlank()) {
        all.add(each.trim());
      }
    }
    nameServers = List.copyOf(all);
    return this;
  }

  public @Nullable String getInstanceName() {
    return instanceName;
  }

  /**
   * Tells apart the clients of one machine; two of one name would take each other's queues. null: each
   * client draws a name of its own, also those that are made of the same options.
   */
  public ClientOptions setInstanceName(@Nullable String name) {
    instanceName = name;
    return this;
  }

  public long getRequestTimeoutMs() {
    return requestTimeoutMs;
  }

  /** For requests other than sends and long polls. */
  public ClientOptions setRequestTimeoutMs(long ms) {
    requestTimeoutMs = OptionRules.atLeast(1, ms, "requestTimeoutMs");
    return this;
  }

  public long getRouteRefreshMs() {
    return routeRefreshMs;
  }

  /** How often routes in use are asked for again. */
  public ClientOptions setRouteRefreshMs(long ms) {
    routeRefreshMs = OptionRules.atLeast(1, ms, "routeRefreshMs");
    return this;
  }

  public long getHeartbeatMs() {
    return heartbeatMs;
  }

  /** How often brokers hear who we are. */
  public ClientOptions setHeartbeatMs(long ms) {
    heartbeatMs = OptionRules.atLeast(1, ms, "heartbeatMs");
    return this;
  }

  public @Nullable Credentials getCredentials() {
    return credentials;
  }

  /** Signs every request, for brokers with access control. */
  public ClientOptions setCredentials(String accessKey, String secretKey) {
    return setCredentials(new Credentials(accessKey, secretKey));
  }

  /** Whose requests these are; null sends them unsigned. */
  public ClientOptions setCredentials(@Nullable Credentials account) {
    credentials = account;
    return this;
  }

  public ClientMetrics getMetrics() {
    return metrics;
  }

  /** Who hears what the client does; nobody by default. */
  public ClientOptions setMetrics(ClientMetrics listener) {
    metrics = listener;
    return this;
  }

  public boolean isSsl() {
    return ssl;
  }

  /** Whether connections use TLS. Java's {@code -Dtls.enable=true} switches it on as well. */
  public ClientOptions setSsl(boolean on) {
    ssl = on;
    return this;
  }

  public boolean isTrustAll() {
    return trustAll;
  }

  /** With TLS: don't check who answers. For tests only. */
  public ClientOptions setTrustAll(boolean all) {
    trustAll = all;
    return this;
  }

  public @Nullable TrustOptions getTrustOptions() {
    return trustOptions;
  }

  /** With TLS: whose certificates are trusted; null: those that Java trusts. */
  public ClientOptions setTrustOptions(@Nullable TrustOptions options) {
    trustOptions = options;
    return this;
  }

  public @Nullable KeyCertOptions getKeyCertOptions() {
    return keyCertOptions;
  }

  /** With TLS: the certificate that we show; null: none. */
  public ClientOptions setKeyCertOptions(@Nullable KeyCertOptions options) {
    keyCertOptions = options;
    return this;
  }

  public @Nullable Loopback getLoopback() {
    return loopback;
  }

  /** A node of this process, which is reached without a socket; null: there is none. */
  public ClientOptions setLoopback(@Nullable Loopback node) {
    loopback = node;
    return this;
  }

  /** What keeps a client from starting with these settings, as an exception. */
  void check() {
    if (nameServers.isEmpty()) {
      throw new IllegalArgumentException(
          "a client needs the address of a name server: setNameServers(\"host:9876\")");
    }
  }

  @Override
  public String toString() {
    return "ClientOptions[" + nameServers + ", " + instanceName + ", " + credentials + "]";
  }
}
