package io.apogeemq.config;

import java.util.function.Predicate;

/**
 * What becomes of a key in this version.
 *
 * @param <T> the value in code
 */
public sealed interface Standing<T> {

  /** The value is used. */
  record Works<T>() implements Standing<T> {}

  /**
   * RocketMQ has the key; it is accepted so that its files can be used, and changes nothing.
   *
   * @param why what takes its place, one sentence
   */
  record NoMeaning<T>(String why) implements Standing<T> {}

  /**
   * The key belongs to a feature that this version does not have.
   *
   * @param feature what is missing, as a noun
   * @param asksForIt which values need the feature; the others start as usual
   * @param consequence what a start with such a value means
   */
  record NotBuilt<T>(String feature, Predicate<T> asksForIt, Consequence consequence)
      implements Standing<T> {}

  /** What a start does when a value asks for a feature that is not built. */
  enum Consequence {
    /** The broker starts and says that the value has no effect yet. */
    SAID_AT_START,
    /** Ignoring the value would break a promise: the process does not start. */
    REFUSES_TO_START
  }
}
