package io.apogeemq.gateway.admin;

import io.apogeemq.client.Filter;
import io.apogeemq.client.Message;
import io.apogeemq.client.MessageQueue;
import io.apogeemq.client.PullConsumer;
import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.gateway.consume.Browse;
import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.ItemResults;
import io.apogeemq.gateway.http.OperationFamily;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.protocol.Names;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A group's dead letters: looking at them, and sending them again. */
public final class DeadLetterOperations implements OperationFamily {
  private static final int MAX_REPLAYS = 100;

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

  @Override
  public Map<String, Handling> operations() {
    return Map.of("deadLetters", this::deadLetters, "replay", this::replay);
  }

  private Future<Answer> deadLetters(Call call) {
    return Browse.page(call, Names.dlqTopic(call.text("group")), Filter.ALL);
  }

  private Future<Answer> replay(Call call) {
    return call.json()
        .compose(
            body -> {
              if (!(body.getValue("messages") instanceof JsonArray all)
                  || all.isEmpty()
                  || all.size() > MAX_REPLAYS) {
                throw Problem.badField(
                    "messages",
                    "is no array of 1 to " + MAX_REPLAYS + " messages",
                    "Give [{\"broker\": …, \"queueId\": …, \"offset\": …}] of dead letters.");
              }
              return ItemResults.of(all, each -> replayOne(call, each, body.getString("topic")))
                  .map(ItemResults::answer);
            });
  }

  private static Future<JsonObject> replayOne(Call call, Object item, @Nullable String topic) {
    if (!(item instanceof JsonObject json)
        || !(json.getValue("broker") instanceof String broker)
        || !(json.getValue("queueId") instanceof Integer queueId)
        || !(json.getValue("offset") instanceof Number offset)) {
      throw Problem.badField(
          "messages", "lacks broker, queueId or offset", "Give those of a dead letter.");
    }
    MessageQueue queue = new MessageQueue(Names.dlqTopic(call.text("group")), broker, queueId);
    PullConsumer reader = call.client().reader(Browse.READER);
    return Browse.existing(reader, queue)
        .compose(known -> reader.pull(known, Filter.ALL, offset.longValue(), 1, 0))
        .compose(
            result -> {
              if (result.messages().isEmpty()) {
                throw Problem.badField(
                    "messages",
                    "names a dead letter that is not there: " + json,
                    "Browse them anew.");
              }
              return call.client().producer().send(alive(result.messages().get(0), topic));
            })
        .map(sent -> json.copy().put("messageId", sent.msgId()));
  }

  /**
   * The message as it was sent first.
   *
   * @param topic null: the one that it came from
   */
  private static Message alive(ReceivedMessage dead, @Nullable String topic) {
    Map<String, String> properties = new LinkedHashMap<>(dead.properties());
    String origin =
        properties.getOrDefault("DLQ_ORIGIN_TOPIC", properties.getOrDefault("RETRY_TOPIC", ""));
    OF_ITS_WAY.forEach(properties::remove);
    if (topic == null && origin.isEmpty()) {
      throw Problem.badField(
          "topic", "is lacking, and the message does not say where it came from", "Give a topic.");
    }
    return new Message(topic == null ? origin : topic, dead.flag(), properties, dead.body());
  }
}
