package io.apogeemq.gateway.message;

import io.apogeemq.client.Message;
import io.apogeemq.config.Credentials;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.apogeemq.protocol.Names;
import io.netty.buffer.ByteBufUtil;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A message to be published, as a request describes it.
 *
 * <pre>
 *   { "text" | "json" | "base64": the body,
 *     "tag": …, "keys": […], "properties": {…},
 *     "delayMs" | "deliverAt" (ms since 1970) | "delayLevel": when it is delivered,
 *     "orderKey": messages of one key keep their order,
 *     "idempotencyKey": sent again with it, it is stored once }
 * </pre>
 *
 * @param idempotencyKey null: each request is a message of its own
 */
public record Outgoing(Message message, @Nullable String idempotencyKey) {
  private static final Set<String> FIELDS =
      Set.of(
          "text",
          "json",
          "base64",
          "tag",
          "keys",
          "properties",
          "delayMs",
          "deliverAt",
          "delayLevel",
          "orderKey",
          "idempotencyKey");

  /** Names of properties that mean something to brokers and clients; a message says them otherwise. */
  private static final Set<String> RESERVED =
      Set.of(
          "KEYS",
          "TAGS",
          "WAIT",
          "DELAY",
          "RETRY_TOPIC",
          "REAL_TOPIC",
          "REAL_QID",
          "TRAN_MSG",
          "PGROUP",
          "MIN_OFFSET",
          "MAX_OFFSET",
          "BUYER_ID",
          "ORIGIN_MESSAGE_ID",
          "TRANSFER_FLAG",
          "CORRECTION_FLAG",
          "MQ2_FLAG",
          "RECONSUME_TIME",
          "MSG_REGION",
          "TRACE_ON",
          "UNIQ_KEY",
          "EXTEND_UNIQ_INFO",
          "MAX_RECONSUME_TIMES",
          "CONSUME_START_TIME",
          "INSTANCE_ID",
          "CORRELATION_ID",
          "REPLY_TO_CLIENT",
          "TTL",
          "CLUSTER",
          "TIMER_DELIVER_MS",
          "TIMER_DELAY_MS",
          "TIMER_DELAY_SEC",
          "POP_CK",
          "INNER_NUM",
          "INNER_BASE");

  private static final Set<String> OF_BROKERS =
      Set.of(
          "SCHEDULE_TOPIC_XXXX",
          "RMQ_SYS_TRANS_HALF_TOPIC",
          "RMQ_SYS_TRANS_OP_HALF_TOPIC",
          "TRANS_CHECK_MAX_TIME_TOPIC");

  private static final String SHARDING_KEY = "__SHARDINGKEY";

  /** The property that holds a message's id. */
  public static final String UNIQUE_KEY = "UNIQ_KEY";

  private static final int MAX_KEY_LENGTH = 255;

  /** What a record has room for, with some left for what brokers add. */
  private static final int MAX_PROPERTY_BYTES = 32_000;

  /** What a request's header has room for; a broker ends the connection of one that is larger. */
  private static final int MAX_ESCAPED_BYTES = 56 * 1024;

  /** Of the two characters that end a name and a value, in the JSON of a request's header. */
  private static final int SEPARATORS_ESCAPED_BYTES = 12;

  /** The last of the levels that brokers have unless they were given others. */
  private static final int MAX_DELAY_LEVEL = 18;

  /** Nobody means a time before September 2001: as seconds since 1970 any number below is one to come. */
  private static final long FIRST_DUE_MS = 1_000_000_000_000L;

  private static final int ID_BYTES = 16;
  private static final char NAME_VALUE = 1;
  private static final char NEXT = 2;

  /** Whether it is for later. */
  public boolean isDelayed() {
    return TIMING.values().stream().anyMatch(message.properties()::containsKey);
  }

  /** Whether it is for a time of its own, which not every broker knows. */
  public boolean isTimed() {
    return message.properties().containsKey(TIMING.get("delayMs"))
        || message.properties().containsKey(TIMING.get("deliverAt"));
  }

  /** Reads a message of JSON, as {@link MessageJson} gives it. */
  public static Outgoing of(String topic, JsonObject json) {
    for (String each : json.fieldNames()) {
      if (!FIELDS.contains(each)) {
        throw Problem.badField(
            each, "is not known", "A message has the fields " + sorted(FIELDS) + ".");
      }
    }
    Map<String, String> properties = new LinkedHashMap<>();
    if (json.getValue("properties") instanceof JsonObject given) {
      given.forEach(each -> put(each.getKey(), each.getValue(), properties));
    } else if (json.getValue("properties") != null) {
      throw Problem.badField(
          "properties", "is no object", "Give names and values: {\"a\": \"b\"}.");
    }
    return of(
            topic,
            Payload.read(json),
            properties,
            text(json, "tag"),
            keys(json.getValue("keys")),
            timing(json),
            text(json, "orderKey"))
        .under(idempotencyKey(json));
  }

  private static @Nullable String idempotencyKey(JsonObject json) {
    String key = text(json, "idempotencyKey");
    if (key != null && key.length() > MAX_KEY_LENGTH) {
      throw Problem.badField(
              "idempotencyKey",
              "has more than " + MAX_KEY_LENGTH + " characters",
              "Give a shorter one; a hash does.")
          .with("limit", MAX_KEY_LENGTH);
    }
    return key;
  }

  /** Puts parts that are read already together. */
  static Outgoing of(
      String topic,
      byte[] body,
      Map<String, String> userProperties,
      @Nullable String tag,
      List<String> keys,
      Map<String, String> timing,
      @Nullable String orderKey) {
    requireOpen(topic);
    Map<String, String> all = new LinkedHashMap<>(userProperties);
    all.putAll(timing);
    if (tag != null && !tag.isEmpty()) {
      if (tag.contains("||") || tag.isBlank()) {
        throw Problem.badField("tag", "can't be '" + tag + "'", "Give one tag without ||.");
      }
      all.put("TAGS", checked("tag", tag));
    }
    if (!keys.isEmpty()) {
      all.put("KEYS", checked("keys", String.join(" ", keys)));
    }
    if (orderKey != null) {
      all.put(SHARDING_KEY, checked("orderKey", orderKey));
    }
    checkSize(all);
    return new Outgoing(new Message(topic, 0, all, body), null);
  }

  private static void checkSize(Map<String, String> properties) {
    long bytes = 0;
    long escaped = 0;
    for (Map.Entry<String, String> each : properties.entrySet()) {
      bytes += 2;
      escaped += SEPARATORS_ESCAPED_BYTES;
      for (String text : List.of(each.getKey(), each.getValue())) {
        int plain = ByteBufUtil.utf8Bytes(text);
        bytes += plain;
        escaped += plain + text.chars().map(Outgoing::escapeBytes).sum();
      }
    }
    if (bytes > MAX_PROPERTY_BYTES || escaped > MAX_ESCAPED_BYTES) {
      throw Problem.badField(
              "properties",
              "and what else stands beside the body are together too large",
              "Send fewer or shorter ones; what is long belongs into the body.")
          .with("limitBytes", MAX_PROPERTY_BYTES);
    }
  }

  /** How many bytes more a character takes where JSON escapes it. */
  private static int escapeBytes(int character) {
    if (character < ' ') {
      return 5;
    }
    return character == '"' || character == '\\' ? 1 : 0;
  }

  /** The same under this idempotency key, unless it brings its own. */
  public Outgoing under(@Nullable String key) {
    return key == null || idempotencyKey != null ? this : new Outgoing(message, key);
  }

  /**
   * The message as this account sends it. With an idempotency key it has an id that is always the same for
   * one account, topic and key, at every gateway, so that brokers and consumers recognise it too; in the form
   * of the clients' own ids.
   *
   * @param account null: nobody's
   */
  public Message as(@Nullable Credentials account) {
    if (idempotencyKey == null) {
      return message;
    }
    String owner = account == null ? "" : account.accessKey();
    MessageDigest hash = sha256();
    hash.update(
        (owner.length() + ":" + owner + message.topic() + '\n' + idempotencyKey)
            .getBytes(StandardCharsets.UTF_8));
    Map<String, String> all = new LinkedHashMap<>(message.properties());
    all.put(UNIQUE_KEY, HexFormat.of().withUpperCase().formatHex(hash.digest(), 0, ID_BYTES));
    return new Message(message.topic(), message.flag(), all, message.body());
  }

  /**
   * Tells messages apart that are sent under one key: a hash of the properties, whatever their order, and of
   * the body, byte for byte. Each text goes in behind its length, so that none can pass for the next.
   */
  public String fingerprint() {
    MessageDigest hash = sha256();
    hash.update(intBytes(message.properties().size()));
    new TreeMap<>(message.properties())
        .forEach(
            (name, value) -> {
              for (String text : List.of(name, value)) {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                hash.update(intBytes(bytes.length));
                hash.update(bytes);
              }
            });
    return HexFormat.of().formatHex(hash.digest(message.body()), 0, ID_BYTES);
  }

  private static byte[] intBytes(int number) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** No account can send to what brokers fill themselves, and they refuse it in words of something else. */
  private static void requireOpen(String topic) {
    boolean dead = topic.startsWith(Names.DLQ);
    if (dead || OF_BROKERS.contains(topic) || topic.startsWith(Names.SYSTEM_PREFIX)) {
      throw new Problem(
              ProblemKind.INVALID_PARAMETER,
              "Only brokers store into the topic " + topic + ".",
              dead
                  ? "Publish to a topic of yours; POST /v1/groups/…/dead-letter gives a message up."
                  : "Publish to a topic of yours; delayMs and deliverAt have it delivered later.")
          .with("parameter", "topic");
    }
  }

  /** Adds one property of the user's own; fails if its name is taken or the value is no plain one. */
  static void put(String name, @Nullable Object value, Map<String, String> to) {
    if (name.isBlank() || RESERVED.contains(name) || name.startsWith("__")) {
      throw Problem.badField(
          "properties",
          "can't have the name '" + name + "'",
          "Brokers use that name themselves; choose another one.");
    }
    if (value instanceof String || value instanceof Number || value instanceof Boolean) {
      to.put(checked("properties", name), checked("properties", value.toString()));
    } else {
      throw Problem.badField(
          "properties", "has no plain value for '" + name + "'", "Give a text, number or boolean.");
    }
  }

  /** Stored properties are separated by these two characters, so no text may hold them. */
  private static String checked(String field, String text) {
    if (text.indexOf(NAME_VALUE) >= 0 || text.indexOf(NEXT) >= 0) {
      throw Problem.badField(field, "holds a control character (1 or 2)", "Leave it out.");
    }
    return text;
  }

  private static @Nullable String text(JsonObject json, String field) {
    Object value = json.getValue(field);
    if (value == null || value instanceof String) {
      return (String) value;
    }
    throw Problem.badField(field, "is no text", "Put it in quotes.");
  }

  private static List<String> keys(@Nullable Object value) {
    if (value == null) {
      return List.of();
    }
    List<String> keys = new ArrayList<>();
    if (value instanceof JsonArray all) {
      for (Object each : all) {
        if (!(each instanceof String key) || key.isBlank() || key.indexOf(' ') >= 0) {
          throw Problem.badField("keys", "holds '" + each + "'", "Give texts without blanks.");
        }
        keys.add(key);
      }
      return keys;
    }
    throw Problem.badField("keys", "is no array", "Give an array of texts: [\"order-1\"].");
  }

  private static final Map<String, String> TIMING =
      Map.of("delayMs", "TIMER_DELAY_MS", "deliverAt", "TIMER_DELIVER_MS", "delayLevel", "DELAY");

  private static Map<String, String> timing(JsonObject json) {
    String found = null;
    for (String each : TIMING.keySet()) {
      if (json.getValue(each) != null) {
        if (found != null) {
          throw Problem.badField(each, "stands beside " + found, "Say only once when it is due.");
        }
        found = each;
      }
    }
    if (found == null) {
      return Map.of();
    }
    if (json.getValue(found) instanceof Number number && isWhole(number)) {
      requireInRange(found, number.longValue());
      return Map.of(TIMING.get(found), Long.toString(number.longValue()));
    }
    throw Problem.badField(found, "is no whole number above zero", "Give a number.");
  }

  /** Brokers take a larger level for their last one, and a time that is over for now. */
  private static void requireInRange(String field, long number) {
    if (field.equals("delayLevel") && number > MAX_DELAY_LEVEL) {
      throw Problem.badField(
          field,
          "can't be " + number,
          "Give 1 to " + MAX_DELAY_LEVEL + ", or any time by delayMs or deliverAt.");
    }
    if (field.equals("deliverAt") && number < FIRST_DUE_MS) {
      throw Problem.badField(
          field,
          "can't be " + number + ", which is before 2001",
          "Give milliseconds since 1970, not seconds.");
    }
  }

  private static boolean isWhole(Number number) {
    return number.doubleValue() == number.longValue() && number.longValue() > 0;
  }

  private static String sorted(Set<String> names) {
    return String.join(", ", names.stream().sorted().toList());
  }
}
