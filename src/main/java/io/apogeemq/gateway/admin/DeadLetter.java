package io.apogeemq.gateway.admin;

import io.apogeemq.client.Message;
import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.message.Unpacked;
import io.apogeemq.protocol.Names;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A dead letter as a message to be sent again, to everybody or to its group. */
final class DeadLetter {
  /** Says of a message that was sent again which one it was: sent twice, it can be recognised. */
  static final String REPLAY_OF = "APOGEE_REPLAY_OF";

  /** More than any broker takes at once. */
  private static final int MAX_BODY_BYTES = 16 * 1024 * 1024;

  /** Properties that say where a message was, not what it is. */
  private static final List<String> OF_ITS_WAY =
      List.of(
          "RETRY_TOPIC",
          "DLQ_ORIGIN_TOPIC",
          "DLQ_ORIGIN_MESSAGE_ID",
          "ORIGIN_MESSAGE_ID",
          "RECONSUME_TIME",
          "MAX_RECONSUME_TIMES",
          "ORIGIN_GROUP",
          "REAL_TOPIC",
          "REAL_QID",
          "DELAY",
          "UNIQ_KEY",
          "MIN_OFFSET",
          "MAX_OFFSET",
          "POP_CK",
          "1ST_POP_TIME",
          "CLUSTER",
          "WAIT",
          "TRACE_ON",
          "MSG_REGION",
          "CONSUME_START_TIME");

  /** Between group and topic in the name of a POP retry topic, in its two forms. */
  private static final List<String> POP_SIGNS = List.of("_", "+");

  private DeadLetter() {}

  /** The topic that it came from at first; empty if it doesn't say. */
  static String origin(ReceivedMessage dead) {
    String told = told(dead);
    String group = dead.topic().substring(Names.DLQ.length());
    for (String sign : POP_SIGNS) {
      String popped = Names.retryTopic(group) + sign;
      if (told.startsWith(popped)) {
        return told.substring(popped.length());
      }
    }
    return told;
  }

  /** The topic that the broker took it from. */
  private static String told(ReceivedMessage dead) {
    Map<String, String> properties = dead.properties();
    return properties.getOrDefault("DLQ_ORIGIN_TOPIC", properties.getOrDefault("RETRY_TOPIC", ""));
  }

  /** Whether it is told that it was taken by POP when it died, or before. */
  static boolean wasPopped(ReceivedMessage dead) {
    return dead.properties().containsKey("1ST_POP_TIME") || !origin(dead).equals(told(dead));
  }

  /**
   * A message as it was sent first.
   *
   * @param dead with its body as it is stored
   * @param topic null: the one that it came from
   */
  static Future<Message> revive(Vertx vertx, ReceivedMessage dead, @Nullable String topic) {
    return unpacked(
        vertx,
        dead,
        () -> {
          if (topic == null && origin(dead).isEmpty()) {
            throw lacksTopic();
          }
          return alive(dead, topic == null ? origin(dead) : topic);
        });
  }

  /**
   * A message as its group gets it again, under the id that it had: what the official consumer makes of
   * one that it could not hand back (5.5.0, {@code DefaultMQPushConsumerImpl.sendMessageBack}), but not
   * tried before and to come at once.
   *
   * @param retryTopic one of the group
   */
  static Future<Message> retry(Vertx vertx, ReceivedMessage dead, String retryTopic) {
    return unpacked(
        vertx,
        dead,
        () -> {
          if (origin(dead).isEmpty()) {
            throw lacksTopic();
          }
          Map<String, String> before = dead.properties();
          Message again = alive(dead, retryTopic).with("RETRY_TOPIC", origin(dead));
          String key = before.get("UNIQ_KEY");
          return (key == null ? again : again.with("UNIQ_KEY", key))
              .with(
                  "ORIGIN_MESSAGE_ID", before.getOrDefault("ORIGIN_MESSAGE_ID", dead.messageId()));
        });
  }

  private static Problem lacksTopic() {
    return Problem.badField(
        "topic", "is lacking, and the message does not say where it came from", "Give a topic.");
  }

  /** Beside the event loop if there is something to unpack. */
  private static Future<Message> unpacked(
      Vertx vertx, ReceivedMessage dead, Supplier<Message> making) {
    return Unpacked.isCompressed(dead.sysFlag())
        ? vertx.executeBlocking(making::get, false)
        : Future.<Void>succeededFuture().map(ignored -> making.get());
  }

  private static Message alive(ReceivedMessage dead, String topic) {
    Unpacked body = Unpacked.of(dead.sysFlag(), dead.body(), MAX_BODY_BYTES);
    if (body.flaw() != null || !body.whole()) {
      throw Problem.badField(
          "messages",
          "names a dead letter whose body is compressed, and "
              + (body.flaw() != null ? body.flaw() : "unpacks to more than 16 MiB"),
          "Read it with a client of the language that sent it.");
    }
    Map<String, String> properties = new LinkedHashMap<>(dead.properties());
    OF_ITS_WAY.forEach(properties::remove);
    properties.put(REPLAY_OF, dead.messageId());
    return new Message(topic, dead.flag(), properties, body.bytes());
  }
}
