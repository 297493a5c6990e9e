package io.apogeemq.gateway.publish;

import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.OperationFamily;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.message.Incoming;
import io.apogeemq.gateway.message.MessageJson;
import io.apogeemq.gateway.message.Outgoing;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/**
 * {@code request}: sends a message and waits for the reply of whoever consumes it, in one call. No reply
 * in time is a time-out (504); the message was sent all the same.
 */
public final class RequestOperations implements OperationFamily {

  @Override
  public Map<String, Handling> operations() {
    return Map.of("request", this::request);
  }

  private Future<Answer> request(Call call) {
    return call.body()
        .map(MessageJson::message)
        .compose(
            body -> {
              Outgoing question = Outgoing.of(call.text("topic"), body);
              if (question.isDelayed()) {
                throw Problem.badField(
                    "delayMs", "stands in a request", "Send it at once, or publish it.");
              }
              if (question.idempotencyKey() != null) {
                throw Problem.badField(
                    "idempotencyKey",
                    "stands in a request",
                    "Leave it out: each request waits for a reply of its own.");
              }
              return call.client().producer().request(question.message(), call.number("timeoutMs"));
            })
        .map(
            reply ->
                Answer.ok(new JsonObject().put("reply", Incoming.json(reply, call.text("as")))));
  }
}
