package io.apogeemq.gateway.publish;

import io.apogeemq.client.OpenTransaction;
import io.apogeemq.client.TransactionEnded;
import io.apogeemq.client.TransactionOutcome;
import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.OperationFamily;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.apogeemq.gateway.message.MessageJson;
import io.apogeemq.gateway.message.Outgoing;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/**
 * {@code beginTransaction}, {@code commitTransaction}, {@code rollbackTransaction}: a message that is
 * stored now and delivered only if the client says so later, at any gateway. There is nobody to call back,
 * so what the client leaves open stays undecided until the broker drops it.
 */
public final class TransactionOperations implements OperationFamily {

  @Override
  public Map<String, Handling> operations() {
    return Map.of(
        "beginTransaction",
        this::begin,
        "commitTransaction",
        call -> end(call, TransactionOutcome.COMMIT),
        "rollbackTransaction",
        call -> end(call, TransactionOutcome.ROLLBACK));
  }

  private Future<Answer> begin(Call call) {
    return call.body()
        .map(MessageJson::message)
        .compose(
            body -> {
              Outgoing half = Outgoing.of(call.text("topic"), body);
              if (half.isDelayed()) {
                throw Problem.badField(
                    "delayMs", "stands in a transaction", "Commit it when it is due.");
              }
              if (half.idempotencyKey() != null) {
                throw Problem.badField(
                    "idempotencyKey",
                    "stands in a transaction",
                    "Leave it out: a transaction whose answer was lost drops by itself.");
              }
              return call.client().transactions().prepare(half.message());
            })
        .map(
            open ->
                Answer.json(
                    201,
                    new JsonObject()
                        .put("transaction", open.toString())
                        .put("messageId", open.messageId())));
  }

  private static Future<Answer> end(Call call, TransactionOutcome outcome) {
    OpenTransaction open;
    try {
      open = OpenTransaction.parse(call.text("transaction"));
    } catch (IllegalArgumentException e) {
      throw new Problem(
          ProblemKind.INVALID_PARAMETER,
          "The path names what is no transaction.",
          "Give it as POST /v1/topics/…/transactions returned it.");
    }
    return call.client()
        .transactions()
        .end(open, outcome)
        .map(ignored -> Answer.noContent())
        .recover(TransactionOperations::explained);
  }

  /** What the client wanted may have been done or not: it must not take this for a success. */
  private static Future<Answer> explained(Throwable failure) {
    return Future.failedFuture(
        failure instanceof TransactionEnded
            ? new Problem(
                ProblemKind.CONFLICT,
                "The transaction has ended before: it was committed, rolled back, or dropped after its"
                    + " last check. This call changed nothing.",
                "Look for the message in its topic; if it should be there and isn't, send it again.")
            : failure);
  }
}
