package io.apogeemq.gateway;

import io.apogeemq.config.GatewayKeys;
import io.apogeemq.config.HostPort;
import io.apogeemq.config.Settings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a gateway serves.
 *
 * @param port where it listens
 * @param nameServers {@code host:port;…} of the cluster it stands in front of
 * @param maxBodyBytes largest body of a request, and largest line of a stream
 * @param bodyMemoryBytes of all bodies and sends under way together
 * @param bodyTimeoutMs in which a body must come, beside the time that a large one takes
 * @param requireAccount whether requests without an account are refused
 * @param corsOrigins origins whose pages may call it; empty: only its own pages
 * @param requestsPerSecond per account, or per address if there is none; 0: no limit
 * @param maxConnections open at once
 * @param tls null: plain HTTP
 */
public record GatewayOptions(
    String bindAddress,
    int port,
    String nameServers,
    int maxBodyBytes,
    boolean requireAccount,
    List<String> corsOrigins,
    int requestsPerSecond,
    int maxConnections,
    long bodyMemoryBytes,
    int bodyTimeoutMs,
    @Nullable GatewayTls tls) {
  public GatewayOptions {
    bodyMemoryBytes = Math.max(bodyMemoryBytes, maxBodyBytes); // any one body finds room
    corsOrigins = List.copyOf(corsOrigins);
  }

  /** In plain HTTP, with the defaults for bodies. */
  public GatewayOptions(
      String bindAddress,
      int port,
      String nameServers,
      int maxBodyBytes,
      boolean requireAccount,
      List<String> corsOrigins,
      int requestsPerSecond,
      int maxConnections) {
    this(
        bindAddress,
        port,
        nameServers,
        maxBodyBytes,
        requireAccount,
        corsOrigins,
        requestsPerSecond,
        maxConnections,
        GatewayKeys.quarterOfHeap(),
        GatewayKeys.DEFAULT_BODY_TIMEOUT_MS,
        null);
  }

  /**
   * Whether pages ask their readers for an account: where accounts are required, and wherever others than
   * this machine's users come. The check itself is the brokers'.
   */
  public boolean pagesNeedAccount() {
    return requireAccount || isOpen();
  }

  /** Whether others than this machine's users reach it. */
  public boolean isOpen() {
    return !isLoopback(bindAddress);
  }

  private static boolean isLoopback(String address) {
    try {
      return InetAddress.getByName(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false; // opening the port will fail and say so
    }
  }

  /**
   * From the settings of a role that has {@link GatewayKeys}.
   *
   * @param nameServers those of the cluster
   */
  public static GatewayOptions from(Settings settings, List<HostPort> nameServers) {
    return new GatewayOptions(
        settings.get(GatewayKeys.BIND_ADDRESS),
        settings.get(GatewayKeys.PORT),
        String.join(";", nameServers.stream().map(HostPort::toString).toList()),
        settings.get(GatewayKeys.MAX_BODY_BYTES),
        settings.get(GatewayKeys.REQUIRE_ACCOUNT),
        List.of(settings.get(GatewayKeys.CORS_ORIGINS).split("[,;\\s]+")).stream()
            .filter(each -> !each.isEmpty())
            .toList(),
        settings.get(GatewayKeys.REQUESTS_PER_SECOND),
        settings.get(GatewayKeys.MAX_CONNECTIONS),
        settings.get(GatewayKeys.BODY_MEMORY_BYTES),
        settings.get(GatewayKeys.BODY_TIMEOUT_MS),
        GatewayTls.from(settings));
  }
}
