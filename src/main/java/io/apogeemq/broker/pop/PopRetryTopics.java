package io.apogeemq.broker.pop;

import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Refused;

/**
 * Names of the topics that messages go to whose lease has ended. Form 1 is {@code %RETRY%group_topic}, the
 * original's default; form 2 is {@code %RETRY%group+topic} ({@code enableRetryTopicV2}), from which group
 * and topic can be told apart.
 */
final class PopRetryTopics {
  /** Kind of the topic itself, in handles and answers. */
  static final int NORMAL = 0;

  /** Kind of a retry topic of form 1. */
  static final int FORM_1 = 1;

  /** Kind of a retry topic of form 2. */
  static final int FORM_2 = 2;

  private static final char SIGN_1 = '_';
  private static final char SIGN_2 = '+';

  private PopRetryTopics() {}

  static String name(String topic, String group, int form) {
    return Names.RETRY + group + (form == FORM_2 ? SIGN_2 : SIGN_1) + topic;
  }

  /** Throws {@link Refused} if a retry topic's name would be longer than a record can hold. */
  static void check(String topic, String group) {
    int chars = Names.RETRY.length() + group.length() + 1 + topic.length();
    if (chars > Names.MAX_TOPIC_CHARS) {
      throw new Refused(
          ResponseCode.INVALID_PARAMETER,
          "group and topic are too long for pop consumption: the retry topic's name would have "
              + chars
              + " characters, the limit is "
              + Names.MAX_TOPIC_CHARS
              + ". Use shorter names, or let the group pull.");
    }
  }

  /** The topic that a message is consumed from: the topic itself or its retry topic. */
  static String real(String topic, String group, int kind) {
    return kind == NORMAL ? topic : name(topic, group, kind);
  }

  /** The topic that a group's retry topic belongs to, in either form; any other topic is its own. */
  static String asked(String topic, String group) {
    int prefix = Names.RETRY.length() + group.length() + 1;
    return topic.startsWith(Names.RETRY + group) && topic.length() > prefix
        ? topic.substring(prefix)
        : topic;
  }

  /** The kind of a topic by its name, as clients tell it. */
  static int kindOf(String topic) {
    if (!topic.startsWith(Names.RETRY)) {
      return NORMAL;
    }
    return topic.indexOf(SIGN_2) >= 0 ? FORM_2 : FORM_1;
  }
}
