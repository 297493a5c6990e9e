package io.apogeemq.client;

/** Bounds of the settings: a value outside is refused with the name of the setting. */
final class OptionRules {
  private OptionRules() {}

  static int atLeast(int least, int value, String name) {
    return (int) atLeast((long) least, value, name);
  }

  static long atLeast(long least, long value, String name) {
    if (value < least) {
      throw new IllegalArgumentException(name + " must be at least " + least + ", not " + value);
    }
    return value;
  }
}
