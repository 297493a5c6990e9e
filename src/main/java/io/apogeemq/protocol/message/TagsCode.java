package io.apogeemq.protocol.message;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a queue index keeps of a message's tag: {@link String#hashCode} of the tag as a long, 0 without
 * a tag. Clients send the same codes in their subscriptions.
 */
public final class TagsCode {
  private static final byte[] TAGS = "TAGS".getBytes(StandardCharsets.US_ASCII);

  private TagsCode() {}

  public static long of(@Nullable String tag) {
    return tag == null || tag.isEmpty() ? 0 : tag.hashCode();
  }

  /** Code of the {@code TAGS} property of an encoded property string, 0 without one. */
  public static long ofProperties(byte[] properties) {
    long span = Properties.find(properties, TAGS);
    if (span < 0) {
      return 0;
    }
    return of(properties, Properties.spanStart(span), Properties.spanEnd(span));
  }

  /** Code of the tag whose UTF-8 bytes stand from one index to another. */
  public static long of(byte[] bytes, int from, int to) {
    int hash = 0;
    for (int i = from; i < to; i++) {
      if (bytes[i] < 0) {
        return of(new String(bytes, from, to - from, StandardCharsets.UTF_8));
      }
      hash = 31 * hash + bytes[i];
    }
    return hash;
  }
}
