package io.apogeemq.broker.topic;

import static io.apogeemq.protocol.remoting.RequestCode.DELETE_TOPIC_IN_BROKER;
import static io.apogeemq.protocol.remoting.RequestCode.GET_ALL_TOPIC_CONFIG;
import static io.apogeemq.protocol.remoting.RequestCode.GET_SYSTEM_TOPIC_LIST_FROM_BROKER;
import static io.apogeemq.protocol.remoting.RequestCode.GET_TOPIC_CONFIG;
import static io.apogeemq.protocol.remoting.RequestCode.UPDATE_AND_CREATE_TOPIC;
import static io.apogeemq.protocol.remoting.RequestCode.UPDATE_AND_CREATE_TOPIC_LIST;
import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.broker.TestTables;
import io.apogeemq.broker.state.StateLog;
import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.body.TopicConfigList;
import io.apogeemq.protocol.body.TopicConfigWrapper;
import io.apogeemq.protocol.body.TopicList;
import io.apogeemq.protocol.header.TopicHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.ResponseCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicHandlersTest {
  @TempDir Path folder;
  private TestTables tables;

  @BeforeEach
  void open() throws IOException {
    tables = TestTables.open(folder);
  }

  @AfterEach
  void close() {
    tables.close();
  }

  @Test
  void aTopicIsCreatedChangedReadBackAndDeleted() {
    assertThat(update("T", 4, 6, null).code()).isZero();
    assertThat(update("T", 8, 4, null).code()).isZero();
    RemotingCommand read = tables.ask(GET_TOPIC_CONFIG, new TopicHeaders.OfTopic("T"));
    assertThat(Body.parse(TopicConfig.class, read.body())).isEqualTo(TopicConfig.of("T", 8, 4));
    assertThat(tables.ask(DELETE_TOPIC_IN_BROKER, new TopicHeaders.OfTopic("T")).code()).isZero();
    assertThat(tables.ask(GET_TOPIC_CONFIG, new TopicHeaders.OfTopic("T")).code())
        .isEqualTo(ResponseCode.TOPIC_NOT_EXIST);
  }

  @Test
  void topicsOfTheSystemCanNeitherBeChangedNorDeleted() {
    for (String name :
        List.of("TBW102", "broker-a", "DefaultCluster", "SCHEDULE_TOPIC_XXXX", StateLog.TOPIC)) {
      assertThat(update(name, 4, 6, null).code()).as(name).isEqualTo(29);
      RemotingCommand deleted = tables.ask(DELETE_TOPIC_IN_BROKER, new TopicHeaders.OfTopic(name));
      assertThat(deleted.code()).as(name).isEqualTo(29);
      assertThat(deleted.remark()).contains("is conflict with system topic");
    }
    assertThat(tables.topics.find("TBW102")).isNotNull();
  }

  @Test
  void badNamesNumbersAndPermissionsAreRefusedAndNothingIsStored() {
    assertThat(update("bad topic!", 4, 6, null).code()).isEqualTo(29);
    assertThat(update("T", -1, 6, null).code()).isEqualTo(29);
    assertThat(update("T", 1_000_000, 6, null).code()).isEqualTo(29);
    assertThat(update("T", 4, 15, null).code()).isEqualTo(29);
    assertThat(tables.topics.find("T")).isNull();
  }

  @Test
  void attributesAreAddedAndRemovedInTheFormOf5x() {
    assertThat(update("T", 4, 6, "+message.type=FIFO,+reserve.time=7").code()).isZero();
    assertThat(tables.topics.find("T").attributes())
        .isEqualTo(Map.of("message.type", "FIFO", "reserve.time", "7"));
    assertThat(update("T", 4, 6, "-reserve.time").code()).isZero();
    assertThat(tables.topics.find("T").attributes()).isEqualTo(Map.of("message.type", "FIFO"));
  }

  @Test
  void attributesThatNoTopicCanHaveAreRefusedWithTheReason() {
    update("T", 4, 6, "+message.type=FIFO");
    Map.of(
            "message.type=DELAY", "Write +key=value",
            "+message.type=URGENT", "FIFO",
            "+message.type", "can be one of",
            "+cleanup.policy=COMPACTION", "[DELETE]",
            "+queue.type=BatchCQ", "[SimpleCQ]",
            "+reserve.time=soon", "Give a number",
            "+colour=red", "unknown key 'colour'",
            "-reserve.time", "does not have",
            "+message.type=FIFO,+message.type=DELAY", "twice")
        .forEach(
            (changes, why) -> {
              RemotingCommand reply = update("T", 4, 6, changes);
              assertThat(reply.code()).as(changes).isEqualTo(29);
              assertThat(reply.remark()).as(changes).contains(why);
            });
    assertThat(update("New", 4, 6, "-message.type").code()).isEqualTo(29);
    assertThat(tables.topics.find("T").attributes()).isEqualTo(Map.of("message.type", "FIFO"));
  }

  @Test
  void inAListOfTopicsAttributesAreChangesToo() {
    TopicConfig plain = TopicConfig.of("A", 1, 6);
    assertThat(updateAll(plain.withAttributes(Map.of("+message.type", "FIFO"))).code()).isZero();
    assertThat(tables.topics.find("A").attributes()).isEqualTo(Map.of("message.type", "FIFO"));
    assertThat(updateAll(plain.withAttributes(Map.of("-message.type", ""))).code()).isZero();
    assertThat(tables.topics.find("A").attributes()).isEmpty();
    assertThat(updateAll(plain.withAttributes(Map.of("message.type", "FIFO"))).code())
        .isEqualTo(29);
  }

  @Test
  void aListOfTopicsIsTakenWholeOrNotAtAll() {
    assertThat(updateAll(TopicConfig.of("A", 1, 6), TopicConfig.of("b d", 1, 6)).code())
        .isEqualTo(29);
    assertThat(tables.topics.find("A")).isNull();
    assertThat(updateAll(TopicConfig.of("A", 1, 6), TopicConfig.of("B", 1, 6)).code()).isZero();
    assertThat(tables.topics.find("B")).isNotNull();
  }

  @Test
  void allTopicsComeWithTheirVersionAndWithoutTheStateTopic() {
    TopicConfigWrapper before =
        Body.parse(TopicConfigWrapper.class, tables.ask(GET_ALL_TOPIC_CONFIG).body());
    update("T", 4, 6, null);
    TopicConfigWrapper after =
        Body.parse(TopicConfigWrapper.class, tables.ask(GET_ALL_TOPIC_CONFIG).body());
    assertThat(after.dataVersion().counter()).isGreaterThan(before.dataVersion().counter());
    assertThat(after.topicConfigTable()).containsKey("T").doesNotContainKey(StateLog.TOPIC);
  }

  @Test
  void theListOfSystemTopicsHasNoTopicOfPeople() {
    update("T", 4, 6, null);
    RemotingCommand reply = tables.ask(GET_SYSTEM_TOPIC_LIST_FROM_BROKER);
    assertThat(Body.parse(TopicList.class, reply.body()).topicList())
        .contains("TBW102", "broker-a", "DefaultCluster", "DefaultCluster_REPLY_TOPIC")
        .doesNotContain("T");
  }

  @Test
  void whatAPeerCreatedOnASendDoesNotOverwriteWhatIsHere() {
    update("T", 8, 6, null);
    assertThat(fromPeer("T", 4).code()).isZero();
    assertThat(tables.topics.find("T")).isEqualTo(TopicConfig.of("T", 8, 6));
    assertThat(fromPeer("New", 4).code()).isZero();
    assertThat(tables.topics.find("New")).isEqualTo(TopicConfig.of("New", 4, 6));
  }

  @Test
  void aBrokerWhoseSwitchIsOffRefusesWhatAPeerCreatedOnASend() throws IOException {
    tables.close();
    tables = TestTables.open(folder, false);
    RemotingCommand reply = fromPeer("New", 4);
    assertThat(reply.code()).isEqualTo(ResponseCode.NO_PERMISSION);
    assertThat(reply.remark()).contains("autoCreateTopicEnable=false");
    assertThat(tables.topics.find("New")).isNull();
  }

  private RemotingCommand update(String topic, int queues, int perm, @Nullable String attributes) {
    return tables.ask(
        UPDATE_AND_CREATE_TOPIC,
        new TopicHeaders.Update(
            topic, "TBW102", queues, queues, perm, "SINGLE_TAG", 0, false, attributes, null));
  }

  private RemotingCommand updateAll(TopicConfig... topics) {
    return tables.ask(
        RemotingCommand.request(UPDATE_AND_CREATE_TOPIC_LIST)
            .body(new TopicConfigList(List.of(topics)).toJson()));
  }

  private RemotingCommand fromPeer(String topic, int queues) {
    return tables.ask(
        UPDATE_AND_CREATE_TOPIC,
        new TopicHeaders.Update(
            topic, "TBW102", queues, queues, 6, "SINGLE_TAG", 0, false, null, true));
  }
}
