package io.apogeemq.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** All keys of one role, in sections, with the checks that span several keys. Immutable. */
public final class KeyTable {
  /** The longest name that is compared when a key is unknown: bounds the work for a hostile file. */
  private static final int MAX_COMPARED_LENGTH = 64;

  private final String role;
  private final List<Section> sections;
  private final Map<String, Key<?>> byName;
  private final Map<String, Key<?>> byEnvironment;
  private final List<Key<?>> byProperty;
  private final Set<String> silentNames;
  private final List<BiConsumer<Settings, Consumer<Problem>>> checks;

  /**
   * Keys that belong together.
   *
   * @param title heading in the document
   * @param about a sentence under it
   */
  public record Section(String title, String about, List<Key<?>> keys) {}

  private KeyTable(Rows rows) {
    this.role = rows.role;
    List<Section> all = new ArrayList<>();
    for (SectionRows section : rows.sections) {
      all.add(new Section(section.title, section.about, List.copyOf(section.keys)));
    }
    this.sections = List.copyOf(all);
    this.byName = new LinkedHashMap<>();
    for (Section section : sections) {
      for (Key<?> key : section.keys()) {
        name(key.name(), key);
        key.aliases().forEach(alias -> name(alias, key));
      }
    }
    this.byEnvironment = Map.copyOf(rows.environment);
    this.byProperty = List.copyOf(rows.properties);
    this.silentNames = new HashSet<>(rows.silentNames);
    silentNames.removeAll(byName.keySet());
    this.checks = List.copyOf(rows.checks);
  }

  private void name(String name, Key<?> key) {
    if (byName.put(name, key) != null) {
      throw new IllegalStateException("two rows are called " + name);
    }
  }

  /** Whose table it is: {@code broker} or {@code name server}. */
  public String role() {
    return role;
  }

  public List<Section> sections() {
    return sections;
  }

  /** Every key once, in the order of the document. */
  public List<Key<?>> keys() {
    return sections.stream().<Key<?>>flatMap(section -> section.keys().stream()).toList();
  }

  /** The key that a file calls so, by its name or an alias. */
  public Optional<Key<?>> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** Names that RocketMQ 5.x knows and this version has no row for: accepted without a warning each. */
  public Set<String> silentNames() {
    return silentNames;
  }

  /** Environment variable → the key it sets. */
  Map<String, Key<?>> environment() {
    return byEnvironment;
  }

  /** Keys that a system property of the same name sets, as the original reads them. */
  List<Key<?>> properties() {
    return byProperty;
  }

  List<BiConsumer<Settings, Consumer<Problem>>> checks() {
    return checks;
  }

  /** The known name that looks most like an unknown one, if it looks like it at all. */
  public Optional<String> nearest(String unknown) {
    if (unknown.length() > MAX_COMPARED_LENGTH) {
      return Optional.empty();
    }
    String best = null;
    int bestDistance = Math.max(2, unknown.length() / 3) + 1;
    for (String name : byName.keySet()) {
      int distance = distance(unknown.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT));
      if (distance < bestDistance) {
        best = name;
        bestDistance = distance;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Edits (insert, delete, replace, swap of neighbours) that turn one text into the other. */
  private static int distance(String from, String to) {
    int[] older = new int[to.length() + 1];
    int[] above = new int[to.length() + 1];
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      above[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replace = above[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replace, Math.min(above[j], row[j - 1]) + 1);
        if (i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1)) {
          row[j] = Math.min(row[j], older[j - 2] + 1);
        }
      }
      int[] spare = older;
      older = above;
      above = row;
      row = spare;
    }
    return above[to.length()];
  }

  /** Starts a table; rows are added by {@link SectionRows#add}. */
  static Rows rows(String role) {
    return new Rows(role);
  }

  /** A table being written, while the class that declares the keys is loaded. */
  static final class Rows {
    private final String role;
    private final List<SectionRows> sections = new ArrayList<>();
    private final Map<String, Key<?>> environment = new HashMap<>();
    private final List<Key<?>> properties = new ArrayList<>();
    private final List<String> silentNames = new ArrayList<>();
    private final List<BiConsumer<Settings, Consumer<Problem>>> checks = new ArrayList<>();

    private Rows(String role) {
      this.role = role;
    }

    SectionRows section(String title, String about) {
      SectionRows section = new SectionRows(title, about);
      sections.add(section);
      return section;
    }

    /** The variable sets the key, unless a file or a flag does. */
    Rows environment(String variable, Key<?> key) {
      environment.put(variable, key);
      return this;
    }

    /** A flag {@code -Dname=value} of Java sets the key, and wins over the file. */
    Rows property(Key<?> key) {
      properties.add(key);
      return this;
    }

    /** Adds names to {@link KeyTable#silentNames}, parted by blanks. */
    Rows silent(String names) {
      // Not by a regular expression: this runs at every start.
      StringTokenizer words = new StringTokenizer(names);
      while (words.hasMoreTokens()) {
        silentNames.add(words.nextToken());
      }
      return this;
    }

    /** Adds a check of several keys together; it reports what is wrong. */
    Rows check(BiConsumer<Settings, Consumer<Problem>> check) {
      checks.add(check);
      return this;
    }

    KeyTable table() {
      return new KeyTable(this);
    }
  }

  /** A section being written. */
  static final class SectionRows {
    private final String title;
    private final String about;
    private final List<Key<?>> keys = new ArrayList<>();

    private SectionRows(String title, String about) {
      this.title = title;
      this.about = about;
    }

    /** Adds a row and gives it back, so that it can be a constant. */
    <T> Key<T> add(Key<T> key) {
      keys.add(key);
      return key;
    }

    /**
     * Adds rows of keys that are accepted and ignored. Their values are not checked: what has no
     * meaning can't be wrong.
     *
     * @param why the reason they share
     * @param namesAndDefaults {@code name=default} each
     */
    SectionRows ignored(String why, String... namesAndDefaults) {
      for (String row : namesAndDefaults) {
        int equals = row.indexOf('=');
        add(
            Key.of(row.substring(0, equals), Values.text(), row.substring(equals + 1), why)
                .withoutMeaning(why));
      }
      return this;
    }
  }
}
