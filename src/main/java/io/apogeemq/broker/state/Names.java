package io.apogeemq.broker.state;

import io.apogeemq.protocol.remoting.ResponseCode;
import org.jspecify.annotations.Nullable;

/** The rule for names of topics and groups, kept in this one place. */
public final class Names {
  /** Longest topic name: its length is one signed byte in a stored record. */
  public static final int MAX_TOPIC_CHARS = 127;

  /** Longest group name, as in the original. */
  public static final int MAX_GROUP_CHARS = 255;

  /** Prefix of a group's retry topic. */
  public static final String RETRY = "%RETRY%";

  /** Prefix of a group's dead-letter topic. */
  public static final String DLQ = "%DLQ%";

  /** Prefix of the internal topics of the original 5.x and of ours. */
  public static final String SYSTEM_PREFIX = "rmq_sys_";

  /** Prefix of system consumer groups. */
  public static final String SYSTEM_GROUP_PREFIX = "CID_RMQ_SYS_";

  private Names() {}

  /** Fails with INVALID_PARAMETER unless the text may name a topic. */
  public static void requireTopic(@Nullable String name) throws Refused {
    require("topic", name, MAX_TOPIC_CHARS);
  }

  /** Fails with INVALID_PARAMETER unless the text may name a group. */
  public static void requireGroup(@Nullable String name) throws Refused {
    require("group", name, MAX_GROUP_CHARS);
  }

  public static String retryTopic(String group) {
    return RETRY + group;
  }

  public static String dlqTopic(String group) {
    return DLQ + group;
  }

  private static void require(String what, @Nullable String name, int maxChars) {
    if (name == null || name.isBlank()) {
      throw new Refused(
          ResponseCode.INVALID_PARAMETER, "The specified " + what + " is blank. Give it a name.");
    }
    if (name.length() > maxChars) {
      throw new Refused(
          ResponseCode.INVALID_PARAMETER,
          "The specified "
              + what
              + " is longer than "
              + what
              + " max length "
              + maxChars
              + ": it has "
              + name.length()
              + " characters. Choose a shorter name.");
    }
    for (int i = 0; i < name.length(); i++) {
      if (!allowed(name.charAt(i))) {
        throw new Refused(
            ResponseCode.INVALID_PARAMETER,
            "The specified "
                + what
                + "["
                + name
                + "] contains illegal characters, allowing only ^[%|a-zA-Z0-9_-]+$. Rename it.");
      }
    }
  }

  private static boolean allowed(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || c == '_'
        || c == '-'
        || c == '%'
        || c == '|';
  }
}
