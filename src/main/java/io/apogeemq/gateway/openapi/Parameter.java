package io.apogeemq.gateway.openapi;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One parameter of an operation, with the rules its schema gives. {@link #read} is the only place that
 * applies them.
 *
 * @param fallback the schema's default, null if it has none
 * @param min smallest number
 * @param max largest number
 * @param maxLength most characters of a text
 * @param pattern what a text must match, null if it may be anything
 * @param values the texts that are allowed; empty if any is
 */
public record Parameter(
    String name,
    Place in,
    boolean required,
    Type type,
    @Nullable Object fallback,
    long min,
    long max,
    int maxLength,
    @Nullable Pattern pattern,
    List<String> values) {

  /** Where it stands in a request. */
  public enum Place {
    PATH,
    QUERY,
    HEADER
  }

  /** What it is in code. */
  public enum Type {
    STRING,
    INTEGER,
    BOOLEAN
  }

  /**
   * Reads a value.
   *
   * @param text as it stands in the request, null if it doesn't
   * @return a String, Long or Boolean; null if there is none and none is needed
   * @throws BadParameter naming the rule that it breaks
   */
  public @Nullable Object read(@Nullable String text) throws BadParameter {
    if (text == null) {
      if (required) {
        throw BadParameter.lacking(this);
      }
      return fallback instanceof Integer number ? Long.valueOf(number) : fallback;
    }
    return switch (type) {
      case STRING -> string(text);
      case INTEGER -> integer(text);
      case BOOLEAN -> bool(text);
    };
  }

  private String string(String text) throws BadParameter {
    if (text.length() > maxLength) {
      throw new BadParameter(
          this, "has " + text.length() + " characters", "give it at most " + maxLength);
    }
    if (!values.isEmpty() && !values.contains(text)) {
      throw new BadParameter(
          this, "can't be '" + text + "'", "give it one of " + String.join(", ", values));
    }
    if (pattern != null && !pattern.matcher(text).matches()) {
      throw new BadParameter(this, "can't be '" + text + "'", "it must match " + pattern.pattern());
    }
    return text;
  }

  private Long integer(String text) throws BadParameter {
    long number;
    try {
      number = Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new BadParameter(this, "is no whole number: '" + text + "'", range());
    }
    if (number < min || number > max) {
      throw new BadParameter(this, "can't be " + number, range());
    }
    return number;
  }

  private String range() {
    return "give it a whole number from " + min + (max == Long.MAX_VALUE ? " on" : " to " + max);
  }

  private Boolean bool(String text) throws BadParameter {
    return switch (text) {
      case "true", "" -> Boolean.TRUE; // ?dryRun alone means yes
      case "false" -> Boolean.FALSE;
      default -> throw new BadParameter(this, "can't be '" + text + "'", "give it true or false");
    };
  }
}
