package io.apogeemq.broker.filter.sql;

/**
 * A word of an expression.
 *
 * @param text as it stands there, a text with its quotes
 * @param column of its first sign, from 1
 */
record Token(Kind kind, String text, int column) {

  /** What it can be. Key words in any case; names and texts as they are written. */
  enum Kind {
    NOT,
    AND,
    OR,
    BETWEEN,
    IN,
    TRUE,
    FALSE,
    NULL,
    IS,
    CONTAINS,
    STARTSWITH,
    ENDSWITH,
    WHOLE_NUMBER,
    FLOATING_NUMBER,
    TEXT,
    NAME,
    EQUAL,
    NOT_EQUAL,
    GREATER,
    NOT_LESS,
    LESS,
    NOT_GREATER,
    OPEN,
    COMMA,
    CLOSE,
    PLUS,
    MINUS,
    END;

    /** How a message names what it expected. */
    String words() {
      return switch (this) {
        case OPEN -> "\"(\"";
        case CLOSE -> "\")\"";
        case TEXT -> "a text in quotes";
        default -> name();
      };
    }
  }

  @Override
  public String toString() {
    return kind == Kind.END ? "the end" : "\"" + text + "\"";
  }
}
