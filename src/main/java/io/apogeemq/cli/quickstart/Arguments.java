package io.apogeemq.cli.quickstart;

import io.apogeemq.cli.CommandFailed;
import org.jspecify.annotations.Nullable;

/** The one option that both programs know: {@code -n HOST:PORT}. */
final class Arguments {
  private Arguments() {}

  /** The value of {@code -n}, or null if it isn't given. */
  static @Nullable String parse(String[] args) {
    if (args.length == 0) {
      return null;
    }
    if (args.length == 2 && (args[0].equals("-n") || args[0].equals("--namesrvAddr"))) {
      return args[1];
    }
    throw new CommandFailed(
        "unknown arguments '" + String.join(" ", args) + "'; the only option is -n HOST:PORT");
  }
}
