package io.apogeemq.gateway.openapi;

import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Names of HTTP headers, whose case does not count.
 *
 * @param fixed whole names
 * @param prefixes in small letters; names that begin with one are open
 */
public record HeaderNames(Set<String> fixed, Set<String> prefixes) {
  private static final String OPEN = "*";

  public HeaderNames {
    fixed = Set.copyOf(fixed);
    prefixes = Set.copyOf(prefixes);
  }

  /** Names as the document writes them: {@code ETag}, and open ones with a star, {@code ce-*}. */
  static HeaderNames of(Collection<String> names) {
    return new HeaderNames(
        names.stream().filter(each -> !each.endsWith(OPEN)).collect(Collectors.toSet()),
        names.stream()
            .filter(each -> each.endsWith(OPEN))
            .map(each -> each.substring(0, each.length() - 1).toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet()));
  }

  /** These and some more. */
  public HeaderNames and(String... more) {
    Set<String> all = new TreeSet<>(fixed);
    all.addAll(Set.of(more));
    return new HeaderNames(all, prefixes);
  }

  /** Whether a name is one of the open ones. */
  public boolean isOpen(String name) {
    String small = name.toLowerCase(Locale.ROOT);
    return prefixes.stream().anyMatch(each -> small.startsWith(each) && isToken(small));
  }

  /** RFC 9110, 5.6.2: what a header's name may be made of. */
  private static boolean isToken(String smallName) {
    return smallName
        .chars()
        .allMatch(
            sign ->
                sign >= 'a' && sign <= 'z'
                    || sign >= '0' && sign <= '9'
                    || "!#$%&'*+-.^_`|~".indexOf(sign) >= 0);
  }
}
