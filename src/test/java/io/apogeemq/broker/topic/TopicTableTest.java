package io.apogeemq.broker.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.broker.TestTables;
import io.apogeemq.broker.state.StateLog;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Refused;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicTableTest {
  @TempDir Path folder;

  @Test
  void aTopicIsCreatedAfterItsTemplateWithoutTheInheritBit() throws IOException {
    try (TestTables tables = TestTables.open(folder)) {
      assertThat(TestTables.await(tables.topics.createOnSend("T", "TBW102", 4, 0)))
          .isEqualTo(TopicConfig.of("T", 4, 6));
      assertThat(TestTables.await(tables.topics.createOnSend("Wide", "TBW102", 100, 0)))
          .isEqualTo(TopicConfig.of("Wide", 8, 6)); // never more than the template has
    }
  }

  @Test
  void aTopicThatIsThereStaysAsItIs() throws IOException {
    try (TestTables tables = TestTables.open(folder)) {
      TestTables.await(tables.topics.put(TopicConfig.of("T", 2, 4)));
      assertThat(TestTables.await(tables.topics.createOnSend("T", "TBW102", 4, 0)))
          .isEqualTo(TopicConfig.of("T", 2, 4));
    }
  }

  @Test
  void aTopicAskedForByManySendsAtOnceIsCreatedOnce() throws IOException {
    try (TestTables tables = TestTables.open(folder)) {
      List<String> created = new CopyOnWriteArrayList<>();
      tables.topics.onCreatedBySend((topic, template) -> created.add(topic.topicName()));
      long before = tables.store().store().maxOffset(StateLog.TOPIC, 0);
      List<Future<TopicConfig>> sends = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        sends.add(tables.topics.createOnSend("T", "TBW102", 4, 0));
      }
      TestTables.await(Future.all(sends));
      assertThat(tables.store().store().maxOffset(StateLog.TOPIC, 0)).isEqualTo(before + 1);
      assertThat(created).containsExactly("T");
    }
  }

  @Test
  void retryAndDeadLetterTopicsNeedNoTemplateAndGetOneQueue() throws IOException {
    try (TestTables tables = TestTables.open(folder, false)) {
      assertThat(TestTables.await(tables.topics.createOnSend("%RETRY%G", "TBW102", 4, 0)))
          .isEqualTo(TopicConfig.of("%RETRY%G", 1, 6));
      assertThat(TestTables.await(tables.topics.createOnSend("%DLQ%G", "TBW102", 4, 0)))
          .isEqualTo(TopicConfig.of("%DLQ%G", 1, 6));
    }
  }

  @Test
  void withoutTheSwitchSendsCreateNothingAndAreToldTheCure() throws IOException {
    try (TestTables tables = TestTables.open(folder, false)) {
      assertThatThrownBy(() -> TestTables.await(tables.topics.createOnSend("T", "TBW102", 4, 0)))
          .isInstanceOf(Refused.class)
          .hasMessageStartingWith("topic[T] not exist, apply first please!")
          .hasMessageContaining("autoCreateTopicEnable=true")
          .extracting(failure -> ((Refused) failure).code())
          .isEqualTo(ResponseCode.TOPIC_NOT_EXIST);
      assertThat(tables.topics.find("T")).isNull();
    }
  }

  @Test
  void anOrdinaryTopicIsNoTemplate() throws IOException {
    try (TestTables tables = TestTables.open(folder)) {
      assertThatThrownBy(
              () -> TestTables.await(tables.topics.createOnSend("T", "SELF_TEST_TOPIC", 4, 0)))
          .isInstanceOf(Refused.class)
          .hasMessageContaining("SELF_TEST_TOPIC");
    }
  }

  @Test
  void namesThatBreakTheRuleAreRefusedOnEveryPath() throws IOException {
    try (TestTables tables = TestTables.open(folder)) {
      for (String name : List.of("", "a b", "a/b", "ü", "x".repeat(128))) {
        assertThatThrownBy(() -> TestTables.await(tables.topics.createOnSend(name, "TBW102", 4, 0)))
            .as(name)
            .isInstanceOf(Refused.class)
            .extracting(failure -> ((Refused) failure).code())
            .isEqualTo(ResponseCode.INVALID_PARAMETER);
        assertThatThrownBy(() -> TestTables.await(tables.topics.put(TopicConfig.of(name, 1, 6))))
            .as(name)
            .isInstanceOf(Refused.class);
      }
      assertThat(TestTables.await(tables.topics.createOnSend("x".repeat(127), "TBW102", 1, 0)))
          .isNotNull();
    }
  }

  @Test
  void nobodyCreatesATopicOfTheBrokersOwn() throws IOException {
    try (TestTables tables = TestTables.open(folder)) {
      assertThatThrownBy(
              () -> TestTables.await(tables.topics.createOnSend(StateLog.TOPIC, "TBW102", 4, 0)))
          .isInstanceOf(Refused.class)
          .extracting(failure -> ((Refused) failure).code())
          .isEqualTo(ResponseCode.NO_PERMISSION);
    }
  }

  @Test
  void systemTopicsAreThereFromTheStartAndTheStateTopicIsHidden() throws IOException {
    try (TestTables tables = TestTables.open(folder)) {
      assertThat(tables.topics.find("TBW102")).isEqualTo(TopicConfig.of("TBW102", 8, 7));
      assertThat(tables.topics.find("BenchmarkTest"))
          .isEqualTo(TopicConfig.of("BenchmarkTest", 1024, 6));
      assertThat(tables.topics.find("DefaultCluster"))
          .isEqualTo(TopicConfig.of("DefaultCluster", 16, 7));
      assertThat(tables.topics.find("broker-a")).isEqualTo(TopicConfig.of("broker-a", 1, 7));
      assertThat(tables.topics.find("SCHEDULE_TOPIC_XXXX"))
          .isEqualTo(TopicConfig.of("SCHEDULE_TOPIC_XXXX", 18, 6));
      assertThat(tables.topics.all())
          .extracting(TopicConfig::topicName)
          .contains("SELF_TEST_TOPIC", "OFFSET_MOVED_EVENT", "DefaultCluster_REPLY_TOPIC")
          .doesNotContain(StateLog.TOPIC, "RMQ_SYS_TRACE_TOPIC");
    }
  }

  @Test
  void aTemplateLeftFromBeforeTheSwitchWasTurnedOffIsAnOrdinaryTopic() throws IOException {
    TestTables.open(folder, true).close();
    try (TestTables tables = TestTables.open(folder, false)) {
      assertThat(tables.topics.find("TBW102")).isEqualTo(TopicConfig.of("TBW102", 8, 6));
    }
    try (TestTables tables = TestTables.open(folder, true)) {
      assertThat(tables.topics.find("TBW102")).isEqualTo(TopicConfig.of("TBW102", 8, 7));
    }
  }
}
