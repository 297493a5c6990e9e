package io.apogeemq.namesrv;

import static io.apogeemq.namesrv.TestNameServer.NOTHING;
import static io.apogeemq.namesrv.TestNameServer.text;
import static io.apogeemq.namesrv.TestNameServer.topicList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.protocol.body.QueueData;
import io.apogeemq.protocol.body.TopicRoute;
import io.apogeemq.protocol.header.KvHeaders;
import io.apogeemq.protocol.header.RouteHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.remoting.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NameServerRequestsTest {
  @TempDir Path folder;
  private TestNameServer server;

  @BeforeEach
  void start() {
    server = new TestNameServer(folder);
  }

  private Reply askRoute(String topic, Boolean standardOnly, int clientVersion) {
    return server.ask(
        new Peer(),
        RemotingCommand.request(
                RequestCode.GET_ROUTEINFO_BY_TOPIC, new RouteHeaders.GetRoute(topic, standardOnly))
            .version(clientVersion));
  }

  @Test
  void theRouteIsByteForByteTheOriginals() {
    server.broker().register();
    String newForm =
        "{\"brokerDatas\":[{\"brokerAddrs\":{\"0\":\"127.0.0.1:10911\"},\"brokerName\":\"broker-a\",\"cluster\":\"c\"}],\"filterServerTable\":{},\"queueDatas\":[{\"brokerName\":\"broker-a\",\"perm\":6,\"readQueueNums\":4,\"topicSysFlag\":0,\"writeQueueNums\":8}]}";
    String oldForm = newForm.replace("{\"0\":", "{0:");
    assertThat(text(askRoute("T", null, 401))).isEqualTo(newForm);
    assertThat(text(askRoute("T", null, 513))).isEqualTo(newForm);
    assertThat(text(askRoute("T", true, 399))).isEqualTo(newForm);
    assertThat(text(askRoute("T", null, 399))).isEqualTo(oldForm);
    assertThat(text(askRoute("T", false, 399))).isEqualTo(oldForm);
  }

  @Test
  void theRouteOfA5xBrokerSaysWhetherASlaveStandsIn() {
    TestNameServer.Broker broker = server.broker();
    broker.actingMaster = false;
    broker.register();
    assertThat(text(askRoute("T", null, 513))).contains(",\"enableActingMaster\":false}");
  }

  @Test
  void anUnknownTopicIsAnsweredWithCauseAndCure() {
    Reply empty = askRoute("NoSuch", null, 403);
    assertThat(empty.code()).isEqualTo(17);
    assertThat(empty.remark())
        .isEqualTo(
            "No topic route info in name server for the topic: NoSuch\n"
                + "No broker is registered here. Start one with this name server in its namesrvAddr.");
    server.broker().register();
    assertThat(askRoute("NoSuch", null, 403).remark())
        .startsWith("No topic route info in name server for the topic: NoSuch\n")
        .contains("mqadmin updateTopic", "autoCreateTopicEnable=true", "mqadmin clusterList");
  }

  @Test
  void aHostileTopicIsNotEchoedAsItIs() {
    assertThat(askRoute("x\r\n\u0007" + "y".repeat(500), null, 403).remark())
        .startsWith("No topic route info in name server for the topic: x???yyy")
        .hasSizeLessThan(400);
  }

  @Test
  void aMissingTopicFieldIsNamed() {
    Reply reply =
        server.ask(new Peer(), RemotingCommand.request(RequestCode.GET_ROUTEINFO_BY_TOPIC));
    assertThat(reply.code()).isEqualTo(1);
    assertThat(reply.remark()).isEqualTo("the custom field <topic> is null");
  }

  @Test
  void anAddressCanDependOnWhoAsks() {
    Peer inside = new Peer();
    TestNameServer views =
        new TestNameServer(
            NameServerConfig.of("127.0.0.1", 0, folder.resolve("kv.json")),
            (address, asking) -> asking == inside ? address : "198.51.100.7:10911");
    views.broker().register();
    assertThat(views.brokersOf("T").get("broker-a")).isEqualTo(Map.of(0L, "198.51.100.7:10911"));
    assertThat(
            text(
                views.ask(
                    inside,
                    RemotingCommand.request(
                        RequestCode.GET_ROUTEINFO_BY_TOPIC, new RouteHeaders.GetRoute("T", true)))))
        .contains("127.0.0.1:10911");
    assertThat(text(views.ask(RequestCode.GET_BROKER_CLUSTER_INFO, NOTHING)))
        .contains("198.51.100.7:10911")
        .doesNotContain("127.0.0.1:10911");
  }

  @Test
  void clustersAreListed() {
    server.broker().register();
    server.broker().named("broker-b").at("127.0.0.1:11911").register();
    assertThat(text(server.ask(RequestCode.GET_BROKER_CLUSTER_INFO, NOTHING)))
        .isEqualTo(
            "{\"brokerAddrTable\":{\"broker-a\":{\"brokerAddrs\":{\"0\":\"127.0.0.1:10911\"},\"brokerName\":\"broker-a\",\"cluster\":\"c\"},\"broker-b\":{\"brokerAddrs\":{\"0\":\"127.0.0.1:11911\"},\"brokerName\":\"broker-b\",\"cluster\":\"c\"}},\"clusterAddrTable\":{\"c\":[\"broker-a\",\"broker-b\"]}}");
  }

  @Test
  void topicsAreListedAllAndByCluster() {
    server.broker().register();
    TestNameServer.Broker elsewhere = server.broker().named("broker-z").at("127.0.0.1:12911");
    elsewhere.cluster = "z";
    elsewhere.topic("OnlyZ").register();
    assertThat(server.topics()).containsExactlyInAnyOrder("T", "TBW102", "OnlyZ");
    assertThat(topicsOf("c")).containsExactlyInAnyOrder("T", "TBW102");
    assertThat(topicsOf("z")).containsExactlyInAnyOrder("T", "TBW102", "OnlyZ");
    assertThat(topicsOf("nowhere")).isEmpty();
  }

  private Iterable<String> topicsOf(String cluster) {
    return topicList(
        server.ask(RequestCode.GET_TOPICS_BY_CLUSTER, new RouteHeaders.TopicsOfCluster(cluster)));
  }

  @Test
  void clusterAndBrokerNamesAreTheSystemTopics() {
    server.broker().register();
    assertThat(text(server.ask(RequestCode.GET_SYSTEM_TOPIC_LIST_FROM_NS, NOTHING)))
        .isEqualTo("{\"brokerAddr\":\"127.0.0.1:10911\",\"topicList\":[\"broker-a\",\"c\"]}");
  }

  @Test
  void systemTopicsOfAnEmptyNameServerAreNone() {
    assertThat(text(server.ask(RequestCode.GET_SYSTEM_TOPIC_LIST_FROM_NS, NOTHING)))
        .isEqualTo("{\"topicList\":[]}");
  }

  @Test
  void unitTopicsAreToldByTheirFlags() {
    server.broker().topic("Unit", 6, 1).topic("Sub", 6, 2).topic("Both", 6, 3).register();
    assertThat(topicList(server.ask(RequestCode.GET_UNIT_TOPIC_LIST, NOTHING)))
        .containsExactlyInAnyOrder("Unit", "Both");
    assertThat(topicList(server.ask(RequestCode.GET_HAS_UNIT_SUB_TOPIC_LIST, NOTHING)))
        .containsExactlyInAnyOrder("Sub", "Both");
    assertThat(topicList(server.ask(RequestCode.GET_HAS_UNIT_SUB_UNUNIT_TOPIC_LIST, NOTHING)))
        .containsExactlyInAnyOrder("Sub");
  }

  @Test
  void aTopicIsDeletedInOneClusterOnly() {
    server.broker().register();
    TestNameServer.Broker elsewhere = server.broker().named("broker-z").at("127.0.0.1:12911");
    elsewhere.cluster = "z";
    elsewhere.register();
    server.ask(RequestCode.DELETE_TOPIC_IN_NAMESRV, new RouteHeaders.DeleteTopicRoute("T", "z"));
    assertThat(server.brokersOf("T").keySet()).containsExactly("broker-a");
    server.ask(RequestCode.DELETE_TOPIC_IN_NAMESRV, new RouteHeaders.DeleteTopicRoute("T", "c"));
    assertThat(server.topics()).doesNotContain("T");
  }

  @Test
  void aTopicIsRegisteredOnKnownBrokersOnly() {
    server.broker().register();
    TopicRoute route =
        new TopicRoute(
            List.of(),
            Map.of(),
            null,
            List.of(new QueueData("broker-a", 6, 2, 0, 2), new QueueData("stranger", 6, 2, 0, 2)));
    server.ask(
        new Peer(),
        RemotingCommand.request(
                RequestCode.REGISTER_TOPIC_IN_NAMESRV, new RouteHeaders.RegisterTopicRoute("Made"))
            .body(route.toJson()));
    assertThat(server.brokersOf("Made").keySet()).containsExactly("broker-a");
    assertThat(server.route("Made").queueDatas())
        .containsExactly(new QueueData("broker-a", 6, 2, 0, 2));
  }

  @Test
  void writePermissionIsTakenAndGivenBack() {
    server.broker().register();
    RouteHeaders.WritePermission brokerA = new RouteHeaders.WritePermission("broker-a");
    assertThat(server.ask(RequestCode.WIPE_WRITE_PERM_OF_BROKER, brokerA).header())
        .isEqualTo(new RouteHeaders.WipeReply(2));
    assertThat(server.permission("T", "broker-a")).isEqualTo(4);
    assertThat(server.ask(RequestCode.ADD_WRITE_PERM_OF_BROKER, brokerA).header())
        .isEqualTo(new RouteHeaders.AddReply(2));
    assertThat(server.permission("T", "broker-a")).isEqualTo(6);
    assertThat(
            server
                .ask(
                    RequestCode.WIPE_WRITE_PERM_OF_BROKER,
                    new RouteHeaders.WritePermission("nobody"))
                .header())
        .isEqualTo(new RouteHeaders.WipeReply(0));
  }

  @Test
  void valuesAreKeptOverARestart() {
    assertThat(put("ORDER_TOPIC_CONFIG", "T", "broker-a:4").code()).isZero();
    assertThat(folder.resolve("kvConfig.json"))
        .hasContent("{\"configTable\":{\"ORDER_TOPIC_CONFIG\":{\"T\":\"broker-a:4\"}}}");
    server = new TestNameServer(folder);
    assertThat(get("ORDER_TOPIC_CONFIG", "T").header())
        .isEqualTo(new KvHeaders.GetReply("broker-a:4"));
  }

  @Test
  void aMissingValueIsNamed() {
    Reply missing = get("n", "k");
    assertThat(missing.code()).isEqualTo(22);
    assertThat(missing.remark()).isEqualTo("No config item, Namespace: n Key: k");
    Reply list = server.ask(RequestCode.GET_KVLIST_BY_NAMESPACE, new KvHeaders.ListNamespace("n"));
    assertThat(list.code()).isEqualTo(22);
    assertThat(list.remark()).isEqualTo("No config item, Namespace: n");
  }

  @Test
  void aDeletedKeyLeavesItsNamespace() {
    put("n", "k", "v");
    server.ask(RequestCode.DELETE_KV_CONFIG, new KvHeaders.Delete("n", "k"));
    assertThat(get("n", "k").code()).isEqualTo(22);
    assertThat(
            text(server.ask(RequestCode.GET_KVLIST_BY_NAMESPACE, new KvHeaders.ListNamespace("n"))))
        .isEqualTo("{\"table\":{}}");
  }

  @Test
  void aHostileKeyIsRefused() {
    assertThat(put(" ", "k", "v").code()).isEqualTo(1);
    assertThat(put("n", "a\nb", "v").code()).isEqualTo(1);
    assertThat(put("n", "k".repeat(256), "v").remark()).contains("1 to 255 characters");
    assertThat(put("n", "k", "v".repeat(33_000)).remark()).contains("over the limit");
    assertThat(folder.resolve("kvConfig.json")).doesNotExist();
  }

  private Reply put(String namespace, String key, String value) {
    return server.ask(RequestCode.PUT_KV_CONFIG, new KvHeaders.Put(namespace, key, value));
  }

  private Reply get(String namespace, String key) {
    return server.ask(RequestCode.GET_KV_CONFIG, new KvHeaders.Get(namespace, key));
  }

  @Test
  void aDamagedFileIsNotOverwritten() throws IOException {
    Path file = folder.resolve("kvConfig.json");
    Files.writeString(file, "{\"configTable\":");
    assertThatThrownBy(() -> KvConfig.load(file, task -> null))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("kvConfig.json is not a key/value configuration");
    assertThat(file).hasContent("{\"configTable\":");
  }

  @Test
  void theConfigurationOfOrderedTopicsComesWithTheRouteIfSwitchedOn() {
    NameServerConfig usual = NameServerConfig.of("127.0.0.1", 0, folder.resolve("kvConfig.json"));
    NameServerConfig ordered =
        new NameServerConfig(
            usual.host(), 0, usual.kvConfigPath(), true, false, true, true, 5_000, Map.of());
    put("ORDER_TOPIC_CONFIG", "T", "broker-a:4");
    server.broker().register();
    assertThat(server.route("T").orderTopicConf()).isNull();
    server = new TestNameServer(ordered, AddressView.AS_REGISTERED);
    server.broker().register();
    assertThat(server.route("T").orderTopicConf()).isEqualTo("broker-a:4");
  }

  @Test
  void aStandInIsShownAsMasterIfSwitchedOn() {
    NameServerConfig usual = NameServerConfig.of("127.0.0.1", 0, folder.resolve("kvConfig.json"));
    server =
        new TestNameServer(
            new NameServerConfig(
                usual.host(), 0, usual.kvConfigPath(), false, true, true, true, 5_000, Map.of()),
            AddressView.AS_REGISTERED);
    TestNameServer.Broker slave =
        server.broker().id(2).topic("rmq_sys_SYNC_BROKER_MEMBER_broker-a");
    slave.actingMaster = true;
    slave.register();
    assertThat(server.brokersOf("T").get("broker-a")).isEqualTo(Map.of(0L, "127.0.0.1:10911"));
    assertThat(server.brokersOf("rmq_sys_SYNC_BROKER_MEMBER_broker-a").get("broker-a"))
        .isEqualTo(Map.of(2L, "127.0.0.1:10911"));
  }

  @Test
  void listsCanBeSwitchedOff() {
    NameServerConfig off =
        new NameServerConfig(
            "127.0.0.1",
            0,
            folder.resolve("kvConfig.json"),
            false,
            false,
            true,
            false,
            5_000,
            Map.of());
    server = new TestNameServer(off, AddressView.AS_REGISTERED);
    Reply reply = server.ask(RequestCode.GET_ALL_TOPIC_LIST_FROM_NAMESERVER, NOTHING);
    assertThat(reply.code()).isEqualTo(1);
    assertThat(reply.remark()).startsWith("disable");
  }

  @Test
  void theConfigurationIsShownWithoutSecretsAndCannotBeChanged() throws IOException {
    NameServerConfig config =
        new NameServerConfig(
            "127.0.0.1",
            0,
            folder.resolve("kvConfig.json"),
            false,
            false,
            true,
            true,
            5_000,
            Map.of("listenPort", "9876", "tls.server.keyPassword", "hunter2", "aclSecretKey", "x"));
    server = new TestNameServer(config, AddressView.AS_REGISTERED);
    assertThat(text(server.ask(RequestCode.GET_NAMESRV_CONFIG, NOTHING)))
        .isEqualTo("listenPort=9876\n");
    Reply refused =
        server.ask(
            new Peer(),
            RemotingCommand.request(RequestCode.UPDATE_NAMESRV_CONFIG)
                .body("configStorePath=/tmp/x".getBytes(StandardCharsets.UTF_8)));
    assertThat(refused.code()).isEqualTo(16);
    assertThat(refused.remark()).contains("can't be changed over the network");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void aCodeThatIsNotOursIsAnsweredNotSupported() {
    Reply reply = server.ask(new Peer(), RemotingCommand.request(9999));
    assertThat(reply.code()).isEqualTo(3);
    assertThat(reply.remark()).isEqualTo(" request type 9999 not supported");
  }
}
