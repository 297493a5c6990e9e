package io.apogeemq.client;

import io.apogeemq.config.Credentials;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client needs to know. Immutable; start from {@link #of}, whose values are the original
 * client's, and change what must differ.
 *
 * @param nameServers {@code host:port}, at least one; tried in turn
 * @param instanceName tells apart several clients of one machine; part of the client id
 * @param requestTimeoutMs for requests other than sends and long polls
 * @param sendTimeoutMs for one send with all its retries
 * @param sendRetries how often a failed send is tried again, on another broker if there is one
 * @param maxPendingSends sends under way at once; one more fails at once
 * @param defaultTopicQueues how many queues a topic gets that our first send creates
 * @param routeRefreshMs how often routes in use are asked for again
 * @param heartbeatMs how often brokers hear who we are
 * @param rebalanceMs how often a group shares its queues anew without being told to
 * @param offsetCommitMs how often consumed offsets are committed
 * @param account whose requests these are, for brokers with access control; null sends them unsigned
 */
public record ClientConfig(
    List<String> nameServers,
    String instanceName,
    long requestTimeoutMs,
    long sendTimeoutMs,
    int sendRetries,
    int maxPendingSends,
    int defaultTopicQueues,
    long routeRefreshMs,
    long heartbeatMs,
    long rebalanceMs,
    long offsetCommitMs,
    @Nullable Credentials account) {

  public ClientConfig {
    nameServers = List.copyOf(nameServers);
    if (nameServers.isEmpty()) {
      throw new IllegalArgumentException("a client needs the address of a name server");
    }
  }

  /**
   * The usual values.
   *
   * @param nameServers one or more {@code host:port}, separated by {@code ;}
   */
  public static ClientConfig of(String nameServers) {
    return new ClientConfig(
        split(nameServers),
        ProcessHandle.current().pid() + "#" + System.nanoTime(),
        5_000,
        3_000,
        2,
        65_536,
        4,
        30_000,
        30_000,
        20_000,
        5_000,
        null);
  }

  /** The same, with every request signed for brokers with access control. */
  public ClientConfig with(@Nullable Credentials other) {
    return new ClientConfig(
        nameServers,
        instanceName,
        requestTimeoutMs,
        sendTimeoutMs,
        sendRetries,
        maxPendingSends,
        defaultTopicQueues,
        routeRefreshMs,
        heartbeatMs,
        rebalanceMs,
        offsetCommitMs,
        other);
  }

  private static List<String> split(String nameServers) {
    List<String> all = new ArrayList<>();
    for (String each : nameServers.split(";")) {
      if (!each.isBlank()) {
        all.add(each.trim());
      }
    }
    return all;
  }

  /** The id under which brokers know this client: address and instance, as in the original. */
  public String clientId() {
    return LocalAddress.get().getHostAddress() + "@" + instanceName;
  }
}
