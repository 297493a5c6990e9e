package io.apogeemq.protocol.body;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The transactions that are open, oldest first: the answer to 30003.
 *
 * @param transactions a page
 * @param next asked with this, the next page begins behind it, even if nothing of this one could be
 *     read; null if no others are open behind it
 * @param open how many are open in all
 * @param checkMax so often is a producer asked, then the broker gives a transaction up
 */
public record OpenTransactions(List<Open> transactions, @Nullable Long next, int open, int checkMax)
    implements Body {

  /**
   * An open transaction.
   *
   * @param halfOffset of its half message in the half queue; asked with this, the next page begins behind it
   * @param offsetMsgId the id of the half message; 323 takes it
   * @param group the producer group that decides
   * @param producers of the group that are connected now
   * @param checks how often they were asked
   * @param nextCheckMs in how many ms they are asked next
   * @param ending its decision is being written
   * @param topic where its message goes to when it is committed
   * @param keys separated by blanks
   * @param uniqueKey the id that its sender gave it
   */
  public record Open(
      long halfOffset,
      String offsetMsgId,
      String group,
      int producers,
      int checks,
      long nextCheckMs,
      boolean ending,
      String topic,
      int queueId,
      @Nullable String tags,
      @Nullable String keys,
      @Nullable String uniqueKey,
      int bodyBytes,
      long storedMs,
      String bornHost)
      implements Body {}
}
