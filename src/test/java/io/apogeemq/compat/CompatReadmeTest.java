package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * {@code src/test/compat/README.md} lists the compat tests by feature, with their last result on each
 * target. With {@code -Dcompat.readme.write=true} the results that lie in {@code target/surefire-reports}
 * are put into the table; those of classes that did not run stay.
 */
class CompatReadmeTest {
  private static final Path README = Path.of("src/test/compat/README.md");
  private static final Path SOURCES = Path.of("src/test/java/io/apogeemq/compat");
  private static final Path REPORTS = Path.of("target/surefire-reports");
  private static final Pattern ROW =
      Pattern.compile("\\| (.*) \\| `(\\w+)` \\|(.*)\\|(.*)\\|(.*)\\|");

  /** What a report says of one class on one target. */
  private record Result(String test, int target, String words) {}

  @Test
  void everyTestHasALineAndEveryLineATest() throws IOException {
    List<String> lines = Files.readAllLines(README);
    if (Boolean.getBoolean("compat.readme.write")) {
      lines = withResults(lines, results());
      Files.write(README, lines);
    }
    List<String> listed = new ArrayList<>();
    for (String line : lines) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        listed.add(row.group(2));
      }
    }
    try (Stream<Path> files = Files.list(SOURCES)) {
      assertThat(listed)
          .as("rows of %s", README)
          .containsExactlyInAnyOrderElementsOf(
              files
                  .map(file -> file.getFileName().toString())
                  .filter(name -> name.endsWith("Test.java"))
                  .map(name -> name.replace(".java", ""))
                  .filter(name -> !name.equals(getClass().getSimpleName()))
                  .toList());
    }
  }

  private static List<String> withResults(List<String> lines, List<Result> results) {
    List<String> written = new ArrayList<>();
    for (String line : lines) {
      Matcher row = ROW.matcher(line);
      if (!row.matches()) {
        written.add(line);
        continue;
      }
      String[] cells = {row.group(3), row.group(4), row.group(5)};
      for (Result each : results) {
        if (each.test.equals(row.group(2))) {
          cells[each.target] = " " + each.words + " ";
        }
      }
      written.add(
          "| " + row.group(1) + " | `" + row.group(2) + "` |" + String.join("|", cells) + "|");
    }
    return written;
  }

  private static List<Result> results() throws IOException {
    List<Result> results = new ArrayList<>();
    try (Stream<Path> files = Files.list(REPORTS)) {
      for (Path file : files.filter(it -> it.toString().endsWith("Test.xml")).toList()) {
        String name = file.getFileName().toString();
        if (name.startsWith("TEST-" + CompatReadmeTest.class.getPackageName() + ".")) {
          results.add(result(name.replaceAll(".*\\.(\\w+)\\.xml", "$1"), Files.readString(file)));
        }
      }
    }
    return results;
  }

  private static Result result(String test, String report) {
    Matcher given =
        Pattern.compile("<property name=\"compat.target\" value=\"(\\w+)\"").matcher(report);
    // A report of a class that was skipped as a whole may name no target: that of this run, then.
    Vendor target =
        given.find() ? Vendor.valueOf(given.group(1).toUpperCase(Locale.ROOT)) : Vendor.underTest();
    // The head of a report counts no tests of a parameterized class.
    List<String> cases = List.of(report.split("<testcase ")).stream().skip(1).toList();
    long skipped = cases.stream().filter(each -> each.contains("<skipped")).count();
    long failed =
        cases.stream().filter(each -> each.contains("<failure") || each.contains("<error")).count();
    long ok = cases.size() - failed - skipped;
    List<String> words = new ArrayList<>();
    if (failed > 0) {
      words.add("**" + failed + " failed**");
    }
    if (ok > 0) {
      words.add(ok + " ok");
    }
    if (skipped > 0) {
      words.add(ok + failed == 0 ? "skipped" : skipped + " skipped");
    }
    // A class that is for one target only is left out as a whole, without a test in its report.
    return new Result(
        test, target.ordinal(), words.isEmpty() ? "skipped" : String.join(", ", words));
  }
}
