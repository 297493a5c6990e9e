package io.apogeemq.app;

import io.apogeemq.config.HostPort;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The lines that RocketMQ's users and scripts wait for on standard output, to the letter (4.9.x, seen
 * in its output; 5.x prints the same).
 */
final class BootLines {
  private BootLines() {}

  static String nameServer() {
    return "The Name Server boot success. serializeType=JSON";
  }

  /**
   * @param address what routes say, host and port
   * @param nameServers as they were configured; the original leaves the end off if there are none
   */
  static String broker(String brokerName, HostPort address, List<HostPort> nameServers) {
    String boot =
        "The broker[" + brokerName + ", " + address + "] boot success. serializeType=JSON";
    return nameServers.isEmpty()
        ? boot
        : boot
            + " and name server is "
            + nameServers.stream().map(HostPort::toString).collect(Collectors.joining(";"));
  }

  /** Ours: RocketMQ has no such role. */
  static String gateway(String bindAddress, int port, boolean tls) {
    return "The gateway boot success: "
        + (tls ? "https://" : "http://")
        + new HostPort(bindAddress, port)
        + "/ (console), /docs (API)";
  }
}
