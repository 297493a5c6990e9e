package io.apogeemq.protocol.header;

import org.jspecify.annotations.Nullable;

/** Wire fields of the request by which a consumer hands a message back. */
public interface RetryHeaders {
  /**
   * Code 36.
   *
   * @param offset log position of the message on the broker that is asked
   * @param delayLevel negative: never again; 0: the broker chooses
   * @param originMsgId the message's unique key, or its offset message id if it has none
   * @param maxReconsumeTimes how often the consumer wants a message again at most
   * @param bname name of the broker that the message came from; newer clients give it
   */
  record SendBack(
      long offset,
      String group,
      int delayLevel,
      @Nullable String originMsgId,
      @Nullable String originTopic,
      @Nullable Boolean unitMode,
      @Nullable Integer maxReconsumeTimes,
      @Nullable String bname) {}
}
