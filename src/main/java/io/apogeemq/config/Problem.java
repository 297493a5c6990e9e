package io.apogeemq.config;

/**
 * Something to tell about the configuration: a warning, or a reason not to start.
 *
 * @param where the file and line, the variable or the flag, or empty
 * @param text a whole sentence that names key, value and what is allowed
 */
public record Problem(String where, String text) {

  @Override
  public String toString() {
    return where.isEmpty() ? text : where + ": " + text;
  }
}
