package io.apogeemq.protocol.body;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a topic is: the answer to code 105.
 *
 * @param filterServerTable always empty: filter servers are no more
 * @param orderTopicConf {@code broker-a:4;broker-b:4} for an ordered topic, else absent
 */
public record TopicRoute(
    List<BrokerData> brokerDatas,
    Map<String, List<String>> filterServerTable,
    @Nullable String orderTopicConf,
    List<QueueData> queueDatas)
    implements Body {
  /** Since this version (4.9.4) a client reads standard JSON as route. */
  public static final int FIRST_STANDARD_VERSION = 401;

  /**
   * The form of the route answer that a client of this version reads.
   *
   * @param standardOnly what the client asks for by {@code acceptStandardJsonOnly}
   */
  public static JsonForm formFor(int clientVersion, @Nullable Boolean standardOnly) {
    return clientVersion >= FIRST_STANDARD_VERSION || Boolean.TRUE.equals(standardOnly)
        ? JsonForm.ASCII
        : JsonForm.BARE;
  }
}
