package io.apogeemq.gateway.message;

import io.apogeemq.client.PoppedMessage;
import io.apogeemq.client.ReceivedMessage;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;

/** A stored message as JSON. The body is in the form that the reader asked for ({@link Payload}). */
public final class Incoming {
  /** What has a field of its own, or is between clients and brokers only. */
  private static final Set<String> INTERNAL =
      Set.of(
          "TAGS",
          "KEYS",
          "UNIQ_KEY",
          "WAIT",
          "MIN_OFFSET",
          "MAX_OFFSET",
          "CLUSTER",
          "POP_CK",
          "TRACE_ON",
          "MSG_REGION",
          "CONSUME_START_TIME",
          "1ST_POP_TIME",
          "__SHARDINGKEY");

  private Incoming() {}

  /** A message that was taken, with its receipt. */
  public static JsonObject json(PoppedMessage popped, String form) {
    return addTo(
        new JsonObject().put("receipt", popped.receipt().toString()), popped.message(), form);
  }

  /**
   * Any message. {@code bodyFlaw} says why its body is still compressed, if it is.
   *
   * @param form as {@link Payload#write} takes it
   */
  public static JsonObject json(ReceivedMessage message, String form) {
    return addTo(new JsonObject(), message, form);
  }

  private static JsonObject addTo(JsonObject json, ReceivedMessage message, String form) {
    addWithoutBody(json, message);
    if (message.bodyFlaw() != null) {
      json.put("bodyFlaw", message.bodyFlaw());
    }
    if (form.equals("cloudevents")) {
      return json.put("cloudEvent", CloudEvents.structured(message, message.body()));
    }
    Payload.write(message.body(), form, json);
    return json;
  }

  /** An address as text: {@code 10.0.0.7:40123}. */
  public static String host(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    return (ip instanceof Inet6Address
            ? '[' + ip.getHostAddress() + ']'
            : ip == null ? address.getHostString() : ip.getHostAddress())
        + ':'
        + address.getPort();
  }

  static JsonObject withoutBody(ReceivedMessage message) {
    return addWithoutBody(new JsonObject(), message);
  }

  private static JsonObject addWithoutBody(JsonObject json, ReceivedMessage message) {
    json.put("messageId", message.messageId()).put("topic", message.topic());
    Map<String, String> properties = message.properties();
    if (message.tag() != null) {
      json.put("tag", message.tag());
    }
    if (message.keys() != null && !message.keys().isBlank()) {
      json.put("keys", new JsonArray());
      for (String each : message.keys().trim().split(" +")) {
        json.getJsonArray("keys").add(each);
      }
    }
    if (properties.containsKey("__SHARDINGKEY")) {
      json.put("orderKey", properties.get("__SHARDINGKEY"));
    }
    JsonObject own = new JsonObject();
    properties.forEach(
        (name, value) -> {
          if (!INTERNAL.contains(name)) {
            own.put(name, value);
          }
        });
    return json.put("properties", own)
        .put("attempt", message.reconsumeTimes() + 1)
        .put("bornAt", message.bornTimestampMs())
        .put("storedAt", message.storeTimestampMs())
        .put("broker", message.brokerName())
        .put("queueId", message.queueId())
        .put("offset", message.queueOffset());
  }
}
