package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Members of a group that subscribe differently, and clients that share an id: ours only, the original
 * gives both members the newest subscription and says nothing.
 */
@ExtendWith(OutputOnFailure.class)
class SubscriptionMismatchTest {
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  /** A client that has started has told its first heartbeat; the log's line comes by a pipe. */
  private static final Duration AT_ONCE = Duration.ofSeconds(1);

  private static final Official CLIENT = Official.V4_9_8;

  private final Cluster cluster = Cluster.shared(Shape.TWO_PROCESSES);
  private final String topic = "Mismatch" + System.nanoTime();

  @BeforeAll
  static void oursOnly() {
    assumeTrue(Vendor.underTest() == Vendor.APOGEE, "an improvement of ours");
  }

  @Test
  void eachMemberGetsItsOwnTagsOfItsQueuesAndOperatorsAreWarned() {
    String group = "G-" + topic;
    try (ChildProcess members = members();
        MqAdmin admin = new MqAdmin(CLIENT, cluster.namesrvAddr());
        ChildProcess red = producer("Red");
        ChildProcess blue = producer("Blue")) {
      send(red, "Red", 8);
      String redId = join(members, "red", group, "Red");
      String blueId = join(members, "blue", group, "Blue");
      String warning =
          cluster
              .broker()
              .process()
              .awaitLine(line -> line.contains(group + " subscribe differently"), AT_ONCE);
      assertThat(warning).contains("topic " + topic, redId, blueId, "'Red' (TAG)", "'Blue' (TAG)");
      String figures = admin.run("brokerStatus", "-b", cluster.broker().brokerAddr()).text();
      assertThat(figures)
          .containsPattern("differentSubscriptions.*" + group + ", topic " + topic)
          .doesNotContainPattern("groupsWithDifferentSubscriptions\\s*[:=]\\s*0");

      // Two queues each; every queue gets as many messages of either tag.
      awaitTwoQueuesEach(admin, group, redId, blueId);
      int before = members.lines().size();
      send(red, "Red", 40);
      send(blue, "Blue", 40);
      awaitGot(members, before, "red", "Red");
      awaitGot(members, before, "blue", "Blue");

      long warnings =
          cluster.broker().process().lines().stream()
              .filter(line -> line.contains(group + " subscribe differently"))
              .count();
      assertThat(warnings).as("not again with every heartbeat").isEqualTo(1);
    }
  }

  private void awaitTwoQueuesEach(MqAdmin admin, String group, String... clientIds) {
    for (String each : clientIds) {
      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(
                          admin.run("consumerStatus", "-g", group, "-i", each).lines().stream()
                              .filter(line -> line.startsWith(topic + " "))
                              .filter(line -> line.contains("ProcessQueueInfo")))
                      .hasSize(2));
    }
  }

  /** 20 of 40 messages lie in its two queues. */
  private static void awaitGot(ChildProcess members, int from, String name, String tag) {
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              List<String> lines = members.lines();
              List<String> got =
                  lines.subList(from, lines.size()).stream()
                      .filter(line -> line.startsWith("GOT " + name + " "))
                      .toList();
              assertThat(got).hasSize(20).allMatch(line -> line.contains(" " + tag));
            });
  }

  @Test
  void twoClientsWithOneIdAreWarnedOf() {
    String group = "GTwin-" + topic;
    try (ChildProcess one = members();
        ChildProcess other = members();
        ChildProcess red = producer("Red")) {
      send(red, "Red", 4);
      String id = join(one, "twin", group, "*");
      assertThat(join(other, "twin", group, "*")).isEqualTo(id);
      assertThat(
              cluster
                  .broker()
                  .process()
                  .awaitLine(line -> line.contains("two clients have the id " + id), PATIENCE))
          .contains(group, "instanceName");
    }
  }

  @Test
  void aStrictBrokerRefusesTheSecond() {
    try (Cluster strict = Cluster.start(Shape.TWO_PROCESSES, Map.of("strictSubscription", "true"));
        ChildProcess red =
            Program.start(CLIENT, strict.namesrvAddr(), "probe.Produce", "P", "Red");
        ChildProcess members = Program.start(CLIENT, strict.namesrvAddr(), "probe.Members")) {
      red.say("send Strict 40 Red");
      red.awaitLine("DONE"::equals, PATIENCE);
      members.say("join red G Strict Red");
      members.awaitCount(line -> line.startsWith("GOT red "), 40, PATIENCE);
      members.say("join blue G Strict Blue");
      members.awaitLine(line -> line.startsWith("JOINED blue"), PATIENCE);
      // The one that came first keeps all four queues: none of its messages is left out.
      red.say("send Strict 40 Red");
      members.awaitCount(line -> line.startsWith("GOT red "), 80, PATIENCE);
      assertThat(members.events("GOT")).noneMatch(line -> line.startsWith("blue"));
      // Whoever is refused moves no offset; the one that is in has committed all it took.
      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                int from = members.lines().size();
                members.say("where G Strict");
                members.awaitLine("ASKED"::equals, from, PATIENCE);
                assertThat(members.lines().subList(from, members.lines().size()))
                    .filteredOn(line -> line.startsWith("AT "))
                    .hasSize(4)
                    .allMatch(line -> line.contains("@red ") && line.endsWith(" 20"));
              });
    }
  }

  private ChildProcess members() {
    return Program.start(CLIENT, cluster.namesrvAddr(), "probe.Members");
  }

  private ChildProcess producer(String tag) {
    return Program.start(CLIENT, cluster.namesrvAddr(), "probe.Produce", "GP-" + topic, tag);
  }

  /** Evenly to four queues; the bodies begin with the tag. */
  private void send(ChildProcess producer, String tag, int count) {
    int before = producer.lines().size();
    producer.say("send " + topic + " " + count + " " + tag);
    producer.awaitLine("DONE"::equals, before, PATIENCE);
    assertThat(producer.events("FAILED")).isEmpty();
  }

  private String join(ChildProcess members, String name, String group, String tags) {
    int before = members.lines().size();
    members.say("join " + name + " " + group + " " + topic + " " + tags);
    return members.awaitLine(line -> line.startsWith("JOINED " + name + " "), before, PATIENCE)
        .split(" ")[2];
  }
}
