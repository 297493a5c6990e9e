package io.apogeemq.security;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A set of addresses as the original's files write it. Immutable.
 *
 * <pre>
 *   (empty)                  none
 *   *                        all, of either kind
 *   192.168.1.7              one
 *   192.168.1.7,10.0.0.1     these
 *   192.168.*.*              a star for any number
 *   192.168.1-20.*           from 1 to 20
 *   192.168.1.{7,9}          7 or 9
 *   1050::5:600:300c:326b    the same with IPv6: numbers in hexadecimal, one :: for zeros,
 *   1050::ac5:1-fff:*        a star at the end for all that is left
 * </pre>
 *
 * <p>Every part counts; the original ignores the parts behind its first range or star.
 */
final class AddressPattern {
  private static final int V4_PARTS = 4;
  private static final int V6_PARTS = 8;
  private static final int V4_MAX = 0xff;
  private static final int V6_MAX = 0xffff;

  /** More alternatives than any honest file has. */
  private static final int MAX_ADDRESSES = 1000;

  private static final String ANY = "*";

  static final AddressPattern NONE = new AddressPattern("", false, List.of());

  /** One number, or all from the first to the second. */
  private record Range(int from, int to) {}

  /** A text that is no pattern; the message says why. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed(String pattern, String why) {
      super("'" + pattern + "' is no address pattern: " + why, null, false, false);
    }
  }

  private final String text;
  private final boolean all;

  /** Alternatives; each has 4 or 8 parts, each part the ranges that it may lie in. */
  private final List<List<List<Range>>> addresses;

  private AddressPattern(String text, boolean all, List<List<List<Range>>> addresses) {
    this.text = text;
    this.all = all;
    this.addresses = addresses;
  }

  /** Reads a pattern; a blank one is {@link #NONE}. */
  static AddressPattern parse(String given) throws Malformed {
    String text = given.strip();
    if (text.isEmpty()) {
      return NONE;
    }
    if (text.equals(ANY) || text.equals("*.*.*.*") || text.equals("*:*:*:*:*:*:*:*")) {
      return new AddressPattern(text, true, List.of());
    }
    List<List<List<Range>>> addresses = new ArrayList<>();
    for (String each : splitOutsideBraces(text)) {
      addresses.add(each.indexOf(':') >= 0 ? v6(text, each) : v4(text, each));
      if (addresses.size() > MAX_ADDRESSES) {
        throw new Malformed(text, "more than " + MAX_ADDRESSES + " addresses");
      }
    }
    return new AddressPattern(text, false, List.copyOf(addresses));
  }

  /** The whole addresses of a list: a comma in braces parts numbers, not addresses. */
  private static List<String> splitOutsideBraces(String text) {
    List<String> parts = new ArrayList<>();
    boolean inBraces = false;
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '{') {
        inBraces = true;
      } else if (c == '}') {
        inBraces = false;
      } else if (c == ',' && !inBraces) {
        parts.add(text.substring(start, i).strip());
        start = i + 1;
      }
    }
    parts.add(text.substring(start).strip());
    return parts;
  }

  private static List<List<Range>> v4(String text, String address) throws Malformed {
    String[] parts = address.split("\\.", -1);
    if (parts.length != V4_PARTS) {
      throw new Malformed(text, "IPv4 has " + V4_PARTS + " numbers");
    }
    return ranges(text, Arrays.asList(parts), 10, V4_MAX);
  }

  private static List<List<Range>> v6(String text, String address) throws Malformed {
    String lower = address.toLowerCase(Locale.ROOT);
    List<String> parts;
    int gap = lower.indexOf("::");
    if (gap >= 0) {
      List<String> before = v6Parts(lower.substring(0, gap));
      List<String> after = v6Parts(lower.substring(gap + 2));
      parts = new ArrayList<>(before);
      for (int i = before.size() + after.size(); i < V6_PARTS; i++) {
        parts.add("0");
      }
      parts.addAll(after);
    } else {
      parts = v6Parts(lower);
      while (parts.size() < V6_PARTS && parts.get(parts.size() - 1).equals(ANY)) {
        parts.add(ANY);
      }
    }
    if (parts.size() != V6_PARTS) {
      throw new Malformed(text, "IPv6 has " + V6_PARTS + " numbers, or '::' for zeros");
    }
    return ranges(text, parts, 16, V6_MAX);
  }

  private static List<String> v6Parts(String text) {
    return text.isEmpty() ? new ArrayList<>() : new ArrayList<>(Arrays.asList(text.split(":", -1)));
  }

  private static List<List<Range>> ranges(String text, List<String> parts, int radix, int max)
      throws Malformed {
    List<List<Range>> all = new ArrayList<>();
    for (String each : parts) {
      String part = each.strip();
      List<Range> choices = new ArrayList<>();
      if (part.startsWith("{") && part.endsWith("}")) {
        for (String choice : part.substring(1, part.length() - 1).split(",", -1)) {
          choices.add(range(text, choice.strip(), radix, max));
        }
      } else {
        choices.add(range(text, part, radix, max));
      }
      all.add(List.copyOf(choices));
    }
    return List.copyOf(all);
  }

  private static Range range(String text, String part, int radix, int max) throws Malformed {
    if (part.equals(ANY)) {
      return new Range(0, max);
    }
    int minus = part.indexOf('-');
    int from = number(text, minus < 0 ? part : part.substring(0, minus).strip(), radix, max);
    int to = minus < 0 ? from : number(text, part.substring(minus + 1).strip(), radix, max);
    if (from > to) {
      throw new Malformed(text, part + " ends before it begins");
    }
    return new Range(from, to);
  }

  private static int number(String text, String digits, int radix, int max) throws Malformed {
    try {
      int number = Integer.parseInt(digits, radix);
      if (number >= 0 && number <= max && Character.digit(digits.charAt(0), radix) >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below, as a number that is too large.
    }
    throw new Malformed(
        text, "'" + digits + "' is no number from 0 to " + Integer.toString(max, radix));
  }

  boolean matches(InetAddress address) {
    if (all) {
      return true;
    }
    if (addresses.isEmpty()) {
      return false;
    }
    byte[] bytes = address.getAddress();
    for (List<List<Range>> each : addresses) {
      if (matches(each, bytes)) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(List<List<Range>> parts, byte[] bytes) {
    boolean v4 = bytes.length == V4_PARTS;
    if (parts.size() != (v4 ? V4_PARTS : V6_PARTS)) {
      return false;
    }
    for (int i = 0; i < parts.size(); i++) {
      int number =
          v4 ? bytes[i] & 0xff : (bytes[2 * i] & 0xff) << Byte.SIZE | bytes[2 * i + 1] & 0xff;
      if (parts.get(i).stream().noneMatch(in -> number >= in.from && number <= in.to)) {
        return false;
      }
    }
    return true;
  }

  /** Equal if written alike. */
  @Override
  public boolean equals(Object other) {
    return other instanceof AddressPattern pattern && text.equals(pattern.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** The pattern as it was written. */
  @Override
  public String toString() {
    return text;
  }
}
