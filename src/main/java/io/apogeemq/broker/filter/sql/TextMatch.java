package io.apogeemq.broker.filter.sql;

import java.nio.charset.StandardCharsets;

/**
 * {@code CONTAINS}, {@code STARTSWITH} and {@code ENDSWITH} of 5.x, with or without NOT. Never unknown:
 * what is missing or no text matches neither form, and an empty text is in nothing.
 */
final class TextMatch implements Condition {
  /** Where in the value the text is looked for. */
  enum Place {
    CONTAINS,
    STARTSWITH,
    ENDSWITH
  }

  private final Place place;
  private final Operand in;
  private final String text;
  private final byte[] utf8;
  private final boolean not;

  TextMatch(Place place, Operand in, String text, boolean not) {
    this.place = place;
    this.in = in;
    this.text = text;
    this.utf8 = text.getBytes(StandardCharsets.UTF_8);
    this.not = not;
  }

  @Override
  public Truth test(PropertyValues message) throws Unanswerable {
    message.step(1);
    if (utf8.length == 0) {
      return Truth.FALSE;
    }
    if (in instanceof Property property) {
      return message.isMissing(property.slot())
          ? Truth.FALSE
          : Truth.of(matches(message, property.slot()) != not);
    }
    return in.value(message) instanceof String value
        ? Truth.of(matches(message, value) != not)
        : Truth.FALSE;
  }

  private boolean matches(PropertyValues message, int slot) {
    return switch (place) {
      case CONTAINS -> message.contains(slot, utf8);
      case STARTSWITH -> message.startsWith(slot, utf8);
      case ENDSWITH -> message.endsWith(slot, utf8);
    };
  }

  private boolean matches(PropertyValues message, String value) {
    message.step(value.length());
    return switch (place) {
      case CONTAINS -> value.contains(text);
      case STARTSWITH -> value.startsWith(text);
      case ENDSWITH -> value.endsWith(text);
    };
  }

  @Override
  public String toString() {
    return "(" + (not ? "NOT " : "") + place + " " + in + ")";
  }
}
