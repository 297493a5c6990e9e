package io.apogeemq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FilterTest {
  @Test
  void tagsAreSeparatedByTwoBarsAndBlanksDoNotCount() {
    assertThat(Filter.tags(" TagA ||TagC|| ").tags()).containsExactlyInAnyOrder("TagA", "TagC");
  }

  @Test
  void aStarOrNothingWantsAll() {
    assertThat(Filter.tags("*")).isEqualTo(Filter.ALL);
    assertThat(Filter.tags("")).isEqualTo(Filter.ALL);
  }

  @Test
  void anExpressionWithoutATagIsRefused() {
    assertThatThrownBy(() -> Filter.tags("||"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("names no tag");
  }

  @Test
  void brokersGetTheHashCodesOfTheTags() {
    var wire = Filter.tags("TagA || TagD").toWire("t", 7);
    assertThat(wire.codeSet()).containsExactlyInAnyOrder(2598919, 2598922);
    assertThat(wire.subString()).isEqualTo("TagA || TagD");
    assertThat(wire.subVersion()).isEqualTo(7);
  }
}
