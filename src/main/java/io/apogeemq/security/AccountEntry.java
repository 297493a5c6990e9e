package io.apogeemq.security;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One entry of a file's accounts on its way to an {@link Account}; names what is wrong with it. */
final class AccountEntry {
  static final String SECRET_KEY = "secretKey";
  static final String WHITE = "whiteRemoteAddress";
  static final String ADMIN = "admin";
  static final String TOPIC_DEFAULT = "defaultTopicPerm";
  static final String GROUP_DEFAULT = "defaultGroupPerm";
  static final String TOPICS = "topicPerms";
  static final String GROUPS = "groupPerms";

  private static final Set<String> KNOWN =
      Set.of(
          AclFile.ACCESS_KEY,
          SECRET_KEY,
          WHITE,
          ADMIN,
          TOPIC_DEFAULT,
          GROUP_DEFAULT,
          TOPICS,
          GROUPS);

  private final String place;
  private final Map<?, ?> fields;
  private final AclRules.Warnings warnings;

  /**
   * @param place where the entry stands, for messages
   * @param entry a map, or the file is wrong
   */
  AccountEntry(String place, @Nullable Object entry, AclRules.Warnings warnings)
      throws AclRejected {
    if (!(entry instanceof Map<?, ?> map)) {
      throw new AclRejected(place + " must have accessKey and secretKey");
    }
    fields = map;
    this.warnings = warnings;
    Object name = map.get(AclFile.ACCESS_KEY);
    this.place = name == null ? place : place + " (" + name + ")";
  }

  Account account() throws AclRejected {
    for (Object key : fields.keySet()) {
      if (!KNOWN.contains(String.valueOf(key))) {
        warnings.warn(place + ": '" + key + "' has no meaning");
      }
    }
    return new Account(
        longEnough(AclFile.ACCESS_KEY),
        Account.key(longEnough(SECRET_KEY)),
        white(),
        admin(),
        defaultRight(TOPIC_DEFAULT),
        defaultRight(GROUP_DEFAULT),
        rights(TOPICS),
        rights(GROUPS));
  }

  private @Nullable String text(String key) {
    Object value = fields.get(key);
    return value == null ? null : value.toString();
  }

  private String longEnough(String key) throws AclRejected {
    String value = text(key);
    if (value == null || value.length() <= Account.SHORT_CHARS) {
      throw new AclRejected(
          place + ": " + key + " must be longer than " + Account.SHORT_CHARS + " characters");
    }
    return value;
  }

  private AddressPattern white() throws AclRejected {
    String value = text(WHITE);
    try {
      return value == null ? AddressPattern.NONE : AddressPattern.parse(value);
    } catch (AddressPattern.Malformed e) {
      throw new AclRejected(place + ": " + WHITE + ": " + e.getMessage());
    }
  }

  private boolean admin() throws AclRejected {
    String value = text(ADMIN);
    if (value == null || value.equalsIgnoreCase("false")) {
      return false;
    }
    if (value.equalsIgnoreCase("true")) {
      return true;
    }
    throw new AclRejected(place + ": " + ADMIN + " must be true or false, not '" + value + "'");
  }

  /** Absent, and as in the original unknown, means none. */
  private Right defaultRight(String key) {
    String value = text(key);
    return value == null ? Right.DENY : right(key, value);
  }

  private Right right(String key, String value) {
    Right right = Right.named(value);
    if (right == null) {
      warnings.warn(
          place + ": " + key + ": '" + value + "' is no right and denies; PUB, SUB, PUB|SUB are");
      return Right.DENY;
    }
    return right;
  }

  private Map<String, Right> rights(String key) throws AclRejected {
    Object value = fields.get(key);
    if (value == null) {
      return Map.of();
    }
    if (!(value instanceof List<?> all)) {
      throw new AclRejected(place + ": " + key + " must be a list of NAME=RIGHT");
    }
    Map<String, Right> rights = new LinkedHashMap<>();
    for (Object each : all) {
      String pair = String.valueOf(each);
      int equals = pair.indexOf('=');
      if (equals <= 0 || equals != pair.lastIndexOf('=')) {
        throw new AclRejected(place + ": " + key + ": '" + pair + "' is not NAME=RIGHT");
      }
      rights.put(pair.substring(0, equals).strip(), right(key, pair.substring(equals + 1)));
    }
    return rights;
  }
}
