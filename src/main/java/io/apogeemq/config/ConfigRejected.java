package io.apogeemq.config;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration can't be used. Holds everything that is wrong with it, not just the first. */
public final class ConfigRejected extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  public ConfigRejected(List<Problem> problems) {
    super(
        problems.stream().map(Problem::toString).collect(Collectors.joining("\n")),
        null,
        false,
        false);
    this.problems = List.copyOf(problems);
  }

  public List<Problem> problems() {
    return problems;
  }
}
