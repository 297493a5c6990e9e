package io.apogeemq.broker.filter.sql;

import org.jspecify.annotations.Nullable;

/** {@code = > >= < <=} between two operands. */
record Comparison(Operator operator, Operand left, Operand right) implements Condition {

  /** {@link #EQUAL} has rules of its own for what is missing. */
  enum Operator {
    EQUAL("=="),
    GREATER(">"),
    NOT_LESS(">="),
    LESS("<"),
    NOT_GREATER("<=");

    private final String sign;

    Operator(String sign) {
      this.sign = sign;
    }

    boolean holds(int order) {
      return switch (this) {
        case EQUAL -> order == 0;
        case GREATER -> order > 0;
        case NOT_LESS -> order >= 0;
        case LESS -> order < 0;
        case NOT_GREATER -> order <= 0;
      };
    }
  }

  @Override
  public Truth test(PropertyValues message) throws Unanswerable {
    message.step(1);
    if (left instanceof Property property && right instanceof Literal literal) {
      if (message.isMissing(property.slot())) {
        return Truth.UNKNOWN;
      }
      Truth quick = quick(message, property.slot(), literal);
      if (quick != null) {
        return quick;
      }
    }
    Object first = left.value(message);
    if (operator == Operator.EQUAL) {
      return equal(first, right.value(message));
    }
    if (first == null) {
      return Truth.UNKNOWN;
    }
    Object second = right.value(message);
    if (second == null) {
      return Truth.UNKNOWN;
    }
    boolean texts = first instanceof String && second instanceof String;
    return Truth.of(
        operator.holds(
            texts
                ? Scalars.compareAsDoubles((String) first, (String) second)
                : Scalars.compare(first, second)));
  }

  /** A property beside a constant, without making objects of them; null if that can't decide. */
  private @Nullable Truth quick(PropertyValues message, int slot, Literal literal) {
    if (literal.constant() instanceof String) {
      return operator == Operator.EQUAL ? Truth.of(message.equals(slot, literal.utf8())) : null;
    }
    long value = message.plainNumber(slot);
    if (value == Long.MIN_VALUE) {
      return null;
    }
    if (literal.constant() instanceof Integer number) {
      return value == (int) value ? Truth.of(operator.holds(Long.compare(value, number))) : null;
    }
    return literal.constant() instanceof Long number
        ? Truth.of(operator.holds(Long.compare(value, number)))
        : null;
  }

  /** A missing left side makes it unknown, a missing right side false, both missing true. */
  private static Truth equal(@Nullable Object first, @Nullable Object second) throws Unanswerable {
    if (first == null) {
      return second == null ? Truth.TRUE : Truth.UNKNOWN;
    }
    if (second == null) {
      return Truth.FALSE;
    }
    return Truth.of(first.equals(second) || Scalars.compare(first, second) == 0);
  }

  @Override
  public String toString() {
    return "(" + left + " " + operator.sign + " " + right + ")";
  }
}
