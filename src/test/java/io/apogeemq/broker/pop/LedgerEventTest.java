package io.apogeemq.broker.pop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.protocol.remoting.MalformedRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerEventTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "h 0 32 1795343153069 60000",
        "h 5 9 1 2 6,8",
        "a 3-7,9,11-12",
        "c 4 1795343153069 -1",
        "m 0"
      })
  void anEventReadsAsItWasWritten(String text) {
    StringBuilder again = new StringBuilder();
    LedgerEvent.parse(text).appendTo(again);
    assertThat(again).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "h 0", "x 1", "a 5-3", "a 0-99999999999", "c 1 2", "m one", "a 1,,2"})
  void whatIsNoEventIsRefused(String text) {
    assertThatThrownBy(() -> LedgerEvent.parse(text)).isInstanceOf(MalformedRequest.class);
  }

  @Test
  void acknowledgementsInAnyOrderBecomeRuns() {
    StringBuilder out = new StringBuilder();
    LedgerEvent.acknowledged(new long[] {4, 2, 9, 3, 0}, 4).appendTo(out);
    assertThat(out).hasToString("a 2-4,9");
  }

  @Test
  void anOrderedBatchReadsAsItWasWritten() {
    OrderedBatch batch =
        OrderedBatch.after(null, "an attempt", 1000, 50, new long[] {3, 4, 7}).acknowledge(1);
    assertThat(OrderedBatch.parse(batch.text()).text()).isEqualTo(batch.text());
    assertThat(batch.nextOffset()).isEqualTo(3);
    assertThat(batch.acknowledge(0).nextOffset()).isEqualTo(7);
    assertThat(batch.acknowledge(0).acknowledge(2).nextOffset()).isEqualTo(8);
  }
}
