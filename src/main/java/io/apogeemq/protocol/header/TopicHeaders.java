package io.apogeemq.protocol.header;

import org.jspecify.annotations.Nullable;

/** Wire fields of the requests about topics. */
public interface TopicHeaders {
  /**
   * Code 17.
   *
   * @param defaultTopic the template's name; carried by tools, not used
   * @param attributes 5.x: {@code +key=value,-key}
   * @param createdOnSend ours: another broker created the topic because of a send and tells its peers;
   *     absent from everyone else
   */
  record Update(
      String topic,
      @Nullable String defaultTopic,
      int readQueueNums,
      int writeQueueNums,
      int perm,
      @Nullable String topicFilterType,
      @Nullable Integer topicSysFlag,
      @Nullable Boolean order,
      @Nullable String attributes,
      @Nullable Boolean createdOnSend) {}

  /** Codes 202, 215, 300 and 351. */
  record OfTopic(String topic) {}
}
