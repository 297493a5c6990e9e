package io.apogeemq.protocol.body;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** All consumer groups of one broker in a line each, for lists: the answer to our code 30012. */
public record GroupFigures(List<Row> groups) implements Body {
  /**
   * One group, of this broker alone.
   *
   * @param members connections of the group; 0 if it is offline
   * @param consumeType of the newest member; absent if it is offline or unknown
   * @param messageModel the same
   * @param topics how many topics its lag counts in, retry topics among them
   * @param lag messages that it has not committed, retries among them
   * @param retries those of them that it has handed back
   * @param deadLetters stored in its dead-letter topic
   * @param perSecond messages that it was given in a second, over the last minute
   * @param mismatch two members that subscribe differently, in words; absent if all want the same
   * @param duplicateIds whether two connections of the group have the same client id
   */
  public record Row(
      String group,
      boolean consumeEnable,
      int members,
      @Nullable ConsumeType consumeType,
      @Nullable MessageModel messageModel,
      int topics,
      long lag,
      long retries,
      long deadLetters,
      double perSecond,
      @Nullable String mismatch,
      boolean duplicateIds)
      implements Body {}
}
