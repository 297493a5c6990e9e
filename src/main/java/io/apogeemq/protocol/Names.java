package io.apogeemq.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules for names of topics, groups, brokers and clusters: the one place for all rooms. A rule
 * answers what is wrong with a name, in a sentence for whoever sent it, or null.
 *
 * <p>Characters of topics and groups are the original's. Broker and cluster names may also hold dots,
 * because a broker is called after its host by default, and {@code @}, in front of which clients that
 * share out queues by machine room expect the room. ({@code config.Values.name()} states that rule
 * again, because that room knows no other; a test compares both.)
 */
public final class Names {
  /** Longest topic name, retry and dead-letter topics too: one signed byte in a stored record. */
  public static final int MAX_TOPIC_CHARS = 127;

  /** Longest group name (the original's since 5.x): the retry topic's name still fits. */
  public static final int MAX_GROUP_CHARS = 120;

  /** Longest broker or cluster name: both are names of topics as well. */
  public static final int MAX_NODE_CHARS = MAX_TOPIC_CHARS;

  /** What they may hold besides what topics may. */
  private static final String NODE_SIGNS = ".@";

  /** Prefix of a group's retry topic. */
  public static final String RETRY = "%RETRY%";

  /** Prefix of a group's dead-letter topic. */
  public static final String DLQ = "%DLQ%";

  /** Prefix of the internal topics of the original 5.x and of ours. */
  public static final String SYSTEM_PREFIX = "rmq_sys_";

  /** Prefix of system consumer groups. */
  public static final String SYSTEM_GROUP_PREFIX = "CID_RMQ_SYS_";

  /** Longest POP retry topic of a 5.x broker: prefix, group, a sign that joins, topic. */
  private static final int MAX_POP_RETRY_CHARS =
      RETRY.length() + MAX_GROUP_CHARS + 1 + MAX_TOPIC_CHARS;

  private Names() {}

  public static String retryTopic(String group) {
    return RETRY + group;
  }

  /** What the retry topic of a group that pops from a topic may be called, in both forms. */
  public static List<String> popRetryTopics(String group, String topic) {
    return topic.startsWith(RETRY)
        ? List.of()
        : List.of(RETRY + group + '_' + topic, RETRY + group + '+' + topic);
  }

  public static String dlqTopic(String group) {
    return DLQ + group;
  }

  public static @Nullable String flawOfTopic(@Nullable String name) {
    return flaw("topic", name, MAX_TOPIC_CHARS, "");
  }

  /**
   * As {@link #flawOfTopic}, for topics that any broker registers: 5.x brokers have POP retry topics
   * too, {@code %RETRY%group+topic}, which no record of ours is stored under.
   */
  public static @Nullable String flawOfRegisteredTopic(@Nullable String name) {
    return name != null && name.startsWith(RETRY)
        ? flaw("topic", name, MAX_POP_RETRY_CHARS, "+")
        : flawOfTopic(name);
  }

  public static @Nullable String flawOfGroup(@Nullable String name) {
    return flaw("group", name, MAX_GROUP_CHARS, "");
  }

  public static @Nullable String flawOfBroker(@Nullable String name) {
    return flaw("broker name", name, MAX_NODE_CHARS, NODE_SIGNS);
  }

  public static @Nullable String flawOfCluster(@Nullable String name) {
    return flaw("cluster name", name, MAX_NODE_CHARS, NODE_SIGNS);
  }

  private static @Nullable String flaw(
      String what, @Nullable String name, int maxChars, String alsoAllowed) {
    if (name == null || name.isBlank()) {
      return "The specified " + what + " is blank. Give it a name.";
    }
    if (name.length() > maxChars) {
      return "The specified "
          + what
          + " is longer than "
          + what
          + " max length "
          + maxChars
          + ": it has "
          + name.length()
          + " characters. Choose a shorter name.";
    }
    for (int i = 0; i < name.length(); i++) {
      if (!allowed(name.charAt(i), alsoAllowed)) {
        return "The specified "
            + what
            + "["
            + name.replaceAll("\\p{Cntrl}", "?")
            + "] contains illegal characters, allowing only ^[%|a-zA-Z0-9"
            + alsoAllowed
            + "_-]+$. Rename it.";
      }
    }
    return null;
  }

  private static boolean allowed(char c, String alsoAllowed) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || "_-%|".indexOf(c) >= 0
        || alsoAllowed.indexOf(c) >= 0;
  }
}
