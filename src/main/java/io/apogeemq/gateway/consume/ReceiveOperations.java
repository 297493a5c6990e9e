package io.apogeemq.gateway.consume;

import io.apogeemq.client.Filter;
import io.apogeemq.client.PoppedMessage;
import io.apogeemq.client.ReceiveOptions;
import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.gateway.http.Answer;
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
import java.util.List;
import java.util.Map;

/**
 * {@code receive}: takes messages out of a topic for a group, waiting for them if there are none. What
 * was taken for a client that has gone meanwhile is given back at once.
 */
public final class ReceiveOperations implements OperationFamily {

  /** The body of one message is the body of the answer. */
  private static final String RAW = "raw";

  private final Metrics metrics;

  /** {@code metrics}: one for all event loops. */
  public ReceiveOperations(Metrics metrics) {
    this.metrics = metrics;
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
            messages -> {
              if (call.request().response().closed()) {
                new GiveBack(call.client(), group).all(messages);
                return Answer.WRITTEN;
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

  /**
   * A CloudEvent in binary mode if it is one; nothing (204) if there is no message. {@code X-Left-Out} names
   * what can't stand in a header.
   */
  private static Answer raw(List<PoppedMessage> messages) {
    if (messages.isEmpty()) {
      return Answer.noContent();
    }
    ReceivedMessage message = messages.get(0).message();
    List<String> leftOut = new ArrayList<>();
    String type = CloudEvents.dataType(message);
    if (!Headers.isMediaType(type)) {
      leftOut.add("content-type");
      type = CloudEvents.ANY_TYPE;
    }
    Answer answer =
        Answer.of(type, Buffer.buffer(message.body()))
            .with("X-Receipt", messages.get(0).receipt().toString())
            .with("X-Message-Id", Headers.safe(message.messageId()));
    if (message.bodyFlaw() != null) {
      answer = answer.with("X-Body-Flaw", Headers.safe(message.bodyFlaw()));
    }
    for (Map.Entry<String, String> each : CloudEvents.headers(message).entrySet()) {
      if (Headers.isName(each.getKey())) {
        answer = answer.with(each.getKey(), Headers.safe(each.getValue()));
      } else {
        leftOut.add(Headers.safe(each.getKey()));
      }
    }
    return leftOut.isEmpty() ? answer : answer.with("X-Left-Out", String.join(", ", leftOut));
  }

  private static JsonObject json(List<PoppedMessage> messages, String form) {
    JsonArray all = new JsonArray();
    messages.forEach(each -> all.add(Incoming.json(each, form)));
    return new JsonObject().put("messages", all);
  }
}
