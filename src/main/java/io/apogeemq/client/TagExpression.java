package io.apogeemq.client;

import io.apogeemq.protocol.body.SubscriptionData;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which messages of a topic a consumer wants: {@code *} for all, or tags separated by {@code ||}. The
 * broker filters by the tags' hash codes, so {@link #wants} must look at each message again.
 *
 * @param tags empty: all messages, tagged or not
 */
public record TagExpression(String text, Set<String> tags) {
  /** Everything. */
  public static final TagExpression ALL = new TagExpression("*", Set.of());

  public TagExpression {
    tags = Set.copyOf(tags);
  }

  /** Reads an expression; an empty one means all. */
  public static TagExpression of(String text) {
    if (text.isBlank() || text.trim().equals(ALL.text)) {
      return ALL;
    }
    Set<String> tags = new LinkedHashSet<>();
    for (String each : text.split("\\|\\|")) {
      if (!each.isBlank()) {
        tags.add(each.trim());
      }
    }
    if (tags.isEmpty()) {
      throw new IllegalArgumentException("'" + text + "' names no tag");
    }
    return new TagExpression(text, tags);
  }

  boolean wants(ReceivedMessage message) {
    String tag = message.tag();
    return tags.isEmpty() || tag != null && tags.contains(tag);
  }

  List<ReceivedMessage> wanted(List<ReceivedMessage> messages) {
    if (tags.isEmpty()) {
      return messages;
    }
    List<ReceivedMessage> wanted = new ArrayList<>(messages);
    wanted.removeIf(each -> !wants(each));
    return wanted;
  }

  /** This expression as brokers hear of it in heartbeats. */
  SubscriptionData toWire(String topic, long versionMs) {
    Set<Integer> codes = new LinkedHashSet<>();
    for (String each : tags) {
      codes.add(each.hashCode());
    }
    return new SubscriptionData(false, codes, "TAG", null, text, versionMs, tags, topic);
  }
}
