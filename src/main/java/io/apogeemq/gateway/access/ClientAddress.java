package io.apogeemq.gateway.access;

import io.netty.util.NetUtil;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.nio.ByteBuffer;

/**
 * By what requests of one client are counted together if they name no account that is his.
 *
 * <p>Of IPv6 that is the network of 64 bits (RFC 4291 2.5.4): whoever has one has 2^64 addresses, and a new
 * one for each request. An IPv4 address counts as itself, and also where it is written as one of IPv6.
 */
public final class ClientAddress {
  private static final int IPV6_BYTES = 16;
  private static final int IPV4_BYTES = 4;
  private static final int IPV4_AT = IPV6_BYTES - IPV4_BYTES;

  /** {@code ::ffff:0:0/96}, as sockets that take both write IPv4 (RFC 4291 2.5.5.2). */
  private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

  /** {@code 64:ff9b::/96}, as translators write all of IPv4 (RFC 6052 2.1). */
  private static final byte[] TRANSLATED = {0, 0x64, -1, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};

  private ClientAddress() {}

  /** Of whoever is at the other end of the request's connection. */
  public static String of(HttpServerRequest request) {
    return of(request.remoteAddress());
  }

  /** An IPv4 address, or the network of an IPv6 address: {@code 2001:db8:0:1::/64}. */
  static String of(SocketAddress from) {
    String text = from.hostAddress();
    byte[] bytes = text == null ? null : NetUtil.createByteArrayFromIpAddressString(text);
    if (bytes == null || bytes.length != IPV6_BYTES) {
      return String.valueOf(text);
    }
    return startsWith(bytes, MAPPED) || startsWith(bytes, TRANSLATED)
        ? NetUtil.bytesToIpAddress(bytes, IPV4_AT, IPV4_BYTES)
        : network(ByteBuffer.wrap(bytes));
  }

  private static boolean startsWith(byte[] bytes, byte[] prefix) {
    return ByteBuffer.wrap(bytes, 0, prefix.length).equals(ByteBuffer.wrap(prefix));
  }

  private static String network(ByteBuffer address) {
    return "%x:%x:%x:%x::/64"
        .formatted(address.getShort(), address.getShort(), address.getShort(), address.getShort());
  }
}
