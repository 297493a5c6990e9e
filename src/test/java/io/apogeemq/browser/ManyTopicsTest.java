package io.apogeemq.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lists of a cluster with 10,000 topics and as many groups: how long the page's request takes, and how long it is
 * from the change of the address until the rows are there. {@code -Dbrowser.lists.ms=N} bounds both; the default
 * leaves room for a machine that does other things meanwhile.
 */
@ExtendWith(InBrowser.class)
class ManyTopicsTest {
  private static final Logger log = LoggerFactory.getLogger(ManyTopicsTest.class);
  private static final int MANY = 10_000;
  private static final int ROUNDS = 5;
  private static final long LIMIT_MS = Long.getLong("browser.lists.ms", 5_000);

  /** Milliseconds from the change of the address until a row says the name. */
  private static final String UNTIL_ROWS =
      """
      new Promise(resolve => {
        const start = performance.now();
        location.hash = '%s';
        const look = () => [...document.querySelectorAll('tbody th')].some(each => each.textContent === '%s')
          ? resolve(performance.now() - start) : requestAnimationFrame(look);
        look();
      })
      """;

  private static TestConsole console;

  @BeforeAll
  static void start() {
    String topics =
        table("topicConfigTable", "topic-", each -> new JsonObject().put("topicName", each));
    String groups =
        table("subscriptionGroupTable", "group-", each -> new JsonObject().put("groupName", each));
    console =
        TestConsole.start(
            Map.of(),
            Map.of(
                "store/config/topics.json", topics,
                "store/config/subscriptionGroup.json", groups));
  }

  private static String table(String name, String prefix, Function<String, JsonObject> row) {
    JsonObject table = new JsonObject();
    IntFunction<String> nameOf = number -> prefix + "%05d".formatted(number);
    for (int i = 0; i < MANY; i++) {
      table.put(nameOf.apply(i), row.apply(nameOf.apply(i)));
    }
    return new JsonObject().put(name, table).encode();
  }

  @AfterAll
  static void stop() {
    console.close();
  }

  @Test
  void topicsAreListedSoon() {
    measure("topics", "topic-");
  }

  @Test
  void groupsAreListedSoon() {
    measure("groups", "group-");
  }

  /** Each round looks at another part of the list, found by its filter. */
  private void measure(String list, String prefix) {
    try (Page page = Chromium.shared().newPage(console.origin())) {
      page.console("/" + list).row(prefix + "00000").isShown();
      List<Double> rows = new ArrayList<>();
      for (int i = 0; i < ROUNDS; i++) {
        String name = prefix + "%05d".formatted(1_000 + i * 1_111);
        page.console("/").css("tbody th a").containing(prefix).isGone();
        String address = "#/" + list + "?q=" + name.substring(0, name.length() - 1);
        rows.add(((Number) page.run(UNTIL_ROWS.formatted(address, name))).doubleValue());
      }
      page.settle();
      List<Long> requests =
          page.witness().exchanges().stream()
              .filter(each -> each.url().startsWith("/v1/" + list + "?"))
              .map(Witness.Exchange::ms)
              .toList();
      log.info("{} {}: rows after {} ms, requests took {} ms", MANY, list, rows, requests);
      // The first meets a Java that has never made a list.
      assertThat(requests.subList(1, requests.size()))
          .hasSizeGreaterThanOrEqualTo(ROUNDS)
          .allMatch(ms -> ms < LIMIT_MS);
      assertThat(rows).allMatch(ms -> ms < 2 * LIMIT_MS); // with the browser's own part
      assertThat(page.witness().wrong()).isEmpty();
    }
  }
}
