package io.apogeemq.gateway.admin;

import io.apogeemq.client.Message;
import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.message.Unpacked;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A dead letter as a message to be sent again. */
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

  private DeadLetter() {}

  /** The topic that it came from; empty if it doesn't say. */
  static String origin(ReceivedMessage dead) {
    Map<String, String> properties = dead.properties();
    return properties.getOrDefault("DLQ_ORIGIN_TOPIC", properties.getOrDefault("RETRY_TOPIC", ""));
  }

  /** {@link #alive}, beside the event loop if there is something to unpack. */
  static Future<Message> revive(Vertx vertx, ReceivedMessage dead, @Nullable String topic) {
    return Unpacked.isCompressed(dead.sysFlag())
        ? vertx.executeBlocking(() -> alive(dead, topic), false)
        : Future.<Void>succeededFuture().map(ignored -> alive(dead, topic));
  }

  /**
   * The message as it was sent first.
   *
   * @param dead with its body as it is stored
   * @param topic null: the one that it came from
   */
  private static Message alive(ReceivedMessage dead, @Nullable String topic) {
    String origin = origin(dead);
    if (topic == null && origin.isEmpty()) {
      throw Problem.badField(
          "topic", "is lacking, and the message does not say where it came from", "Give a topic.");
    }
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
    return new Message(topic == null ? origin : topic, dead.flag(), properties, body.bytes());
  }
}
