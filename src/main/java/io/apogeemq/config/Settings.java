package io.apogeemq.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of one process: a value for every key of a {@link KeyTable}, and where it came
 * from. Immutable and safe to share, though rooms are given their own small config records instead.
 *
 * <p>A flag wins over the file, the file over the environment, the environment over the default.
 */
public final class Settings {
  private static final String HIDDEN = "******";

  private final KeyTable table;
  private final Map<Key<?>, Object> values = new IdentityHashMap<>();
  private final Map<Key<?>, Source> sources;
  private final List<Problem> warnings;
  private final List<String> foreignNames;

  private Settings(Builder builder) {
    this.table = builder.table;
    this.sources = Collections.unmodifiableMap(new IdentityHashMap<>(builder.sources));
    this.values.putAll(builder.values);
    this.warnings = List.copyOf(builder.warnings);
    this.foreignNames = List.copyOf(builder.foreignNames);
    for (Key<?> key : table.keys()) {
      value(key);
    }
  }

  /** Starts settings for a table. */
  public static Builder of(KeyTable table) {
    return new Builder(table);
  }

  /** All defaults: for tests and embedded use. */
  public static Settings defaults(KeyTable table) {
    return new Settings(new Builder(table));
  }

  /** The value of a key of this table. */
  public <T> T get(Key<T> key) {
    if (table.find(key.name()).orElse(null) != key) {
      throw new IllegalArgumentException(key + " is no key of the " + table.role());
    }
    return value(key);
  }

  /** Fills a default in on first use; only the constructor meets that case. */
  @SuppressWarnings("unchecked")
  private <T> T value(Key<T> key) {
    Object known = values.get(key);
    if (known == null) {
      known = key.fallbackFrom(this);
      values.put(key, known);
    }
    return (T) known;
  }

  /** Where the value of a key came from. */
  public Source source(Key<?> key) {
    return sources.getOrDefault(key, Source.DEFAULT);
  }

  public KeyTable table() {
    return table;
  }

  /** Unknown and repeated keys: worth a line at start, no reason not to start. */
  public List<Problem> warnings() {
    return warnings;
  }

  /** Keys that were given and have no meaning here, in one sentence; empty if there are none. */
  public Optional<String> withoutMeaning() {
    String names =
        Stream.concat(
                table.keys().stream()
                    .filter(key -> key.standing() instanceof Standing.NoMeaning<?>)
                    .filter(key -> source(key).kind().compareTo(Source.Kind.ENVIRONMENT) > 0)
                    .map(Key::name),
                foreignNames.stream())
            .collect(Collectors.joining(", "));
    return names.isEmpty()
        ? Optional.empty()
        : Optional.of("Accepted, but without meaning here: " + names + " (see docs/CONFIG.md)");
  }

  /** Values that ask for something this version does not have, but that don't prevent a start. */
  public List<Problem> notBuilt() {
    return asking(Standing.Consequence.SAID_AT_START);
  }

  /** Values that must not be ignored and can't be honoured: a process with one of them does not start. */
  public List<Problem> refusals() {
    return asking(Standing.Consequence.REFUSES_TO_START);
  }

  private List<Problem> asking(Standing.Consequence consequence) {
    return table.keys().stream()
        .flatMap(key -> asking(key, consequence).stream())
        .collect(Collectors.toUnmodifiableList());
  }

  private <T> Optional<Problem> asking(Key<T> key, Standing.Consequence consequence) {
    if (key.standing() instanceof Standing.NotBuilt<T> missing
        && missing.consequence() == consequence
        && sources.containsKey(key)
        && missing.asksForIt().test(value(key))) {
      String end =
          consequence == Standing.Consequence.REFUSES_TO_START
              ? "; starting without it would break what the setting promises"
              : "; the setting has no effect yet";
      return Optional.of(
          new Problem(
              source(key).toString(),
              printed(key)
                  + " needs "
                  + missing.feature()
                  + ", which this version does not have"
                  + end));
    }
    return Optional.empty();
  }

  private <T> String printed(Key<T> key) {
    return key.name() + "=" + text(key);
  }

  private <T> String text(Key<T> key) {
    String text = key.type().print(value(key));
    return key.isSecret() && !text.isEmpty() ? HIDDEN : text;
  }

  /** The effective configuration, name → value as text, in the order of the table. Secrets are hidden. */
  public Map<String, String> asText() {
    Map<String, String> all = new LinkedHashMap<>();
    for (Key<?> key : table.keys()) {
      all.put(key.name(), text(key));
    }
    return Collections.unmodifiableMap(all);
  }

  /**
   * The same with other values for some keys, checked as at a start.
   *
   * @param changes key → value as text
   * @param where what the new values' source is called
   * @throws ConfigRejected with everything that is wrong with them
   */
  public Settings with(Map<Key<?>, String> changes, String where) throws ConfigRejected {
    Builder builder = new Builder(table);
    sources.forEach(
        (key, source) -> {
          builder.values.put(key, value(key));
          builder.sources.put(key, source);
        });
    changes.forEach((key, text) -> builder.give(key, text, new Source(Source.Kind.FLAG, where)));
    return builder.build();
  }

  /** Collects values from several sources. Used by one thread. */
  public static final class Builder {
    private final KeyTable table;
    private final Map<Key<?>, Object> values = new IdentityHashMap<>();
    private final Map<Key<?>, Source> sources = new IdentityHashMap<>();
    private final List<Problem> warnings = new ArrayList<>();
    private final List<Problem> errors = new ArrayList<>();
    private final List<String> foreignNames = new ArrayList<>();

    private Builder(KeyTable table) {
      this.table = table;
    }

    /** Takes the variables that the table names; empty ones count as not set. */
    public Builder environment(Map<String, String> variables) {
      table
          .environment()
          .forEach(
              (variable, key) -> {
                String value = variables.get(variable);
                if (value != null && !value.isBlank()) {
                  give(key, value, new Source(Source.Kind.ENVIRONMENT, variable));
                }
              });
      return this;
    }

    /** Takes the system properties that the table names, of those that are given. */
    public Builder properties(Properties given) {
      for (Key<?> key : table.properties()) {
        String value = given.getProperty(key.name());
        if (value != null) {
          give(key, value, new Source(Source.Kind.FLAG, "-D" + key.name()));
        }
      }
      return this;
    }

    /** Takes the entries of a file. */
    public Builder file(@Nullable ConfigFile file) {
      if (file == null) {
        return this;
      }
      Map<Key<?>, Integer> seen = new IdentityHashMap<>();
      for (ConfigFile.Entry entry : file.entries()) {
        String where = file.name() + ":" + entry.line();
        Optional<Key<?>> key = table.find(entry.key());
        if (key.isPresent()) {
          Integer earlier = seen.put(key.get(), entry.line());
          if (earlier != null) {
            warnings.add(
                new Problem(
                    where,
                    key.get() + " is given again; the value in line " + earlier + " is not used"));
          }
          give(key.get(), entry.value(), new Source(Source.Kind.FILE, where));
        } else if (table.silentNames().contains(entry.key())) {
          foreignNames.add(entry.key());
        } else {
          warnings.add(
              new Problem(
                  where,
                  "unknown key '"
                      + entry.key()
                      + "' is ignored"
                      + table
                          .nearest(entry.key())
                          .map(name -> "; did you mean " + name + "?")
                          .orElse("")));
        }
      }
      return this;
    }

    /** Takes the value of a command-line flag; null means that it was not given. */
    public Builder flag(String flag, Key<?> key, @Nullable String value) {
      if (value != null) {
        give(key, value, new Source(Source.Kind.FLAG, flag));
      }
      return this;
    }

    private <T> void give(Key<T> key, String text, Source source) {
      Source stronger = sources.get(key);
      if (stronger != null && stronger.kind().compareTo(source.kind()) > 0) {
        return;
      }
      String trimmed = text.strip();
      try {
        values.put(key, key.type().parse(trimmed));
        sources.put(key, source);
      } catch (ValueType.BadValue wrong) {
        String shown = key.isSecret() ? HIDDEN : trimmed;
        String detail = wrong.getMessage().isEmpty() ? "" : " (" + wrong.getMessage() + ")";
        errors.add(
            new Problem(
                source.toString(),
                key
                    + "="
                    + shown
                    + " is not allowed"
                    + detail
                    + ": it must be "
                    + key.type().allowed()
                    + (key.unit() == Unit.NONE ? "" : " " + key.unit().symbol())));
      }
    }

    /**
     * The settings.
     *
     * @throws ConfigRejected with everything that is wrong; {@link Settings#refusals} are not part of
     *     it, so that such a configuration can still be printed
     */
    public Settings build() throws ConfigRejected {
      if (errors.isEmpty()) {
        Settings settings = new Settings(this);
        table.checks().forEach(check -> check.accept(settings, errors::add));
        if (errors.isEmpty()) {
          return settings;
        }
      }
      throw new ConfigRejected(errors);
    }
  }
}
