import com.alibaba.fastjson.JSON;
import com.alibaba.fastjson.JSONObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Results as tables in Markdown. {@code Report FOLDER PRODUCT} prints them; {@code Report FOLDER PRODUCT
 * LINE} prints how many complete rounds the line has: those in which every broker has a kept
 * measurement of every case.
 */
public final class Report {
  private static final String OURS = "apogee";

  private final List<JSONObject> results;

  private Report(List<JSONObject> results) {
    this.results = results;
  }

  public static void main(String[] args) throws IOException {
    Locale.setDefault(Locale.ROOT);
    List<JSONObject> results = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of(args[0]))) {
      for (Path file : files.filter(it -> it.toString().endsWith(".jsonl")).sorted().toList()) {
        for (String line : Files.readAllLines(file)) {
          JSONObject result = JSON.parseObject(line);
          boolean ofSuite = result.containsKey("line"); // restart.sh writes there, too
          if (ofSuite && result.getString("product").equals(args[1])) {
            results.add(result);
          }
        }
      }
    }
    Report report = new Report(results);
    if (args.length > 2) {
      System.out.println(report.completeRounds(args[2]));
    } else {
      report.print();
    }
  }

  private static String roundOf(JSONObject result) {
    return result.getString("run") + " " + result.getString("round");
  }

  private long completeRounds(String line) {
    List<JSONObject> mine =
        results.stream().filter(it -> it.getString("line").equals(line)).toList();
    Map<String, Boolean> complete = new LinkedHashMap<>(); // a round with an unkept pair is not
    Map<String, Boolean> pairs = new LinkedHashMap<>();
    for (JSONObject it : mine) {
      pairs.merge(
          roundOf(it) + "|" + it.getString("case") + "|" + it.getString("target"),
          it.getBooleanValue("kept"),
          Boolean::logicalOr);
    }
    pairs.forEach((pair, kept) -> complete.merge(pair.split("\\|")[0], kept, Boolean::logicalAnd));
    return complete.values().stream().filter(it -> it).count();
  }

  private void print() {
    Map<String, Map<String, List<JSONObject>>> cases = new TreeMap<>();
    for (JSONObject it : results) {
      if (it.getBooleanValue("kept")) {
        cases
            .computeIfAbsent(
                it.getString("line") + "|" + it.getString("case"), key -> new LinkedHashMap<>())
            .computeIfAbsent(it.getString("target"), key -> new ArrayList<>())
            .add(it);
      }
    }
    System.out.println(
        "| line | broker | rounds | msg/s | msg per broker CPU s | ratio msg/s | ratio msg/CPU s | refused |");
    System.out.println("|---|---|--:|--:|--:|--:|--:|--:|");
    cases.forEach(
        (key, brokers) -> {
          if (!has(brokers, "p99Ms") && !has(brokers, "loadMib")) {
            rates(key, brokers);
          }
        });
    System.out.println();
    System.out.println(
        "| line | broker | rounds | p50 ms | p99 ms | p99.9 ms | broker cores | ratio p99 | lost |");
    System.out.println("|---|---|--:|--:|--:|--:|--:|--:|--:|");
    cases.forEach(
        (key, brokers) -> {
          if (has(brokers, "p99Ms")) {
            latencies(key, brokers);
          }
        });
    System.out.println();
    System.out.println("| line | broker | rounds | idle MiB | most under load MiB |");
    System.out.println("|---|---|--:|--:|--:|");
    cases.forEach(
        (key, brokers) -> {
          if (has(brokers, "loadMib")) {
            memory(key, brokers);
          }
        });
    long discarded = results.stream().filter(it -> !it.getBooleanValue("kept")).count();
    System.out.printf("%n%d measurements, %d of them discarded: something else was running%n", results.size(), discarded);
  }

  private static boolean has(Map<String, List<JSONObject>> brokers, String figure) {
    return brokers.values().iterator().next().get(0).containsKey(figure);
  }

  private static void rates(String key, Map<String, List<JSONObject>> brokers) {
    forEach(
        key,
        brokers,
        (name, rounds) ->
            row(
                spread("%,.0f", values(rounds, "perSecond")),
                spread("%,.0f", values(rounds, "perCpuSecond")),
                ratio(name, brokers, "perSecond", true),
                ratio(name, brokers, "perCpuSecond", true),
                "" + rounds.stream().mapToLong(it -> it.getLongValue("failures")).sum()));
  }

  private static void latencies(String key, Map<String, List<JSONObject>> brokers) {
    forEach(
        key,
        brokers,
        (name, rounds) ->
            row(
                spread("%.2f", values(rounds, "p50Ms")),
                spread("%.2f", values(rounds, "p99Ms")),
                spread("%.2f", values(rounds, "p999Ms")),
                spread("%.2f", values(rounds, "brokerCores")),
                ratio(name, brokers, "p99Ms", false),
                "" + rounds.stream().mapToLong(it -> it.getLongValue("failures")).sum()));
  }

  private static void memory(String key, Map<String, List<JSONObject>> brokers) {
    forEach(
        key,
        brokers,
        (name, rounds) ->
            row(
                spread("%,.0f", values(rounds, "idleMib")),
                spread("%,.0f", values(rounds, "loadMib"))));
  }

  private interface Cells {
    String of(String name, List<JSONObject> rounds);
  }

  private static void forEach(String key, Map<String, List<JSONObject>> brokers, Cells cells) {
    String label = key.replace("|", ": ");
    for (String name : new TreeMap<>(brokers).keySet()) {
      List<JSONObject> rounds = brokers.get(name);
      System.out.printf("| %s | %s | %d | %s%n", label, name, rounds.size(), cells.of(name, rounds));
      label = "";
    }
  }

  private static String row(String... cells) {
    return String.join(" | ", cells) + " |";
  }

  /** Ours over that Apache whose median is better, round by round; empty in the rows of the others. */
  private static String ratio(
      String name, Map<String, List<JSONObject>> brokers, String figure, boolean moreIsBetter) {
    if (!name.equals(OURS)) {
      return "";
    }
    Comparator<String> byMedian =
        Comparator.comparingDouble(it -> median(values(brokers.get(it), figure)));
    String better =
        brokers.keySet().stream()
            .filter(it -> it.startsWith("apache"))
            .max(moreIsBetter ? byMedian : byMedian.reversed())
            .orElse(null);
    if (better == null) {
      return "";
    }
    Map<String, JSONObject> theirs = new LinkedHashMap<>();
    brokers.get(better).forEach(it -> theirs.put(roundOf(it), it));
    double[] ratios =
        brokers.get(OURS).stream()
            .filter(it -> theirs.containsKey(roundOf(it)))
            .mapToDouble(
                it -> it.getDoubleValue(figure) / theirs.get(roundOf(it)).getDoubleValue(figure))
            .toArray();
    return ratios.length == 0 ? "" : spread("%.2f", ratios) + " of " + better.substring(7);
  }

  private static double[] values(List<JSONObject> rounds, String figure) {
    return rounds.stream().mapToDouble(it -> it.getDoubleValue(figure)).toArray();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  private static String spread(String format, double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return String.format(
        format + " (" + format + "–" + format + ")",
        median(values), sorted[0], sorted[sorted.length - 1]);
  }
}
