package io.apogeemq.broker.stats;

import static io.apogeemq.protocol.remoting.RequestCode.GET_BROKER_CONFIG;
import static io.apogeemq.protocol.remoting.RequestCode.GET_BROKER_CONSUME_STATS;
import static io.apogeemq.protocol.remoting.RequestCode.GET_BROKER_RUNTIME_INFO;
import static io.apogeemq.protocol.remoting.RequestCode.GET_CONSUME_STATS;
import static io.apogeemq.protocol.remoting.RequestCode.GET_MAX_OFFSET;
import static io.apogeemq.protocol.remoting.RequestCode.GET_TOPIC_STATS_INFO;
import static io.apogeemq.protocol.remoting.RequestCode.QUERY_CONSUME_QUEUE;
import static io.apogeemq.protocol.remoting.RequestCode.QUERY_CONSUME_TIME_SPAN;
import static io.apogeemq.protocol.remoting.RequestCode.QUERY_TOPIC_CONSUME_BY_WHO;
import static io.apogeemq.protocol.remoting.RequestCode.UPDATE_BROKER_CONFIG;
import static io.apogeemq.protocol.remoting.RequestCode.VIEW_BROKER_STATS_DATA;
import static io.apogeemq.protocol.remoting.RequestCode.VIEW_MESSAGE_BY_ID;
import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.broker.TestTables;
import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.BrokerStatsData;
import io.apogeemq.protocol.body.ConsumeStats;
import io.apogeemq.protocol.body.ConsumeStatsList;
import io.apogeemq.protocol.body.GroupList;
import io.apogeemq.protocol.body.KvTable;
import io.apogeemq.protocol.body.MessageQueue;
import io.apogeemq.protocol.body.QueryConsumeQueueBody;
import io.apogeemq.protocol.body.QueryConsumeTimeSpan;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.body.TopicStatsTable;
import io.apogeemq.protocol.header.QueryHeaders;
import io.apogeemq.protocol.header.QueueHeaders;
import io.apogeemq.protocol.header.StatsHeaders;
import io.apogeemq.protocol.header.TopicHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.store.AppendResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatsHandlersTest {
  private static final MessageQueue QUEUE_0 = new MessageQueue("broker-a", 0, "T");
  private static final MessageQueue QUEUE_1 = new MessageQueue("broker-a", 1, "T");

  @TempDir Path folder;
  private TestTables tables;
  private AppendResult.Appended last;

  @BeforeEach
  void fill() throws IOException {
    tables = TestTables.open(folder);
    TestTables.await(tables.topics.put(TopicConfig.of("T", 2, 6)));
    for (int i = 0; i < 5; i++) {
      last = tables.store().append("T", 0, "m" + i);
    }
    TestTables.await(tables.groups.onUse("G"));
    tables.offsets.commit("G", "T", 0, 3);
  }

  @AfterEach
  void close() {
    tables.close();
  }

  @Test
  void aTopicsQueuesShowTheirEndsAndWhenTheyWereWrittenLast() {
    TopicStatsTable stats =
        Body.parse(
            TopicStatsTable.class,
            tables.ask(GET_TOPIC_STATS_INFO, new TopicHeaders.OfTopic("T")).body());
    assertThat(stats.offsetTable())
        .isEqualTo(
            Map.of(
                QUEUE_0,
                new TopicStatsTable.TopicOffset(last.storeTimestampMs(), 5, 0),
                QUEUE_1,
                new TopicStatsTable.TopicOffset(0, 0, 0)));
    assertThat(tables.ask(GET_TOPIC_STATS_INFO, new TopicHeaders.OfTopic("No")).code())
        .isEqualTo(ResponseCode.TOPIC_NOT_EXIST);
  }

  @Test
  void aGroupsLagCountsFromWhatItCommitted() {
    tables.offsets.handedOut("G", "T", 0, 4);
    ConsumeStats stats = consumeStats();
    ConsumeStats.OffsetWrapper row = stats.offsetTable().get(QUEUE_0);
    assertThat(row.brokerOffset()).isEqualTo(5);
    assertThat(row.consumerOffset()).isEqualTo(3);
    assertThat(row.pullOffset()).isEqualTo(4);
    assertThat(row.lastTimestamp()).isPositive();
    assertThat(stats.offsetTable().get(QUEUE_1).consumerOffset()).isZero();
    tables.offsets.commit("G", "T", 0, 5);
    assertThat(consumeStats().offsetTable().get(QUEUE_0).pullOffset()).isEqualTo(5);
  }

  @Test
  void theBrokersLagIsTheSumOfAllGroups() {
    ConsumeStatsList all =
        Body.parse(
            ConsumeStatsList.class,
            tables
                .ask(GET_BROKER_CONSUME_STATS, new StatsHeaders.BrokerConsumeStats(false))
                .body());
    assertThat(all.totalDiff()).isEqualTo(2);
    assertThat(all.brokerAddr()).isEqualTo("127.0.0.1:10911");
  }

  @Test
  void aTopicKnowsItsGroups() {
    assertThat(
            Body.parse(
                    GroupList.class,
                    tables.ask(QUERY_TOPIC_CONSUME_BY_WHO, new TopicHeaders.OfTopic("T")).body())
                .groupList())
        .containsExactly("G");
  }

  @Test
  void timeSpansGoFromTheFirstToTheLastMessage() {
    QueryConsumeTimeSpan spans =
        Body.parse(
            QueryConsumeTimeSpan.class,
            tables.ask(QUERY_CONSUME_TIME_SPAN, new StatsHeaders.TimeSpan("T", "G")).body());
    QueryConsumeTimeSpan.QueueTimeSpan full = spans.consumeTimeSpanSet().get(0);
    assertThat(full.maxTimeStamp()).isEqualTo(last.storeTimestampMs());
    assertThat(full.minTimeStamp()).isPositive().isLessThanOrEqualTo(full.consumeTimeStamp());
    assertThat(spans.consumeTimeSpanSet().get(1).maxTimeStamp()).isEqualTo(-1);
  }

  @Test
  void ratesFollowWhatIsCounted() {
    for (int second = 0; second < 120; second++) {
      tables.rates.putMessages("T", 10, 1000);
      tables.rates.gotMessages("G", "T", 5, 500);
      tables.clockMs().addAndGet(1000);
      tables.rates.tick();
    }
    BrokerStatsData put = brokerStats("TOPIC_PUT_NUMS", "T");
    assertThat(put.statsMinute().sum()).isEqualTo(600);
    assertThat(put.statsMinute().tps()).isEqualTo(10.0);
    assertThat(brokerStats("TOPIC_PUT_SIZE", "T").statsMinute().tps()).isEqualTo(1000.0);
    assertThat(brokerStats("GROUP_GET_NUMS", "T@G").statsMinute().tps()).isEqualTo(5.0);
    assertThat(consumeStats().consumeTps()).isEqualTo(5.0);
    assertThat(
            tables
                .ask(VIEW_BROKER_STATS_DATA, new StatsHeaders.BrokerStats("TOPIC_PUT_NUMS", "No"))
                .code())
        .isEqualTo(ResponseCode.SYSTEM_ERROR);
    Map<String, String> runtime = runtime();
    assertThat(runtime.get("putTps")).isEqualTo("10.0 10.0 10.0 ");
    assertThat(runtime.get("getTransferedTps")).isEqualTo("5.0 5.0 5.0 ");
    assertThat(runtime.get("msgPutTotalTodayNow")).isEqualTo("1200");
  }

  @Test
  void aDeletedTopicIsNoLongerCounted() {
    tables.rates.putMessages("T", 1, 10);
    tables.rates.gotMessages("G", "T", 1, 10);
    TestTables.await(tables.topics.delete("T"));
    assertThat(tables.rates.putInto("T")).isNull();
    assertThat(tables.rates.gotFrom("T", "G")).isNull();
  }

  @Test
  void onlyAFewLookupsAreOnTheirWayAtATime() {
    List<Promise<Void>> started = new ArrayList<>();
    List<Supplier<Future<?>>> lookups = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      lookups.add(
          () -> {
            Promise<Void> lookup = Promise.promise();
            started.add(lookup);
            return lookup.future();
          });
    }
    Future<Void> all = Lookups.run(lookups, 3);
    assertThat(started).hasSize(3);
    for (int i = 0; i < 10; i++) {
      assertThat(all.isComplete()).isFalse();
      started.get(i).complete();
    }
    assertThat(all.succeeded()).isTrue();
    assertThat(Lookups.run(List.of(), 3).succeeded()).isTrue();
  }

  @Test
  void totalsOfTodayBeginAtMidnight() {
    tables.rates.tick();
    tables.rates.putMessages("T", 7, 70);
    tables.rates.tick();
    tables.clockMs().addAndGet(Duration.ofDays(1).toMillis());
    tables.rates.putMessages("T", 2, 20);
    tables.rates.tick();
    Map<String, String> runtime = runtime();
    assertThat(runtime.get("msgPutTotalYesterdayMorning")).isEqualTo("0");
    assertThat(runtime.get("msgPutTotalTodayMorning")).isEqualTo("7");
    assertThat(runtime.get("msgPutTotalTodayNow")).isEqualTo("9");
  }

  @Test
  void runtimeInfoHasEveryNameThatToolsOfBothVersionsRead() {
    tables.rates.putTook(3_000_000);
    assertThat(runtime())
        .containsKeys(
            "brokerVersionDesc",
            "putTps",
            "getTransferedTps",
            "getTransferredTps",
            "getTotalTps",
            "getFoundTps",
            "getMissTps",
            "sendThreadPoolQueueSize",
            "pullThreadPoolQueueSize",
            "sendThreadPoolQueueHeadWaitTimeMills",
            "pullThreadPoolQueueHeadWaitTimeMills",
            "ackThreadPoolQueueSize",
            "ackThreadPoolQueueHeadWaitTimeMills",
            "pageCacheLockTimeMills",
            "earliestMessageTimeStamp",
            "commitLogDiskRatio",
            "commitLogDirCapacity",
            "timerReadBehind",
            "timerOffsetBehind",
            "timerCongestNum",
            "timerEnqueueTps",
            "timerDequeueTps",
            "brokerActive",
            "msgPutTotalYesterdayMorning",
            "msgPutTotalTodayMorning",
            "msgPutTotalTodayNow",
            "msgGetTotalYesterdayMorning",
            "msgGetTotalTodayMorning",
            "msgGetTotalTodayNow",
            "runtime",
            "bootTimestamp",
            "putLatency99",
            "putLatency999",
            "putMessageDistributeTime",
            "commitLogMaxOffset",
            "remainHowManyDataToFlush",
            "EndTransactionQueueSize",
            "putMessageAverageSize")
        .containsEntry(
            "commitLogMaxOffset", Long.toString(tables.store().store().status().appendedPosition()))
        .hasEntrySatisfying(
            "putLatency99", ms -> assertThat(Double.parseDouble(ms)).isBetween(3.0, 4.0))
        .hasEntrySatisfying(
            "earliestMessageTimeStamp", ms -> assertThat(Long.parseLong(ms)).isPositive());
  }

  @Test
  void liveKeysOfTheConfigurationCanBeChangedAndNoOthers() {
    assertThat(change("fileReservedTime=48\n").code()).isEqualTo(ResponseCode.SUCCESS);
    assertThat(tables.ask(GET_BROKER_CONFIG).body().toString(StandardCharsets.UTF_8))
        .contains("fileReservedTime=48\n");
    RemotingCommand refused = change("fileReservedTime=24\nflushDiskType=SYNC_FLUSH\n");
    assertThat(refused.code()).isEqualTo(ResponseCode.NO_PERMISSION);
    assertThat(refused.remark()).contains("flushDiskType", "start the broker again");
    assertThat(change("fileReservedTime=soon\n").code()).isEqualTo(ResponseCode.INVALID_PARAMETER);
    assertThat(change("fileReservedTimes=1\n").remark()).contains("did you mean fileReservedTime");
    assertThat(tables.ask(GET_BROKER_CONFIG).body().toString(StandardCharsets.UTF_8))
        .contains("fileReservedTime=48\n");
  }

  private RemotingCommand change(String lines) {
    return tables.ask(
        RemotingCommand.request(UPDATE_BROKER_CONFIG).body(lines.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void queuesAndMessagesCanBeLookedAt() {
    assertThat(
            tables
                .ask(GET_MAX_OFFSET, new QueueHeaders.Ends("T", 0))
                .header(QueueHeaders.OffsetReply.class)
                .offset())
        .isEqualTo(5);
    QueryConsumeQueueBody entries =
        Body.parse(
            QueryConsumeQueueBody.class,
            tables.ask(QUERY_CONSUME_QUEUE, new QueueHeaders.Entries("T", 0, 4, 10, null)).body());
    assertThat(entries.maxQueueIndex()).isEqualTo(5);
    List<QueryConsumeQueueBody.Entry> rows = entries.queueData();
    assertThat(rows).hasSize(1);
    assertThat(rows.get(0).physicOffset()).isEqualTo(last.logPosition());
    RemotingCommand message =
        tables.ask(VIEW_MESSAGE_BY_ID, new QueryHeaders.ById(last.logPosition()));
    assertThat(message.body().toString(StandardCharsets.ISO_8859_1)).contains("m4");
    message.release();
    RemotingCommand nothing =
        tables.ask(VIEW_MESSAGE_BY_ID, new QueryHeaders.ById(last.logPosition() + 1));
    assertThat(nothing.code()).isEqualTo(ResponseCode.SYSTEM_ERROR);
    assertThat(nothing.remark()).contains("can not find message by the offset");
  }

  private ConsumeStats consumeStats() {
    return Body.parse(
        ConsumeStats.class,
        tables.ask(GET_CONSUME_STATS, new StatsHeaders.ConsumeStats("G", null, null)).body());
  }

  private BrokerStatsData brokerStats(String name, String key) {
    return Body.parse(
        BrokerStatsData.class,
        tables.ask(VIEW_BROKER_STATS_DATA, new StatsHeaders.BrokerStats(name, key)).body());
  }

  private Map<String, String> runtime() {
    return Body.parse(KvTable.class, tables.ask(GET_BROKER_RUNTIME_INFO).body()).table();
  }
}
