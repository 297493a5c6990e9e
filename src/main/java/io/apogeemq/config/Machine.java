package io.apogeemq.config;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;

/** Defaults that depend on the machine. Asked once, while the settings are built. */
final class Machine {
  /** Interfaces of containers and virtual machines: reachable from this host only. */
  private static final Pattern VIRTUAL =
      Pattern.compile("(docker|veth|br-|virbr|cni|flannel|cali).*");

  private Machine() {}

  static Path userHome() {
    return Path.of(System.getProperty("user.home", "."));
  }

  /** The host's name, or DEFAULT_BROKER as the original says if it has none. */
  static String hostName() {
    // The variable first: asking the resolver may take seconds where the own name is not known.
    String name = System.getenv("HOSTNAME");
    if (name == null || name.isBlank()) {
      try {
        name = InetAddress.getLocalHost().getHostName();
      } catch (UnknownHostException noName) {
        name = "DEFAULT_BROKER";
      }
    }
    return name;
  }

  /**
   * An address by which others reach this host: the first IPv4 address of a real interface that is
   * up, else of a virtual one, else loopback.
   */
  static String address() {
    try {
      List<NetworkInterface> all = Collections.list(NetworkInterface.getNetworkInterfaces());
      for (boolean virtual : new boolean[] {false, true}) {
        for (NetworkInterface card : all) {
          if (card.isUp()
              && !card.isLoopback()
              && VIRTUAL.matcher(card.getName()).matches() == virtual) {
            for (InetAddress address : Collections.list(card.getInetAddresses())) {
              if (address instanceof Inet4Address && !address.isLinkLocalAddress()) {
                return address.getHostAddress();
              }
            }
          }
        }
      }
    } catch (SocketException noInterfaces) {
      // A host that does not tell its interfaces is reachable by itself only.
      return "127.0.0.1";
    }
    return "127.0.0.1";
  }

  /** The folder of this installation: given by the start scripts, else ROCKETMQ_HOME, else where we are. */
  static Path home() {
    String home =
        System.getProperty("apogeemq.home", System.getenv().getOrDefault("ROCKETMQ_HOME", "."));
    return Path.of(home.isBlank() ? "." : home).toAbsolutePath().normalize();
  }
}
