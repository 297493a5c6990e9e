package io.apogeemq.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UniqueIdsTest {
  private static UniqueIds at(String instant, ZoneId zone) throws UnknownHostException {
    return new UniqueIds(
        InetAddress.getByName("192.168.232.128"),
        0x1_07AC,
        0x3764951D,
        Clock.fixed(Instant.parse(instant), zone));
  }

  @Test
  void anIdIsAddressProcessOriginTimeInTheMonthAndCounter() throws UnknownHostException {
    UniqueIds ids = at("2020-11-02T00:00:01Z", ZoneOffset.UTC);
    String time = String.format("%08X", 86_401_000);
    assertThat(ids.next()).isEqualTo("C0A8E880" + "07AC" + "3764951D" + time + "0000");
    assertThat(ids.next()).isEqualTo("C0A8E880" + "07AC" + "3764951D" + time + "0001");
  }

  @Test
  void theMonthBeginsAtMidnightOfTheMachinesZone() throws UnknownHostException {
    String id = at("2020-10-31T16:00:00.007Z", ZoneId.of("Asia/Shanghai")).next();
    assertThat(id.substring(20, 28)).isEqualTo("00000007");
  }

  @Test
  void aMachineWithoutIpv4GetsALongerId() throws UnknownHostException {
    UniqueIds ids = new UniqueIds(InetAddress.getByName("fd00::2"), 0x271, 1, Clock.systemUTC());
    assertThat(ids.next()).hasSize(56).startsWith("FD0000000000000000000000000000020271");
  }

  @Test
  void idsOfOneMillisecondDiffer() throws UnknownHostException {
    UniqueIds ids = at("2020-11-02T00:00:01Z", ZoneOffset.UTC);
    Set<String> made = new HashSet<>();
    for (int i = 0; i < 65_536; i++) {
      made.add(ids.next());
    }
    assertThat(made).hasSize(65_536);
  }

  @Test
  void twoClientsOfAProcessNeverMakeTheSameId() {
    UniqueIds one = UniqueIds.ofThisProcess();
    UniqueIds other = UniqueIds.ofThisProcess();
    Set<String> made = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      made.add(one.next());
      made.add(other.next());
    }
    assertThat(made).hasSize(20_000);
  }
}
