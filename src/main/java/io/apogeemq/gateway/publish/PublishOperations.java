package io.apogeemq.gateway.publish;

import io.apogeemq.client.SendResult;
import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.BodyBudget;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.ItemResults;
import io.apogeemq.gateway.http.OperationFamily;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.apogeemq.gateway.message.CloudEvents;
import io.apogeemq.gateway.message.MessageJson;
import io.apogeemq.gateway.message.Outgoing;
import io.apogeemq.gateway.message.RawMessage;
import io.apogeemq.gateway.metrics.Metrics;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code publish}: one message, many, or a stream of them. The media type of the body decides: JSON
 * describes messages, NDJSON is a stream of such, CloudEvents are in their own forms, anything else is
 * the body of one message itself.
 */
public final class PublishOperations implements OperationFamily {
  private static final int MAX_MESSAGES = 1_000;

  private static final String JSON = "application/json";
  private static final String NDJSON = "application/x-ndjson";
  private static final String JSON_LINES = "application/jsonl";

  /** Bodies that say all of their messages, so that the query can't. */
  private static final Set<String> DESCRIBING = Set.of(JSON, NDJSON, JSON_LINES);

  private static final List<String> OF_RAW_BODIES = List.of("tag", "keys", "delayMs", "orderKey");

  private final Sender sender;
  private final BodyBudget bodies;

  /** One of each for all event loops. */
  public PublishOperations(SentOnce sent, Metrics metrics, BodyBudget bodies) {
    this.bodies = bodies;
    sender = new Sender(sent, metrics);
  }

  @Override
  public Map<String, Handling> operations() {
    return Map.of("publish", this::publish);
  }

  private Future<Answer> publish(Call call) {
    String type = call.bodyType();
    if (DESCRIBING.contains(type)) {
      checkQuery(call);
    }
    return switch (type) {
      case JSON -> call.body().map(MessageJson::message).compose(body -> json(call, body));
      case NDJSON, JSON_LINES -> new PublishStream(call, sender, bodies).run();
      case CloudEvents.EVENT ->
          call.body()
              .map(MessageJson::event)
              .compose(event -> one(call, CloudEvents.structured(call, event)));
      case CloudEvents.BATCH ->
          call.body().map(MessageJson::events).compose(all -> events(call, all));
      default ->
          call.body()
              .compose(
                  body ->
                      one(
                          call,
                          CloudEvents.isBinary(call)
                              ? CloudEvents.binary(call, body)
                              : RawMessage.read(call, body)));
    };
  }

  private static void checkQuery(Call call) {
    for (String each : OF_RAW_BODIES) {
      if (call.isGiven(each)) {
        throw Problem.badField(
            each, "stands in the query beside a JSON body", "Put it into the message.");
      }
    }
  }

  private Future<Answer> json(Call call, JsonObject body) {
    if (!body.containsKey("messages")) {
      return one(call, Outgoing.of(call.text("topic"), body));
    }
    if (body.size() > 1 || !(body.getValue("messages") instanceof JsonArray all)) {
      throw Problem.badField(
          "messages", "is no array, or does not stand alone", "Give {\"messages\": […]}.");
    }
    checkCount(all);
    call.chargeMessages(all.size());
    return ItemResults.of(all, (each, number) -> sendItem(call, each, number))
        .map(ItemResults::answer);
  }

  private Future<JsonObject> sendItem(Call call, Object item, int number) {
    if (item instanceof JsonObject message) {
      return sender
          .send(call, Outgoing.of(call.text("topic"), message), number)
          .map(PublishOperations::stored);
    }
    throw new Problem(ProblemKind.BAD_REQUEST, "A message must be a JSON object.");
  }

  private Future<Answer> events(Call call, JsonArray all) {
    checkCount(all);
    call.chargeMessages(all.size());
    return ItemResults.of(
            all,
            (each, number) -> {
              if (each instanceof JsonObject event) {
                return sender
                    .send(call, CloudEvents.structured(call, event), number)
                    .map(PublishOperations::stored);
              }
              throw new Problem(ProblemKind.BAD_REQUEST, "An event must be a JSON object.");
            })
        .map(ItemResults::answer);
  }

  private static void checkCount(JsonArray all) {
    if (all.isEmpty() || all.size() > MAX_MESSAGES) {
      throw Problem.badField(
              "messages", "has " + all.size() + " messages", "Give from 1 to " + MAX_MESSAGES + ".")
          .with("limit", MAX_MESSAGES);
    }
  }

  /** One message: what fails it fails the request. */
  private Future<Answer> one(Call call, Outgoing message) {
    return sender
        .send(call, message)
        .map(
            result ->
                Answer.ok(new JsonObject().put("results", new JsonArray().add(stored(result)))));
  }

  /** What a client is told of a stored message. */
  static JsonObject stored(SendResult result) {
    return new JsonObject()
        .put("status", result.sendStatus().name())
        .put("messageId", result.msgId())
        .put("offsetMessageId", result.offsetMsgId())
        .put("broker", result.messageQueue().brokerName())
        .put("queueId", result.messageQueue().queueId())
        .put("offset", result.queueOffset());
  }
}
