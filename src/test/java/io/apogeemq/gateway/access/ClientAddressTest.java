package io.apogeemq.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.config.Credentials;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.lang.reflect.Proxy;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

/** Whose requests are counted together. */
class ClientAddressTest {
  @Test
  void allAddressesOfAnIpv6NetworkAreOneClient() throws Exception {
    assertThat(of("2001:db8:0:a1::1")).isEqualTo("2001:db8:0:a1::/64");
    assertThat(of("2001:db8::a1:ffff:ffff:ffff:ffff")).isEqualTo("2001:db8:0:a1::/64");
    assertThat(of("2001:db8:0:a2::1")).isEqualTo("2001:db8:0:a2::/64");
    assertThat(of("::1")).isEqualTo("0:0:0:0::/64");
  }

  @Test
  void anInterfaceIsNoPartOfIt() throws Exception {
    InetAddress neighbour =
        Inet6Address.getByAddress(null, InetAddress.getByName("fe80::1").getAddress(), 7);
    assertThat(neighbour.getHostAddress()).endsWith("%7");
    assertThat(of(neighbour)).isEqualTo("fe80:0:0:0::/64");
  }

  @Test
  void anIpv4AddressIsOneClientHoweverItIsWritten() throws Exception {
    assertThat(of("192.0.2.7")).isEqualTo("192.0.2.7");
    assertThat(of("64:ff9b::192.0.2.7")).isEqualTo("192.0.2.7");
    assertThat(ClientAddress.of(SocketAddress.inetSocketAddress(1, "::ffff:192.0.2.7")))
        .isEqualTo("192.0.2.7");
    assertThat(of("64:ff9b:1::192.0.2.7")).isEqualTo("64:ff9b:1:0::/64");
  }

  /** Else each address of a network would have its own free guesses. */
  @Test
  void guessesAreThoseOfTheNetwork() throws Exception {
    Credentials account = new Credentials("administrator", "guess");
    assertThat(Claim.sent(account, requestOf("2001:db8:0:a1::1")))
        .isEqualTo(Claim.sent(account, requestOf("2001:db8:0:a1::2")))
        .isNotEqualTo(Claim.sent(account, requestOf("2001:db8:0:a2::1")));
  }

  private static HttpServerRequest requestOf(String address) {
    SocketAddress from = SocketAddress.inetSocketAddress(1, address);
    return (HttpServerRequest)
        Proxy.newProxyInstance(
            HttpServerRequest.class.getClassLoader(),
            new Class<?>[] {HttpServerRequest.class},
            (request, method, arguments) -> {
              assertThat(method.getName()).isEqualTo("remoteAddress");
              return from;
            });
  }

  private static String of(String address) throws UnknownHostException {
    return of(InetAddress.getByName(address));
  }

  private static String of(InetAddress address) {
    return ClientAddress.of(SocketAddress.inetSocketAddress(new InetSocketAddress(address, 1)));
  }
}
