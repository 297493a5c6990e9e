package io.apogeemq.broker.offset;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import org.junit.jupiter.api.Test;

/** What the store is told before it deletes messages to make room. */
class LowestOffsetTest {
  private final OffsetTable offsets =
      new OffsetTable(() -> 0, topic -> true, record -> Future.succeededFuture());

  @Test
  void aQueueIsReadAsFarAsItsSlowestGroup() {
    offsets.commit("fast", "T", 0, 5);
    offsets.commit("slow", "T", 0, 3);
    assertThat(offsets.lowest().readTo("T", 0)).isEqualTo(3);
  }

  @Test
  void aGroupThatReadsATopicHasReadNothingWhereItCommittedNothing() {
    offsets.commit("fast", "T", 0, 5);
    offsets.commit("fast", "T", 1, 7);
    offsets.commit("slow", "T", 0, 3);
    assertThat(offsets.lowest().readTo("T", 1)).isZero();
  }

  @Test
  void aTopicThatNoGroupReadsIsUnread() {
    offsets.commit("fast", "T", 0, 5);
    assertThat(offsets.lowest().readTo("Other", 0)).isZero();
  }
}
