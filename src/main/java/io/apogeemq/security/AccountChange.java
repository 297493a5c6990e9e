package io.apogeemq.security;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a tool asks to change of an account, or to make it with. Null keeps what is there.
 *
 * @param topicRights {@code NAME=RIGHT} each
 */
record AccountChange(
    String accessKey,
    String secretKey,
    @Nullable String white,
    boolean admin,
    @Nullable String topicDefault,
    @Nullable String groupDefault,
    @Nullable List<String> topicRights,
    @Nullable List<String> groupRights) {

  /** Fails as the original does, for rights that a file would only be warned about. */
  void check() throws AclRejected {
    if (accessKey.length() <= Account.SHORT_CHARS || secretKey.length() <= Account.SHORT_CHARS) {
      throw new AclRejected(
          "The accessKey="
              + accessKey
              + " and its secretKey cannot be null and length should longer than "
              + Account.SHORT_CHARS);
    }
    if (accessKey.chars().anyMatch(Character::isISOControl)
        || secretKey.chars().anyMatch(Character::isISOControl)) {
      throw new AclRejected("accessKey and secretKey must have no control characters");
    }
    checkRights(topicRights);
    checkRights(groupRights);
    checkRight(topicDefault);
    checkRight(groupDefault);
  }

  private static void checkRights(@Nullable List<String> rights) throws AclRejected {
    for (String each : rights == null ? List.<String>of() : rights) {
      String[] pair = each.split("=", -1);
      if (pair.length != 2 || pair[0].isBlank()) {
        throw new AclRejected(
            "Parse Resource format error for "
                + each
                + ". The expected resource format is 'Res=Perm'. For example: topicA=SUB");
      }
      checkRight(pair[1]);
    }
  }

  private static void checkRight(@Nullable String right) throws AclRejected {
    if (right != null && !right.isEmpty() && Right.named(right) == null) {
      throw new AclRejected(
          "Parse resource permission error for "
              + right
              + ". The expected permissions are 'DENY' or 'SUB' or 'PUB' or 'SUB|PUB' or 'PUB|SUB'.");
    }
  }

  /** The entry of a file with this change; what it doesn't speak of stays. */
  Map<String, Object> applyTo(Map<?, ?> entry) {
    Map<String, Object> fields = new LinkedHashMap<>();
    entry.forEach((key, value) -> fields.put(String.valueOf(key), value));
    fields.put(AclFile.ACCESS_KEY, accessKey);
    fields.put(AccountEntry.SECRET_KEY, secretKey);
    putIfGiven(fields, AccountEntry.WHITE, white);
    fields.put(AccountEntry.ADMIN, admin);
    putIfGiven(fields, AccountEntry.TOPIC_DEFAULT, emptyToNull(topicDefault));
    putIfGiven(fields, AccountEntry.GROUP_DEFAULT, emptyToNull(groupDefault));
    putIfGiven(fields, AccountEntry.TOPICS, topicRights);
    putIfGiven(fields, AccountEntry.GROUPS, groupRights);
    return fields;
  }

  private static void putIfGiven(Map<String, Object> fields, String key, @Nullable Object value) {
    if (value != null) {
      fields.put(key, value);
    }
  }

  private static @Nullable String emptyToNull(@Nullable String text) {
    return text == null || text.isEmpty() ? null : text;
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "change of account " + accessKey;
  }
}
