package io.apogeemq.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressPatternTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*                        | 10.1.2.3",
        "*                        | fe80::1",
        "*.*.*.*                  | fe80::1",
        "192.168.1.7              | 192.168.1.7",
        "192.168.1.7,10.0.0.1     | 10.0.0.1",
        "192.168.*.*              | 192.168.250.3",
        "192.168.1-20.*           | 192.168.20.255",
        "192.168.1.1-20           | 192.168.1.1",
        "192.168.1.{7,9}          | 192.168.1.9",
        "192.168.1.{7,9},10.0.0.1 | 10.0.0.1",
        "1050::5:600:300c:326b    | 1050:0:0:0:5:600:300c:326b",
        "1050:0:0:0:5:600:300C:*  | 1050::5:600:300c:ffff",
        "1050::5:600:1-fff:*      | 1050::5:600:fff:1",
        "1050::5:600:300c:{1,a}   | 1050::5:600:300c:a",
        "fe80:*                   | fe80::1234",
      })
  void anAddressOfThePatternMatches(String pattern, String address) throws Exception {
    assertThat(matches(pattern, address)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                     | 10.1.2.3",
        "192.168.1.7            | 192.168.1.70",
        "192.168.1.7            | fe80::1",
        "192.168.*.*            | 192.169.0.1",
        "192.168.1-20.*         | 192.168.21.1",
        "192.168.1-20.5         | 192.168.3.6",
        "192.168.1.{7,9}        | 192.168.1.8",
        "1050::5:600:1-fff:*    | 1050::5:600:1000:1",
        "1050::5:600:300c:{1,a} | 1050::5:600:300c:b",
        "::                     | 0.0.0.0",
      })
  void anotherAddressDoesNot(String pattern, String address) throws Exception {
    assertThat(matches(pattern, address)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "192.168.1",
        "192.168.1.256",
        "192.168.1.-1",
        "192.168.20-1.*",
        "192.168.1.{}",
        "1.2.3.{4",
        "host.example.org",
        "1:2:3",
        "1::2::3",
        "::12345",
        "1.2.3.4,",
        "1.2.3.+4",
        "1.2.3.4-"
      })
  void whatIsNoPatternIsRefusedWithTheReason(String text) {
    assertThatThrownBy(() -> AddressPattern.parse(text))
        .isInstanceOf(AddressPattern.Malformed.class)
        .hasMessageContaining(text);
  }

  private static boolean matches(String pattern, String address)
      throws AddressPattern.Malformed, UnknownHostException {
    return AddressPattern.parse(pattern).matches(InetAddress.getByName(address));
  }
}
