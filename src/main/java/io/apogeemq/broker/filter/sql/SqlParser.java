package io.apogeemq.broker.filter.sql;

import io.apogeemq.broker.filter.sql.Comparison.Operator;
import io.apogeemq.broker.filter.sql.Condition.And;
import io.apogeemq.broker.filter.sql.Condition.Cast;
import io.apogeemq.broker.filter.sql.Condition.Constant;
import io.apogeemq.broker.filter.sql.Condition.Not;
import io.apogeemq.broker.filter.sql.Condition.Or;
import io.apogeemq.broker.filter.sql.Operand.Literal;
import io.apogeemq.broker.filter.sql.Operand.Negation;
import io.apogeemq.broker.filter.sql.Operand.Property;
import io.apogeemq.broker.filter.sql.TextMatch.Place;
import io.apogeemq.broker.filter.sql.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads an expression by recursive descent. The grammar is the original's ({@code SelectorParser.jj}):
 *
 * <pre>
 * or         = and ("OR" and)*
 * and        = equality ("AND" equality)*
 * equality   = comparison ("=" comparison | "&lt;>" comparison | "IS" ["NOT"] "NULL")*
 * comparison = unary (("&lt;" | "&lt;=" | ">" | ">=") unary
 *            | ["NOT"] ("CONTAINS" | "STARTSWITH" | "ENDSWITH") text
 *            | ["NOT"] "BETWEEN" unary "AND" unary
 *            | ["NOT"] "IN" "(" text ("," text)* ")")*
 * unary      = "+" unary | "-" unary | "NOT" unary | primary
 * primary    = text | number | "TRUE" | "FALSE" | "NULL" | name | "(" or ")"
 * </pre>
 *
 * <p>So NOT binds closer than {@code =}: {@code NOT a = 'x'} compares {@code NOT a} with the text. As in
 * the original, reading ends where no rule goes on; what stands behind is not looked at, because
 * expressions with such a rest are in use. Length, nesting and number of parts are bounded.
 */
final class SqlParser {
  /** Longest expression, chars. */
  static final int MAX_CHARS = 8192;

  /** Deepest nesting of parentheses and signs before an operand. */
  static final int MAX_DEPTH = 100;

  /** Most operators, names and constants; the texts of IN count once together. */
  static final int MAX_PARTS = 1000;

  private final SqlLexer lexer;
  private final List<String> properties = new ArrayList<>();
  private Token next;
  private int depth;
  private int parts;

  /** What was read: the condition, and the properties that it asks for by their slots. */
  record Parsed(Condition condition, List<String> properties) {}

  private SqlParser(String text) throws BadExpression {
    lexer = new SqlLexer(text);
    next = lexer.next();
  }

  static Parsed parse(String text) throws BadExpression {
    if (text.length() > MAX_CHARS) {
      throw new BadExpression(
          "It has " + text.length() + " characters, " + MAX_CHARS + " are allowed.");
    }
    SqlParser parser = new SqlParser(text);
    Condition condition = asCondition(parser.or());
    return new Parsed(condition, parser.properties);
  }

  private Operand or() throws BadExpression {
    Operand left = and();
    while (next.kind() == Kind.OR) {
      take();
      Condition first = asCondition(left);
      left = new Or(first, asCondition(and()));
    }
    return left;
  }

  private Operand and() throws BadExpression {
    Operand left = equality();
    while (next.kind() == Kind.AND) {
      take();
      Condition first = asCondition(left);
      left = new And(first, asCondition(equality()));
    }
    return left;
  }

  private Operand equality() throws BadExpression {
    Operand left = comparison();
    while (true) {
      switch (next.kind()) {
        case EQUAL -> {
          take();
          left = equal(left, comparison());
        }
        case NOT_EQUAL -> {
          take();
          left = new Not(equal(left, comparison()));
        }
        case IS -> {
          take();
          boolean not = takeIf(Kind.NOT);
          take(Kind.NULL);
          left = not ? new Not(new IsNull(left)) : new IsNull(left);
        }
        default -> {
          return left;
        }
      }
    }
  }

  private Operand comparison() throws BadExpression {
    Operand left = unary();
    while (true) {
      switch (next.kind()) {
        case GREATER -> left = ordered(Operator.GREATER, left);
        case NOT_LESS -> left = ordered(Operator.NOT_LESS, left);
        case LESS -> left = ordered(Operator.LESS, left);
        case NOT_GREATER -> left = ordered(Operator.NOT_GREATER, left);
        case NOT -> {
          take();
          left = test(left, true);
        }
        case BETWEEN, IN, CONTAINS, STARTSWITH, ENDSWITH -> left = test(left, false);
        default -> {
          return left;
        }
      }
    }
  }

  private Operand ordered(Operator operator, Operand left) throws BadExpression {
    take();
    return ordered(operator, left, unary());
  }

  /** What may stand behind NOT. */
  private Operand test(Operand left, boolean not) throws BadExpression {
    Token word = take();
    return switch (word.kind()) {
      case BETWEEN -> between(left, not);
      case IN -> in(left, not);
      case CONTAINS -> new TextMatch(Place.CONTAINS, left, text(), not);
      case STARTSWITH -> new TextMatch(Place.STARTSWITH, left, text(), not);
      case ENDSWITH -> new TextMatch(Place.ENDSWITH, left, text(), not);
      default -> throw unexpected(word, "BETWEEN, IN, CONTAINS, STARTSWITH or ENDSWITH");
    };
  }

  private Operand between(Operand value, boolean not) throws BadExpression {
    Operand low = unary();
    take(Kind.AND);
    Operand high = unary();
    if (not) {
      return new Or(ordered(Operator.LESS, value, low), ordered(Operator.GREATER, value, high));
    }
    Condition fromLow = ordered(Operator.NOT_LESS, value, low);
    Condition toHigh = ordered(Operator.NOT_GREATER, value, high);
    if (low instanceof Literal lowest
        && high instanceof Literal highest
        && order(lowest, highest) > 0) {
      throw new BadExpression(
          "Illegal values of between, left value("
              + low
              + ") must less than or equal to right value("
              + high
              + ")");
    }
    return new And(fromLow, toHigh);
  }

  private static int order(Literal left, Literal right) {
    try {
      return Scalars.compare(left.constant(), right.constant());
    } catch (Unanswerable e) {
      throw new AssertionError("both are numbers: " + left + ", " + right, e);
    }
  }

  private Operand in(Operand left, boolean not) throws BadExpression {
    take(Kind.OPEN);
    List<String> texts = new ArrayList<>();
    do {
      texts.add(text());
    } while (takeIf(Kind.COMMA));
    take(Kind.CLOSE);
    if (left instanceof Property property) {
      return new InList(property, texts, not);
    }
    throw new BadExpression("Expected a property for In expression, got: " + left);
  }

  private Operand unary() throws BadExpression {
    return switch (next.kind()) {
      case PLUS -> {
        deeper();
        Operand of = unary();
        depth--;
        yield of;
      }
      case MINUS -> {
        deeper();
        Operand of = unary();
        depth--;
        yield new Negation(of);
      }
      case NOT -> {
        deeper();
        Condition of = asCondition(unary());
        depth--;
        yield new Not(of);
      }
      default -> primary();
    };
  }

  private Operand primary() throws BadExpression {
    switch (next.kind()) {
      case TEXT:
        return Literal.of(text());
      case WHOLE_NUMBER:
        return Literal.of(wholeNumber(take().text()));
      case FLOATING_NUMBER:
        return Literal.of(floatingNumber(take().text()));
      case TRUE:
        take();
        return new Constant(Truth.TRUE);
      case FALSE:
        take();
        return new Constant(Truth.FALSE);
      case NULL:
        take();
        return new Constant(Truth.UNKNOWN);
      case NAME:
        return property(take().text());
      case OPEN:
        deeper();
        Operand inside = or();
        depth--;
        take(Kind.CLOSE);
        return inside;
      default:
        throw unexpected(next, "a property, a number, a text, TRUE, FALSE, NULL or \"(\"");
    }
  }

  private Property property(String name) {
    int slot = properties.indexOf(name);
    if (slot < 0) {
      slot = properties.size();
      properties.add(name);
    }
    return new Property(name, slot);
  }

  private String text() throws BadExpression {
    String quoted = take(Kind.TEXT).text();
    return quoted.substring(1, quoted.length() - 1).replace("''", "'");
  }

  private static Number wholeNumber(String digits) throws BadExpression {
    boolean markedLong = digits.endsWith("l") || digits.endsWith("L");
    try {
      long value = Long.parseLong(markedLong ? digits.substring(0, digits.length() - 1) : digits);
      // The mark means nothing: the original takes the smaller type, too.
      return value == (int) value ? (Number) (int) value : value;
    } catch (NumberFormatException e) {
      throw new BadExpression(digits + " is greater than " + Long.MAX_VALUE);
    }
  }

  private static Double floatingNumber(String digits) throws BadExpression {
    double value = Double.parseDouble(digits);
    if (value > Double.MAX_VALUE) {
      throw new BadExpression(digits + " is greater than " + Double.MAX_VALUE);
    }
    if (value < Double.MIN_VALUE) { // a floating zero, too: so the original
      throw new BadExpression(digits + " is less than " + Double.MIN_VALUE);
    }
    return value;
  }

  private static Condition ordered(Operator operator, Operand left, Operand right)
      throws BadExpression {
    for (Operand side : List.of(left, right)) {
      boolean text = side instanceof Literal literal && literal.constant() instanceof String;
      if (text || side instanceof Condition) {
        throw new BadExpression("Value '" + side + "' cannot be compared.");
      }
    }
    return new Comparison(operator, left, right);
  }

  private static Condition equal(Operand left, Operand right) throws BadExpression {
    for (Operand side : List.of(left, right)) {
      if (side instanceof Constant constant && constant.truth() == Truth.UNKNOWN) {
        throw new BadExpression("'NULL' cannot be compared. Say IS NULL.");
      }
    }
    if (left instanceof Constant && right instanceof Literal) {
      throw new BadExpression("'" + left + "' cannot be compared with '" + right + "'");
    }
    return new Comparison(Operator.EQUAL, left, right);
  }

  private static Condition asCondition(Operand operand) throws BadExpression {
    if (operand instanceof Condition condition) {
      return condition;
    }
    if (operand instanceof Property property) {
      return new Cast(property);
    }
    throw new BadExpression("Expression will not result in a boolean value: " + operand);
  }

  /** Takes the sign or parenthesis that goes one level deeper. */
  private void deeper() throws BadExpression {
    depth++;
    if (depth > MAX_DEPTH) {
      throw new BadExpression(
          "It is nested deeper than " + MAX_DEPTH + " levels at column " + next.column() + ".");
    }
    take();
  }

  private boolean takeIf(Kind kind) throws BadExpression {
    if (next.kind() != kind) {
      return false;
    }
    take();
    return true;
  }

  private Token take(Kind kind) throws BadExpression {
    if (next.kind() != kind) {
      throw unexpected(next, kind.words());
    }
    return take();
  }

  private Token take() throws BadExpression {
    Token taken = next;
    // Commas, parentheses and what IN lists cost nothing when a message is looked at.
    boolean counts = taken.kind().compareTo(Kind.TEXT) != 0 && taken.kind() != Kind.COMMA;
    if (counts && ++parts > MAX_PARTS) {
      throw new BadExpression(
          "It has more than " + MAX_PARTS + " parts at column " + taken.column() + ".");
    }
    next = lexer.next();
    return taken;
  }

  private static BadExpression unexpected(Token found, String wanted) {
    return new BadExpression(
        "Encountered "
            + found
            + " at column "
            + found.column()
            + ". Was expecting "
            + wanted
            + ".");
  }
}
