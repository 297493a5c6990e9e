package io.apogeemq.namesrv;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.DataVersion;
import io.apogeemq.protocol.body.QueueData;
import io.apogeemq.protocol.body.TopicConfigWrapper;
import io.apogeemq.protocol.header.KvHeaders;
import io.apogeemq.protocol.header.RouteHeaders;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.remoting.Reply;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistrationTest {
  @TempDir Path folder;
  private TestNameServer server;

  @BeforeEach
  void start() {
    server = new TestNameServer(folder);
  }

  @Test
  void aRegisteredTopicIsFound() {
    assertThat(server.broker().register().code()).isZero();
    assertThat(server.route("T").queueDatas())
        .containsExactly(new QueueData("broker-a", 6, 4, 0, 8));
    assertThat(server.brokersOf("T")).isEqualTo(Map.of("broker-a", Map.of(0L, "127.0.0.1:10911")));
  }

  @Test
  void aCompressedRegistrationIsUnderstood() {
    assertThat(server.broker().register(true).code()).isZero();
    assertThat(server.topics()).containsExactlyInAnyOrder("T", "TBW102");
  }

  @Test
  void aBodyThatWasDamagedOnTheWayIsRefused() {
    TestNameServer.Broker broker = server.broker();
    Reply reply = broker.send(broker.header(false, 12345), "{}".getBytes());
    assertThat(reply.code()).isEqualTo(1);
    assertThat(reply.remark()).isEqualTo("crc32 not match");
    assertThat(server.topics()).isEmpty();
  }

  @Test
  void aBodyThatIsNoJsonIsRefusedAndNothingIsStored() {
    TestNameServer.Broker broker = server.broker();
    Reply reply = broker.send(broker.header(false, 0), "{\"topicConfig".getBytes());
    assertThat(reply.code()).isEqualTo(1);
    assertThat(reply.remark()).startsWith("a JSON body can't be read at character");
    assertThat(server.brokersOf("T")).isEmpty();
  }

  @Test
  void aVeryOldBrokerSendsItsTopicsBare() {
    TestNameServer.Broker broker = server.broker();
    broker.requestVersion = 28;
    TopicConfigWrapper topics =
        new TopicConfigWrapper(new DataVersion(1, null, 1), null, broker.topics);
    assertThat(broker.send(broker.header(false, 0), topics.toJson()).code()).isZero();
    assertThat(server.topics()).contains("T");
  }

  @Test
  void twoBrokersShareATopic() {
    server.broker().register();
    server.broker().named("broker-b").at("127.0.0.1:11911").register();
    assertThat(server.brokersOf("T").keySet()).containsExactly("broker-a", "broker-b");
    assertThat(server.route("T").queueDatas()).hasSize(2);
  }

  @Test
  void aSlaveIsToldWhereItsMasterIs() {
    server.broker().register();
    Reply reply = server.broker().id(1).at("127.0.0.1:20911").register();
    assertThat(reply.header())
        .isEqualTo(new RouteHeaders.RegisterBrokerReply("127.0.0.1:10912", "127.0.0.1:10911"));
    assertThat(server.brokersOf("T").get("broker-a"))
        .isEqualTo(Map.of(0L, "127.0.0.1:10911", 1L, "127.0.0.1:20911"));
  }

  @Test
  void aMasterAndALonelySlaveAreToldNothing() {
    RouteHeaders.RegisterBrokerReply nothing = new RouteHeaders.RegisterBrokerReply(null, null);
    assertThat(server.broker().id(1).register().header()).isEqualTo(nothing);
    assertThat(server.broker().at("127.0.0.1:20911").register().header()).isEqualTo(nothing);
  }

  @Test
  void aSlaveOfTheOldKindBringsNoTopics() {
    server.broker().id(1).register();
    assertThat(server.topics()).isEmpty();
  }

  @Test
  void aSlaveThatBecomesMasterKeepsItsAddressOnce() {
    server.broker().register();
    TestNameServer.Broker slave = server.broker().id(1).at("127.0.0.1:20911");
    slave.register();
    server.broker().unregister();
    slave.id(0).register();
    assertThat(server.brokersOf("T").get("broker-a")).isEqualTo(Map.of(0L, "127.0.0.1:20911"));
  }

  @Test
  void theConfigurationOfOrderedTopicsComesWithTheAnswer() {
    server.ask(
        RequestCode.PUT_KV_CONFIG, new KvHeaders.Put("ORDER_TOPIC_CONFIG", "T", "broker-a:4"));
    assertThat(TestNameServer.text(server.broker().register()))
        .isEqualTo("{\"table\":{\"T\":\"broker-a:4\"}}");
  }

  @Test
  void aNewVersionReplacesTheQueues() {
    TestNameServer.Broker broker = server.broker();
    broker.register();
    broker.topic("T", 4, 0).changed().register();
    assertThat(server.permission("T", "broker-a")).isEqualTo(4);
  }

  @Test
  void anUnchangedVersionLeavesAWipedPermissionWiped() {
    TestNameServer.Broker broker = server.broker();
    broker.register();
    server.ask(RequestCode.WIPE_WRITE_PERM_OF_BROKER, new RouteHeaders.WritePermission("broker-a"));
    broker.register();
    assertThat(server.permission("T", "broker-a")).isEqualTo(4);
    broker.changed().register();
    assertThat(server.permission("T", "broker-a")).isEqualTo(6);
  }

  @Test
  void aTopicThatIsMissingComesBackWithAnUnchangedVersion() {
    TestNameServer.Broker broker = server.broker();
    broker.register();
    server.ask(RequestCode.DELETE_TOPIC_IN_NAMESRV, new RouteHeaders.DeleteTopicRoute("T", null));
    assertThat(server.route("T")).isNull();
    broker.register();
    assertThat(server.route("T")).isNotNull();
  }

  @Test
  void oneChangedTopicOfAnUnknownBrokerIsNotEnough() {
    TestNameServer.Broker broker = server.new Broker().topic("T");
    Reply reply = broker.register();
    assertThat(reply.code()).isEqualTo(1);
    assertThat(reply.remark()).isEqualTo("register broker failed");
    assertThat(server.topics()).isEmpty();
  }

  @Test
  void oneChangedTopicOfAKnownBrokerIsTaken() {
    TestNameServer.Broker broker = server.broker();
    broker.register();
    broker.topics.clear();
    broker.topic("New").changed().register();
    assertThat(server.topics()).containsExactlyInAnyOrder("T", "TBW102", "New");
  }

  @Test
  void theLastBrokerThatLeavesTakesTheTopicAlong() {
    server.broker().register();
    TestNameServer.Broker other = server.broker().named("broker-b").at("127.0.0.1:11911");
    other.register();
    other.unregister();
    assertThat(server.brokersOf("T").keySet()).containsExactly("broker-a");
    assertThat(server.broker().unregister().code()).isZero();
    assertThat(server.topics()).isEmpty();
    assertThat(
            TestNameServer.text(
                server.ask(RequestCode.GET_BROKER_CLUSTER_INFO, TestNameServer.NOTHING)))
        .isEqualTo("{\"brokerAddrTable\":{},\"clusterAddrTable\":{}}");
  }

  @ParameterizedTest
  @CsvSource({"other, broker-a", "c, broker-b", "other, broker-b"})
  void whoNamesAnotherNodeThanTheAddressBelongsToTakesNothingOut(String cluster, String name) {
    TestNameServer.Broker broker = server.broker();
    broker.register();
    server.ask(
        RequestCode.UNREGISTER_BROKER,
        new RouteHeaders.UnregisterBroker(name, broker.address, cluster, 0));
    assertThat(server.brokersOf("T").keySet()).containsExactly("broker-a");
    broker.connection.close(); // still live, so that its end is noticed
    assertThat(server.topics()).isEmpty();
    assertThat(clusterInfo()).isEqualTo(EMPTY_CLUSTER_INFO);
  }

  @Test
  void aBrokerThatWasRenamedLeavesNoGhost() {
    server.broker().register();
    TestNameServer.Broker renamed = server.broker().named("broker-z");
    renamed.register();
    assertThat(server.brokersOf("T").keySet()).containsExactly("broker-z");
    renamed.connection.close();
    assertThat(clusterInfo()).isEqualTo(EMPTY_CLUSTER_INFO);
  }

  @Test
  void aBrokerThatMovedToAnotherClusterOutlivesItsFormerSelf() {
    TestNameServer.Broker former = server.broker();
    former.register();
    TestNameServer.Broker moved = server.broker();
    moved.cluster = "d";
    moved.register();
    former.connection.close();
    assertThat(server.brokersOf("T").keySet()).containsExactly("broker-a");
    assertThat(clusterInfo()).contains("\"clusterAddrTable\":{\"d\":[\"broker-a\"]}");
    moved.connection.close();
    assertThat(clusterInfo()).isEqualTo(EMPTY_CLUSTER_INFO);
  }

  private static final String EMPTY_CLUSTER_INFO =
      "{\"brokerAddrTable\":{},\"clusterAddrTable\":{}}";

  private String clusterInfo() {
    return TestNameServer.text(
        server.ask(RequestCode.GET_BROKER_CLUSTER_INFO, TestNameServer.NOTHING));
  }

  @Test
  void aSlaveThatLeavesLeavesTheTopics() {
    server.broker().register();
    TestNameServer.Broker slave = server.broker().id(1).at("127.0.0.1:20911");
    slave.register();
    slave.unregister();
    assertThat(server.brokersOf("T").get("broker-a")).isEqualTo(Map.of(0L, "127.0.0.1:10911"));
  }

  @Test
  void aLostConnectionTakesItsBrokerOutAtOnce() {
    TestNameServer.Broker broker = server.broker();
    broker.register();
    broker.connection.close();
    assertThat(server.route("T")).isNull();
  }

  @Test
  void theOldConnectionsLateCloseDoesNotWipeANewRegistration() {
    TestNameServer.Broker broker = server.broker();
    broker.register();
    Peer old = broker.connection;
    broker.connection = new Peer();
    broker.register();
    old.close();
    assertThat(server.route("T")).isNotNull();
    broker.connection.close();
    assertThat(server.route("T")).isNull();
  }

  @Test
  void aBrokerThatRegistersOnADeadConnectionIsTakenOutAgain() {
    TestNameServer.Broker broker = server.broker();
    broker.connection.close();
    broker.register();
    assertThat(server.route("T")).isNull();
  }

  @Test
  void aMasterThatMovedIsNotWipedByItsOldAddress() {
    TestNameServer.Broker broker = server.broker();
    broker.register();
    Peer old = broker.connection;
    TestNameServer.Broker moved = server.broker().at("127.0.0.2:10911");
    moved.register();
    old.close();
    server.nowMs += 119_000;
    moved.heartbeat();
    server.nowMs += 2_000;
    server.expiry.scan();
    assertThat(server.brokersOf("T").get("broker-a")).isEqualTo(Map.of(0L, "127.0.0.2:10911"));
  }

  @Test
  void aSilentBrokerIsGoneAfterTwoMinutes() {
    server.broker().register();
    server.nowMs += 120_000;
    server.expiry.scan();
    assertThat(server.route("T")).isNotNull();
    server.nowMs += 1;
    server.expiry.scan();
    assertThat(server.route("T")).isNull();
  }

  @Test
  void aBrokerMayChooseItsOwnTimeOut() {
    TestNameServer.Broker broker = server.broker();
    broker.timeoutMs = 10_000L;
    broker.register();
    server.nowMs += 9_000;
    broker.heartbeat();
    server.nowMs += 9_000;
    server.expiry.scan();
    assertThat(server.route("T")).isNotNull();
    server.nowMs += 2_000;
    server.expiry.scan();
    assertThat(server.route("T")).isNull();
  }

  @Test
  void aHeartbeatOfAnUnknownBrokerChangesNothing() {
    assertThat(server.broker().heartbeat().code()).isZero();
    assertThat(server.topics()).isEmpty();
  }

  @Test
  void aBrokerLearnsWhetherItsVersionIsKnown() {
    TestNameServer.Broker broker = server.broker();
    DataVersion first = new DataVersion(1, null, 7);
    Reply unknown = broker.queryVersion(first);
    assertThat(unknown.header()).isEqualTo(new RouteHeaders.QueryDataVersionReply(true));
    assertThat(unknown.body().isReadable()).isFalse();
    broker.register();
    Reply known = broker.queryVersion(first);
    assertThat(known.header()).isEqualTo(new RouteHeaders.QueryDataVersionReply(false));
    assertThat(Body.parse(DataVersion.class, known.body())).isEqualTo(first);
    assertThat(broker.queryVersion(new DataVersion(2, null, 7)).header())
        .isEqualTo(new RouteHeaders.QueryDataVersionReply(true));
  }

  @Test
  void askingForTheVersionKeepsABrokerAlive() {
    TestNameServer.Broker broker = server.broker();
    broker.register();
    server.nowMs += 100_000;
    broker.queryVersion(new DataVersion(1, null, 7));
    server.nowMs += 100_000;
    server.expiry.scan();
    assertThat(server.route("T")).isNotNull();
  }

  @Test
  void membersOfABrokerNameAreTold() {
    server.broker().register();
    server.broker().id(2).at("127.0.0.1:20911").register();
    assertThat(
            TestNameServer.text(
                server.ask(
                    RequestCode.GET_BROKER_MEMBER_GROUP,
                    new RouteHeaders.FindMembers("c", "broker-a"))))
        .isEqualTo(
            "{\"brokerMemberGroup\":{\"brokerAddrs\":{\"0\":\"127.0.0.1:10911\",\"2\":\"127.0.0.1:20911\"},\"brokerName\":\"broker-a\",\"cluster\":\"c\"}}");
  }

  @Test
  void aNodeOfAnEarlierEpochDoesNotPushOutALaterOne() {
    TestNameServer.Broker leader = server.broker();
    leader.actingMaster = false;
    leader.epoch = 5L;
    leader.register();
    TestNameServer.Broker stale = server.broker().at("127.0.0.1:20911");
    stale.actingMaster = false;
    stale.epoch = 4L;
    assertThat(stale.register().code()).isZero();
    assertThat(server.brokersOf("T").get("broker-a")).isEqualTo(Map.of(0L, "127.0.0.1:10911"));
  }

  @Test
  void theFirstSlaveOfA5xGroupBringsItsTopicsReadOnlyIfItStandsIn() {
    TestNameServer.Broker slave = server.broker().id(1);
    slave.actingMaster = true;
    slave.register();
    assertThat(server.permission("T", "broker-a")).isEqualTo(4);
  }

  @Test
  void aLostMasterOfAnActingGroupLeavesItsTopicsReadOnlyUntilItIsBack() {
    TestNameServer.Broker master = server.broker();
    TestNameServer.Broker slave = server.broker().id(1).at("127.0.0.1:20911");
    master.actingMaster = true;
    slave.actingMaster = true;
    master.register();
    slave.register();
    master.connection.close();
    assertThat(server.permission("T", "broker-a")).isEqualTo(4);
    master.connection = new Peer();
    master.register();
    assertThat(server.permission("T", "broker-a")).isEqualTo(6);
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../x", "a b", "", "a\u0000b", "a/b", "b\\c", "中", "x:y"})
  void aHostileBrokerNameIsRefused(String name) {
    Reply reply = server.broker().named(name).register();
    assertThat(reply.code()).isEqualTo(1);
    assertThat(reply.remark()).contains("broker name");
    assertThat(server.topics()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"h", ":1", "h:", "h:0", "h:65536", "h:-1", "h:1x", "a b:1", "a\n:1", "http://h:1"})
  void anAddressThatNobodyCanDialIsRefused(String address) {
    Reply reply = server.broker().at(address).register();
    assertThat(reply.code()).isEqualTo(1);
    assertThat(reply.remark()).contains("is not of the form host:port");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.1:1", "[::1]:65535", "my-host.example:10911", "fe80::1%eth0:99"})
  void anAddressThatCanBeDialledIsTaken(String address) {
    assertThat(server.broker().at(address).register().code()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"../../etc, true", "a b, true", "T+1, true", "%RETRY%g+T, false", "%DLQ%g, false"})
  void aHostileTopicIsLeftOutAndTheOthersAreTaken(String topic, boolean leftOut) {
    server.broker().topic(topic).register();
    assertThat(server.topics()).contains("T");
    assertThat(server.topics().contains(topic)).isEqualTo(!leftOut);
  }

  @Test
  void theTopicNamedAfterAHostIsTaken() {
    server.broker().named("host.example").topic("host.example").register();
    assertThat(server.topics()).contains("host.example");
  }

  @Test
  void whatAnApacheBrokerSendsIsUnderstood() {
    // Bodies made by RegisterBrokerBody.encode(true) of 4.9.5 and 5.5.0: one plain topic, one with
    // attributes.
    TestNameServer.Broker broker = server.broker();
    broker.send(broker.header(true, 0), HexFormat.of().parseHex(ApacheBodies.COMPRESSED_4_9_5));
    assertThat(server.topics()).containsExactlyInAnyOrder("TopicA", "TopicB");
    broker.requestVersion = 513;
    broker.changed();
    broker.send(broker.header(true, 0), HexFormat.of().parseHex(ApacheBodies.COMPRESSED_5_5_0));
    assertThat(server.topics()).containsExactlyInAnyOrder("TopicA", "TopicB", "TopicC");
  }

  @Test
  void aCompressedBodyThatTheHeaderCallsPlainIsUnderstood() { // as 5.5.0 sends it
    TestNameServer.Broker broker = server.broker();
    broker.requestVersion = 513;
    broker.send(broker.header(false, 0), HexFormat.of().parseHex(ApacheBodies.COMPRESSED_5_5_0));
    assertThat(server.topics()).containsExactlyInAnyOrder("TopicB", "TopicC");
  }
}
