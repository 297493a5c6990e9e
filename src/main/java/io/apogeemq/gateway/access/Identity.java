package io.apogeemq.gateway.access;

import io.apogeemq.config.Credentials;
import io.apogeemq.gateway.http.OwnPages;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Finds out whose request it is: {@code Basic} with the account's access key and secret key, {@code
 * Bearer} with a token of {@link Tokens}, or neither and the cookie of {@link Sessions} or a certificate
 * ({@link Certificates}), which stands for no page of others. Whether the secret is right only the
 * brokers know.
 */
public final class Identity {
  private static final String BASIC = "Basic ";
  private static final String BEARER = "Bearer ";

  private final Tokens tokens;
  private final Sessions sessions;
  private final Certificates certificates;
  private final boolean required;

  /**
   * @param required whether everybody must name an account
   */
  public Identity(Tokens tokens, Sessions sessions, Certificates certificates, boolean required) {
    this.tokens = tokens;
    this.sessions = sessions;
    this.certificates = certificates;
    this.required = required;
  }

  /**
   * The account that a request names; it may name none if it needs none.
   *
   * @param open whether the operation needs no account
   */
  public Claim of(HttpServerRequest request, boolean open) {
    String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (open) {
      return Claim.NOBODY;
    }
    if (authorization == null) {
      Sessions.Session session = sessions.of(request);
      if (session != null) {
        return Claim.proven(session.account(), session.endMs());
      }
      Credentials certified = OwnPages.isOfAnotherOrigin(request) ? null : certificates.of(request);
      if (certified != null) {
        return Claim.proven(certified);
      }
      if (required) {
        throw new Problem(ProblemKind.UNAUTHENTICATED, "The request names no account.");
      }
      return Claim.NOBODY;
    }
    if (startsWith(authorization, BASIC)) {
      return Claim.sent(basic(authorization.substring(BASIC.length()).trim()), request);
    }
    if (startsWith(authorization, BEARER)) {
      return tokens.account(authorization.substring(BEARER.length()).trim());
    }
    throw new Problem(
        ProblemKind.UNAUTHENTICATED, "The Authorization header is neither Basic nor Bearer.");
  }

  /** The account of a ticket, which is used up by that. */
  public Claim ofTicket(String ticket) {
    return tokens.redeem(ticket);
  }

  /** Whether a page of ours sent the request. */
  public static boolean isOfPage(HttpServerRequest request) {
    return request.getHeader(Sessions.MARK) != null;
  }

  private static boolean startsWith(String header, String scheme) {
    return header.regionMatches(true, 0, scheme, 0, scheme.length());
  }

  private static Credentials basic(String encoded) {
    String plain;
    try {
      plain = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw malformed();
    }
    int colon = plain.indexOf(':');
    if (colon < 1 || colon == plain.length() - 1) {
      throw malformed();
    }
    return new Credentials(plain.substring(0, colon), plain.substring(colon + 1));
  }

  private static Problem malformed() {
    return new Problem(
        ProblemKind.UNAUTHENTICATED,
        "The Basic authorization is not the base64 form of accessKey:secretKey.");
  }
}
