package io.apogeemq.cli;

/**
 * Logs of a command: warnings only, and beside its output instead of in it. Call it first thing in
 * {@code main}, before a logger exists; what the user set stays.
 */
public final class CommandLogs {
  private CommandLogs() {}

  public static void onlyWarnings() {
    setIfAbsent("apogeemq.log.level", "WARN");
    setIfAbsent("apogeemq.log.target", "System.err");
  }

  private static void setIfAbsent(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
