package io.apogeemq.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {

  @Test
  void aFlagWinsOverTheFileAndTheFileOverTheEnvironment() throws Exception {
    Map<String, String> environment = Map.of("NAMESRV_ADDR", "env:1");
    ConfigFile file = ConfigFile.parse("b.conf", "namesrvAddr=file:2");

    Settings byEnvironment = broker().environment(environment).build();
    Settings byFile = broker().environment(environment).file(file).build();
    Settings byFlag =
        broker()
            .environment(environment)
            .file(file)
            .flag("-n", BrokerKeys.NAMESRV_ADDR, "flag:3")
            .build();

    assertThat(byEnvironment.get(BrokerKeys.NAMESRV_ADDR)).containsExactly(new HostPort("env", 1));
    assertThat(byFile.get(BrokerKeys.NAMESRV_ADDR)).containsExactly(new HostPort("file", 2));
    assertThat(byFlag.get(BrokerKeys.NAMESRV_ADDR)).containsExactly(new HostPort("flag", 3));
    assertThat(byFlag.source(BrokerKeys.NAMESRV_ADDR)).hasToString("-n");
    assertThat(byFile.source(BrokerKeys.NAMESRV_ADDR)).hasToString("b.conf:1");
  }

  @Test
  void withoutAnyNameServerGivenItIsTheOneOnThisHost() throws Exception {
    assertThat(broker().environment(Map.of()).build().get(BrokerKeys.NAMESRV_ADDR))
        .containsExactly(new HostPort("127.0.0.1", 9876));
  }

  @Test
  void severalNameServersArePartedBySemicolons() throws Exception {
    assertThat(
            broker("namesrvAddr=worker1:9876;worker2:9876; [::1]:9876 ;")
                .get(BrokerKeys.NAMESRV_ADDR))
        .containsExactly(
            new HostPort("worker1", 9876),
            new HostPort("worker2", 9876),
            new HostPort("::1", 9876));
  }

  @Test
  void anIpV6AddressMayStandInBracketsAsTheOriginalWritesIt() throws Exception {
    assertThat(broker("brokerIP1=[fd00::2]").get(BrokerKeys.BROKER_IP1)).isEqualTo("fd00::2");
    assertThat(broker("brokerIP1=fd00::2").get(BrokerKeys.BROKER_IP1)).isEqualTo("fd00::2");
  }

  @Test
  void theCommitLogLiesInTheStoreFolderUnlessItIsMovedAway() throws Exception {
    assertThat(broker("storePathRootDir=/s").get(BrokerKeys.STORE_PATH_COMMIT_LOG))
        .isEqualTo(Path.of("/s/commitlog"));
    assertThat(
            broker("storePathRootDir=/s\nstorePathCommitLog=/fast/log")
                .get(BrokerKeys.STORE_PATH_COMMIT_LOG))
        .isEqualTo(Path.of("/fast/log"));
  }

  @Test
  void theOldSpellingOfTheSegmentSizeIsUnderstood() throws Exception {
    assertThat(
            broker("mapedFileSizeCommitLog=16777216")
                .get(BrokerKeys.MAPPED_FILE_SIZE_COMMIT_LOG_BYTES))
        .isEqualTo(16777216);
  }

  @Test
  void anUnknownKeyIsAWarningThatNamesTheNearestKnownOne() throws Exception {
    assertThat(
            broker("listenport=10911\nautoCreateTopicEnabled=true\nbrokreName=b\nxyzzy=1")
                .warnings())
        .extracting(Problem::toString)
        .containsExactly(
            "b.conf:1: unknown key 'listenport' is ignored; did you mean listenPort?",
            "b.conf:2: unknown key 'autoCreateTopicEnabled' is ignored; did you mean"
                + " autoCreateTopicEnable?",
            "b.conf:3: unknown key 'brokreName' is ignored; did you mean brokerName?",
            "b.conf:4: unknown key 'xyzzy' is ignored");
  }

  @Test
  void everyWrongValueIsToldAtOnceWithKeyValueRangeAndLine() {
    assertThatThrownBy(
            () ->
                broker(
                    "listenPort=70000\nflushDiskType=FAST\n\nautoCreateTopicEnable=yes\n"
                        + "namesrvAddr=worker1\nstorePathRootDir=~/store\ndeleteWhen=24"))
        .isInstanceOfSatisfying(
            ConfigRejected.class,
            e ->
                assertThat(e.problems())
                    .extracting(Problem::toString)
                    .containsExactly(
                        "b.conf:1: listenPort=70000 is not allowed: it must be 3..65535",
                        "b.conf:2: flushDiskType=FAST is not allowed: it must be ASYNC_FLUSH |"
                            + " SYNC_FLUSH",
                        "b.conf:4: autoCreateTopicEnable=yes is not allowed: it must be true | false",
                        "b.conf:5: namesrvAddr=worker1 is not allowed ('worker1' is not host:port):"
                            + " it must be host:port, several parted by ';'",
                        "b.conf:6: storePathRootDir=~/store is not allowed ('~' is not replaced by"
                            + " the home folder; write the whole path): it must be path",
                        "b.conf:7: deleteWhen=24 is not allowed: it must be 00..23, several parted"
                            + " by ';'"));
  }

  @Test
  void aSegmentThatIsTooSmallForAMessageIsRefused() {
    assertThatThrownBy(() -> broker("mappedFileSizeCommitLog=5000000"))
        .isInstanceOf(ConfigRejected.class)
        .hasMessageContaining("b.conf:1: mappedFileSizeCommitLog=5000000 is too small")
        .hasMessageContaining("maxMessageSize=4194304");
  }

  @Test
  void aSlaveNeedsAnIdOfItsOwn() {
    assertThatThrownBy(() -> broker("brokerRole=SLAVE"))
        .isInstanceOf(ConfigRejected.class)
        .hasMessageContaining("needs a brokerId of 1 or more");
  }

  @Test
  void keysWithoutMeaningHereAreNamedInOneSentence() throws Exception {
    Settings settings =
        broker(
            "storePathConsumeQueue=/a\nstorePathIndex=/b\nsendMessageThreadPoolNums=16\n"
                + "timerRocksDBEnable=false\nbrokerName=b");

    assertThat(settings.warnings()).isEmpty();
    assertThat(settings.withoutMeaning())
        .hasValue(
            "Accepted, but without meaning here: storePathConsumeQueue, storePathIndex,"
                + " sendMessageThreadPoolNums, timerRocksDBEnable (see docs/CONFIG.md)");
    assertThat(broker("brokerName=b").withoutMeaning()).isEmpty();
  }

  @Test
  void rolesThatAreNotBuiltRefuseTheStart() throws Exception {
    for (String text :
        List.of(
            "brokerRole=SLAVE\nbrokerId=1",
            "brokerRole=SYNC_MASTER",
            "enableDLegerCommitLog=true",
            "authenticationEnabled=true",
            "authorizationEnabled=true")) {
      assertThat(broker(text).refusals()).as(text).hasSize(1);
    }
    assertThat(
            broker("brokerRole=ASYNC_MASTER\nauthenticationEnabled=false\nslaveReadEnable=true")
                .refusals())
        .isEmpty();
  }

  @Test
  void aFeatureThatIsNotBuiltIsSaidWhenIgnoringItBreaksNoPromise() throws Exception {
    assertThat(broker("slaveReadEnable=true").notBuilt())
        .extracting(Problem::toString)
        .containsExactly(
            "b.conf:1: slaveReadEnable=true needs reading from slaves, which this version does not"
                + " have; the setting has no effect yet");
    assertThat(broker("slaveReadEnable=false").notBuilt()).isEmpty();
  }

  @Test
  void aBrokerNameThatNameServersRefuseStopsTheStart() {
    assertThatThrownBy(() -> broker("brokerName=a/b"))
        .isInstanceOf(ConfigRejected.class)
        .hasMessageContaining("brokerName=a/b is not allowed: it must be 1 to 127");
  }

  @Test
  void aKeyGivenTwiceIsAWarningAndTheLastOneCounts() throws Exception {
    Settings settings = broker("brokerName=a\nbrokerName=b");

    assertThat(settings.get(BrokerKeys.BROKER_NAME)).isEqualTo("b");
    assertThat(settings.warnings())
        .extracting(Problem::toString)
        .containsExactly("b.conf:2: brokerName is given again; the value in line 1 is not used");
  }

  @Test
  void whatIsPrintedCanBeReadBackToTheSameSettings() throws Exception {
    Settings before =
        broker("brokerName=b\nnamesrvAddr=[::1]:9876\ndeleteWhen=4;16\nbrokerIP1=10.0.0.1");
    StringBuilder file = new StringBuilder();
    before
        .asText()
        .forEach((name, value) -> file.append(name).append('=').append(value).append('\n'));

    assertThat(broker(file.toString()).asText()).isEqualTo(before.asText());
  }

  @Test
  void aPasswordIsNeverPrinted() throws Exception {
    Settings settings = broker("tls.server.keyPassword=hunter2");

    assertThat(settings.asText()).containsEntry("tls.server.keyPassword", "******");
    assertThat(settings.notBuilt().toString()).doesNotContain("hunter2");
  }

  @Test
  void theFilesOfTheApacheDistributionNameNoUnknownKey() throws Exception {
    // The keys of conf/broker.conf, conf/2m-2s-*/, conf/dledger/ and of the usual tutorials.
    Settings settings =
        broker(
            """
            brokerClusterName = RaftCluster
            brokerName=RaftNode00
            brokerId=0
            deleteWhen=04
            fileReservedTime=120
            brokerRole=ASYNC_MASTER
            flushDiskType=ASYNC_FLUSH
            listenPort=30911
            namesrvAddr=worker1:9876;worker2:9876;worker3:9876
            autoCreateTopicEnable=true
            storePathRootDir=/tmp/rmqstore/node00
            storePathCommitLog=/tmp/rmqstore/node00/commitlog
            storePathConsumeQueue=/tmp/rmqstore/node00/consumequeue
            storePathIndex=/tmp/rmqstore/node00/index
            storeCheckpoint=/tmp/rmqstore/node00/checkpoint
            abortFile=/tmp/rmqstore/node00/abort
            enableDLegerCommitLog=true
            dLegerGroup=RaftNode00
            dLegerPeers=n0-127.0.0.1:40911;n1-127.0.0.1:40912;n2-127.0.0.1:40913
            dLegerSelfId=n0
            sendMessageThreadPoolNums=16
            """);

    assertThat(settings.warnings()).isEmpty();
    assertThat(settings.refusals()).extracting(Problem::where).containsExactly("b.conf:17");
  }

  @Test
  void everyDefaultIsAnAllowedValue() throws Exception {
    for (KeyTable table : List.of(BrokerKeys.TABLE, NamesrvKeys.TABLE)) {
      Settings settings = Settings.defaults(table);
      for (Key<?> key : table.keys()) {
        String printed = settings.asText().get(key.name());
        assertThat(key.type().parse(printed)).as(key.name()).isEqualTo(settings.get(key));
      }
      assertThat(settings.refusals()).isEmpty();
    }
  }

  private static Settings.Builder broker() {
    return Settings.of(BrokerKeys.TABLE);
  }

  private static Settings broker(String file) throws ConfigRejected {
    return broker().file(ConfigFile.parse("b.conf", file)).build();
  }
}
