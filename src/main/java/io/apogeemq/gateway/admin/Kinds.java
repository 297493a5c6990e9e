package io.apogeemq.gateway.admin;

import io.apogeemq.protocol.body.ConsumeType;
import io.apogeemq.protocol.body.MessageModel;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What clients say about themselves in the words of the API; null stays null: unknown. */
final class Kinds {
  /** The first version of 4.x (V4_0_0_SNAPSHOT) in RocketMQ's table of versions. */
  private static final int FIRST = 212;

  /** Each patch has two entries, the first a snapshot; a minor has ten patches, a major ten minors. */
  private static final int PER_MINOR = 20;

  private static final int PER_MAJOR = 200;
  private static final int END = FIRST + 2 * PER_MAJOR;

  private Kinds() {}

  /** How messages come: {@code pull}, {@code push}, {@code pop}. */
  static @Nullable String name(@Nullable ConsumeType type) {
    return type == null
        ? null
        : switch (type) {
          case CONSUME_ACTIVELY -> "pull";
          case CONSUME_PASSIVELY -> "push";
          case CONSUME_POP -> "pop";
        };
  }

  /** {@code clustering} or {@code broadcasting}. */
  static @Nullable String name(@Nullable MessageModel model) {
    return model == null ? null : model.name().toLowerCase(Locale.ROOT);
  }

  /** The version that a number in a frame means, {@code 5.3.0}; older and unknown ones as {@code #17}. */
  static String version(int number) {
    if (number < FIRST || number >= END) {
      return "#" + number;
    }
    int at = number - FIRST;
    return (4 + at / PER_MAJOR)
        + "."
        + at % PER_MAJOR / PER_MINOR
        + "."
        + at % PER_MINOR / 2
        + (at % 2 == 0 ? "-SNAPSHOT" : "");
  }
}
