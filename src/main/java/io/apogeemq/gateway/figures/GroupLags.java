package io.apogeemq.gateway.figures;

import io.apogeemq.client.GroupProgress;
import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.body.ConsumeStats;
import io.apogeemq.protocol.body.ConsumeStatsList;
import io.apogeemq.protocol.body.GroupFigures;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How far the groups of a cluster are behind, all in all and the worst of them by name. Groups of the
 * system don't count.
 *
 * @param atMs when it was asked for; 0: never
 * @param total messages; NaN if nobody told
 * @param furthest the groups that are furthest behind, the first most
 */
record GroupLags(long atMs, double total, List<OfGroup> furthest) {
  static final GroupLags UNKNOWN = new GroupLags(0, Double.NaN, List.of());

  private static final int SHOWN = 10;

  /** Groups that tools and brokers make for themselves. */
  private static final List<String> OWN =
      List.of(
          "TOOLS_CONSUMER", "FILTERSRV_CONSUMER", "SELF_TEST_C_GROUP", "CID_ONSAPI", "CID_ONS-");

  /**
   * @param lag messages
   */
  record OfGroup(String group, long lag) {}

  /** Adds up what brokers told of their groups' lag. */
  static GroupLags of(long atMs, List<Map<String, Long>> brokers) {
    Map<String, Long> byGroup = new HashMap<>();
    brokers.forEach(each -> each.forEach((group, lag) -> byGroup.merge(group, lag, Long::sum)));
    byGroup.keySet().removeIf(GroupLags::isOwn);
    return new GroupLags(
        atMs,
        byGroup.values().stream().mapToLong(Long::longValue).sum(),
        byGroup.entrySet().stream()
            .filter(each -> each.getValue() > 0)
            .map(each -> new OfGroup(each.getKey(), each.getValue()))
            .sorted(Comparator.comparingLong(OfGroup::lag).reversed().thenComparing(OfGroup::group))
            .limit(SHOWN)
            .toList());
  }

  /** Whether tools or brokers made the group for themselves. */
  static boolean isOwn(String group) {
    return group.startsWith(Names.SYSTEM_GROUP_PREFIX) || OWN.stream().anyMatch(group::startsWith);
  }

  /** Lag by group, as a broker of ours tells it. */
  static Map<String, Long> byGroup(List<GroupFigures.Row> groups) {
    Map<String, Long> all = new HashMap<>();
    groups.forEach(each -> all.put(each.group(), each.lag()));
    return all;
  }

  /** The same of any broker. */
  static Map<String, Long> byGroup(ConsumeStatsList answer) {
    Map<String, Long> all = new HashMap<>();
    for (Map<String, List<ConsumeStats>> row : answer.consumeStatsList()) {
      row.forEach(
          (group, topics) -> topics.forEach(each -> all.merge(group, lag(each), Long::sum)));
    }
    return all;
  }

  private static long lag(ConsumeStats topic) {
    return topic.offsetTable().values().stream().mapToLong(GroupProgress::lag).sum();
  }

  JsonArray json() {
    JsonArray all = new JsonArray();
    furthest.forEach(
        each -> all.add(new JsonObject().put("group", each.group()).put("lag", each.lag())));
    return all;
  }
}
