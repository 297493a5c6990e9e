package io.apogeemq.broker.offset;

import static io.apogeemq.protocol.remoting.RequestCode.CLONE_GROUP_OFFSET;
import static io.apogeemq.protocol.remoting.RequestCode.HEART_BEAT;
import static io.apogeemq.protocol.remoting.RequestCode.INVOKE_BROKER_TO_RESET_OFFSET;
import static io.apogeemq.protocol.remoting.RequestCode.QUERY_CORRECTION_OFFSET;
import static io.apogeemq.protocol.remoting.RequestCode.RESET_CONSUMER_CLIENT_OFFSET;
import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.broker.TestPeer;
import io.apogeemq.broker.TestTables;
import io.apogeemq.broker.arrival.ArrivalFan;
import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.CorrectionOffsets;
import io.apogeemq.protocol.body.MessageQueue;
import io.apogeemq.protocol.body.ResetOffsetBody;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.header.OffsetHeaders;
import io.apogeemq.protocol.remoting.LanguageCode;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.ResponseCode;
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

class ResetHandlersTest {
  private static final MessageQueue QUEUE_0 = new MessageQueue("broker-a", 0, "T");
  private static final MessageQueue QUEUE_1 = new MessageQueue("broker-a", 1, "T");

  @TempDir Path folder;
  private TestTables tables;
  private final TestPeer member = new TestPeer(40001);
  private long lastStoredMs;

  @BeforeEach
  void fill() throws IOException {
    tables = TestTables.open(folder);
    TestTables.await(tables.topics.put(TopicConfig.of("T", 2, 6)));
    for (int i = 0; i < 5; i++) {
      lastStoredMs = tables.store().append("T", 0, "m" + i).storeTimestampMs();
    }
    TestTables.await(tables.groups.onUse("G"));
    tables.offsets.commit("G", "T", 0, 3);
  }

  @AfterEach
  void close() {
    tables.close();
  }

  @Test
  void anOfflineGroupIsMovedBackAndForth() {
    assertThat(reset(0, null, null, null)).isEqualTo(Map.of(QUEUE_0, 0L, QUEUE_1, 0L));
    assertThat(committed("G", 0)).isZero();
    assertThat(reset(-1, true, -1, -1L)).isEqualTo(Map.of(QUEUE_0, 5L, QUEUE_1, 0L));
    assertThat(committed("G", 0)).isEqualTo(5);
    // Nobody reads: the next commit counts.
    tables.offsets.commit("G", "T", 0, 4);
    assertThat(committed("G", 0)).isEqualTo(4);
  }

  @Test
  void aTimeBehindTheLastMessageIsTheEndNotTheLastMessage() {
    assertThat(reset(lastStoredMs + 1, null, null, null)).containsEntry(QUEUE_0, 5L);
  }

  @Test
  void withoutForceAGroupMovesOnlyBack() {
    assertThat(reset(-1, false, null, null)).containsEntry(QUEUE_0, 3L);
    assertThat(reset(0, false, null, null)).containsEntry(QUEUE_0, 0L);
  }

  @Test
  void oneQueueIsMovedToANamedOffset() {
    assertThat(reset(0, true, 0, 2L)).isEqualTo(Map.of(QUEUE_0, 2L));
    RemotingCommand beyond = ask(0, true, 0, 6L);
    assertThat(beyond.code()).isEqualTo(ResponseCode.SYSTEM_ERROR);
    assertThat(beyond.remark()).startsWith("Target offset 6 not in consume queue range [0-5]");
    assertThat(ask(0, true, 2, 0L).code()).isEqualTo(ResponseCode.INVALID_PARAMETER);
  }

  @Test
  void anUnknownTopicOrGroupIsSaidToBeSo() {
    assertThat(
            tables
                .ask(
                    INVOKE_BROKER_TO_RESET_OFFSET,
                    new OffsetHeaders.Reset("No", "G", 0, true, null, null))
                .code())
        .isEqualTo(ResponseCode.TOPIC_NOT_EXIST);
    assertThat(
            tables
                .ask(
                    INVOKE_BROKER_TO_RESET_OFFSET,
                    new OffsetHeaders.Reset("T", "No", 0, true, null, null))
                .code())
        .isEqualTo(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST);
  }

  @Test
  void membersAreToldAndTheirOldCommitsAreIgnoredUntilTheyPullThere() {
    heartbeat(LanguageCode.JAVA);
    reset(0, true, null, null);
    RemotingCommand told =
        member.received().stream()
            .filter(each -> each.code() == RESET_CONSUMER_CLIENT_OFFSET)
            .findFirst()
            .orElseThrow();
    assertThat(told.isOneway()).isTrue();
    assertThat(told.header(OffsetHeaders.ResetInClient.class))
        .isEqualTo(new OffsetHeaders.ResetInClient("T", "G", 0, true));
    assertThat(Body.parse(ResetOffsetBody.class, told.body()).offsetTable())
        .isEqualTo(Map.of(QUEUE_0, 0L, QUEUE_1, 0L));

    OffsetReset resets = resets();
    tables.offsets.commit("G", "T", 0, 5);
    assertThat(committed("G", 0)).as("a commit of what was read before").isZero();
    assertThat(resets.redirect(member, "G", "T", 0, 5, false)).as("it is on its way").isEqualTo(-1);
    assertThat(resets.redirect(member, "G", "T", 0, 0, false)).isEqualTo(-1);
    tables.offsets.commit("G", "T", 0, 1);
    assertThat(committed("G", 0)).isEqualTo(1);
  }

  @Test
  void aClientThatDoesNotFollowIsBroughtThereByItsPulls() {
    heartbeat(LanguageCode.GO);
    reset(0, true, null, null);
    assertThat(member.received()).noneMatch(each -> each.code() == RESET_CONSUMER_CLIENT_OFFSET);
    OffsetReset resets = resets();
    assertThat(resets.redirect(member, "G", "T", 0, 5, false)).isZero();
    assertThat(resets.redirect(member, "G", "T", 0, 5, false)).as("until it follows").isZero();
    assertThat(resets.redirect(member, "G", "T", 0, 0, false)).isEqualTo(-1);
    assertThat(resets.redirect(member, "G", "T", 0, 5, false)).isEqualTo(-1);
  }

  @Test
  void aMemberThatWasToldAndDoesNotFollowIsBroughtThereInTheEnd() {
    heartbeat(LanguageCode.JAVA);
    reset(0, true, null, null);
    tables.clockMs().addAndGet(15_000);
    assertThat(resets().redirect(member, "G", "T", 0, 5, false)).isZero();
  }

  @Test
  void aPullConsumerIsToldOnce() {
    heartbeat(LanguageCode.JAVA);
    reset(0, true, null, null);
    assertThat(resets().redirect(member, "G", "T", 0, 5, true)).isZero();
    assertThat(resets().redirect(member, "G", "T", 0, 5, true)).isEqualTo(-1);
  }

  @Test
  void aResetThatNobodyFollowsDoesNotHoldCommitsForever() {
    heartbeat(LanguageCode.GO);
    reset(0, true, null, null);
    tables.clockMs().addAndGet(OffsetTable.RESET_HOLDS_MS);
    tables.offsets.commit("G", "T", 0, 5);
    assertThat(committed("G", 0)).isEqualTo(5);
    assertThat(tables.offsets.resetOf("G", "T", 0)).isNull();
  }

  @Test
  void clientsInCppGetAListBecauseTheyCantReadObjectsAsNames() {
    heartbeat(LanguageCode.CPP);
    RemotingCommand answer =
        tables.ask(
            RemotingCommand.request(
                    INVOKE_BROKER_TO_RESET_OFFSET,
                    new OffsetHeaders.Reset("T", "G", 0, true, 0, null))
                .language(LanguageCode.CPP));
    String list = "[{\"brokerName\":\"broker-a\",\"offset\":0,\"queueId\":0,\"topic\":\"T\"}]";
    assertThat(answer.body().toString(StandardCharsets.UTF_8)).contains(list);
    assertThat(
            member.received().stream()
                .filter(each -> each.code() == RESET_CONSUMER_CLIENT_OFFSET)
                .map(each -> each.body().toString(StandardCharsets.UTF_8)))
        .singleElement()
        .asString()
        .contains(list);
  }

  @Test
  void aGroupsOffsetsAreCopied() {
    OffsetHeaders.Clone all = new OffsetHeaders.Clone("G", "Copy", null, true);
    assertThat(tables.ask(CLONE_GROUP_OFFSET, all).code()).isZero();
    assertThat(committed("Copy", 0)).isEqualTo(3);
    assertThat(
            tables.ask(CLONE_GROUP_OFFSET, new OffsetHeaders.Clone("No", "Copy", "T", true)).code())
        .isEqualTo(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST);
  }

  @Test
  void theLowestOffsetOfAllGroupsIsToldForEachQueue() {
    tables.offsets.commit("Slow", "T", 0, 1);
    tables.offsets.commit("Ahead", "T", 0, 5);
    assertThat(correction(null, "Ahead")).isEqualTo(Map.of(0, 1L));
    assertThat(correction("Slow", "Ahead")).isEqualTo(Map.of(0, 3L));
    assertThat(correction("Slow", "Slow")).isEqualTo(Map.of(0, Long.MAX_VALUE));
  }

  private Map<Integer, Long> correction(@Nullable String without, String compared) {
    return Body.parse(
            CorrectionOffsets.class,
            tables
                .ask(QUERY_CORRECTION_OFFSET, new OffsetHeaders.Correction(without, compared, "T"))
                .body())
        .correctionOffsets();
  }

  private OffsetReset resets() {
    return new OffsetReset(tables.offsets, tables.clients, new ArrivalFan(), tables.clockMs()::get);
  }

  private RemotingCommand ask(
      long time, @Nullable Boolean force, @Nullable Integer queue, @Nullable Long offset) {
    return tables.ask(
        INVOKE_BROKER_TO_RESET_OFFSET,
        new OffsetHeaders.Reset("T", "G", time, force, queue, offset));
  }

  private Map<MessageQueue, Long> reset(
      long time, @Nullable Boolean force, @Nullable Integer queue, @Nullable Long offset) {
    RemotingCommand answer = ask(time, force, queue, offset);
    assertThat(answer.code()).as(answer.remark()).isZero();
    return Body.parse(ResetOffsetBody.class, answer.body()).offsetTable();
  }

  private long committed(String group, int queueId) {
    return tables.offsets.find(group, "T", queueId).orElse(-1);
  }

  private void heartbeat(LanguageCode language) {
    tables.ask(
        member,
        RemotingCommand.request(HEART_BEAT)
            .version(RemotingCommand.OUR_VERSION)
            .language(language)
            .body(
                """
                {"clientID":"c1","producerDataSet":[],"consumerDataSet":[{"groupName":"G",
                "consumeType":"CONSUME_PASSIVELY","messageModel":"CLUSTERING",
                "consumeFromWhere":"CONSUME_FROM_FIRST_OFFSET","unitMode":false,
                "subscriptionDataSet":[{"topic":"T","subString":"*","tagsSet":[],"codeSet":[],
                "subVersion":1,"expressionType":"TAG","classFilterMode":false}]}]}
                """
                    .getBytes(StandardCharsets.UTF_8)));
    assertThat(tables.clients.consumerGroup("G").clientIds()).isEqualTo(List.of("c1"));
  }
}
