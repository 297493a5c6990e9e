package io.apogeemq.protocol.body;

/**
 * How a document is written. Names that are whole objects ({@code {{"queueId":0}:..}}) stay unquoted
 * in every form: the 5.x client can read nothing else.
 */
public enum JsonForm {
  /** Integer names quoted, text as UTF-8. Every client reads it. */
  STANDARD(true, false, false),
  /** {@link #STANDARD} in pure ASCII: what the original sends as route to clients since 4.9.4. */
  ASCII(true, true, false),
  /** Integer names bare ({@code {0:..}}): what the original sends by default. */
  BARE(false, false, false),
  /** {@link #BARE}, with line breaks and tabs: the original's files in {@code config/}. */
  FILE(false, false, true);

  final boolean quotesIntegers;
  final boolean escapesNonAscii;
  final boolean breaksLines;

  JsonForm(boolean quotesIntegers, boolean escapesNonAscii, boolean breaksLines) {
    this.quotesIntegers = quotesIntegers;
    this.escapesNonAscii = escapesNonAscii;
    this.breaksLines = breaksLines;
  }
}
