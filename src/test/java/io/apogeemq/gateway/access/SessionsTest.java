package io.apogeemq.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.config.Credentials;
import org.junit.jupiter.api.Test;

/** Whose sessions make room for others. */
class SessionsTest {
  private long nowMs = 1_000;
  private final Sessions sessions = new Sessions(() -> nowMs);

  @Test
  void sessionsAreFewEnoughToBeKept() {
    for (int i = 0; i < 3_000; i++) {
      open("account" + i, "10.0.0." + i % 50);
    }
    assertThat(sessions.count()).isEqualTo(1_000);
    nowMs += Sessions.IDLE_MS;
    open("a", "10.0.0.1");
    assertThat(sessions.count()).isEqualTo(1);
  }

  @Test
  void whoSignsInOftenSignsNobodyElseOut() {
    open("operator", "10.0.0.1");
    open("another", "10.0.0.2");
    for (int i = 0; i < 2_000; i++) {
      open("made up " + i, "10.6.6.6");
    }
    assertThat(of("operator", "10.0.0.1")).isEqualTo(1);
    assertThat(of("another", "10.0.0.2")).isEqualTo(1);
    assertThat(sessions.count()).isLessThan(500);
  }

  @Test
  void anAccountThatSignsInOftenEndsItsOwnSessionsAndFirstThoseOfItsAddress() {
    open("shared", "10.0.0.1");
    open("operator", "10.6.6.6");
    for (int i = 0; i < 2_000; i++) {
      open("shared", "10.6.6.6");
    }
    assertThat(of("operator", "10.6.6.6")).isEqualTo(1);
    assertThat(of("shared", "10.0.0.1")).isEqualTo(1);
    for (int i = 0; i < 2_000; i++) {
      open("shared", "10.7.0." + i % 250);
    }
    assertThat(of("operator", "10.6.6.6")).isEqualTo(1);
    assertThat(sessions.count()).isLessThan(200);
  }

  @Test
  void whereAllAreTakenTheAddressWithMostMakesRoom() {
    for (int address = 1; address <= 5; address++) {
      for (int i = 0; i < 250; i++) {
        open("made up " + i % 40, "10.6.6." + address);
      }
      open("operator", "10.0.0." + address);
    }
    assertThat(sessions.count()).isEqualTo(1_000);
    assertThat(sessions.count(each -> each.account().accessKey().equals("operator"))).isEqualTo(5);
  }

  private void open(String accessKey, String address) {
    nowMs++;
    sessions.open(new Credentials(accessKey, "secret"), address);
  }

  private long of(String accessKey, String address) {
    return sessions.count(
        each -> each.account().accessKey().equals(accessKey) && each.address().equals(address));
  }
}
