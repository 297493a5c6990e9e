package io.apogeemq.compat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Our own mqadmin, in this process. */
final class OurTool {
  private OurTool() {}

  /** What a command prints, its errors behind its output. */
  static String run(String... arguments) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    io.apogeemq.cli.MqAdmin.run(
        arguments,
        new PrintStream(printed, true, StandardCharsets.UTF_8),
        new PrintStream(errors, true, StandardCharsets.UTF_8));
    return printed.toString(StandardCharsets.UTF_8) + errors.toString(StandardCharsets.UTF_8);
  }
}
