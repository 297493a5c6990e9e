package io.apogeemq.broker.filter.sql;

/** {@code IS NULL}: never unknown. */
record IsNull(Operand of) implements Condition {
  @Override
  public Truth test(PropertyValues message) throws Unanswerable {
    message.step(1);
    return Truth.of(
        of instanceof Property property
            ? message.isMissing(property.slot())
            : of.value(message) == null);
  }

  @Override
  public String toString() {
    return "(" + of + " == NULL)";
  }
}
