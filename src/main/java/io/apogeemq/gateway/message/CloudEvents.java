package io.apogeemq.gateway.message;

import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.Problem;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * CloudEvents 1.0 over HTTP, in and out, in both modes. A stored event has its data as body and its
 * attributes as properties, named as CloudEvents' own binding for RocketMQ names them: {@code CE_id},
 * {@code CE_type}, …, {@code CE_contenttype}.
 *
 * <pre>
 *   binary:      ce-id: 1   ce-source: /shop   ce-type: order.made   ce-specversion: 1.0      body: the data
 *   structured:  application/cloudevents+json   { "specversion": "1.0", "id": "1", …, "data": … }
 * </pre>
 */
public final class CloudEvents {
  /** Media type of one event, and of an array of them. */
  public static final String EVENT = "application/cloudevents+json";

  public static final String BATCH = "application/cloudevents-batch+json";

  /** Of data that nobody has named a type for. */
  public static final String ANY_TYPE = "application/octet-stream";

  private static final String PREFIX = "CE_";
  private static final String HEADER_PREFIX = "ce-";
  private static final String CONTENT_TYPE = PREFIX + "contenttype";
  private static final List<String> REQUIRED = List.of("specversion", "id", "source", "type");
  private static final String JSON = "application/json";

  private CloudEvents() {}

  /** Whether a request's headers say that its body is the data of an event. */
  public static boolean isBinary(Call call) {
    return call.request().getHeader(HEADER_PREFIX + "specversion") != null;
  }

  /** An event in binary mode. */
  public static Outgoing binary(Call call, Buffer body) {
    Map<String, String> properties = new LinkedHashMap<>();
    call.request()
        .headers()
        .forEach(
            each -> {
              String name = each.getKey().toLowerCase(Locale.ROOT);
              if (name.startsWith(HEADER_PREFIX)) {
                put(
                    name.substring(HEADER_PREFIX.length()),
                    Headers.plain(Headers.text(each.getValue())),
                    properties);
              }
            });
    if (!call.contentType().isEmpty()) {
      Outgoing.put(CONTENT_TYPE, call.contentType(), properties);
    }
    return checked(call, body.getBytes(), properties);
  }

  /** An event in structured mode, as {@link MessageJson} reads it. */
  public static Outgoing structured(Call call, JsonObject event) {
    Map<String, String> properties = new LinkedHashMap<>();
    byte[] data = new byte[0];
    for (String name : event.fieldNames()) {
      Object value = event.getValue(name);
      switch (name) {
        case "data" -> data = data((JsonText) value, event.getString("datacontenttype"));
        case "data_base64" -> data = base64(value);
        case "datacontenttype" -> Outgoing.put(CONTENT_TYPE, value, properties);
        default -> put(name, value, properties);
      }
    }
    if (event.containsKey("data")) {
      properties.putIfAbsent(CONTENT_TYPE, JSON);
    }
    return checked(call, data, properties);
  }

  private static byte[] data(JsonText value, @Nullable String type) {
    String text = type == null || isJson(type) ? null : value.string();
    return text == null ? value.utf8() : text.getBytes(StandardCharsets.UTF_8);
  }

  private static boolean isJson(String type) {
    int end = type.indexOf(';');
    String plain = (end < 0 ? type : type.substring(0, end)).trim().toLowerCase(Locale.ROOT);
    return plain.equals(JSON) || plain.endsWith("+json");
  }

  private static byte[] base64(@Nullable Object value) {
    try {
      return Base64.getDecoder().decode(String.valueOf(value));
    } catch (IllegalArgumentException e) {
      throw Problem.badField("data_base64", "is no base64", "Encode it by RFC 4648.");
    }
  }

  private static void put(String name, @Nullable Object value, Map<String, String> to) {
    Outgoing.put(PREFIX + name, value, to);
  }

  private static Outgoing checked(Call call, byte[] data, Map<String, String> properties) {
    for (String each : REQUIRED) {
      if (properties.getOrDefault(PREFIX + each, "").isEmpty()) {
        throw Problem.badField(each, "is lacking", "Every CloudEvent has " + REQUIRED + ".");
      }
    }
    if (!properties.get(PREFIX + "specversion").startsWith("1.")) {
      throw Problem.badField(
          "specversion", "can't be " + properties.get(PREFIX + "specversion"), "Send version 1.0.");
    }
    return RawMessage.with(call, data, properties);
  }

  /** Attributes as headers, for binary mode; a message may hold some that can be none. */
  public static Map<String, String> headers(ReceivedMessage message) {
    Map<String, String> headers = new LinkedHashMap<>();
    attributes(message).forEach((name, value) -> headers.put(HEADER_PREFIX + name, value));
    return headers;
  }

  /** The media type of the data; bytes of any kind if nobody said. */
  public static String dataType(ReceivedMessage message) {
    return message
        .properties()
        .getOrDefault(CONTENT_TYPE, message.properties().getOrDefault("content-type", ANY_TYPE));
  }

  /** Any message as an event in structured mode; what was sent as none gets attributes made up for it. */
  static JsonObject structured(ReceivedMessage message, byte[] body) {
    JsonObject event = new JsonObject();
    attributes(message).forEach(event::put);
    String type = dataType(message);
    event.put("datacontenttype", type);
    JsonObject data = new JsonObject();
    Payload.write(body, isJson(type) ? "json" : "text", data);
    if (data.containsKey("base64")) {
      return event.put("data_base64", data.getValue("base64"));
    }
    return event.put("data", data.getValue(data.containsKey("json") ? "json" : "text"));
  }

  private static Map<String, String> attributes(ReceivedMessage message) {
    Map<String, String> all = new LinkedHashMap<>();
    message
        .properties()
        .forEach(
            (name, value) -> {
              if (name.startsWith(PREFIX) && !name.equals(CONTENT_TYPE)) {
                all.put(name.substring(PREFIX.length()).toLowerCase(Locale.ROOT), value);
              }
            });
    all.putIfAbsent("specversion", "1.0");
    all.putIfAbsent("id", message.messageId());
    all.putIfAbsent("source", "/topics/" + message.topic());
    all.putIfAbsent("type", "io.apogeemq.message");
    all.putIfAbsent("time", Instant.ofEpochMilli(message.bornTimestampMs()).toString());
    return all;
  }
}
