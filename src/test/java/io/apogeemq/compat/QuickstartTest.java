package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The first programs of every RocketMQ user, on published clients: the official quickstart classes,
 * and the pair that a widespread course has its students write.
 */
@ExtendWith(OutputOnFailure.class)
class QuickstartTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String QUICKSTART = "org.apache.rocketmq.example.quickstart.";
  private static final Pattern SENT =
      Pattern.compile(
          "SendResult \\[sendStatus=SEND_OK, .*brokerName=([^,]+), queueId=(\\d+)], queueOffset=(\\d+).*]");
  private static final Set<String> THOUSAND_HELLOS =
      IntStream.range(0, 1000).mapToObj(i -> "Hello RocketMQ " + i).collect(Collectors.toSet());

  /** Every version in every shape, or without {@code -Dcompat.matrix=full} a selection. */
  static Stream<Arguments> clientsAndShapes() {
    boolean full = "full".equals(System.getProperty("compat.matrix"));
    return Stream.of(Shape.values())
        .flatMap(
            shape ->
                Stream.of(Official.values())
                    .filter(it -> full || shape == Shape.TWO_PROCESSES || it == Official.V5_5_0)
                    .map(client -> arguments(client, shape)));
  }

  @ParameterizedTest(name = "client {0}, {1}")
  @MethodSource("clientsAndShapes")
  void aThousandMessagesLandEvenlyAndAllArrive(Official client, Shape shape) {
    try (Cluster cluster = Cluster.start(shape, Map.of())) {
      int queues = shape == Shape.TWO_BROKERS ? 8 : 4;
      List<Long> expected = LongStream.range(0, 1000 / queues).boxed().toList();
      Map<String, List<Long>> offsets =
          offsetsByQueue(runProducer(cluster, client, "course.Producer"));
      assertThat(offsets).hasSize(queues);
      assertThat(offsets.values()).allSatisfy(of -> assertThat(of).isEqualTo(expected));

      try (ChildProcess consumer =
          Program.start(client, cluster.namesrvAddr(), "course.Consumer")) {
        consumer.awaitCount(line -> line.contains("收到消息:"), 1000, PATIENCE);
        assertThat(
                consumer.lines().stream()
                    .filter(line -> line.contains("收到消息:"))
                    .map(line -> line.substring(line.indexOf(':') + 1)))
            .containsExactlyInAnyOrderElementsOf(THOUSAND_HELLOS);
      }
    }
  }

  @ParameterizedTest(name = "client {0}")
  @MethodSource("clients")
  void theOfficialQuickstartClassesRunUnchanged(Official client) {
    try (Cluster cluster = Cluster.start(Shape.TWO_PROCESSES, Map.of())) {
      assertThat(offsetsByQueue(runProducer(cluster, client, QUICKSTART + "Producer"))).hasSize(4);
      try (ChildProcess consumer =
          Program.start(client, cluster.namesrvAddr(), QUICKSTART + "Consumer")) {
        consumer.awaitCount(line -> line.contains("Receive New Messages:"), 1000, PATIENCE);
        assertThat(consumer.lines()).anyMatch(line -> line.startsWith("Consumer Started."));
      }
    }
  }

  static Stream<Official> clients() {
    return "full".equals(System.getProperty("compat.matrix"))
        ? Stream.of(Official.values())
        : Stream.of(Official.V5_5_0);
  }

  private static List<String> runProducer(Cluster cluster, Official client, String main) {
    try (ChildProcess producer = Program.start(client, cluster.namesrvAddr(), main)) {
      assertThat(producer.awaitExit(PATIENCE)).isZero();
      List<String> sent =
          producer.lines().stream().filter(line -> line.startsWith("SendResult")).toList();
      assertThat(sent).hasSize(1000);
      assertThat(sent).allMatch(line -> SENT.matcher(line).matches());
      return sent;
    }
  }

  private static Map<String, List<Long>> offsetsByQueue(List<String> sent) {
    return sent.stream()
        .map(
            line -> {
              Matcher fields = SENT.matcher(line);
              assertThat(fields.matches()).isTrue();
              return fields;
            })
        .collect(
            Collectors.groupingBy(
                fields -> fields.group(1) + ":" + fields.group(2),
                TreeMap::new,
                Collectors.mapping(
                    fields -> Long.parseLong(fields.group(3)), Collectors.toList())));
  }
}
