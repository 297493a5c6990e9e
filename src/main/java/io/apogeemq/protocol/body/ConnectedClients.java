package io.apogeemq.protocol.body;

import io.apogeemq.protocol.remoting.LanguageCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The producers and consumers that are connected to one broker: the answer to our code 30013. */
public record ConnectedClients(List<Row> clients) implements Body {
  /**
   * One connection.
   *
   * @param address {@code host:port} as the broker sees it
   * @param version as in its frames
   * @param lastSeenMs when its last heartbeat came
   * @param producerGroups that it is a producer of
   * @param memberships consumer groups that it is a member of
   */
  public record Row(
      String clientId,
      String address,
      @Nullable LanguageCode language,
      int version,
      long lastSeenMs,
      List<String> producerGroups,
      List<Membership> memberships)
      implements Body {}

  /**
   * A client in a consumer group.
   *
   * @param subscriptions what this member asked for itself; empty unless the question named the group
   */
  public record Membership(String group, List<Subscription> subscriptions) implements Body {}

  /**
   * What a member wants of a topic.
   *
   * @param type TAG or SQL92
   */
  public record Subscription(String topic, String type, @Nullable String expression)
      implements Body {}
}
