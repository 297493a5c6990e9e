package io.apogeemq.protocol.header;

import org.jspecify.annotations.Nullable;

/** Wire fields of the requests about clients and consumer groups. */
public interface GroupHeaders {
  /** Code 35. {@code clientID} is spelled so on the wire. */
  record Unregister(
      String clientID, @Nullable String producerGroup, @Nullable String consumerGroup) {}

  /** Code 40, to the client. */
  record IdsChanged(String consumerGroup) {}

  /** Codes 38 and 203. */
  record OfConsumers(String consumerGroup) {}

  /** Code 204. */
  record OfProducers(String producerGroup) {}

  /** Code 223. {@code clientAddr}: a client's id; empty or null: all members. */
  record Status(String topic, String group, @Nullable String clientAddr) {}

  /** Code 221, to the client. */
  record StatusInClient(String topic, String group) {}

  /** Code 307. */
  record RunningInfo(String consumerGroup, String clientId, @Nullable Boolean jstackEnable) {}

  /** Code 309. */
  record ConsumeDirectly(
      String consumerGroup,
      @Nullable String clientId,
      @Nullable String msgId,
      @Nullable String brokerName,
      @Nullable String topic,
      @Nullable Integer topicSysFlag,
      @Nullable Integer groupSysFlag) {}

  /** Code 207: 4.9 says {@code removeOffset}, 5.x {@code cleanOffset}. */
  record DeleteGroup(
      String groupName, @Nullable Boolean removeOffset, @Nullable Boolean cleanOffset) {}

  /** Code 352. */
  record GetGroup(String group) {}

  /** Our code 30013. {@code group}: only its members, with their subscriptions; null: all clients. */
  record Clients(@Nullable String group) {}
}
