package io.apogeemq.protocol.header;

import org.jspecify.annotations.Nullable;

/** Wire fields of the requests for single messages. */
public interface QueryHeaders {
  /**
   * Code 12. Times are store times in ms, inclusive.
   *
   * @param _UNIQUE_KEY_QUERY {@code true}: the key is a message's unique id
   * @param indexType 5.5: {@code K} keys, {@code U} unique key, {@code T} tags
   */
  record ByKey(
      String topic,
      String key,
      int maxNum,
      long beginTimestamp,
      long endTimestamp,
      @Nullable Boolean _UNIQUE_KEY_QUERY,
      @Nullable String indexType) {}

  /** Answer to 12: how far the index has come. */
  record ByKeyReply(long indexLastUpdateTimestamp, long indexLastUpdatePhyoffset) {}

  /** Code 33. {@code offset}: a log position. */
  record ById(long offset) {}
}
