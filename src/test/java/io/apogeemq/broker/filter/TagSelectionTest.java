package io.apogeemq.broker.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.store.ReadRequest.EntryFilter;
import java.util.List;
import org.junit.jupiter.api.Test;

class TagSelectionTest {
  @Test
  void aStarAndAnAbsentExpressionWantEverything() {
    assertThat(TagSelection.ofExpression("*")).isSameAs(EntryFilter.ALL);
    assertThat(TagSelection.ofExpression(" ")).isSameAs(EntryFilter.ALL);
    assertThat(TagSelection.ofExpression(null)).isSameAs(EntryFilter.ALL);
    assertThat(TagSelection.ofCodes(List.of())).isSameAs(EntryFilter.ALL);
  }

  @Test
  void anAlternativeWantsEachOfItsTagsAndNoOther() {
    EntryFilter wanted = TagSelection.ofExpression("TagA || TagB||TagC ");
    assertThat(wanted.wants("TagA".hashCode())).isTrue();
    assertThat(wanted.wants("TagC".hashCode())).isTrue();
    assertThat(wanted.wants("TagD".hashCode())).isFalse();
    assertThat(wanted.wants(0)).isFalse();
  }

  @Test
  void aNegativeCodeIsWantedToo() {
    String tag = "polygenelubricants"; // its hash is the smallest int
    assertThat(TagSelection.ofCodes(List.of(tag.hashCode())).wants(tag.hashCode())).isTrue();
  }
}
