package io.apogeemq.gateway.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * Answers that a client may keep and ask about again (RFC 9110, 8.8.3): the tag is a hash of the body,
 * and who has it already is told 304 without the body.
 */
public final class ETags {
  private static final int TAG_BYTES = 12;

  private ETags() {}

  /** The answer with its tag, or 304 if the request names that. */
  public static Answer of(Call call, Answer answer) {
    String tag = '"' + hash(answer.body().getBytes()) + '"';
    Answer known = matches(call.request(), tag) ? Answer.notModified() : answer;
    return known
        .with(HttpHeaders.ETAG.toString(), tag)
        .with(HttpHeaders.CACHE_CONTROL.toString(), "private, no-cache");
  }

  private static boolean matches(HttpServerRequest request, String tag) {
    String known = request.getHeader(HttpHeaders.IF_NONE_MATCH);
    return known != null && List.of(known.replace("W/", "").split("\\s*,\\s*")).contains(tag);
  }

  private static String hash(byte[] body) {
    try {
      byte[] whole = MessageDigest.getInstance("SHA-256").digest(body);
      byte[] part = Arrays.copyOf(whole, TAG_BYTES);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(part);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }
}
