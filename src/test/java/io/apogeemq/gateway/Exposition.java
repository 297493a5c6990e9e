package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads Prometheus' text format 0.0.4 more strictly than Prometheus: every family has its type before its
 * samples, stands in one piece and comes once; no series comes twice; only the three escapes are known.
 */
public final class Exposition {
  private static final Pattern META =
      Pattern.compile("# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)");
  private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\n]|\\\\[\\\\\"n])*)\"(,?)");
  private static final Pattern VALUE =
      Pattern.compile(" (NaN|[+-]Inf|-?[0-9]+(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)");

  private static final Map<String, Set<String>> SUFFIXES =
      Map.of(
          "counter", Set.of(""),
          "gauge", Set.of(""),
          "summary", Set.of("", "_sum", "_count"),
          "histogram", Set.of("_bucket", "_sum", "_count"),
          "untyped", Set.of(""));

  /** One line, its labels without escapes. */
  public record Sample(String name, Map<String, String> labels, double value) {}

  private final List<Sample> samples = new ArrayList<>();
  private final Set<String> families = new HashSet<>();
  private final Set<String> series = new HashSet<>();
  private String family = "";
  private String type = "";

  private Exposition() {}

  /** Fails on whatever is not of the format. */
  public static Exposition of(String text) {
    assertThat(text).endsWith("\n").doesNotContain("\r");
    Exposition read = new Exposition();
    for (String line : text.substring(0, text.length() - 1).split("\n", -1)) {
      if (line.startsWith("# HELP ") || line.startsWith("# TYPE ")) {
        read.meta(line);
      } else if (!line.startsWith("# ")) {
        read.sample(line);
      }
    }
    return read;
  }

  private void meta(String line) {
    Matcher meta = META.matcher(line);
    assertThat(meta.matches()).as(line).isTrue();
    String name = meta.group(2);
    if (!name.equals(family)) {
      assertThat(families.add(name)).as("a family in two pieces: %s", line).isTrue();
      family = name;
      type = "";
    }
    if (meta.group(1).equals("TYPE")) {
      assertThat(type).as("a second type: %s", line).isEmpty();
      type = meta.group(3);
      assertThat(SUFFIXES).as(line).containsKey(type);
    }
  }

  private void sample(String line) {
    Matcher name = NAME.matcher(line);
    assertThat(name.lookingAt()).as(line).isTrue();
    int at = name.end();
    Map<String, String> labels = new TreeMap<>();
    if (line.startsWith("{", at)) {
      Matcher label = LABEL.matcher(line);
      boolean more = true;
      for (at++; more; at = label.end()) {
        assertThat(label.find(at) && label.start() == at).as(line).isTrue();
        assertThat(labels.put(label.group(1), plain(label.group(2)))).as(line).isNull();
        more = !label.group(3).isEmpty();
      }
      assertThat(line.startsWith("}", at)).as(line).isTrue();
      at++;
    }
    Matcher value = VALUE.matcher(line.substring(at));
    assertThat(value.matches()).as(line).isTrue();
    assertThat(name.group()).as("outside its family: %s", line).startsWith(family);
    assertThat(SUFFIXES.getOrDefault(type, Set.of()))
        .as("not of its family's type: %s", line)
        .contains(name.group().substring(family.length()));
    assertThat(series.add(name.group() + labels)).as("a series twice: %s", line).isTrue();
    String number = value.group(1).replace("Inf", "Infinity");
    samples.add(new Sample(name.group(), labels, Double.parseDouble(number)));
  }

  private static String plain(String escaped) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < escaped.length(); i++) {
      char each = escaped.charAt(i);
      if (each == '\\') {
        char next = escaped.charAt(++i);
        plain.append(next == 'n' ? '\n' : next);
      } else {
        plain.append(each);
      }
    }
    return plain.toString();
  }

  public List<Sample> samples() {
    return samples;
  }

  /** All of a name. */
  public List<Sample> samples(String name) {
    return samples.stream().filter(each -> each.name().equals(name)).toList();
  }

  /**
   * The sum of those that have these labels; NaN if there are none.
   *
   * @param labels names and values in turn
   */
  public double value(String name, String... labels) {
    return samples(name).stream()
        .filter(each -> has(each, labels))
        .mapToDouble(Sample::value)
        .reduce(Double::sum)
        .orElse(Double.NaN);
  }

  private static boolean has(Sample sample, String... labels) {
    for (int i = 0; i < labels.length; i += 2) {
      if (!labels[i + 1].equals(sample.labels().get(labels[i]))) {
        return false;
      }
    }
    return true;
  }
}
