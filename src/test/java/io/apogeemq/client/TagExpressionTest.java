package io.apogeemq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TagExpressionTest {
  @Test
  void tagsAreSeparatedByTwoBarsAndBlanksDoNotCount() {
    assertThat(TagExpression.of(" TagA ||TagC|| ").tags())
        .containsExactlyInAnyOrder("TagA", "TagC");
  }

  @Test
  void aStarOrNothingWantsAll() {
    assertThat(TagExpression.of("*")).isEqualTo(TagExpression.ALL);
    assertThat(TagExpression.of("")).isEqualTo(TagExpression.ALL);
  }

  @Test
  void anExpressionWithoutATagIsRefused() {
    assertThatThrownBy(() -> TagExpression.of("||"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("names no tag");
  }

  @Test
  void brokersGetTheHashCodesOfTheTags() {
    var wire = TagExpression.of("TagA || TagD").toWire("t", 7);
    assertThat(wire.codeSet()).containsExactlyInAnyOrder(2598919, 2598922);
    assertThat(wire.subString()).isEqualTo("TagA || TagD");
    assertThat(wire.subVersion()).isEqualTo(7);
  }
}
