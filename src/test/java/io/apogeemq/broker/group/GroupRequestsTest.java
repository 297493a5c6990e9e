package io.apogeemq.broker.group;

import static io.apogeemq.protocol.remoting.RequestCode.DELETE_SUBSCRIPTIONGROUP;
import static io.apogeemq.protocol.remoting.RequestCode.GET_ALL_SUBSCRIPTIONGROUP_CONFIG;
import static io.apogeemq.protocol.remoting.RequestCode.GET_SUBSCRIPTIONGROUP_CONFIG;
import static io.apogeemq.protocol.remoting.RequestCode.HEART_BEAT;
import static io.apogeemq.protocol.remoting.RequestCode.QUERY_SUBSCRIPTION_BY_CONSUMER;
import static io.apogeemq.protocol.remoting.RequestCode.QUERY_TOPICS_BY_CONSUMER;
import static io.apogeemq.protocol.remoting.RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP_LIST;
import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.broker.TestPeer;
import io.apogeemq.broker.TestTables;
import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.SubscriptionGroupConfig;
import io.apogeemq.protocol.body.SubscriptionGroupList;
import io.apogeemq.protocol.body.SubscriptionGroupWrapper;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.body.TopicList;
import io.apogeemq.protocol.header.GroupHeaders;
import io.apogeemq.protocol.header.StatsHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.ResponseCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The settings of groups, what they consume, and their deletion. */
class GroupRequestsTest {
  @TempDir Path folder;
  private TestTables tables;
  private final TestPeer member = new TestPeer(40001);

  @BeforeEach
  void open() throws IOException {
    tables = TestTables.open(folder);
    TestTables.await(tables.topics.put(TopicConfig.of("T", 2, 6)));
  }

  @AfterEach
  void close() {
    tables.close();
  }

  @Test
  void severalGroupsAreCreatedAtOnceAndFoundAgain() {
    SubscriptionGroupList two =
        new SubscriptionGroupList(
            List.of(SubscriptionGroupConfig.of("G1"), SubscriptionGroupConfig.of("G2")));
    RemotingCommand request =
        RemotingCommand.request(UPDATE_AND_CREATE_SUBSCRIPTIONGROUP_LIST).body(two.toJson());
    assertThat(tables.ask(request).code()).isZero();
    assertThat(
            Body.parse(
                    SubscriptionGroupWrapper.class,
                    tables.ask(GET_ALL_SUBSCRIPTIONGROUP_CONFIG).body())
                .subscriptionGroupTable())
        .containsKeys("G1", "G2", "TOOLS_CONSUMER");
    RemotingCommand one = tables.ask(GET_SUBSCRIPTIONGROUP_CONFIG, new GroupHeaders.GetGroup("G2"));
    assertThat(Body.parse(SubscriptionGroupConfig.class, one.body()))
        .isEqualTo(SubscriptionGroupConfig.of("G2"));
    assertThat(tables.ask(GET_SUBSCRIPTIONGROUP_CONFIG, new GroupHeaders.GetGroup("No")).code())
        .isEqualTo(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST);
  }

  @Test
  void whatAGroupConsumesIsTold() {
    heartbeat("red || blue");
    tables.offsets.commit("G", "T", 0, 3);
    RemotingCommand topics =
        tables.ask(QUERY_TOPICS_BY_CONSUMER, new StatsHeaders.TopicsOfGroup("G"));
    assertThat(Body.parse(TopicList.class, topics.body()).topicList()).contains("T");
    RemotingCommand subscription =
        tables.ask(QUERY_SUBSCRIPTION_BY_CONSUMER, new StatsHeaders.SubscriptionOfGroup("G", "T"));
    assertThat(subscription.body().toString(StandardCharsets.UTF_8))
        .contains("\"group\":\"G\"", "red || blue");
  }

  @Test
  void aDeletedGroupIsNotBroughtBackByItsClientsForAWhile() {
    assertThat(heartbeat("*").code()).isZero();
    delete();
    assertThat(tables.clients.consumerGroup("G")).as("its members are gone, too").isNull();
    RemotingCommand refused = heartbeat("*");
    assertThat(refused.code()).isEqualTo(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST);
    assertThat(refused.remark()).contains("deleted a moment ago", "60 s", "updateSubGroup");
    assertThat(tables.groups.find("G")).isNull();

    TestTables.await(tables.groups.put(SubscriptionGroupConfig.of("G")));
    assertThat(heartbeat("*").code()).as("people have created it").isZero();

    delete();
    tables.clockMs().addAndGet(60_000);
    assertThat(heartbeat("*").code()).as("the time is over").isZero();
  }

  @Test
  void aDeletedGroupDoesNotKeepTheClientsOtherGroupsOut() {
    heartbeat("*");
    delete();
    String two =
        json("*").replace("\"consumerDataSet\":[", "\"consumerDataSet\":[" + other() + ",");
    assertThat(heartbeatOf(two).code()).isEqualTo(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST);
    assertThat(tables.clients.consumerGroup("Other")).isNotNull();
    assertThat(tables.clients.consumerGroup("G")).isNull();
  }

  private static String other() {
    return "{\"groupName\":\"Other\",\"consumeType\":\"CONSUME_PASSIVELY\",\"messageModel\":"
        + "\"CLUSTERING\",\"consumeFromWhere\":\"CONSUME_FROM_FIRST_OFFSET\",\"unitMode\":false,"
        + "\"subscriptionDataSet\":[]}";
  }

  private void delete() {
    RemotingCommand deleted =
        tables.ask(DELETE_SUBSCRIPTIONGROUP, new GroupHeaders.DeleteGroup("G", true, null));
    assertThat(deleted.code()).isZero();
  }

  private RemotingCommand heartbeat(String tags) {
    return heartbeatOf(json(tags));
  }

  private RemotingCommand heartbeatOf(String json) {
    return tables.ask(
        member,
        RemotingCommand.request(HEART_BEAT)
            .version(RemotingCommand.OUR_VERSION)
            .body(json.getBytes(StandardCharsets.UTF_8)));
  }

  private static String json(String tags) {
    return """
        {"clientID":"c1","producerDataSet":[],"consumerDataSet":[{"groupName":"G",
        "consumeType":"CONSUME_PASSIVELY","messageModel":"CLUSTERING",
        "consumeFromWhere":"CONSUME_FROM_FIRST_OFFSET","unitMode":false,
        "subscriptionDataSet":[{"topic":"T","subString":"%s","tagsSet":[],"codeSet":[],
        "subVersion":1,"expressionType":"TAG","classFilterMode":false}]}]}
        """
        .formatted(tags);
  }
}
