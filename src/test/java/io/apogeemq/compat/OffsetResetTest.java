package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A group that is online is moved to other offsets by the official mqadmin. */
@ExtendWith(OutputOnFailure.class)
class OffsetResetTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int SENT = 40;

  private final Cluster cluster = Cluster.shared(Shape.TWO_PROCESSES);
  private final String topic = "Reset" + System.nanoTime();

  /** A reset takes the clients 10 s: three members, or with {@code -Dcompat.matrix=full} one as well. */
  static Stream<List<String>> members() {
    Stream<List<String>> three = Stream.of(List.of("one", "two", "three"));
    return "full".equals(System.getProperty("compat.matrix"))
        ? Stream.concat(three, Stream.of(List.of("one")))
        : three;
  }

  @ParameterizedTest
  @MethodSource("members")
  void membersReadAgainWhatWasSentSinceThenAndNothingTwice(List<String> names) {
    Official client = Official.V4_9_8;
    String group = "G-" + topic;
    try (MqAdmin admin = new MqAdmin(client, cluster.namesrvAddr());
        ChildProcess producer =
            Program.start(client, cluster.namesrvAddr(), "probe.Produce", "GP-" + topic);
        ChildProcess members = Program.start(client, cluster.namesrvAddr(), "probe.Members")) {
      send(producer, 8, "warm");
      for (String name : names) {
        members.say("join " + name + " " + group + " " + topic + " *");
        members.awaitLine(line -> line.startsWith("JOINED " + name), PATIENCE);
      }
      // Once each has got something the queues are shared out, and nothing moves any more.
      Awaitility.await()
          .atMost(PATIENCE)
          .until(
              () -> {
                send(producer, 8, "warm");
                return names.stream()
                    .allMatch(
                        name -> members.events("GOT").stream().anyMatch(it -> it.startsWith(name)));
              });
      send(producer, SENT, "older");
      long time = System.currentTimeMillis() + 1;
      Awaitility.await().until(() -> System.currentTimeMillis() > time);
      send(producer, SENT, "m");
      members.awaitCount(OffsetResetTest::isGot, SENT, PATIENCE);
      // Listeners run beside each other: what was sent first may be told last.
      members.awaitCount(
          line -> line.startsWith("GOT ") && line.contains(" older"), SENT, PATIENCE);
      int before = members.lines().size();
      assertThat(
              admin
                  .run("resetOffsetByTime", "-g", group, "-t", topic, "-s " + time + " -f true")
                  .text())
          .doesNotContain("Exception");
      awaitGot(members, before);
      // Exactly what was sent since then, and nothing twice.
      Map<String, Long> again = counts(members, before);
      assertThat(again).hasSize(SENT);
      assertThat(again.values()).containsOnly(1L);
      if (Vendor.underTest() != Vendor.APACHE49) { // it goes to the message before, in each queue
        assertThat(members.lines().stream().skip(before).filter(line -> line.startsWith("GOT ")))
            .allMatch(OffsetResetTest::isGot);
      }
    }
  }

  private void send(ChildProcess producer, int count, String prefix) {
    int before = producer.lines().size();
    producer.say("send " + topic + " " + count + " " + prefix);
    producer.awaitLine("DONE"::equals, before, PATIENCE);
  }

  private static void awaitGot(ChildProcess members, int from) {
    int seen = (int) members.lines().stream().limit(from).filter(OffsetResetTest::isGot).count();
    members.awaitCount(OffsetResetTest::isGot, seen + SENT, PATIENCE);
  }

  private static boolean isGot(String line) {
    return line.startsWith("GOT ") && line.contains(" m");
  }

  private static Map<String, Long> counts(ChildProcess members, int from) {
    Stream<String> got = members.lines().stream().skip(from).filter(OffsetResetTest::isGot);
    return got.map(line -> line.split(" ")[4])
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
  }
}
