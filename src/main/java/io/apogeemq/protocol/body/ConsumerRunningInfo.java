package io.apogeemq.protocol.body;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a consumer says of itself: the answer to code 307. What only consumers by pop of 5.x add is not
 * read.
 *
 * @param properties settings by name; the names that tools look at are constants here
 * @param mqTable the queues that it reads
 * @param mqPopTable the queues that it takes from by POP (5.x)
 * @param statusTable its figures by topic
 * @param jstack what its threads do, if that was asked for
 */
public record ConsumerRunningInfo(
    Map<String, String> properties,
    Set<SubscriptionData> subscriptionSet,
    Map<MessageQueue, ProcessQueueInfo> mqTable,
    Map<MessageQueue, PopQueueInfo> mqPopTable,
    Map<String, Figures> statusTable,
    @Nullable String jstack)
    implements Body {
  public static final String NAME_SERVERS = "PROP_NAMESERVER_ADDR";
  public static final String SLOTS = "PROP_THREADPOOL_CORE_SIZE";
  public static final String ORDERLY = "PROP_CONSUMEORDERLY";
  public static final String CONSUME_TYPE = "PROP_CONSUME_TYPE";
  public static final String CLIENT_VERSION = "PROP_CLIENT_VERSION";
  public static final String STARTED_AT = "PROP_CONSUMER_START_TIMESTAMP";

  /**
   * A queue between pull and consumption. Times are in ms, 0 for never. {@code droped} is spelled so on
   * the wire.
   *
   * @param commitOffset what the group would have committed now
   * @param cachedMsgMinOffset the first message that is not consumed, 0 if there is none
   * @param transactionMsgCount of an ordered queue: how many messages are out
   * @param locked of an ordered queue: whether nobody else has it
   */
  public record ProcessQueueInfo(
      long commitOffset,
      long cachedMsgMinOffset,
      long cachedMsgMaxOffset,
      int cachedMsgCount,
      int cachedMsgSizeInMiB,
      long transactionMsgMinOffset,
      long transactionMsgMaxOffset,
      int transactionMsgCount,
      boolean locked,
      long tryUnlockTimes,
      long lastLockTimestamp,
      boolean droped,
      long lastPullTimestamp,
      long lastConsumeTimestamp)
      implements Body {}

  /** A queue that is taken from by POP, and how many of its messages are not acknowledged. Times in ms. */
  public record PopQueueInfo(boolean droped, long lastPopTimestamp, int waitAckCount)
      implements Body {}

  /**
   * How a topic is consumed. Times (RT) are means in ms and rates (TPS) messages per second, of the last
   * minute.
   *
   * @param consumeFailedMsgs of the last hour
   */
  public record Figures(
      double pullRT,
      double pullTPS,
      double consumeRT,
      double consumeOKTPS,
      double consumeFailedTPS,
      long consumeFailedMsgs)
      implements Body {}
}
