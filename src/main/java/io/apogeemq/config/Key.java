package io.apogeemq.config;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * One configuration key: a row of a {@link KeyTable}. Immutable; two keys are equal only if they are
 * the same object.
 *
 * @param <T> the value in code
 */
public final class Key<T> {
  private final String name;
  private final ValueType<T> type;
  private final Fallback<T> fallback;
  private final String about;
  private final Unit unit;
  private final Standing<T> standing;
  private final boolean changeableLive;
  private final boolean secret;
  private final List<String> aliases;

  /**
   * The value of a key that is not given.
   *
   * @param shown how documents show it
   * @param value computes it from other settings; called once, when the settings are built
   */
  private record Fallback<T>(String shown, Function<Settings, T> value) {}

  private Key(
      String name,
      ValueType<T> type,
      Fallback<T> fallback,
      String about,
      Unit unit,
      Standing<T> standing,
      boolean changeableLive,
      boolean secret,
      List<String> aliases) {
    this.name = name;
    this.type = type;
    this.fallback = fallback;
    this.about = about;
    this.unit = unit;
    this.standing = standing;
    this.changeableLive = changeableLive;
    this.secret = secret;
    this.aliases = aliases;
  }

  /**
   * A key with a fixed default.
   *
   * @param name RocketMQ's own name where it has one
   * @param about one sentence
   */
  static <T> Key<T> of(String name, ValueType<T> type, T defaultValue, String about) {
    return new Key<>(
        name,
        type,
        new Fallback<>(type.print(defaultValue), settings -> defaultValue),
        about,
        Unit.NONE,
        new Standing.Works<>(),
        false,
        false,
        List.of());
  }

  /**
   * A key whose default depends on other keys or on the machine.
   *
   * @param shown the default in words
   */
  static <T> Key<T> derived(
      String name, ValueType<T> type, String shown, Function<Settings, T> value, String about) {
    return new Key<>(
        name,
        type,
        new Fallback<>(shown, value),
        about,
        Unit.NONE,
        new Standing.Works<>(),
        false,
        false,
        List.of());
  }

  /** The same key, counting something. */
  Key<T> in(Unit counted) {
    return new Key<>(
        name, type, fallback, about, counted, standing, changeableLive, secret, aliases);
  }

  /** The same key, made so that its value may change while the process runs. */
  Key<T> live() {
    return new Key<>(name, type, fallback, about, unit, standing, true, secret, aliases);
  }

  /** The same key; its value is never printed. */
  Key<T> hidden() {
    return new Key<>(name, type, fallback, about, unit, standing, changeableLive, true, aliases);
  }

  /** The same key, also known by another name. */
  Key<T> alias(String other) {
    List<String> more = new ArrayList<>(aliases);
    more.add(other);
    return new Key<>(
        name, type, fallback, about, unit, standing, changeableLive, secret, List.copyOf(more));
  }

  /** The same key, of a feature that is not built; see {@link Standing.NotBuilt}. */
  Key<T> notBuilt(String feature, Predicate<T> asksForIt, Standing.Consequence consequence) {
    return standing(new Standing.NotBuilt<>(feature, asksForIt, consequence));
  }

  /** The same key, accepted and ignored. */
  Key<T> withoutMeaning(String why) {
    return standing(new Standing.NoMeaning<>(why));
  }

  private Key<T> standing(Standing<T> other) {
    return new Key<>(name, type, fallback, about, unit, other, changeableLive, secret, aliases);
  }

  public String name() {
    return name;
  }

  public ValueType<T> type() {
    return type;
  }

  /** One sentence for people. */
  public String about() {
    return about;
  }

  public Unit unit() {
    return unit;
  }

  public Standing<T> standing() {
    return standing;
  }

  /** True if a later request may change the value without a restart. */
  public boolean isChangeableLive() {
    return changeableLive;
  }

  /** True if the value must not be printed or logged. */
  public boolean isSecret() {
    return secret;
  }

  /** Further names by which files may call this key. */
  public List<String> aliases() {
    return aliases;
  }

  /** The default in words. */
  public String shownDefault() {
    return fallback.shown();
  }

  T fallbackFrom(Settings settings) {
    return fallback.value().apply(settings);
  }

  @Override
  public String toString() {
    return name;
  }
}
