package io.apogeemq.broker.filter.sql;

import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.store.ReadRequest.EntryFilter;
import java.nio.ByteBuffer;

/**
 * Which messages an SQL92 expression wants. Compiled once; looks at each record's properties where they
 * lie. A message is wanted only if the expression is true for it: not if it is unknown, nor if values
 * can't be compared. Immutable; any thread.
 */
public final class SqlSelection implements EntryFilter {
  /** What a thread uses again from message to message. */
  private static final class Scratch {
    private final MessageView record = new MessageView();
    private final PropertyValues values = new PropertyValues();
  }

  private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

  private final String expression;
  private final Condition condition;
  private final PropertyValues.Slots slots;

  private SqlSelection(String expression, SqlParser.Parsed parsed) {
    this.expression = expression;
    this.condition = parsed.condition();
    this.slots = new PropertyValues.Slots(parsed.properties());
  }

  /** Compiles an expression, or says what is wrong with it. */
  public static SqlSelection of(String expression) throws BadExpression {
    return new SqlSelection(expression, SqlParser.parse(expression));
  }

  @Override
  public boolean wants(long tagsCode) {
    return true;
  }

  @Override
  public boolean looksIntoRecords() {
    return true;
  }

  @Override
  public boolean wantsRecord(ByteBuffer bytes, int at) {
    Scratch scratch = SCRATCH.get();
    if (scratch.record.open(bytes, at) != null) {
      return true; // damage is told of by who reads it, not passed over here
    }
    scratch.values.read(scratch.record, slots);
    try {
      return condition.test(scratch.values) == Truth.TRUE;
    } catch (Unanswerable e) {
      return false;
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SqlSelection that && expression.equals(that.expression);
  }

  @Override
  public int hashCode() {
    return expression.hashCode();
  }

  @Override
  public String toString() {
    return condition.toString();
  }
}
