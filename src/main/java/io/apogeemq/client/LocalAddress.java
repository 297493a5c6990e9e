package io.apogeemq.client;

import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/**
 * The address by which this machine names itself in client and message ids: the first IPv4 address
 * that is neither loopback nor link-local, else such an IPv6 address, else loopback. Only a name:
 * nobody connects to it.
 */
final class LocalAddress {
  private static final InetAddress CHOSEN = choose();

  private LocalAddress() {}

  static InetAddress get() {
    return CHOSEN;
  }

  private static InetAddress choose() {
    @Nullable InetAddress second = null;
    try {
      for (NetworkInterface each : NetworkInterface.networkInterfaces().toList()) {
        if (!each.isUp()) {
          continue;
        }
        for (InetAddress address : each.inetAddresses().toList()) {
          if (address.isLoopbackAddress() || address.isLinkLocalAddress()) {
            continue;
          }
          if (address instanceof Inet4Address) {
            return address;
          }
          second = second == null ? address : second;
        }
      }
    } catch (SocketException e) {
      throw new UncheckedIOException("can't list this machine's network interfaces", e);
    }
    return second == null ? InetAddress.getLoopbackAddress() : second;
  }
}
