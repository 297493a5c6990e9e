package io.apogeemq.broker.filter.sql;

/**
 * An expression that can't be used. The message begins with the original's words and says what is wrong
 * and where; it is meant for the consumer's log.
 */
public final class BadExpression extends Exception {
  private static final long serialVersionUID = 1L;

  BadExpression(String why) {
    super("Invalid MessageSelector. " + why, null, false, false);
  }
}
