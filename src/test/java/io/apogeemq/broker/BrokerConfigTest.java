package io.apogeemq.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.config.BrokerKeys;
import io.apogeemq.config.ConfigRejected;
import io.apogeemq.config.Settings;
import org.junit.jupiter.api.Test;

class BrokerConfigTest {

  @Test
  void aNameWithoutAnAddressIsRefusedByKeyValueAndCause() {
    assertThatThrownBy(() -> named("no-such-host.invalid"))
        .isInstanceOf(ConfigRejected.class)
        .hasMessageContaining(
            "brokerIP1=no-such-host.invalid can't be used: no address is known for this host"
                + " (no-such-host.invalid");
  }

  @Test
  void anAddressOfIpv6IsToldInBrackets() throws Exception {
    assertThat(named("fd00::2").address()).isEqualTo("[fd00::2]:10911");
    assertThat(named("fd00::2").haAddress()).isEqualTo("[fd00::2]:10912");
  }

  private static BrokerConfig named(String address) throws ConfigRejected {
    return BrokerConfig.from(
        Settings.of(BrokerKeys.TABLE).flag("test", BrokerKeys.BROKER_IP1, address).build());
  }
}
