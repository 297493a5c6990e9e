package io.apogeemq.protocol.header;

import org.jspecify.annotations.Nullable;

/**
 * Wire fields of what a name server is asked about brokers and routes. Requests without fields (106,
 * 206, 304, 311, 312, 313, 319) have no record.
 */
public interface RouteHeaders {
  /** Where is a topic (105). {@code acceptStandardJsonOnly}: see {@code TopicRoute.formFor}. */
  record GetRoute(String topic, @Nullable Boolean acceptStandardJsonOnly) {}

  /**
   * A broker says that it is there (103).
   *
   * @param haServerAddr where its slaves dial
   * @param compressed form of the body; absent means JSON
   * @param bodyCrc32 CRC-32 of the body with the sign bit cleared; absent or 0 means unchecked
   * @param heartbeatTimeoutMillis 5.x: after so much silence it is gone
   * @param enableActingMaster 5.x: whether a slave may stand in for the master; absent for 4.x
   */
  record RegisterBroker(
      String brokerName,
      String brokerAddr,
      String clusterName,
      String haServerAddr,
      long brokerId,
      @Nullable Boolean compressed,
      @Nullable Integer bodyCrc32,
      @Nullable Long heartbeatTimeoutMillis,
      @Nullable Boolean enableActingMaster) {}

  /** The answer to 103: for a slave, where its master is; else nothing. */
  record RegisterBrokerReply(@Nullable String haServerAddr, @Nullable String masterAddr) {}

  /** A broker leaves (104). */
  record UnregisterBroker(
      String brokerName, String brokerAddr, String clusterName, long brokerId) {}

  /** Has the name server these versions of my topics? The body is the broker's version (322). */
  record QueryDataVersion(
      String brokerName, String brokerAddr, String clusterName, long brokerId) {}

  /** The answer to 322; its body is the name server's version, if it has one. */
  record QueryDataVersionReply(boolean changed) {}

  /** A 5.x broker says that it is still there (904). */
  record BrokerHeartbeat(
      String clusterName,
      String brokerAddr,
      @Nullable String brokerName,
      @Nullable Long brokerId) {}

  /** Who shares this broker name (901). */
  record FindMembers(String clusterName, String brokerName) {}

  /** Take a topic out of the route table (216), of all clusters or of one. */
  record DeleteTopicRoute(String topic, @Nullable String clusterName) {}

  /** Put a topic into the route table (217); the body is its route. */
  record RegisterTopicRoute(String topic) {}

  /** The topics of a cluster (224). */
  record TopicsOfCluster(String cluster) {}

  /** Take the write permission from all topics of a broker (205), or give it back (327). */
  record WritePermission(String brokerName) {}

  /** The answer to 205: how many topics. */
  record WipeReply(int wipeTopicCount) {}

  /** The answer to 327: how many topics. */
  record AddReply(int addTopicCount) {}
}
