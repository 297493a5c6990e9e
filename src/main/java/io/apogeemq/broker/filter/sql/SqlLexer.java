package io.apogeemq.broker.filter.sql;

import io.apogeemq.broker.filter.sql.Token.Kind;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Cuts an expression into words, each as long as possible, by the rules of the original's {@code
 * SelectorParser.jj}: {@code 'it''s'} is one text; {@code 5}, {@code 5L}, {@code .5}, {@code 5.}, {@code
 * 5E10} are numbers, and there are no octal or hexadecimal ones ({@code 007} is three words); a comment
 * begins with two minus signs and needs the end of a line behind it, or stands between slash-star and
 * star-slash. Confined to its parser.
 */
final class SqlLexer {
  private static final Map<String, Kind> KEY_WORDS =
      Stream.of(Kind.values())
          .filter(kind -> kind.compareTo(Kind.ENDSWITH) <= 0)
          .collect(Collectors.toMap(Kind::name, kind -> kind));

  private final String text;
  private int at;

  SqlLexer(String text) {
    this.text = text;
  }

  /** The next word; {@link Kind#END} behind the last. */
  Token next() throws BadExpression {
    skipBlanksAndComments();
    int start = at;
    if (start == text.length()) {
      return new Token(Kind.END, "", start + 1);
    }
    char sign = text.charAt(start);
    Kind kind;
    if (isNameStart(sign)) {
      while (at < text.length() && isNamePart(text.charAt(at))) {
        at++;
      }
      String word = text.substring(start, at);
      kind = KEY_WORDS.getOrDefault(word.toUpperCase(Locale.ROOT), Kind.NAME);
    } else if (isDigit(sign) || sign == '.' && isDigit(charAt(start + 1))) {
      kind = number();
    } else if (sign == '\'') {
      at = endOfText();
      kind = Kind.TEXT;
    } else {
      kind = operator(sign);
    }
    return new Token(kind, text.substring(start, at), start + 1);
  }

  private void skipBlanksAndComments() {
    while (at < text.length()) {
      int next = at;
      if (" \t\n\r\f".indexOf(text.charAt(at)) >= 0) {
        next = at + 1;
      } else if (text.startsWith("--", at)) {
        next = endOfLine();
      } else if (text.startsWith("/*", at)) {
        int end = text.indexOf("*/", at + 2);
        next = end < 0 ? at : end + 2;
      }
      if (next == at) {
        return;
      }
      at = next;
    }
  }

  /** Behind the next end of a line; without one, two minus signs are just that. */
  private int endOfLine() {
    for (int i = at; i < text.length(); i++) {
      if (text.charAt(i) == '\n' || text.charAt(i) == '\r') {
        return i + 1;
      }
    }
    return at;
  }

  private Kind number() {
    int start = at;
    skipDigits();
    int whole = at;
    boolean floating = charAt(at) == '.';
    if (floating) {
      at++;
      skipDigits();
    }
    if (skipExponent() || floating) {
      return Kind.FLOATING_NUMBER;
    }
    // A zero is a number of its own, whatever follows.
    at = text.charAt(start) == '0' ? start + 1 : whole;
    if (text.charAt(start) != '0' && (charAt(at) == 'l' || charAt(at) == 'L')) {
      at++;
    }
    return Kind.WHOLE_NUMBER;
  }

  private void skipDigits() {
    while (isDigit(charAt(at))) {
      at++;
    }
  }

  private boolean skipExponent() {
    if (charAt(at) != 'e' && charAt(at) != 'E') {
      return false;
    }
    int digits = charAt(at + 1) == '+' || charAt(at + 1) == '-' ? at + 2 : at + 1;
    if (!isDigit(charAt(digits))) {
      return false;
    }
    at = digits;
    skipDigits();
    return true;
  }

  /** Two quotes stand for one, unless the text then never ends: then the first of them is its end. */
  private int endOfText() throws BadExpression {
    int end = -1;
    for (int i = at + 1; i < text.length(); i++) {
      if (text.charAt(i) == '\'') {
        end = i + 1;
        if (charAt(i + 1) != '\'') {
          return end;
        }
        i++;
      }
    }
    if (end < 0) {
      throw new BadExpression(
          "The text that begins at column " + (at + 1) + " has no quote at its end.");
    }
    return end;
  }

  private Kind operator(char sign) throws BadExpression {
    at++;
    switch (sign) {
      case '=':
        return Kind.EQUAL;
      case '(':
        return Kind.OPEN;
      case ')':
        return Kind.CLOSE;
      case ',':
        return Kind.COMMA;
      case '+':
        return Kind.PLUS;
      case '-':
        return Kind.MINUS;
      case '>':
        return skip('=') ? Kind.NOT_LESS : Kind.GREATER;
      case '<':
        if (skip('>')) {
          return Kind.NOT_EQUAL;
        }
        return skip('=') ? Kind.NOT_GREATER : Kind.LESS;
      default:
        throw new BadExpression(
            "Lexical error at column "
                + at
                + ": "
                + (sign < ' ' || sign > '~' ? "character code " + (int) sign : "'" + sign + "'")
                + " has no meaning here.");
    }
  }

  private boolean skip(char sign) {
    boolean there = charAt(at) == sign;
    if (there) {
      at++;
    }
    return there;
  }

  private char charAt(int index) {
    return index < text.length() ? text.charAt(index) : 0;
  }

  private static boolean isDigit(char sign) {
    return sign >= '0' && sign <= '9';
  }

  private static boolean isNameStart(char sign) {
    return sign >= 'a' && sign <= 'z' || sign >= 'A' && sign <= 'Z' || sign == '_' || sign == '$';
  }

  private static boolean isNamePart(char sign) {
    return isNameStart(sign) || isDigit(sign);
  }
}
