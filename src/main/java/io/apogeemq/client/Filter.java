package io.apogeemq.client;

import io.apogeemq.protocol.body.SubscriptionData;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which messages of a topic a consumer wants: all, those with certain tags, or those whose properties
 * fulfil a condition in SQL92. The broker filters by the tags' hash codes, so {@link #wants} must look
 * at each message again.
 *
 * @param type {@code TAG} or {@code SQL92}
 * @param text the expression as it was written
 * @param tags of a tag expression; empty: all messages, tagged or not
 */
public record Filter(String type, String text, Set<String> tags) {
  private static final String TAG = "TAG";
  private static final String SQL92 = "SQL92";

  /** Everything. */
  public static final Filter ALL = new Filter(TAG, "*", Set.of());

  public Filter {
    tags = Set.copyOf(tags);
  }

  /** Reads a tag expression: {@code *}, or tags parted by {@code ||}; an empty one means all. */
  public static Filter tags(String text) {
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
    return new Filter(TAG, text, tags);
  }

  /** A condition on properties, {@code price > 10 AND region = 'eu'}; the broker says if it is none. */
  public static Filter sql(String condition) {
    return new Filter(SQL92, condition, Set.of());
  }

  /** The same as text with an optional type: {@code TAG}, which is the usual one, or {@code SQL92}. */
  public static Filter of(@Nullable String type, String text) {
    return SQL92.equals(type) ? sql(text) : tags(text);
  }

  boolean isCondition() {
    return type.equals(SQL92);
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
    return new SubscriptionData(false, codes, type, null, text, versionMs, tags, topic);
  }
}
