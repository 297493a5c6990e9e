package io.apogeemq.gateway.admin;

import io.apogeemq.gateway.consume.Browse;
import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.body.ClusterInfo;
import java.util.HashSet;
import java.util.Set;

/**
 * Topics and groups that brokers keep for themselves, by the names that RocketMQ gives them, and the group as
 * which a gateway reads.
 */
public final class SystemNames {
  private static final Set<String> TOPICS =
      Set.of(
          "TBW102",
          "SCHEDULE_TOPIC_XXXX",
          "BenchmarkTest",
          "RMQ_SYS_TRANS_HALF_TOPIC",
          "RMQ_SYS_TRANS_OP_HALF_TOPIC",
          "RMQ_SYS_ROCKSDB_TRANS_HALF_TOPIC",
          "RMQ_SYS_ROCKSDB_TRANS_OP_HALF_TOPIC",
          "CHECKPOINT_TOPIC",
          "RMQ_SYS_TRACE_TOPIC",
          "TRANS_CHECK_MAX_TIME_TOPIC",
          "SELF_TEST_TOPIC",
          "OFFSET_MOVED_EVENT");

  private static final Set<String> GROUPS =
      Set.of(
          "TOOLS_CONSUMER",
          "FILTERSRV_CONSUMER",
          "SELF_TEST_C_GROUP",
          "SELF_TEST_CONSUMER_GROUP",
          "CID_ONS-HTTP-PROXY",
          "CID_ONSAPI_PULL",
          "CID_ONSAPI_PERMISSION",
          "CID_ONSAPI_OWNER",
          "__MONITOR_CONSUMER",
          "DEFAULT_CONSUMER",
          Browse.READER);

  private static final String REPLY_SUFFIX = "_REPLY_TOPIC";

  private SystemNames() {}

  /** The names of clusters and brokers, which are names of topics as well. */
  public static Set<String> nodes(ClusterInfo cluster) {
    Set<String> all = new HashSet<>(cluster.brokerAddrTable().keySet());
    cluster
        .clusterAddrTable()
        .keySet()
        .forEach(
            each -> {
              all.add(each);
              all.add(each + REPLY_SUFFIX);
            });
    return all;
  }

  /**
   * @param nodes see {@link #nodes}
   */
  public static boolean isTopic(String topic, Set<String> nodes) {
    return TOPICS.contains(topic)
        || topic.startsWith(Names.RETRY)
        || topic.startsWith(Names.DLQ)
        || topic.startsWith(Names.SYSTEM_PREFIX)
        || nodes.contains(topic);
  }

  static boolean isGroup(String group) {
    return GROUPS.contains(group) || group.startsWith(Names.SYSTEM_GROUP_PREFIX);
  }
}
