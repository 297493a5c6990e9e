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

/**
 * Gives out tokens and tickets, to whoever comes with an account that a broker has accepted. What is given
 * for a token or session does not outlive it, so that a stolen one can't be renewed for ever.
 */
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
    long lifeMs = tokens.lifeMs(call.number("lifeSeconds") * SECOND_MS, call.accountEndMs());
    return answer("token", tokens.issue(account(call), lifeMs), lifeMs);
  }

  private Future<Answer> ticket(Call call) {
    long lifeMs = tokens.lifeMs(Tokens.MAX_TICKET_LIFE_MS, call.accountEndMs());
    return answer("ticket", tokens.issueTicket(account(call), lifeMs), lifeMs);
  }

  private static Future<Answer> answer(String name, String token, long lifeMs) {
    return Future.succeededFuture(
        Answer.json(
            201, new JsonObject().put(name, token).put("expiresInSeconds", lifeMs / SECOND_MS)));
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
