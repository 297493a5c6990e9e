package io.apogeemq.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SilentBrokersTest {
  private long nowNs;
  private final SilentBrokers silent = new SilentBrokers(() -> nowNs);

  @Test
  void oneQuestionInAWhileFindsOutWhetherABrokerIsBack() {
    assertThat(silent.isAny()).isFalse();
    silent.failed("a");
    assertThat(silent.isAny()).isTrue();
    assertThat(silent.mayAsk("a")).isFalse();
    assertThat(silent.mayAsk("b")).isTrue();
    nowNs += TimeUnit.SECONDS.toNanos(30);
    assertThat(silent.mayAsk("a")).isTrue();
    silent.asking("b");
    silent.asking("a");
    assertThat(silent.mayAsk("a")).as("by another meanwhile").isFalse();
    assertThat(silent.mayAsk("b")).isTrue();
    silent.answered("a");
    assertThat(silent.mayAsk("a")).isTrue();
    assertThat(silent.isAny()).isFalse();
  }
}
