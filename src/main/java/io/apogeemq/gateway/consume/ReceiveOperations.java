package io.apogeemq.gateway.consume;

import io.apogeemq.client.Filter;
import io.apogeemq.client.PoppedMessage;
import io.apogeemq.client.ReceiveOptions;
import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.BodyBudget;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.OperationFamily;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.apogeemq.gateway.message.CloudEvents;
import io.apogeemq.gateway.message.Headers;
import io.apogeemq.gateway.message.Incoming;
import io.apogeemq.gateway.metrics.Metrics;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code receive}: takes messages out of a topic for a group, waiting for them if there are none. What
 * was taken for a client that has gone meanwhile is given back at once.
 */
public final class ReceiveOperations implements OperationFamily {

  /** The body of one message is the body of the answer. */
  static final String RAW = "raw";

  private static final String CONTENT_TYPE = "Content-Type";

  private final Metrics metrics;
  private final BodyBudget memory;

  /** {@code metrics}, {@code memory}: one for all event loops. */
  public ReceiveOperations(Metrics metrics, BodyBudget memory) {
    this.metrics = metrics;
    this.memory = memory;
  }

  @Override
  public Map<String, Handling> operations() {
    return Map.of("receive", this::receive);
  }

  private Future<Answer> receive(Call call) {
    String group = call.text("group");
    String form = call.text("as");
    boolean raw = form.equals(RAW);
    return call.client()
        .consumer(group)
        .receive(
            call.text("topic"),
            options(call)
                .setMaxMessages(raw ? 1 : (int) call.number("max"))
                .setWaitMs(call.number("waitMs")))
        .map(
            batch -> {
              if (call.request().response().closed()) {
                new GiveBack(call.client(), group).all(batch);
                return Answer.WRITTEN;
              }
              List<PoppedMessage> messages = Handout.small(batch);
              if (messages == null) {
                return new LargeAnswer(call, batch, form, metrics, memory).answer();
              }
              metrics.delivered(messages.size());
              return raw ? raw(messages) : Answer.ok(json(messages, form));
            });
  }

  /** What the parameters say about all receives of a call. */
  static ReceiveOptions options(Call call) {
    return new ReceiveOptions()
        .setWanted(filter(call))
        .setInvisibleMs(call.number("invisibleMs"))
        .setOrdered(call.flag("ordered"))
        .setFromFirst(call.text("from").equals("first"));
  }

  /** What the parameters {@code tags} and {@code sql} say. */
  static Filter filter(Call call) {
    String tags = call.textOrNull("tags");
    String sql = call.textOrNull("sql");
    if (tags != null && sql != null) {
      throw new Problem(
          ProblemKind.INVALID_PARAMETER,
          "The parameters tags and sql stand together.",
          "A subscription has one of them.");
    }
    if (sql != null) {
      return Filter.sql(sql);
    }
    try {
      return tags == null ? Filter.ALL : Filter.tags(tags);
    } catch (IllegalArgumentException e) {
      throw new Problem(
          ProblemKind.INVALID_PARAMETER, e.getMessage() + ".", "Part tags by ||, or give *.");
    }
  }

  /** One message, or nothing (204). */
  private static Answer raw(List<PoppedMessage> messages) {
    if (messages.isEmpty()) {
      return Answer.noContent();
    }
    Map<String, String> headers = headers(messages.get(0));
    Answer answer =
        Answer.of(headers.remove(CONTENT_TYPE), Buffer.buffer(messages.get(0).message().body()));
    for (Map.Entry<String, String> each : headers.entrySet()) {
      answer = answer.with(each.getKey(), each.getValue());
    }
    return answer;
  }

  /**
   * What stands beside the body of one message: a CloudEvent in binary mode if it is one. {@code X-Left-Out}
   * names what can't stand in a header.
   */
  static Map<String, String> headers(PoppedMessage popped) {
    ReceivedMessage message = popped.message();
    Map<String, String> headers = new LinkedHashMap<>();
    List<String> leftOut = new ArrayList<>();
    String type = CloudEvents.dataType(message);
    if (!Headers.isMediaType(type)) {
      leftOut.add("content-type");
      type = CloudEvents.ANY_TYPE;
    }
    headers.put(CONTENT_TYPE, type);
    headers.put("X-Receipt", popped.receipt().toString());
    headers.put("X-Message-Id", Headers.safe(message.messageId()));
    if (message.bodyFlaw() != null) {
      headers.put("X-Body-Flaw", Headers.safe(message.bodyFlaw()));
    }
    for (Map.Entry<String, String> each : CloudEvents.headers(message).entrySet()) {
      if (Headers.isName(each.getKey())) {
        headers.put(each.getKey(), Headers.safe(each.getValue()));
      } else {
        leftOut.add(Headers.safe(each.getKey()));
      }
    }
    if (!leftOut.isEmpty()) {
      headers.put("X-Left-Out", String.join(", ", leftOut));
    }
    return headers;
  }

  private static JsonObject json(List<PoppedMessage> messages, String form) {
    JsonArray all = new JsonArray();
    messages.forEach(each -> all.add(Incoming.json(each, form)));
    return new JsonObject().put("messages", all);
  }
}
