package io.apogeemq.gateway.figures;

import io.apogeemq.gateway.admin.SystemNames;
import io.apogeemq.protocol.body.GroupFigures;
import io.apogeemq.protocol.body.TopicFigures;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BinaryOperator;
import java.util.function.Function;

/**
 * Topics and groups of a cluster as meters by name, added up over its masters: of each the hundred that
 * matter most, so that a scrape stays small however many there are, and of lag also the sum of all. Those
 * that brokers and tools keep for themselves are left out.
 */
final class NamedMeters {
  /** How many topics, and how many groups, of a cluster have meters. */
  static final int SHOWN = 100;

  private record Topic(long messages, double in, double out) {
    Topic plus(Topic other) {
      return new Topic(messages + other.messages, in + other.in, out + other.out);
    }

    double traffic() {
      return in + out;
    }
  }

  /**
   * @param members a member is connected to every broker, so the most that one has seen
   */
  private record Group(long lag, long retries, long deadLetters, double out, int members) {
    Group plus(Group other) {
      return new Group(
          lag + other.lag,
          retries + other.retries,
          deadLetters + other.deadLetters,
          out + other.out,
          Math.max(members, other.members));
    }
  }

  private final MeterRegistry registry;
  private final String cluster;

  NamedMeters(MeterRegistry registry, String cluster) {
    this.registry = registry;
    this.cluster = cluster;
  }

  /**
   * Those with most traffic, then with most messages.
   *
   * @param told by each master
   * @param nodes names of clusters and brokers, which have topics of their own
   */
  void topics(List<List<TopicFigures.Row>> told, Set<String> nodes) {
    Map<String, Topic> all =
        added(
            told,
            TopicFigures.Row::topic,
            each -> new Topic(each.messages(), each.inPerSecond(), each.outPerSecond()),
            Topic::plus);
    all.keySet().removeIf(name -> SystemNames.isTopic(name, nodes));
    show(
        all,
        Comparator.comparingDouble(Topic::traffic).thenComparingLong(Topic::messages),
        this::topic);
  }

  private void topic(String name, Topic topic) {
    Tags tags = Tags.of("cluster", cluster, "topic", name);
    gauge("topic.messages", "Messages stored now.", tags, topic.messages());
    gauge("topic.in.per.second", "Messages stored, over a minute.", tags, topic.in());
    gauge("topic.out.per.second", "Messages given, over a minute.", tags, topic.out());
  }

  /**
   * Those that are furthest behind.
   *
   * @param told by each master
   */
  void groups(List<List<GroupFigures.Row>> told) {
    Map<String, Group> all =
        added(
            told,
            GroupFigures.Row::group,
            each ->
                new Group(
                    each.lag(),
                    each.retries(),
                    each.deadLetters(),
                    each.perSecond(),
                    each.members()),
            Group::plus);
    all.keySet().removeIf(GroupLags::isOwn);
    gauge(
        "cluster.lag.messages",
        "Messages that groups have not committed, all in all.",
        Tags.of("cluster", cluster),
        all.values().stream().mapToLong(Group::lag).sum());
    show(all, Comparator.comparingLong(Group::lag), this::group);
  }

  private void group(String name, Group group) {
    Tags tags = Tags.of("cluster", cluster, "group", name);
    gauge("group.lag.messages", "Messages that it has not committed.", tags, group.lag());
    gauge("group.retries", "Those of them that it has handed back.", tags, group.retries());
    gauge("group.dead.letters", "Messages that it has given up.", tags, group.deadLetters());
    gauge("group.out.per.second", "Messages given to it, over a minute.", tags, group.out());
    gauge("group.members", "Members connected.", tags, group.members());
  }

  /** By name: what all masters tell of it together. */
  private static <R, T> Map<String, T> added(
      List<List<R>> told,
      Function<R, String> name,
      Function<R, T> figures,
      BinaryOperator<T> plus) {
    Map<String, T> all = new HashMap<>();
    told.forEach(
        rows -> rows.forEach(each -> all.merge(name.apply(each), figures.apply(each), plus)));
    return all;
  }

  /** Shows as many as may be of those that are most. */
  private static <T> void show(
      Map<String, T> all, Comparator<T> fromLeast, BiConsumer<String, T> one) {
    Comparator<Map.Entry<String, T>> fromMost = Map.Entry.comparingByValue(fromLeast.reversed());
    all.entrySet().stream()
        .sorted(fromMost.thenComparing(Map.Entry.comparingByKey()))
        .limit(SHOWN)
        .forEach(each -> one.accept(each.getKey(), each.getValue()));
  }

  private void gauge(String name, String description, Tags tags, double value) {
    Gauge.builder("apogee." + name, () -> value)
        .description(description)
        .tags(tags)
        .register(registry);
  }
}
