package io.apogeemq.gateway.figures;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.protocol.body.ConsumeStats;
import io.apogeemq.protocol.body.ConsumeStatsList;
import io.apogeemq.protocol.body.GroupFigures;
import io.apogeemq.protocol.body.MessageQueue;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What brokers of both kinds tell of groups is added up alike. */
class GroupLagsTest {
  @Test
  void ofAllBrokersTogetherAndWithoutGroupsOfTheSystem() {
    Map<String, Long> ours =
        GroupLags.byGroup(List.of(row("near", 1), row("far", 20), row("CID_RMQ_SYS_x", 900)));
    Map<String, Long> theirs =
        GroupLags.byGroup(
            new ConsumeStatsList(
                "b:10911",
                List.of(
                    Map.of("far", List.of(topic(30, 25), topic(5, 99))),
                    Map.of("done", List.of(topic(7, 7)))),
                0,
                null));
    GroupLags all = GroupLags.of(1, List.of(ours, theirs));
    assertThat(all.total()).isEqualTo(26);
    assertThat(all.furthest())
        .containsExactly(new GroupLags.OfGroup("far", 25), new GroupLags.OfGroup("near", 1));
  }

  private static GroupFigures.Row row(String group, long lag) {
    return new GroupFigures.Row(group, true, 0, null, null, 1, lag, 0, 0, 0, null, false);
  }

  private static ConsumeStats topic(long end, long committed) {
    return new ConsumeStats(
        0,
        Map.of(
            new MessageQueue("b", 0, "T"),
            new ConsumeStats.OffsetWrapper(end, committed, 0, null)));
  }
}
