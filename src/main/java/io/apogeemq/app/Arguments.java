package io.apogeemq.app;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a server, by hand: reading half a dozen flags must not cost a tenth of a second at
 * every start.
 */
final class Arguments {
  private final Map<String, String> given = new HashMap<>();

  /**
   * One flag.
   *
   * @param names all spellings, the first is the one it is asked for by
   * @param value how help calls its value, null if it has none
   * @param about one line for help
   */
  record Flag(List<String> names, @Nullable String value, String about) {
    static Flag on(String about, String... names) {
      return new Flag(List.of(names), null, about);
    }

    static Flag of(String value, String about, String... names) {
      return new Flag(List.of(names), value, about);
    }
  }

  private Arguments() {}

  /**
   * Reads the arguments.
   *
   * @throws Misused if a flag is unknown, lacks its value, or a word stands where no word may
   */
  static Arguments read(List<Flag> flags, List<String> words) throws Misused {
    Arguments arguments = new Arguments();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      int equals = word.startsWith("--") ? word.indexOf('=') : -1;
      String name = equals < 0 ? word : word.substring(0, equals);
      Flag flag =
          flags.stream()
              .filter(f -> f.names().contains(name))
              .findFirst()
              .orElseThrow(() -> new Misused("unknown argument " + word));
      String value = "";
      if (flag.value() != null) {
        if (equals >= 0) {
          value = word.substring(equals + 1);
        } else if (i + 1 < words.size()) {
          value = words.get(++i);
        } else {
          throw new Misused(name + " needs a value: " + flag.value());
        }
      } else if (equals >= 0) {
        throw new Misused(name + " takes no value");
      }
      arguments.given.put(flag.names().get(0), value);
    }
    return arguments;
  }

  boolean has(String flag) {
    return given.containsKey(flag);
  }

  /** The value of a flag, null if it was not given. */
  @Nullable String value(String flag) {
    return given.get(flag);
  }

  /** The help text: one line per flag. */
  static String help(String usage, List<Flag> flags) {
    List<String> left = new ArrayList<>();
    for (Flag flag : flags) {
      left.add(String.join(", ", flag.names()) + (flag.value() == null ? "" : " " + flag.value()));
    }
    int width = left.stream().mapToInt(String::length).max().orElse(0);
    StringBuilder text = new StringBuilder("usage: ").append(usage).append('\n');
    for (int i = 0; i < flags.size(); i++) {
      text.append("  ")
          .append(left.get(i))
          .append(" ".repeat(width - left.get(i).length() + 2))
          .append(flags.get(i).about())
          .append('\n');
    }
    return text.toString();
  }

  /** The command line can't be understood; the message says why. */
  static final class Misused extends Exception {
    private static final long serialVersionUID = 1L;

    Misused(String message) {
      super(message, null, false, false);
    }
  }
}
