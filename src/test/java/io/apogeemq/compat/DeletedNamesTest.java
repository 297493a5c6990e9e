package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Topics and groups that are deleted while clients use them: ours only, in the original the next send
 * or heartbeat brings them back.
 */
@ExtendWith(OutputOnFailure.class)
class DeletedNamesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Official CLIENT = Official.V4_9_8;

  @BeforeAll
  static void oursOnly() {
    assumeTrue(Vendor.underTest() == Vendor.APOGEE, "an improvement of ours");
  }

  @Test
  void whatIsDeletedUnderLiveClientsStaysDeletedUntilPeopleCreateIt() {
    Cluster cluster = Cluster.shared(Shape.TWO_PROCESSES);
    String topic = "Deleted" + System.nanoTime();
    String group = "G-" + topic;
    try (MqAdmin admin = new MqAdmin(CLIENT, cluster.namesrvAddr());
        ChildProcess producer =
            Program.start(CLIENT, cluster.namesrvAddr(), "probe.Produce", "GP-" + topic);
        ChildProcess members = Program.start(CLIENT, cluster.namesrvAddr(), "probe.Members")) {
      producer.say("send " + topic + " 4 before");
      producer.awaitLine("DONE"::equals, PATIENCE);
      members.say("join reader " + group + " " + topic + " *");
      members.awaitCount(line -> line.startsWith("GOT "), 4, PATIENCE);

      admin.run("deleteSubGroup", "-c DefaultCluster -r true -g", group);
      admin.run("deleteTopic", "-c DefaultCluster -t", topic);

      // The consumer tells a heartbeat every second, and a producer sends.
      producer.say("send " + topic + " 1 while");
      producer.awaitCount("DONE"::equals, 2, PATIENCE);
      assertThat(producer.events("FAILED")).hasSize(1);
      Awaitility.await()
          .during(Duration.ofSeconds(2))
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(admin.run("topicList").lines())
                      .doesNotContain(topic, "%RETRY%" + group, "%DLQ%" + group));
      assertThat(admin.run("topicList", "-c").text()).doesNotContain(topic);
      assertThat(admin.run("consumerProgress").text()).doesNotContain(group);
      assertThat(admin.run("consumerConnection", "-g", group).text()).doesNotContain("127.0.0.1:");

      admin.run("updateTopic", "-c DefaultCluster -r 4 -w 4 -t", topic);
      admin.run("updateSubGroup", "-c DefaultCluster -g", group);
      // The consumer still reads where it was, and the new topic begins at 0.
      producer.say("send " + topic + " 40 after");
      members.awaitLine(line -> line.startsWith("GOT ") && line.contains(" after"), PATIENCE);
    }
  }
}
