package io.apogeemq.protocol.body;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A topic as a broker keeps it.
 *
 * @param attributes 5.x attributes such as {@code message.type}; absent before 5.0
 * @param order whether producers choose the queue by an ordering key
 * @param perm 4 read, 2 write, 1 inherit
 */
public record TopicConfig(
    @Nullable Map<String, String> attributes,
    boolean order,
    @OrElse("6") int perm,
    @OrElse("16") int readQueueNums,
    @OrElse("SINGLE_TAG") String topicFilterType,
    String topicName,
    int topicSysFlag,
    @OrElse("16") int writeQueueNums)
    implements Body {
  /** Permission bit: consumers may read. */
  public static final int READ = 4;

  /** Permission bit: producers may write. */
  public static final int WRITE = 2;

  /** Permission bit of templates: sends may create topics after this one. */
  public static final int INHERIT = 1;

  /** The filter type that every topic has. */
  public static final String SINGLE_TAG = "SINGLE_TAG";

  /** A topic with as many read as write queues and nothing special. */
  public static TopicConfig of(String topicName, int queueNums, int perm) {
    return new TopicConfig(null, false, perm, queueNums, SINGLE_TAG, topicName, 0, queueNums);
  }

  public boolean readable() {
    return (perm & READ) != 0;
  }

  public boolean writable() {
    return (perm & WRITE) != 0;
  }

  public boolean inheritable() {
    return (perm & INHERIT) != 0;
  }

  /** The same topic with other attributes. */
  public TopicConfig withAttributes(@Nullable Map<String, String> others) {
    return new TopicConfig(
        others,
        order,
        perm,
        readQueueNums,
        topicFilterType,
        topicName,
        topicSysFlag,
        writeQueueNums);
  }

  /** The same topic with other permission bits. */
  public TopicConfig withPerm(int bits) {
    return new TopicConfig(
        attributes,
        order,
        bits,
        readQueueNums,
        topicFilterType,
        topicName,
        topicSysFlag,
        writeQueueNums);
  }
}
