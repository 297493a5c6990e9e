package io.apogeemq.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What lists hide until a reader asks for it. */
class SystemNamesTest {
  private static final Set<String> NODES = Set.of("broker-a", "DefaultCluster");

  /** As a RocketMQ 5.5 creates them when it starts. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "RMQ_SYS_TRANS_HALF_TOPIC",
        "RMQ_SYS_ROCKSDB_TRANS_HALF_TOPIC",
        "RMQ_SYS_ROCKSDB_TRANS_OP_HALF_TOPIC",
        "rmq_sys_wheel_timer",
        "%RETRY%mailer",
        "broker-a",
      })
  void aTopicThatABrokerKeepsForItselfIsInternal(String topic) {
    assertThat(SystemNames.isTopic(topic, NODES)).isTrue();
  }

  @Test
  void othersAreNot() {
    assertThat(SystemNames.isTopic("orders", NODES)).isFalse();
    assertThat(SystemNames.isTopic("RMQ_SYS", NODES)).isFalse();
  }
}
