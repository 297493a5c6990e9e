package io.apogeemq.config;

/**
 * Where a value came from. Later kinds win over earlier ones.
 *
 * @param detail the variable, {@code file:line} or the flag; empty for a default
 */
public record Source(Kind kind, String detail) {

  /** In the order of precedence, weakest first. */
  public enum Kind {
    DEFAULT,
    ENVIRONMENT,
    FILE,
    FLAG
  }

  /** For a value that nobody gave. */
  static final Source DEFAULT = new Source(Kind.DEFAULT, "");

  @Override
  public String toString() {
    return switch (kind) {
      case DEFAULT -> "default";
      case ENVIRONMENT -> "environment variable " + detail;
      case FILE, FLAG -> detail;
    };
  }
}
