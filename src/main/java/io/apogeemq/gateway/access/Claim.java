package io.apogeemq.gateway.access;

import io.apogeemq.config.Credentials;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * Whose a request says that it is.
 *
 * @param account null: it names nobody
 * @param address from where ({@link ClientAddress}) the account's secret was sent with it, so that it may
 *     be a guess; null if this gateway itself vouches for the account, by a session, token, ticket or certificate
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

  /** Characters of an access key, and of a secret: what was sent is remembered, and may be anything. */
  static final int MAX_KEY_LENGTH = 256;

  /** The request carries the secret; fails as unauthenticated if a key is too long. */
  static Claim sent(Credentials account, HttpServerRequest request) {
    requireShort("access key", account.accessKey());
    requireShort("secret key", account.secretKey());
    return new Claim(account, ClientAddress.of(request), NO_END);
  }

  private static void requireShort(String name, String key) {
    if (key.length() > MAX_KEY_LENGTH) {
      throw new Problem(
              ProblemKind.UNAUTHENTICATED,
              "The " + name + " has more than " + MAX_KEY_LENGTH + " characters.",
              "Give the account shorter keys at the brokers, and send those.")
          .with("limit", MAX_KEY_LENGTH);
    }
  }
}
