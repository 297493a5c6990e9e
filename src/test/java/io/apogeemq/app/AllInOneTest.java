package io.apogeemq.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.config.HostPort;
import io.apogeemq.config.NamesrvKeys;
import io.apogeemq.config.Settings;
import org.junit.jupiter.api.Test;

class AllInOneTest {

  @Test
  void theBrokerRegistersWhereTheNameServerListens() throws Exception {
    assertThat(reachable("127.0.0.2")).hasToString("127.0.0.2:9876");
    assertThat(reachable("::1")).hasToString("[::1]:9876");
    assertThat(reachable("0.0.0.0")).hasToString("127.0.0.1:9876");
    assertThat(reachable("::")).hasToString("127.0.0.1:9876");
  }

  private static HostPort reachable(String bindAddress) throws Exception {
    return AllInOne.reachable(
        Settings.of(NamesrvKeys.TABLE).flag("test", NamesrvKeys.BIND_ADDRESS, bindAddress).build());
  }
}
