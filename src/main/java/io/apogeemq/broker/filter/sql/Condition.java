package io.apogeemq.broker.filter.sql;

import org.jspecify.annotations.Nullable;

/** A part of an expression that is true, false or unknown for each message. Immutable; any thread. */
interface Condition extends Operand {
  Truth test(PropertyValues message) throws Unanswerable;

  @Override
  default @Nullable Object value(PropertyValues message) throws Unanswerable {
    return switch (test(message)) {
      case TRUE -> Boolean.TRUE;
      case FALSE -> Boolean.FALSE;
      case UNKNOWN -> null;
    };
  }

  /** TRUE, FALSE and, unknown, NULL. */
  record Constant(Truth truth) implements Condition {
    @Override
    public Truth test(PropertyValues message) {
      return truth;
    }

    @Override
    public String toString() {
      return truth == Truth.UNKNOWN ? "NULL" : truth.toString();
    }
  }

  /** A property where a condition is due. Properties are texts, so it is never true. */
  record Cast(Property property) implements Condition {
    @Override
    public Truth test(PropertyValues message) {
      return message.isMissing(property.slot()) ? Truth.UNKNOWN : Truth.FALSE;
    }

    @Override
    public String toString() {
      return property.toString();
    }
  }

  /** NOT. */
  record Not(Condition of) implements Condition {
    @Override
    public Truth test(PropertyValues message) throws Unanswerable {
      message.step(1);
      return of.test(message).negated();
    }

    @Override
    public String toString() {
      return "(NOT " + of + ")";
    }
  }

  /** AND: the first false one ends it; what stands before that is asked, what stands behind is not. */
  record And(Condition left, Condition right) implements Condition {
    @Override
    public Truth test(PropertyValues message) throws Unanswerable {
      message.step(1);
      Truth first = left.test(message);
      if (first == Truth.FALSE) {
        return Truth.FALSE;
      }
      Truth second = right.test(message);
      return second == Truth.FALSE || first == Truth.TRUE ? second : Truth.UNKNOWN;
    }

    @Override
    public String toString() {
      return "(" + left + " && " + right + ")";
    }
  }

  /** OR: the first true one ends it. */
  record Or(Condition left, Condition right) implements Condition {
    @Override
    public Truth test(PropertyValues message) throws Unanswerable {
      message.step(1);
      Truth first = left.test(message);
      if (first == Truth.TRUE) {
        return Truth.TRUE;
      }
      Truth second = right.test(message);
      return second == Truth.TRUE || first == Truth.FALSE ? second : Truth.UNKNOWN;
    }

    @Override
    public String toString() {
      return "(" + left + " || " + right + ")";
    }
  }
}
