package io.apogeemq.config;

/** What a number of a {@link Key} counts. */
public enum Unit {
  /** A text, a switch, a port, an identity: nothing is counted. */
  NONE(""),
  /** Things: threads, messages, queues. */
  COUNT("count"),
  /** Bytes. */
  BYTES("bytes"),
  /** Milliseconds. */
  MS("ms"),
  /** Seconds. */
  SECONDS("s"),
  /** Hours. */
  HOURS("h"),
  /** Hundredths. */
  PERCENT("%");

  private final String symbol;

  Unit(String symbol) {
    this.symbol = symbol;
  }

  /** How the unit is written in documents, empty for {@link #NONE}. */
  public String symbol() {
    return symbol;
  }
}
