package io.apogeemq.gateway.access;

import io.apogeemq.config.Credentials;
import io.apogeemq.gateway.access.Sessions.Opened;
import io.apogeemq.gateway.access.Sessions.Session;
import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.OperationFamily;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.vertx.core.Future;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Signing in and out of a browser: a cookie that no script can read stands for the account. */
public final class SessionOperations implements OperationFamily {
  private static final String PATH = "/v1";

  /** Anybody may send it, so it has room for two keys and no more. */
  private static final int MAX_BODY_BYTES = 8 * 1024;

  private final Sessions sessions;
  private final Clients clients;
  private final boolean needed;

  /**
   * @param needed whether pages must ask for an account
   */
  public SessionOperations(Sessions sessions, Clients clients, boolean needed) {
    this.sessions = sessions;
    this.clients = clients;
    this.needed = needed;
  }

  @Override
  public Map<String, Handling> operations() {
    return Map.of(
        "getSession", this::get, "createSession", this::create, "deleteSession", this::delete);
  }

  private Future<Answer> get(Call call) {
    return Future.succeededFuture(Answer.ok(json(sessions.of(call.request()))));
  }

  private JsonObject json(@Nullable Session session) {
    JsonObject json = new JsonObject().put("accountNeeded", needed);
    if (session != null) {
      json.put("account", session.account().accessKey()).put("endsAt", session.endMs());
    }
    return json;
  }

  private Future<Answer> create(Call call) {
    // A form of another origin can send text or fields here, but not JSON.
    if (!call.bodyType().equals("application/json")) {
      throw new Problem(
          ProblemKind.UNSUPPORTED_MEDIA_TYPE,
          "Signing in takes application/json only.",
          "Send {\"accessKey\": …, \"secretKey\": …} with that Content-Type.");
    }
    HttpServerRequest request = call.request();
    return call.json(MAX_BODY_BYTES)
        .compose(
            body -> {
              Credentials account = new Credentials(key(body, "accessKey"), key(body, "secretKey"));
              return clients.with(
                  Claim.sent(account, request), ignored -> Future.succeededFuture(account));
            })
        .map(
            account -> {
              Opened opened = sessions.open(account, ClientAddress.of(request));
              request
                  .response()
                  .addCookie(cookie(request, opened.id()).setMaxAge(Sessions.LIFE_MS / 1000));
              return Answer.json(201, json(opened.session()));
            });
  }

  private static String key(JsonObject body, String field) {
    if (body.getValue(field) instanceof String text && !text.isEmpty()) {
      return text;
    }
    throw Problem.badField(field, "is lacking or no text", "Give the account's " + field + ".");
  }

  private Future<Answer> delete(Call call) {
    sessions.close(call.request());
    call.request().response().addCookie(cookie(call.request(), "").setMaxAge(0));
    return Future.succeededFuture(Answer.noContent());
  }

  /** Over TLS, which a proxy before us ends, browsers must not send it without. */
  private static Cookie cookie(HttpServerRequest request, String value) {
    return Cookie.cookie(Sessions.COOKIE, value)
        .setPath(PATH)
        .setHttpOnly(true)
        .setSameSite(CookieSameSite.STRICT)
        .setSecure(request.isSSL() || "https".equals(request.getHeader("X-Forwarded-Proto")));
  }
}
