package io.apogeemq.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.gateway.http.ProblemKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What can be seen of the page without a browser: its list of files, its texts, and what no module may do. */
class PageSourceTest {
  private static final Path PAGE = Path.of("src/main/resources/console");
  private static final Pattern ENTRY =
      Pattern.compile("^  '([^']+)':\\s*'((?:[^'\\\\]|\\\\.)*)',$", Pattern.MULTILINE);

  @Test
  void theListNamesEveryFileOfThePage() throws IOException {
    Set<String> listed =
        Files.readAllLines(PAGE.resolve("assets.txt")).stream()
            .filter(line -> !line.startsWith("#") && !line.contains(" "))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> there =
        files().stream()
            .map(each -> PAGE.relativize(each).toString().replace('\\', '/'))
            .filter(each -> !each.equals("assets.txt"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(listed).isEqualTo(there);
  }

  @Test
  void everyTextIsInBothLanguagesWithTheSameValues() throws IOException {
    Map<String, String> english = texts("en");
    Map<String, String> chinese = texts("zh");
    assertThat(english).isNotEmpty();
    assertThat(chinese.keySet()).isEqualTo(english.keySet());
    english.forEach(
        (key, text) -> {
          assertThat(text).as(key).isNotBlank();
          assertThat(chinese.get(key)).as(key).isNotBlank();
          assertThat(values(chinese.get(key))).as("values in %s", key).isEqualTo(values(text));
        });
  }

  /** In English as the gateway says it: a cure that differs is one of the very problem, and shown instead. */
  @Test
  void everyKindOfProblemHasItsTexts() throws IOException {
    Map<String, String> english = texts("en");
    for (ProblemKind each : ProblemKind.values()) {
      assertThat(english)
          .containsEntry("problem." + each.slug(), each.title().replace('\'', '\u2019'))
          .containsEntry("cure." + each.slug(), each.cure().replace('\'', '\u2019'));
    }
  }

  /** Keys that are put together (`problem.${kind}`) are not seen here. */
  @Test
  void everyTextThatAModuleNamesIsThere() throws IOException {
    Set<String> keys = texts("en").keySet();
    Pattern use = Pattern.compile("\\bt\\('([^']+)'");
    for (Path each : files()) {
      use.matcher(Files.readString(each))
          .results()
          .forEach(found -> assertThat(keys).as("%s", each).contains(found.group(1)));
    }
  }

  @Test
  void noModuleMakesHtmlOrCodeOfText() throws IOException {
    for (Path each : files()) {
      if (each.toString().endsWith(".js")) {
        assertThat(Files.readString(each))
            .as("%s", each)
            .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "v-html")
            .doesNotContain("document.write", "eval(", "new Function", "https://");
      }
    }
  }

  /** The names of XML's vocabularies look like addresses, and nobody visits them. */
  @Test
  void noFileNamesAnotherHost() throws IOException {
    Pattern host = Pattern.compile("(?:https?:|url\\(['\"]?)//(?!www\\.w3\\.org/)\\S*|@import\\S*");
    for (Path each : files()) {
      assertThat(host.matcher(Files.readString(each)).results().map(MatchResult::group))
          .as("%s", each)
          .isEmpty();
    }
  }

  private static Map<String, String> texts(String language) throws IOException {
    Map<String, String> all = new TreeMap<>();
    for (Path each : files()) {
      if (each.startsWith(PAGE.resolve("texts").resolve(language))) {
        String source = Files.readString(each);
        List<MatchResult> entries = ENTRY.matcher(source).results().toList();
        assertThat(entries).as("%s has one text a line", each).hasSize(lines(source));
        entries.forEach(
            entry ->
                assertThat(all.put(entry.group(1), entry.group(2)))
                    .as("%s twice: %s", each, entry.group(1))
                    .isNull());
      }
    }
    return all;
  }

  private static int lines(String source) {
    return (int) source.lines().filter(line -> line.startsWith("  ")).count();
  }

  private static Set<String> values(String text) {
    return Pattern.compile("\\{\\w+}")
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(PAGE)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
