package io.apogeemq.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The kinds of values that keys have. All are immutable and safe to share. */
public final class Values {
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_.-]{0,253})");
  private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]{2,45}(%[A-Za-z0-9_.-]+)?");
  private static final Pattern LEVELS = Pattern.compile("[1-9][0-9]*[smhd]( +[1-9][0-9]*[smhd])*");

  /** The rule for broker and cluster names, as in {@code protocol.Names}. */
  private static final Pattern NAME = Pattern.compile("[%|a-zA-Z0-9.@_-]{1,127}");

  private static final int MAX_PORT = 65535;

  private Values() {}

  /** A whole number within a closed range. */
  public static ValueType<Integer> integer(int min, int max) {
    return type(
        text -> {
          try {
            int value = Integer.parseInt(text);
            return value >= min && value <= max ? value : null;
          } catch (NumberFormatException noNumber) {
            return null;
          }
        },
        String::valueOf,
        min + ".." + max);
  }

  /** A whole number within a closed range, when 32 bits are too few. */
  public static ValueType<Long> longInteger(long min, long max) {
    return type(
        text -> {
          try {
            long value = Long.parseLong(text);
            return value >= min && value <= max ? value : null;
          } catch (NumberFormatException noNumber) {
            return null;
          }
        },
        String::valueOf,
        max == Long.MAX_VALUE ? min + " or more" : min + ".." + max);
  }

  /** A TCP port. */
  public static ValueType<Integer> port() {
    return integer(1, MAX_PORT);
  }

  /** {@code true} or {@code false}, in any case of letters. */
  public static ValueType<Boolean> bool() {
    return type(
        text ->
            switch (text.toLowerCase(Locale.ROOT)) {
              case "true" -> true;
              case "false" -> false;
              default -> null;
            },
        String::valueOf,
        "true | false");
  }

  /** One constant of an enumeration, by its exact name. */
  public static <E extends Enum<E>> ValueType<E> oneOf(Class<E> constants) {
    List<E> all = List.of(constants.getEnumConstants());
    return type(
        text -> all.stream().filter(c -> c.name().equals(text)).findFirst().orElse(null),
        Enum::name,
        all.stream().map(Enum::name).collect(Collectors.joining(" | ")));
  }

  /** One of a few words. */
  public static ValueType<String> oneOf(String... words) {
    List<String> all = List.of(words);
    return type(
        text -> all.contains(text) ? text : null, Function.identity(), String.join(" | ", all));
  }

  /** Any text, also an empty one, which means "not set". */
  public static ValueType<String> text() {
    return type(text -> text, Function.identity(), "text");
  }

  /** The name of a broker or a cluster, as name servers accept it. */
  public static ValueType<String> name() {
    return type(
        text -> NAME.matcher(text).matches() ? text : null,
        Function.identity(),
        "1 to 127 of the letters a-z and A-Z, digits and %, bar, dot, at sign, underscore, hyphen");
  }

  /**
   * A host name or an IP address without a port. An IPv6 address may stand in brackets, as the original
   * writes its own; the value has none.
   */
  public static ValueType<String> host() {
    return type(
        text -> isHost(withoutBrackets(text)) ? withoutBrackets(text) : null,
        Function.identity(),
        "host name or IP address, no port");
  }

  /** {@code host:port}, several parted by {@code ;}. Empty parts are skipped; an empty text is an empty list. */
  public static ValueType<List<HostPort>> hostPorts() {
    return new ValueType<>() {
      @Override
      public List<HostPort> parse(String text) throws BadValue {
        List<HostPort> all = new ArrayList<>();
        for (String part : text.split(";")) {
          if (!part.isBlank()) {
            all.add(hostPort(part.trim()));
          }
        }
        return List.copyOf(all);
      }

      @Override
      public String print(List<HostPort> value) {
        return value.stream().map(HostPort::toString).collect(Collectors.joining(";"));
      }

      @Override
      public String allowed() {
        return "host:port, several parted by ';'";
      }
    };
  }

  private static HostPort hostPort(String text) throws ValueType.BadValue {
    int colon = text.lastIndexOf(':');
    String host = withoutBrackets(colon < 0 ? text : text.substring(0, colon));
    if (colon < 0 || !isHost(host)) {
      throw new ValueType.BadValue("'" + text + "' is not host:port");
    }
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      if (port >= 1 && port <= MAX_PORT) {
        return new HostPort(host, port);
      }
    } catch (NumberFormatException noNumber) {
      // Said below: a port that is no number is as wrong as one out of range.
    }
    throw new ValueType.BadValue("the port of '" + text + "' must be within 1.." + MAX_PORT);
  }

  private static String withoutBrackets(String host) {
    boolean bracketed = host.startsWith("[") && host.endsWith("]") && host.indexOf(':') > 0;
    return bracketed ? host.substring(1, host.length() - 1) : host;
  }

  private static boolean isHost(String text) {
    return HOST.matcher(text).matches() || (text.indexOf(':') >= 0 && IPV6.matcher(text).matches());
  }

  /** A file or folder. Relative ones start at the folder that the process was started in. */
  public static ValueType<Path> path() {
    return new ValueType<>() {
      @Override
      public Path parse(String text) throws BadValue {
        if (text.isEmpty()) {
          throw new BadValue();
        }
        if (text.startsWith("~")) {
          throw new BadValue("'~' is not replaced by the home folder; write the whole path");
        }
        try {
          return Path.of(text);
        } catch (InvalidPathException wrong) {
          throw new BadValue(wrong.getReason());
        }
      }

      @Override
      public String print(Path value) {
        return value.toString();
      }

      @Override
      public String allowed() {
        return "path";
      }
    };
  }

  /** One folder. The comma, by which RocketMQ parts several folders of one commit log, is refused. */
  public static ValueType<Path> singleFolder() {
    ValueType<Path> path = path();
    return new ValueType<>() {
      @Override
      public Path parse(String text) throws BadValue {
        if (text.indexOf(',') >= 0) {
          throw new BadValue("a commit log over several folders is not supported");
        }
        return path.parse(text);
      }

      @Override
      public String print(Path value) {
        return path.print(value);
      }

      @Override
      public String allowed() {
        return "path of one folder, no comma";
      }
    };
  }

  /** Hours of the day, two digits or one, several parted by {@code ;}. */
  public static ValueType<List<Integer>> hoursOfDay() {
    return type(
        text -> {
          try {
            List<Integer> hours = Arrays.stream(text.split(";")).map(Integer::valueOf).toList();
            return hours.stream().allMatch(hour -> hour >= 0 && hour <= 23) ? hours : null;
          } catch (NumberFormatException noNumber) {
            return null;
          }
        },
        hours ->
            hours.stream()
                .map(hour -> String.format(Locale.ROOT, "%02d", hour))
                .collect(Collectors.joining(";")),
        "00..23, several parted by ';'");
  }

  /** Durations with a unit letter (s, m, h, d), parted by blanks: one per delay level, level 1 first. */
  public static ValueType<String> delayLevels() {
    return type(
        text -> LEVELS.matcher(text).matches() ? text : null,
        Function.identity(),
        "durations like 1s 5m 2h 1d, parted by blanks");
  }

  /** A type from two functions; a null from {@code read} means "not allowed". */
  private static <T> ValueType<T> type(Reading<T> read, Function<T, String> print, String allowed) {
    return new ValueType<>() {
      @Override
      public T parse(String text) throws BadValue {
        T value = read.apply(text);
        if (value == null) {
          throw new BadValue();
        }
        return value;
      }

      @Override
      public String print(T value) {
        return print.apply(value);
      }

      @Override
      public String allowed() {
        return allowed;
      }
    };
  }

  /** Reads a text, null if it is not allowed. */
  @FunctionalInterface
  private interface Reading<T> {
    @Nullable T apply(String text);
  }
}
