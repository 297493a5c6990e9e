package io.apogeemq.gateway.access;

import io.apogeemq.config.Credentials;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * Whose a request says that it is.
 *
 * @param account null: it names nobody
 * @param address from where the account's secret was sent with it, so that it may be a guess; null if
 *     this gateway itself vouches for the account, by a session, token, ticket or certificate
 * @param endMs when the session, token or ticket ends that it stands on; {@link #NO_END} if it stands on none
 */
public record Claim(@Nullable Credentials account, @Nullable String address, long endMs) {
  /** Good as long as the account is. */
  public static final long NO_END = Long.MAX_VALUE;

  /** A request that names no account. */
  public static final Claim NOBODY = proven(null);

  /** Of whom the gateway knows that it is his; null: nobody's. */
  public static Claim proven(@Nullable Credentials account) {
    return proven(account, NO_END);
  }

  /** The same, until then. */
  static Claim proven(@Nullable Credentials account, long endMs) {
    return new Claim(account, null, endMs);
  }

  /** The request carries the secret. */
  static Claim sent(Credentials account, HttpServerRequest request) {
    return new Claim(account, request.remoteAddress().hostAddress(), NO_END);
  }
}
