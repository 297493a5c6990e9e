package io.apogeemq.gateway.figures;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.gateway.Exposition;
import io.apogeemq.protocol.body.GroupFigures;
import io.apogeemq.protocol.body.TopicFigures;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What brokers tell as meters: bounded, summed over masters, and with names of any kind. */
class ClusterMetersTest {
  private static final String HOSTILE = "a\"} 1\n# TYPE x counter\nx{b=\"\\n\\\\ü{,=";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final NamedMeters meters = new NamedMeters(registry, HOSTILE);

  @Test
  void namesCannotBreakOutOfTheirLabels() {
    meters.groups(List.of(List.of(group(HOSTILE, 7))));
    meters.topics(List.of(List.of(topic(HOSTILE, 9, 0))), Set.of());
    BrokerMeters.bind(
        registry,
        new BrokerFigures(
            HOSTILE, HOSTILE, 1, "h:1", 0, Map.of("sendsRefusedBecause", ""), null, null));
    Exposition read = text();
    assertThat(read.value("apogee_group_lag_messages", "cluster", HOSTILE, "group", HOSTILE))
        .isEqualTo(7);
    assertThat(read.value("apogee_topic_messages", "cluster", HOSTILE, "topic", HOSTILE))
        .isEqualTo(9);
    assertThat(read.value("apogee_broker_up", "cluster", HOSTILE, "broker", HOSTILE, "id", "1"))
        .isEqualTo(1);
    assertThat(read.samples("x")).isEmpty();
  }

  @Test
  void ofTenThousandGroupsThoseFurthestBehindAreNamed() {
    List<GroupFigures.Row> many = new ArrayList<>();
    for (int i = 1; i <= 10_000; i++) {
      many.add(group("g" + i, i));
    }
    meters.groups(List.of(many, List.of(group("g1", 1_000_000), group("CID_RMQ_SYS_x", 5))));
    Exposition read = text();
    assertThat(read.samples("apogee_group_lag_messages")).hasSize(NamedMeters.SHOWN);
    assertThat(read.value("apogee_group_lag_messages", "group", "g1")).isEqualTo(1_000_001);
    assertThat(read.value("apogee_group_lag_messages", "group", "g9999")).isEqualTo(9_999);
    assertThat(read.value("apogee_group_lag_messages", "group", "g2")).isNaN();
    assertThat(read.value("apogee_cluster_lag_messages")).isEqualTo(50_005_000 + 1_000_000);
    assertThat(read.value("apogee_group_members", "group", "g1")).isEqualTo(2);
  }

  @Test
  void ofManyTopicsThoseWithMostTrafficAreNamed() {
    List<TopicFigures.Row> many = new ArrayList<>();
    for (int i = 1; i <= 1_000; i++) {
      many.add(topic("t" + i, i, i == 1 ? 0.5 : 0));
    }
    many.add(topic("%RETRY%g", 1_000_000, 1_000));
    many.add(topic("broker-a", 1_000_000, 1_000));
    meters.topics(List.of(many), Set.of("broker-a"));
    Exposition read = text();
    assertThat(read.samples("apogee_topic_messages")).hasSize(NamedMeters.SHOWN);
    assertThat(read.value("apogee_topic_in_per_second", "topic", "t1")).isEqualTo(0.5);
    assertThat(read.value("apogee_topic_messages", "topic", "t1000")).isEqualTo(1_000);
    assertThat(read.value("apogee_topic_messages", "topic", "t2")).isNaN();
    assertThat(read.value("apogee_topic_messages", "topic", "broker-a")).isNaN();
  }

  @Test
  void whatABrokerDoesNotTellIsNotThereAndOneThatIsDownIsSaidToBe() {
    BrokerMeters.bind(registry, broker("told", Map.of("putLatency99", "2.5"), null));
    BrokerMeters.bind(registry, broker("down", Map.of(), "connection refused"));
    Exposition read = text();
    assertThat(read.value("apogee_broker_up", "broker", "told")).isEqualTo(1);
    assertThat(read.value("apogee_broker_up", "broker", "down")).isZero();
    assertThat(read.value("apogee_broker_put_seconds", "quantile", "0.99")).isEqualTo(0.0025);
    assertThat(read.value("apogee_broker_put_seconds", "quantile", "0.5")).isNaN();
    assertThat(read.samples())
        .extracting(Exposition.Sample::name)
        .containsOnly("apogee_broker_up", "apogee_broker_put_seconds");
  }

  private Exposition text() {
    return Exposition.of(registry.scrape());
  }

  private static BrokerFigures broker(String name, Map<String, String> table, String failure) {
    return new BrokerFigures("c", name, 0, "h:1", 0, table, failure, null);
  }

  private static GroupFigures.Row group(String group, long lag) {
    return new GroupFigures.Row(group, true, 2, null, null, 1, lag, 0, 0, 0, null, false);
  }

  private static TopicFigures.Row topic(String topic, long messages, double in) {
    return new TopicFigures.Row(topic, 6, 8, 8, false, null, messages, in, 0, 1);
  }
}
