package io.apogeemq.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.protocol.body.ConsumerRunningInfo;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Figures of the last minute and hour, by a clock of the test. */
class ConsumeFiguresTest {
  private long nowMs = -5;
  private final ConsumeFigures figures = new ConsumeFigures(() -> nowMs);

  private ConsumerRunningInfo.Figures of(String topic) {
    return figures.of(List.of(topic)).get(topic);
  }

  @Test
  void meansAndRatesAreOfTheLastMinute() {
    figures.pulled("t", 30, 2_000_000);
    figures.pulled("t", 30, 4_000_000);
    figures.delivered("t", 120, true, 10_000_000);
    figures.delivered("t", 60, false, 20_000_000);
    assertThat(of("t")).isEqualTo(new ConsumerRunningInfo.Figures(3, 1, 15, 2, 1, 60));
    assertThat(of("other")).isEqualTo(new ConsumerRunningInfo.Figures(0, 0, 0, 0, 0, 0));
    nowMs += 45_000;
    figures.delivered("t", 60, true, 30_000_000);
    assertThat(of("t")).isEqualTo(new ConsumerRunningInfo.Figures(3, 1, 20, 3, 1, 60));
    nowMs += 30_000;
    assertThat(of("t")).isEqualTo(new ConsumerRunningInfo.Figures(0, 0, 30, 1, 0, 60));
  }

  @Test
  void failuresAreForgottenAfterAnHour() {
    figures.delivered("t", 1, false, 1);
    nowMs += 50 * 60_000;
    figures.delivered("t", 2, false, 1);
    assertThat(of("t").consumeFailedMsgs()).isEqualTo(3);
    nowMs += 15 * 60_000;
    assertThat(of("t").consumeFailedMsgs()).isEqualTo(2);
    nowMs += 24 * 60 * 60_000;
    assertThat(of("t").consumeFailedMsgs()).isZero();
  }
}
