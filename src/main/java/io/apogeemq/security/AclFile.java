package io.apogeemq.security;

import io.apogeemq.protocol.body.DataVersion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One file of accounts in the original's form. Immutable.
 *
 * <pre>
 *   globalWhiteRemoteAddresses:       from these addresses everything is allowed
 *     - 10.10.103.*
 *   accounts:
 *     - accessKey: RocketMQ
 *       secretKey: '12345678'         both longer than 6 characters
 *       whiteRemoteAddress:           the same for this account alone
 *       admin: false
 *       defaultTopicPerm: DENY        of topics that are not named below; absent: DENY
 *       defaultGroupPerm: SUB
 *       topicPerms: [topicA=DENY, topicB=PUB|SUB]
 *       groupPerms: [groupA=SUB]
 *   dataVersion:                      written by the broker whenever it changes the file
 *     - counter: 1
 *       timestamp: 1700000000000
 * </pre>
 *
 * @param document the file as the YAML reader gives it, with what we don't know
 */
record AclFile(
    Path path,
    Map<String, Object> document,
    List<AddressPattern> white,
    List<Account> accounts,
    DataVersion version) {
  static final String WHITE = "globalWhiteRemoteAddresses";
  static final String ACCOUNTS = "accounts";
  static final String VERSION = "dataVersion";
  static final String ACCESS_KEY = "accessKey";

  /** The version of a file that no broker has written yet. */
  static final DataVersion UNWRITTEN = new DataVersion(0, null, 0);

  private static final List<String> KNOWN = List.of(WHITE, ACCOUNTS, VERSION);

  /**
   * Reads a file's text.
   *
   * @throws AclRejected naming the entry that is wrong
   */
  static AclFile parse(Path path, String text, AclRules.Warnings warnings) throws AclRejected {
    Map<String, Object> document = AclYaml.read(path, text);
    for (String key : document.keySet()) {
      if (!KNOWN.contains(key)) {
        warnings.warn(path + ": '" + key + "' has no meaning; known are " + KNOWN);
      }
    }
    List<Account> accounts = new ArrayList<>();
    int number = 0;
    for (Object each : list(path, document, ACCOUNTS)) {
      AccountEntry entry = new AccountEntry(path + ": account " + ++number, each, warnings);
      accounts.add(entry.account());
    }
    return new AclFile(path, document, white(path, document), accounts, version(document));
  }

  private static List<AddressPattern> white(Path path, Map<String, Object> document)
      throws AclRejected {
    List<AddressPattern> white = new ArrayList<>();
    for (Object each : list(path, document, WHITE)) {
      try {
        AddressPattern pattern = AddressPattern.parse(each == null ? "" : each.toString());
        if (pattern != AddressPattern.NONE) {
          white.add(pattern);
        }
      } catch (AddressPattern.Malformed e) {
        throw new AclRejected(path + ": " + WHITE + ": " + e.getMessage());
      }
    }
    return white;
  }

  private static DataVersion version(Map<String, Object> document) {
    if (document.get(VERSION) instanceof List<?> versions
        && !versions.isEmpty()
        && versions.get(0) instanceof Map<?, ?> first
        && first.get("counter") instanceof Number counter
        && first.get("timestamp") instanceof Number timestamp) {
      return new DataVersion(counter.longValue(), null, timestamp.longValue());
    }
    return UNWRITTEN;
  }

  private static List<?> list(Path path, Map<String, Object> document, String key)
      throws AclRejected {
    Object value = document.get(key);
    if (value == null) {
      return List.of();
    }
    if (value instanceof List<?> all) {
      return all;
    }
    throw new AclRejected(path + ": " + key + " must be a list: each entry a line with '- '");
  }

  /** The account of this name, null if it is not in this file. */
  @Nullable Account find(String accessKey) {
    for (Account each : accounts) {
      if (each.accessKey().equals(accessKey)) {
        return each;
      }
    }
    return null;
  }

  /** The text of the file with an account changed, or added behind the others. */
  String textWith(AccountChange change, long nowMs) {
    List<Object> entries = new ArrayList<>();
    boolean found = false;
    for (Object each : entries()) {
      boolean same = isOf(each, change.accessKey());
      found |= same;
      entries.add(same ? change.applyTo((Map<?, ?>) each) : each);
    }
    if (!found) {
      entries.add(change.applyTo(Map.of()));
    }
    return text(ACCOUNTS, entries, nowMs);
  }

  /** The text of the file without an account. */
  String textWithout(String accessKey, long nowMs) {
    List<Object> entries = new ArrayList<>(entries());
    entries.removeIf(each -> isOf(each, accessKey));
    return text(ACCOUNTS, entries, nowMs);
  }

  /** The text of the file with other addresses from which everything is allowed. */
  String textWithWhite(List<String> patterns, long nowMs) {
    return text(WHITE, new ArrayList<>(patterns), nowMs);
  }

  private List<?> entries() {
    return document.get(ACCOUNTS) instanceof List<?> all ? all : List.of();
  }

  private static boolean isOf(Object entry, String accessKey) {
    return entry instanceof Map<?, ?> fields
        && accessKey.equals(String.valueOf(fields.get(ACCESS_KEY)));
  }

  private String text(String key, Object value, long nowMs) {
    Map<String, Object> changed = new LinkedHashMap<>(document);
    changed.put(key, value);
    DataVersion next = version.next(nowMs);
    Map<String, Object> numbers = new LinkedHashMap<>();
    numbers.put("counter", next.counter());
    numbers.put("timestamp", next.timestamp());
    changed.put(VERSION, List.of(numbers));
    return AclYaml.write(changed);
  }
}
