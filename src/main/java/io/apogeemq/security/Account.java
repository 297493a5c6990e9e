package io.apogeemq.security;

import io.apogeemq.protocol.remoting.RequestSignature;
import java.util.Map;
import javax.crypto.spec.SecretKeySpec;

/**
 * Who may do what. Immutable; its secret is in no text that it gives.
 *
 * <p>An administrator without rights of its own may do everything; one that has some is bound by them
 * as everybody else is, and by its defaults for the rest. This is the original's rule.
 *
 * @param accessKey its name
 * @param key what its requests are signed with
 * @param white from these addresses no signature is asked for and everything is allowed
 * @param topicDefault right to topics that {@code topics} doesn't name
 * @param groupDefault right to groups that {@code groups} doesn't name
 */
record Account(
    String accessKey,
    SecretKeySpec key,
    AddressPattern white,
    boolean admin,
    Right topicDefault,
    Right groupDefault,
    Map<String, Right> topics,
    Map<String, Right> groups) {
  /** Names and secrets must be longer than this: the original refuses shorter ones. */
  static final int SHORT_CHARS = 6;

  Account {
    topics = Map.copyOf(topics);
    groups = Map.copyOf(groups);
  }

  static SecretKeySpec key(String secret) {
    return RequestSignature.key(secret);
  }

  private boolean unbound() {
    return admin && topics.isEmpty() && groups.isEmpty();
  }

  Right topic(String name) {
    return unbound() ? Right.PUB_SUB : topics.getOrDefault(name, topicDefault);
  }

  Right group(String name) {
    return unbound() ? Right.PUB_SUB : groups.getOrDefault(name, groupDefault);
  }

  @Override
  public String toString() {
    return "account " + accessKey + (admin ? " (administrator)" : "");
  }
}
