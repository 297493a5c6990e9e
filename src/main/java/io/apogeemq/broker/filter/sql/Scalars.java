package io.apogeemq.broker.filter.sql;

/**
 * How two values compare, by the original's rules ({@code ComparisonExpression}): numbers meet in the
 * wider type; a text that meets a number or a truth value is read as one, and can't be compared if it
 * is none; a truth value and a number never agree.
 */
final class Scalars {
  private Scalars() {}

  /** Negative, 0 or positive; -1 for values that never agree. */
  static int compare(Object left, Object right) throws Unanswerable {
    if (left instanceof String text) {
      return right instanceof String other ? text.compareTo(other) : compareText(text, right);
    }
    if (left instanceof Boolean truth) {
      if (right instanceof Boolean other) {
        return truth.compareTo(other);
      }
      if (right instanceof String) {
        throw Unanswerable.HERE; // the original fails on a cast here
      }
      return -1;
    }
    if (right instanceof Boolean) {
      return -1;
    }
    Number number = (Number) left;
    if (right instanceof String text) {
      return compareNumbers(number, asTypeOf(number, text));
    }
    return compareNumbers(number, (Number) right);
  }

  /** Two texts by size: both must be numbers. */
  static int compareAsDoubles(String left, String right) throws Unanswerable {
    return asDouble(left).compareTo(asDouble(right));
  }

  private static int compareText(String text, Object right) throws Unanswerable {
    if (right instanceof Boolean truth) {
      return Boolean.valueOf(text).compareTo(truth);
    }
    Number number = (Number) right;
    return compareNumbers(asTypeOf(number, text), number);
  }

  private static int compareNumbers(Number left, Number right) {
    if (left instanceof Double || right instanceof Double) {
      return Double.compare(left.doubleValue(), right.doubleValue());
    }
    return Long.compare(left.longValue(), right.longValue());
  }

  /** A text as a number of the other one's type: a text "1.5" or "3000000000" is no Integer. */
  private static Number asTypeOf(Number other, String text) throws Unanswerable {
    try {
      if (other instanceof Integer) {
        return Integer.valueOf(text);
      }
      return other instanceof Long ? (Number) Long.valueOf(text) : Double.valueOf(text);
    } catch (NumberFormatException e) {
      throw Unanswerable.HERE;
    }
  }

  private static Double asDouble(String text) throws Unanswerable {
    try {
      return Double.valueOf(text);
    } catch (NumberFormatException e) {
      throw Unanswerable.HERE;
    }
  }
}
