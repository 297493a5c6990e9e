package io.apogeemq.broker.filter;

import io.apogeemq.protocol.message.TagsCode;
import io.apogeemq.store.ReadRequest.EntryFilter;
import java.util.Arrays;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Which tags a consumer wants, as hash codes for the index. Two tags may share a code; the client
 * compares the texts again, so too much is harmless and too little is not.
 */
public final class TagSelection implements EntryFilter {
  private final long[] sortedCodes;

  private TagSelection(long[] sortedCodes) {
    this.sortedCodes = sortedCodes;
  }

  /** An expression {@code TagA || TagB}; null, empty and {@code *} want everything. */
  public static EntryFilter ofExpression(@Nullable String expression) {
    if (expression == null || expression.isBlank() || expression.strip().equals("*")) {
      return ALL;
    }
    return of(
        Arrays.stream(expression.split("\\|\\|"))
            .map(String::strip)
            .filter(tag -> !tag.isEmpty())
            .mapToLong(TagsCode::of)
            .toArray());
  }

  /** The codes of a heartbeat's subscription; none of them means everything. */
  static EntryFilter ofCodes(Collection<Integer> codes) {
    return of(codes.stream().mapToLong(Integer::longValue).toArray());
  }

  private static EntryFilter of(long[] codes) {
    if (codes.length == 0) {
      return ALL;
    }
    Arrays.sort(codes);
    return new TagSelection(codes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TagSelection that && Arrays.equals(sortedCodes, that.sortedCodes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sortedCodes);
  }

  @Override
  public boolean wants(long tagsCode) {
    return Arrays.binarySearch(sortedCodes, tagsCode) >= 0;
  }
}
