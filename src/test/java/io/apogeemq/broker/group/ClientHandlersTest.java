package io.apogeemq.broker.group;

import static io.apogeemq.protocol.remoting.RequestCode.CONSUME_MESSAGE_DIRECTLY;
import static io.apogeemq.protocol.remoting.RequestCode.GET_ALL_PRODUCER_INFO;
import static io.apogeemq.protocol.remoting.RequestCode.GET_BROKER_RUNTIME_INFO;
import static io.apogeemq.protocol.remoting.RequestCode.GET_CONSUMER_CONNECTION_LIST;
import static io.apogeemq.protocol.remoting.RequestCode.GET_CONSUMER_LIST_BY_GROUP;
import static io.apogeemq.protocol.remoting.RequestCode.GET_CONSUMER_RUNNING_INFO;
import static io.apogeemq.protocol.remoting.RequestCode.GET_PRODUCER_CONNECTION_LIST;
import static io.apogeemq.protocol.remoting.RequestCode.HEART_BEAT;
import static io.apogeemq.protocol.remoting.RequestCode.NOTIFY_CONSUMER_IDS_CHANGED;
import static io.apogeemq.protocol.remoting.RequestCode.UNREGISTER_CLIENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.broker.TestPeer;
import io.apogeemq.broker.TestTables;
import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.ClientConnection;
import io.apogeemq.protocol.body.ConsumeFromWhere;
import io.apogeemq.protocol.body.ConsumeType;
import io.apogeemq.protocol.body.ConsumerConnection;
import io.apogeemq.protocol.body.ConsumerData;
import io.apogeemq.protocol.body.ConsumerIdList;
import io.apogeemq.protocol.body.HeartbeatData;
import io.apogeemq.protocol.body.KvTable;
import io.apogeemq.protocol.body.MessageModel;
import io.apogeemq.protocol.body.ProducerConnection;
import io.apogeemq.protocol.body.ProducerTableInfo;
import io.apogeemq.protocol.body.SubscriptionData;
import io.apogeemq.protocol.body.SubscriptionGroupConfig;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.header.GroupHeaders;
import io.apogeemq.protocol.message.MessageId;
import io.apogeemq.protocol.remoting.HeaderForm;
import io.apogeemq.protocol.remoting.LanguageCode;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Refused;
import io.apogeemq.store.AppendResult;
import io.apogeemq.store.TestStore;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientHandlersTest {
  @TempDir Path folder;
  private TestTables tables;
  private final TestPeer first = new TestPeer(40001);
  private final TestPeer second = new TestPeer(40002);

  @BeforeEach
  void open() throws IOException {
    tables = TestTables.open(folder);
  }

  @AfterEach
  void close() {
    tables.close();
  }

  @Test
  void everyMemberIsToldOfTheOthersComingAndGoing() {
    consumer(first, "c1", "G", "T", "*", 1);
    assertThat(notices(first)).isEqualTo(1);
    consumer(second, "c2", "G", "T", "*", 1);
    assertThat(notices(first)).isEqualTo(2);
    assertThat(notices(second)).isEqualTo(1);
    assertThat(members("G")).containsExactlyInAnyOrder("c1", "c2");
    second.close();
    assertThat(notices(first)).isEqualTo(3);
    assertThat(members("G")).containsExactly("c1");
  }

  @Test
  void aHeartbeatThatSaysNothingNewTellsNobody() {
    consumer(first, "c1", "G", "T", "*", 1);
    consumer(first, "c1", "G", "T", "*", 2);
    assertThat(notices(first)).isEqualTo(1);
    consumer(first, "c1", "G", "Other", "*", 3);
    assertThat(notices(first)).isEqualTo(2);
  }

  @Test
  void aGroupThatWantsNoNoticesGetsNone() {
    SubscriptionGroupConfig quiet =
        new SubscriptionGroupConfig(
            null, 0, true, true, true, null, null, "G", null, null, false, 16, 1, null, 1);
    TestTables.await(tables.groups.put(quiet));
    consumer(first, "c1", "G", "T", "*", 1);
    assertThat(first.received()).isEmpty();
  }

  @Test
  void theFirstHeartbeatCreatesTheGroupAndItsRetryTopicForGood() throws IOException {
    consumer(first, "c1", "G", "T", "*", 1);
    assertThat(tables.groups.find("G")).isEqualTo(SubscriptionGroupConfig.of("G"));
    assertThat(tables.topics.find("%RETRY%G")).isEqualTo(TopicConfig.of("%RETRY%G", 1, 6));
    tables.crash();
    tables = TestTables.openBare(folder);
    assertThat(tables.groups.find("G")).isNotNull();
    assertThat(tables.topics.find("%RETRY%G")).isNotNull();
  }

  @Test
  void aGroupThatMayNotBeCreatedIsRefusedWithTheCure() throws IOException {
    tables.close();
    tables = TestTables.open(folder, false);
    RemotingCommand reply = consumer(first, "c1", "G", "T", "*", 1);
    assertThat(reply.code()).isEqualTo(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST);
    assertThat(reply.remark()).contains("autoCreateSubscriptionGroup=true");
    assertThat(tables.clients.consumerGroup("G")).isNull();
  }

  @Test
  void membersThatSubscribeDifferentlyEachGetTheirOwn() {
    consumer(first, "c1", "G", "T", "A", 1);
    consumer(second, "c2", "G", "T", "B", 2);
    assertThat(subscription(first)).isEqualTo("A");
    assertThat(subscription(second)).isEqualTo("B");
    assertThat(subscription(new TestPeer(40003))).isEqualTo("B"); // the newest of the group
    consumer(first, "c1", "G", "T", "C", 3);
    assertThat(subscription(first)).isEqualTo("C");
    assertThat(subscription(second)).isEqualTo("B");
  }

  @Test
  void aGroupOfMembersThatSubscribeDifferentlySaysWhoWantsWhat() {
    consumer(first, "c1", "G", "T", "A", 1);
    assertThat(mismatch()).isNull();
    consumer(second, "c2", "G", "T", "B", 2);
    assertThat(mismatch())
        .isEqualTo(new SubscriptionMismatch("T", "c1", "'A' (TAG)", "c2", "'B' (TAG)"));
    assertThat(
            Body.parse(KvTable.class, tables.ask(GET_BROKER_RUNTIME_INFO).body())
                .table()
                .get("differentSubscriptions"))
        .isEqualTo("G, topic T: client c1 subscribes to 'A' (TAG), client c2 to 'B' (TAG)");
    consumer(second, "c2", "G", "T", "A", 3);
    assertThat(mismatch()).isNull();
    consumer(second, "c2", "G", "Other", "A", 4);
    assertThat(mismatch())
        .isEqualTo(new SubscriptionMismatch("T", "c1", "'A' (TAG)", "c2", "nothing"));
    second.close();
    assertThat(mismatch()).isNull();
  }

  @Test
  void aStrictTableRefusesWhoSubscribesDifferentlyAndKeepsTheOthers() {
    ClientTable strict = new ClientTable(true, () -> 0, group -> {});
    strict.heartbeat(first, LanguageCode.JAVA, 1, data("c1", "A"), false);
    assertThatThrownBy(() -> strict.heartbeat(second, LanguageCode.JAVA, 1, data("c2", "B"), false))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("client c1 subscribes to 'A'")
        .hasMessageContaining("strictSubscription=false");
    assertThat(strict.consumerGroup("G").clientIds()).containsExactly("c1");
    strict.heartbeat(second, LanguageCode.JAVA, 1, data("c2", "A"), false);
    assertThat(strict.consumerGroup("G").clientIds()).containsExactly("c1", "c2");
  }

  @Test
  void aClientIdOnTwoConnectionsIsNoticedWhenTheOlderIsHeardOfAgain() {
    ClientTable table = new ClientTable(false, () -> 0, group -> {});
    table.heartbeat(first, LanguageCode.JAVA, 1, data("c1", "A"), false);
    table.heartbeat(second, LanguageCode.JAVA, 1, data("c1", "A"), false);
    assertThat(table.consumerGroup("G").members().keySet())
        .as("the first connection may just be gone")
        .allMatch(each -> each.twin() == null);
    table.heartbeat(first, LanguageCode.JAVA, 1, data("c1", "A"), false);
    assertThat(table.consumerGroup("G").members().keySet())
        .filteredOn(each -> each.twin() != null)
        .singleElement()
        .satisfies(each -> assertThat(each.connection()).isSameAs(first));
  }

  private @Nullable SubscriptionMismatch mismatch() {
    return tables.clients.consumerGroup("G").mismatch();
  }

  private static HeartbeatData data(String clientId, String tags) {
    SubscriptionData subscription =
        new SubscriptionData(
            false, Set.of(tags.hashCode()), "TAG", null, tags, 1, Set.of(tags), "T");
    return new HeartbeatData(
        clientId,
        Set.of(
            new ConsumerData(
                ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET,
                ConsumeType.CONSUME_PASSIVELY,
                "G",
                MessageModel.CLUSTERING,
                Set.of(subscription),
                false)),
        null,
        Set.of(),
        null);
  }

  @Test
  void aTopicThatIsNoLongerSubscribedIsGone() {
    consumer(first, "c1", "G", "T", "*", 1);
    consumer(first, "c1", "G", "Other", "*", 2);
    assertThat(tables.clients.subscription("G", "T", first)).isNull();
    assertThat(tables.clients.subscription("G", "Other", first)).isNotNull();
  }

  @Test
  void aHeartbeatOfAGroupWhoseRetryTopicWouldNotFitIsRefused() {
    RemotingCommand answer = tables.ask(first, heartbeat(bare("c1", "g".repeat(121))));
    assertThat(answer.code()).isNotZero();
    assertThat(answer.remark())
        .startsWith("The specified group is longer than group max length 120: it has 121");
  }

  @Test
  void aHeartbeatWithoutSubscriptionsKeepsTheKnownOnesAndAsksForUnknownOnes() {
    consumer(first, "c1", "G", "T", "A", 1);
    RemotingCommand known = tables.ask(first, heartbeat(bare("c1", "G")));
    assertThat(subscription(first)).isEqualTo("A");
    assertThat(subChanged(known)).isEqualTo("false");
    RemotingCommand unknown = tables.ask(second, heartbeat(bare("c2", "G")));
    assertThat(subChanged(unknown)).isEqualTo("true");
  }

  @Test
  void aClientThatLeavesIsGoneAtOnce() {
    consumer(first, "c1", "G", "T", "*", 1);
    producer(first, "c1", "P");
    tables.ask(
        first,
        RemotingCommand.request(UNREGISTER_CLIENT, new GroupHeaders.Unregister("c1", "P", "G")));
    assertThat(tables.ask(GET_CONSUMER_LIST_BY_GROUP, new GroupHeaders.OfConsumers("G")).code())
        .isEqualTo(ResponseCode.SYSTEM_ERROR);
    assertThat(tables.ask(GET_CONSUMER_CONNECTION_LIST, new GroupHeaders.OfConsumers("G")).code())
        .isEqualTo(ResponseCode.CONSUMER_NOT_ONLINE);
    assertThat(tables.ask(GET_PRODUCER_CONNECTION_LIST, new GroupHeaders.OfProducers("P")).code())
        .isEqualTo(ResponseCode.SYSTEM_ERROR);
  }

  @Test
  void aClientThatIsSilentForTwoMinutesIsDroppedAndItsConnectionClosed() {
    consumer(first, "c1", "G", "T", "*", 1);
    tables.clockMs().addAndGet(ClientTable.EXPIRY_MS / 2);
    consumer(second, "c2", "G", "T", "*", 1);
    tables.clockMs().addAndGet(ClientTable.EXPIRY_MS / 2 + 1);
    tables.clients.expire();
    assertThat(first.isOpen()).isFalse();
    assertThat(second.isOpen()).isTrue();
    assertThat(members("G")).containsExactly("c2");
  }

  @Test
  void toolsSeeWhoIsConnected() {
    consumer(first, "c1", "G", "T", "A", 1);
    producer(second, "c2", "P");
    ConsumerConnection consumers =
        Body.parse(
            ConsumerConnection.class,
            tables.ask(GET_CONSUMER_CONNECTION_LIST, new GroupHeaders.OfConsumers("G")).body());
    assertThat(consumers.connectionSet())
        .extracting(ClientConnection::clientId, ClientConnection::clientAddr)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("c1", "127.0.0.1:40001"));
    assertThat(consumers.subscriptionTable().get("T").subString()).isEqualTo("A");
    ProducerConnection producers =
        Body.parse(
            ProducerConnection.class,
            tables.ask(GET_PRODUCER_CONNECTION_LIST, new GroupHeaders.OfProducers("P")).body());
    assertThat(producers.connectionSet()).hasSize(1);
    ProducerTableInfo all =
        Body.parse(ProducerTableInfo.class, tables.ask(GET_ALL_PRODUCER_INFO).body());
    assertThat(all.data().get("P").get(0).remoteIP()).isEqualTo("/127.0.0.1:40002");
  }

  @Test
  void aToolsQuestionIsHandedOnToTheClientAndItsAnswerBack() {
    consumer(first, "c1", "G", "T", "*", 1);
    first.answering(
        command ->
            Future.succeededFuture(
                RemotingCommand.response(0, command.opaque(), HeaderForm.JSON)
                    .body(
                        command
                            .header(GroupHeaders.RunningInfo.class)
                            .clientId()
                            .getBytes(StandardCharsets.UTF_8))));
    RemotingCommand reply =
        tables.ask(GET_CONSUMER_RUNNING_INFO, new GroupHeaders.RunningInfo("G", "c1", false));
    assertThat(reply.code()).isZero();
    assertThat(reply.body().toString(StandardCharsets.UTF_8)).isEqualTo("c1");
  }

  @Test
  void aClientThatIsNotOnlineOrDoesNotAnswerIsSaidToBeSo() {
    GroupHeaders.RunningInfo ask = new GroupHeaders.RunningInfo("G", "c1", false);
    RemotingCommand offline = tables.ask(GET_CONSUMER_RUNNING_INFO, ask);
    assertThat(offline.code()).isEqualTo(ResponseCode.SYSTEM_ERROR);
    assertThat(offline.remark()).isEqualTo("The Consumer <G> <c1> not online");
    consumer(first, "c1", "G", "T", "*", 1);
    first.answering(command -> Future.failedFuture(new TimeoutException("10 s")));
    assertThat(tables.ask(GET_CONSUMER_RUNNING_INFO, ask).code())
        .isEqualTo(ResponseCode.CONSUME_MSG_TIMEOUT);
  }

  @Test
  void aMessageToConsumeNowIsSentAlong() {
    consumer(first, "c1", "G", "T", "*", 1);
    AppendResult.Appended at = tables.store().append("T", 0, "hello");
    String id = MessageId.format(TestStore.STORE, at.logPosition());
    first.answering(
        command ->
            Future.succeededFuture(
                RemotingCommand.response(0, command.opaque(), HeaderForm.JSON)
                    .body(command.bodyBytes())));
    RemotingCommand reply =
        tables.ask(
            CONSUME_MESSAGE_DIRECTLY,
            new GroupHeaders.ConsumeDirectly("G", "c1", id, "broker-a", null, null, null));
    assertThat(reply.code()).isZero();
    assertThat(reply.body().toString(StandardCharsets.UTF_8)).contains("hello");
    reply.body().release();
    String nowhere = MessageId.format(TestStore.STORE, 1L << 40);
    assertThat(
            tables
                .ask(
                    CONSUME_MESSAGE_DIRECTLY,
                    new GroupHeaders.ConsumeDirectly("G", "c1", nowhere, null, null, null, null))
                .remark())
        .contains("can not find message");
  }

  private RemotingCommand consumer(
      TestPeer peer, String clientId, String group, String topic, String expression, long version) {
    return tables.ask(
        peer,
        heartbeat(
            """
            {"clientID":"%s","producerDataSet":[],"consumerDataSet":[{"groupName":"%s",
            "consumeType":"CONSUME_PASSIVELY","messageModel":"CLUSTERING",
            "consumeFromWhere":"CONSUME_FROM_FIRST_OFFSET","unitMode":false,
            "subscriptionDataSet":[{"topic":"%s","subString":"%s","tagsSet":[],"codeSet":[],
            "subVersion":%d,"expressionType":"TAG","classFilterMode":false}]}]}
            """
                .formatted(clientId, group, topic, expression, version)));
  }

  private void producer(TestPeer peer, String clientId, String group) {
    tables.ask(
        peer,
        heartbeat(
            "{\"clientID\":\""
                + clientId
                + "\",\"consumerDataSet\":[],\"producerDataSet\":[{\"groupName\":\""
                + group
                + "\"}]}"));
  }

  private static String bare(String clientId, String group) {
    return "{\"clientID\":\""
        + clientId
        + "\",\"heartbeatFingerprint\":5,\"withoutSub\":true,\"producerDataSet\":[],"
        + "\"consumerDataSet\":[{\"groupName\":\""
        + group
        + "\",\"consumeType\":\"CONSUME_PASSIVELY\",\"messageModel\":\"CLUSTERING\","
        + "\"consumeFromWhere\":\"CONSUME_FROM_FIRST_OFFSET\",\"subscriptionDataSet\":[]}]}";
  }

  private static RemotingCommand heartbeat(String json) {
    return RemotingCommand.request(HEART_BEAT)
        .version(RemotingCommand.OUR_VERSION)
        .body(json.getBytes(StandardCharsets.UTF_8));
  }

  private List<String> members(String group) {
    RemotingCommand reply =
        tables.ask(GET_CONSUMER_LIST_BY_GROUP, new GroupHeaders.OfConsumers(group));
    return Body.parse(ConsumerIdList.class, reply.body()).consumerIdList();
  }

  private String subscription(TestPeer asking) {
    SubscriptionData found = tables.clients.subscription("G", "T", asking);
    return found == null ? "none" : String.valueOf(found.subString());
  }

  private static long notices(TestPeer peer) {
    return peer.received().stream()
        .filter(command -> command.code() == NOTIFY_CONSUMER_IDS_CHANGED && command.isOneway())
        .count();
  }

  private static String subChanged(RemotingCommand reply) {
    return String.valueOf(reply.ext().get("IS_SUB_CHANGE"));
  }
}
