package io.apogeemq.protocol.header;

import org.jspecify.annotations.Nullable;

/** Wire fields of the request by which a broker hands an answer to whoever waits for it. */
public interface ReplyHeaders {
  /**
   * Code 326, to the client: what the answering side sent (324, 325), by its long names, and where it
   * came from.
   *
   * @param bornHost {@code address:port} of the answering side
   * @param storeHost {@code address:port} of the broker
   * @param storeTimestamp ms
   */
  record Push(
      String producerGroup,
      String topic,
      String defaultTopic,
      int defaultTopicQueueNums,
      int queueId,
      int sysFlag,
      long bornTimestamp,
      int flag,
      @Nullable String properties,
      int reconsumeTimes,
      boolean unitMode,
      String bornHost,
      String storeHost,
      long storeTimestamp) {}
}
