package io.apogeemq.broker.stats;

import static io.apogeemq.protocol.remoting.RequestCode.APOGEE_GET_CLIENTS;
import static io.apogeemq.protocol.remoting.RequestCode.APOGEE_GET_GROUP_FIGURES;
import static io.apogeemq.protocol.remoting.RequestCode.APOGEE_GET_TOPIC_FIGURES;
import static io.apogeemq.protocol.remoting.RequestCode.HEART_BEAT;
import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.broker.TestPeer;
import io.apogeemq.broker.TestTables;
import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.ConnectedClients;
import io.apogeemq.protocol.body.ConsumeType;
import io.apogeemq.protocol.body.GroupFigures;
import io.apogeemq.protocol.body.MessageModel;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.body.TopicFigures;
import io.apogeemq.protocol.header.GroupHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lists of all topics, groups and clients show comes in one answer each. */
class OverviewHandlersTest {
  @TempDir Path folder;
  private TestTables tables;

  @BeforeEach
  void fill() throws IOException {
    tables = TestTables.open(folder);
    TestTables.await(
        tables.topics.put(
            new TopicConfig(
                Map.of("message.type", "FIFO"), true, 6, 2, TopicConfig.SINGLE_TAG, "T", 0, 2)));
    TestTables.await(tables.topics.put(TopicConfig.of(Names.retryTopic("G"), 1, 6)));
    TestTables.await(tables.topics.put(TopicConfig.of(Names.dlqTopic("G"), 1, 2)));
    for (int i = 0; i < 5; i++) {
      tables.store().append("T", i % 2, "m" + i);
    }
    tables.store().append(Names.retryTopic("G"), 0, "again");
    tables.store().append(Names.dlqTopic("G"), 0, "dead");
    TestTables.await(tables.groups.onUse("G"));
    tables.offsets.commit("G", "T", 0, 2);
  }

  @AfterEach
  void close() {
    tables.close();
  }

  @Test
  void aTopicShowsItsSettingsItsMessagesAndItsGroups() {
    TopicFigures.Row row = topic("T");
    assertThat(row.perm()).isEqualTo(6);
    assertThat(row.readQueues()).isEqualTo(2);
    assertThat(row.writeQueues()).isEqualTo(2);
    assertThat(row.order()).isTrue();
    assertThat(row.type()).isEqualTo("FIFO");
    assertThat(row.messages()).isEqualTo(5);
    assertThat(row.groups()).isEqualTo(1);
    consumer(new TestPeer(40001), "c1", "Other", "*");
    assertThat(topic("T").groups()).as("a group that only subscribes counts").isEqualTo(2);
    assertThat(topic(Names.dlqTopic("G")).type()).isNull();
  }

  @Test
  void aGroupShowsItsLagItsRetriesAndItsDeadLetters() {
    GroupFigures.Row offline = group("G");
    assertThat(offline.lag()).isEqualTo(3);
    assertThat(offline.topics()).isEqualTo(1);
    assertThat(offline.deadLetters()).isEqualTo(1);
    assertThat(offline.members()).isZero();
    assertThat(offline.consumeType()).isNull();
    tables.offsets.commit("G", Names.retryTopic("G"), 0, 0);
    assertThat(group("G").retries()).isEqualTo(1);
    assertThat(group("G").lag()).isEqualTo(4);
  }

  @Test
  void anOffsetBeyondAQueuesEndHidesNoLagOfAnother() {
    tables.offsets.commit("G", "T", 0, 1_000);
    assertThat(group("G").lag()).isEqualTo(2);
  }

  @Test
  void aGroupShowsWhoIsOnlineAndWhatIsWrongWithThem() {
    consumer(new TestPeer(40001), "c1", "G", "a");
    GroupFigures.Row one = group("G");
    assertThat(one.members()).isEqualTo(1);
    assertThat(one.messageModel()).isEqualTo(MessageModel.CLUSTERING);
    assertThat(one.consumeType()).isEqualTo(ConsumeType.CONSUME_PASSIVELY);
    assertThat(one.mismatch()).isNull();
    assertThat(one.duplicateIds()).isFalse();
    consumer(new TestPeer(40002), "c1", "G", "b");
    GroupFigures.Row two = group("G");
    assertThat(two.members()).isEqualTo(2);
    assertThat(two.duplicateIds()).isTrue();
    assertThat(two.mismatch()).contains("T").contains("'a'").contains("'b'");
  }

  @Test
  void clientsShowWhatTheyTakePartIn() {
    TestPeer peer = new TestPeer(40001);
    heartbeat(
        peer,
        "{\"clientID\":\"c1\",\"consumerDataSet\":[],\"producerDataSet\":[{\"groupName\":\"P\"}]}");
    consumer(peer, "c1", "G", "a || b");
    consumer(new TestPeer(40002), "c2", "Other", "*");
    ConnectedClients all = clients(null);
    assertThat(all.clients()).hasSize(2);
    ConnectedClients.Row c1 =
        all.clients().stream()
            .filter(each -> each.clientId().equals("c1"))
            .findFirst()
            .orElseThrow();
    assertThat(c1.producerGroups()).containsExactly("P");
    assertThat(c1.address()).endsWith(":40001");
    assertThat(c1.memberships()).containsExactly(new ConnectedClients.Membership("G", List.of()));
    assertThat(clients("G").clients())
        .singleElement()
        .satisfies(
            row ->
                assertThat(row.memberships().get(0).subscriptions())
                    .containsExactly(new ConnectedClients.Subscription("T", "TAG", "a || b")));
    assertThat(clients("nobody").clients()).isEmpty();
  }

  private TopicFigures.Row topic(String name) {
    return Body.parse(TopicFigures.class, tables.ask(APOGEE_GET_TOPIC_FIGURES).body())
        .topics()
        .stream()
        .filter(each -> each.topic().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private GroupFigures.Row group(String name) {
    return Body.parse(GroupFigures.class, tables.ask(APOGEE_GET_GROUP_FIGURES).body())
        .groups()
        .stream()
        .filter(each -> each.group().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private ConnectedClients clients(@Nullable String group) {
    return Body.parse(
        ConnectedClients.class,
        tables.ask(APOGEE_GET_CLIENTS, new GroupHeaders.Clients(group)).body());
  }

  private void consumer(TestPeer peer, String clientId, String group, String tags) {
    heartbeat(
        peer,
        """
        {"clientID":"%s","producerDataSet":[],"consumerDataSet":[{"groupName":"%s",
        "consumeType":"CONSUME_PASSIVELY","messageModel":"CLUSTERING",
        "consumeFromWhere":"CONSUME_FROM_FIRST_OFFSET","unitMode":false,
        "subscriptionDataSet":[{"topic":"T","subString":"%s","tagsSet":[],"codeSet":[%d],
        "subVersion":1,"expressionType":"TAG","classFilterMode":false}]}]}
        """
            .formatted(clientId, group, tags, tags.hashCode()));
  }

  private void heartbeat(TestPeer peer, String json) {
    tables.ask(
        peer,
        RemotingCommand.request(HEART_BEAT)
            .version(RemotingCommand.OUR_VERSION)
            .body(json.getBytes(StandardCharsets.UTF_8)));
  }
}
