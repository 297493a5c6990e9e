package io.apogeemq.cli;

/** A command can't do what it was asked; the message is the one line that its user sees. */
public final class CommandFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message line breaks in it, as in remarks of name servers, become blanks
   */
  public CommandFailed(String message) {
    super(message.replaceAll("\\s*\\R\\s*", " ").strip(), null, false, false);
  }
}
