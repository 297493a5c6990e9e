package io.apogeemq.protocol.body;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** All topics of one broker in a line each, for lists: the answer to our code 30011. */
public record TopicFigures(List<Row> topics) implements Body {
  /**
   * One topic, of this broker alone.
   *
   * @param type what its attribute {@code message.type} says; absent if it says nothing
   * @param messages stored now
   * @param inPerSecond messages stored in a second, over the last minute
   * @param outPerSecond messages given to consumers in a second, over the last minute
   * @param groups how many groups have offsets in it or subscribe to it
   */
  public record Row(
      String topic,
      int perm,
      int readQueues,
      int writeQueues,
      boolean order,
      @Nullable String type,
      long messages,
      double inPerSecond,
      double outPerSecond,
      int groups)
      implements Body {}
}
