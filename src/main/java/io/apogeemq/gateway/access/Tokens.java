package io.apogeemq.gateway.access;

import io.apogeemq.config.Credentials;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tokens that stand for an account for a while: the account and the end of its time, encrypted and
 * authenticated (AES-128-GCM) under a key of this process. Nothing is stored for them. They end with
 * the process, and other gateways don't know them.
 *
 * <pre>
 *   base64url( nonce 12 bytes | AES-GCM of {"a": accessKey, "s": secretKey, "e": end ms, "k": kind} )
 * </pre>
 *
 * <p>Only the one text that was given out counts: base64 reads others as the same bytes. A ticket is a token that is good once and for seconds, for addresses of WebSockets and event
 * streams, where browsers can't send a header; used ones are remembered until their time is over. Safe
 * for any thread.
 */
public final class Tokens {
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final int KEY_BYTES = 16;
  private static final int MAX_USED = 100_000;
  private static final String TOKEN = "token";
  private static final String TICKET = "ticket";

  private final SecretKeySpec key;
  private final SecureRandom random = new SecureRandom();
  private final LongSupplier clockMs;

  /** Ticket → the end of its time. */
  private final Map<String, Long> used = new ConcurrentHashMap<>();

  /**
   * @param clockMs milliseconds since 1970
   */
  public Tokens(LongSupplier clockMs) {
    this.clockMs = clockMs;
    byte[] bytes = new byte[KEY_BYTES];
    random.nextBytes(bytes);
    key = new SecretKeySpec(bytes, "AES");
  }

  /** A token for {@code Authorization: Bearer}. */
  public String issue(Credentials account, long lifeMs) {
    return seal(account, TOKEN, lifeMs);
  }

  /** A token for one connection. */
  public String issueTicket(Credentials account, long lifeMs) {
    return seal(account, TICKET, lifeMs);
  }

  /** Whose token this is; fails as unauthenticated if it is none, or too old. */
  public Claim account(String token) {
    return open(token, TOKEN);
  }

  /** Whose ticket this is. It is worth nothing afterwards. */
  public Claim redeem(String ticket) {
    Claim account = open(ticket, TICKET);
    long nowMs = clockMs.getAsLong();
    used.values().removeIf(endMs -> endMs < nowMs);
    if (used.size() >= MAX_USED) {
      throw new Problem(ProblemKind.UNAVAILABLE, "Too many tickets were used in the last minute.");
    }
    if (used.putIfAbsent(ticket, Long.MAX_VALUE) != null) {
      throw new Problem(
          ProblemKind.UNAUTHENTICATED, "This ticket was used before.", "Get another one.");
    }
    used.put(ticket, nowMs + MAX_TICKET_LIFE_MS);
    return account;
  }

  /** No ticket lives longer. */
  public static final long MAX_TICKET_LIFE_MS = 60_000;

  private String seal(Credentials account, String kind, long lifeMs) {
    JsonObject content =
        new JsonObject()
            .put("a", account.accessKey())
            .put("s", account.secretKey())
            .put("e", clockMs.getAsLong() + lifeMs)
            .put("k", kind);
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] sealed =
        crypt(Cipher.ENCRYPT_MODE, nonce, content.encode().getBytes(StandardCharsets.UTF_8));
    return text(ByteBuffer.allocate(NONCE_BYTES + sealed.length).put(nonce).put(sealed).array());
  }

  private static String text(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** How much time is left until then, and no more than this. */
  long lifeMs(long mostMs, long endMs) {
    return endMs == Claim.NO_END
        ? mostMs
        : Math.max(0, Math.min(mostMs, endMs - clockMs.getAsLong()));
  }

  private Claim open(String token, String kind) {
    JsonObject content;
    try {
      byte[] decoded = Base64.getUrlDecoder().decode(token);
      if (!text(decoded).equals(token)) { // other text for the same bytes, which are used, perhaps
        throw unknown(kind);
      }
      ByteBuffer bytes = ByteBuffer.wrap(decoded);
      byte[] nonce = new byte[NONCE_BYTES];
      byte[] sealed = new byte[Math.max(0, bytes.remaining() - NONCE_BYTES)];
      bytes.get(nonce).get(sealed);
      content =
          new JsonObject(
              new String(crypt(Cipher.DECRYPT_MODE, nonce, sealed), StandardCharsets.UTF_8));
    } catch (RuntimeException e) { // every way in which foreign bytes are no token
      throw unknown(kind);
    }
    if (!kind.equals(content.getString("k"))) {
      throw unknown(kind);
    }
    if (content.getLong("e") < clockMs.getAsLong()) {
      throw new Problem(
          ProblemKind.UNAUTHENTICATED,
          "The time of this " + kind + " is over.",
          "Get another one.");
    }
    return Claim.proven(
        new Credentials(content.getString("a"), content.getString("s")), content.getLong("e"));
  }

  private byte[] crypt(int mode, byte[] nonce, byte[] bytes) {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
      return cipher.doFinal(bytes);
    } catch (GeneralSecurityException e) {
      throw new DecodeException("these bytes were not sealed here");
    }
  }

  private static Problem unknown(String kind) {
    return new Problem(
        ProblemKind.UNAUTHENTICATED,
        "This gateway has not given out this " + kind + ".",
        "Get one by POST /v1/" + kind + "s; each gateway process knows only its own.");
  }
}
