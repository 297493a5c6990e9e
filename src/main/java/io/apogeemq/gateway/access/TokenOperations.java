package io.apogeemq.gateway.access;

import io.apogeemq.config.Credentials;
import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.OperationFamily;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/** Gives out tokens and tickets, to whoever comes with an account that a broker has accepted. */
public final class TokenOperations implements OperationFamily {
  private static final long SECOND_MS = 1_000;

  private final Tokens tokens;

  public TokenOperations(Tokens tokens) {
    this.tokens = tokens;
  }

  @Override
  public Map<String, Handling> operations() {
    return Map.of("createToken", this::token, "createTicket", this::ticket);
  }

  private Future<Answer> token(Call call) {
    long lifeSeconds = call.number("lifeSeconds");
    return answer("token", tokens.issue(account(call), lifeSeconds * SECOND_MS), lifeSeconds);
  }

  private Future<Answer> ticket(Call call) {
    long lifeSeconds = Tokens.MAX_TICKET_LIFE_MS / SECOND_MS;
    return answer(
        "ticket", tokens.issueTicket(account(call), Tokens.MAX_TICKET_LIFE_MS), lifeSeconds);
  }

  private static Future<Answer> answer(String name, String token, long lifeSeconds) {
    return Future.succeededFuture(
        Answer.json(201, new JsonObject().put(name, token).put("expiresInSeconds", lifeSeconds)));
  }

  private static Credentials account(Call call) {
    Credentials account = call.account();
    if (account == null) {
      throw new Problem(
          ProblemKind.UNAUTHENTICATED,
          "A token stands for an account, and the request names none.");
    }
    return account;
  }
}
