package io.apogeemq.security;

import org.jspecify.annotations.Nullable;

/** What an account may do with a topic or a group, as the original's files write it. */
enum Right {
  DENY("DENY", false, false),
  PUB("PUB", true, false),
  SUB("SUB", false, true),
  PUB_SUB("PUB|SUB", true, true);

  private final String text;
  private final boolean publishes;
  private final boolean consumes;

  Right(String text, boolean publishes, boolean consumes) {
    this.text = text;
    this.publishes = publishes;
    this.consumes = consumes;
  }

  boolean publishes() {
    return publishes;
  }

  boolean consumes() {
    return consumes;
  }

  /** The right of this name, null if there is none. {@code SUB|PUB} is as good as {@code PUB|SUB}. */
  static @Nullable Right named(String given) {
    return switch (given.strip()) {
      case "DENY" -> DENY;
      case "PUB" -> PUB;
      case "SUB" -> SUB;
      case "PUB|SUB", "SUB|PUB" -> PUB_SUB;
      default -> null;
    };
  }

  @Override
  public String toString() {
    return text;
  }
}
