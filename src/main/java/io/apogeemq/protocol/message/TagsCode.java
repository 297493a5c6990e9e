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
    int from = Properties.spanStart(span);
    int to = Properties.spanEnd(span);
    int hash = 0;
    for (int i = from; i < to; i++) {
      if (properties[i] < 0) {
        return of(new String(properties, from, to - from, StandardCharsets.UTF_8));
      }
      hash = 31 * hash + properties[i];
    }
    return hash;
  }
}
