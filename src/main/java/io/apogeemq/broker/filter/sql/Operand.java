package io.apogeemq.broker.filter.sql;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A part of an expression that has a value for each message. Immutable; any thread. */
interface Operand {
  /** A Boolean, an Integer, a Long, a Double, a String, or null. */
  @Nullable Object value(PropertyValues message) throws Unanswerable;

  /**
   * A property of the message, always a text.
   *
   * @param slot its place in {@link PropertyValues}
   */
  record Property(String name, int slot) implements Operand {
    @Override
    public @Nullable Object value(PropertyValues message) {
      return message.text(slot);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** A number or a text; TRUE, FALSE and NULL are {@link Condition.Constant}. */
  record Literal(Object constant, byte[] utf8) implements Operand {
    static Literal of(Object constant) {
      return new Literal(constant, constant.toString().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Object value(PropertyValues message) {
      return constant;
    }

    @Override
    public String toString() {
      return constant instanceof String text
          ? "'" + text.replace("'", "''") + "'"
          : constant.toString();
    }
  }

  /** A minus sign before something: null unless that is a number. */
  record Negation(Operand of) implements Operand {
    @Override
    public @Nullable Object value(PropertyValues message) throws Unanswerable {
      message.step(1);
      Object value = of.value(message);
      if (value instanceof Integer number) {
        return -number;
      }
      if (value instanceof Long number) {
        return -number;
      }
      return value instanceof Double number ? (Object) (-number) : null;
    }

    @Override
    public String toString() {
      return "(- " + of + ")";
    }
  }
}
