package io.apogeemq.client;

import io.apogeemq.protocol.body.ConsumeType;
import io.apogeemq.protocol.body.ConsumerData;
import io.apogeemq.protocol.body.ConsumerRunningInfo;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a push consumer says of itself to tools. Its settings have the original's names. */
@RunsOn(ThreadRole.EVENT_LOOP)
final class SelfReport {
  private final ConsumerOptions options;
  private final ClientOptions client;
  private final Holdings holdings;
  private final ConsumeFigures figures;

  SelfReport(
      ConsumerOptions options, ClientOptions client, Holdings holdings, ConsumeFigures figures) {
    this.options = options;
    this.client = client;
    this.holdings = holdings;
    this.figures = figures;
  }

  /**
   * @param membership what brokers hear of the member
   * @param startedMs when it was started
   * @param stacks what the threads do; null if nobody asked
   */
  ConsumerRunningInfo of(ConsumerData membership, long startedMs, @Nullable String stacks) {
    Set<String> topics = new TreeSet<>();
    membership.subscriptionDataSet().forEach(each -> topics.add(each.topic()));
    return new ConsumerRunningInfo(
        properties(membership, startedMs),
        membership.subscriptionDataSet(),
        holdings.reports(),
        Map.of(),
        figures.of(topics),
        stacks);
  }

  private Map<String, String> properties(ConsumerData membership, long startedMs) {
    Map<String, String> all = new TreeMap<>();
    all.put(ConsumerRunningInfo.NAME_SERVERS, String.join(";", client.getNameServers()) + ";");
    all.put(ConsumerRunningInfo.CONSUME_TYPE, ConsumeType.CONSUME_PASSIVELY.name());
    all.put(ConsumerRunningInfo.CLIENT_VERSION, RemotingCommand.OUR_VERSION_NAME);
    all.put(ConsumerRunningInfo.SLOTS, "" + options.getMaxInFlight());
    all.put(ConsumerRunningInfo.ORDERLY, "" + options.isOrderly());
    all.put(ConsumerRunningInfo.STARTED_AT, "" + startedMs);
    all.put("clientLibrary", "io.apogeemq.client");
    all.put("consumerGroup", options.getGroup());
    all.put("instanceName", "" + client.getInstanceName());
    all.put("messageModel", "" + membership.messageModel());
    all.put("consumeFromWhere", "" + membership.consumeFromWhere());
    all.put("consumeMessageBatchMaxSize", "" + options.getBatchSize());
    all.put("pullBatchSize", "" + options.getPullBatchSize());
    all.put("pullThresholdForQueue", "" + options.getMaxCachedMessages());
    all.put("pullThresholdSizeForQueue", "" + (options.getMaxCachedBytes() >> 20));
    all.put("maxReconsumeTimes", "" + options.getMaxReconsumeTimes());
    all.put("persistConsumerOffsetInterval", "" + options.getOffsetCommitMs());
    return all;
  }
}
