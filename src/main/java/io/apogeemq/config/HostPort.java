package io.apogeemq.config;

/**
 * A host name or address and a TCP port.
 *
 * @param host name, IPv4 address, or IPv6 address without brackets
 * @param port 1 to 65535
 */
public record HostPort(String host, int port) {

  /** As it is written in files and on command lines; an IPv6 address gets its brackets back. */
  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
