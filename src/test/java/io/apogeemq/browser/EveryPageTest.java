package io.apogeemq.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Each page on real data: axe finds nothing in either theme, and at 400 px nothing sticks out. Leaves a picture of
 * each in {@code target/browser/screens}.
 */
@ExtendWith(InBrowser.class)
class EveryPageTest {
  private static final Path SCREENS = Chromium.FOLDER.resolve("screens");

  @ParameterizedTest
  @CsvSource({
    "overview, /, Overview",
    "cluster, /cluster, Cluster",
    "topics, /topics, Topics",
    "groups, /groups, Groups",
    "clients, /clients, Clients",
    "messages, /messages, Browse",
    "dead-letters, /dead-letters, Dead letters",
    "delayed, /delayed, Delayed",
    "transactions, /transactions, Transactions",
    "produce, /produce, Send",
    "not-found, /nothing, There is no such page",
  })
  void eachIsForEverybody(String name, String address, String heading, Page page) {
    SampleShop.open();
    page.console(address).heading(heading).isShown();
    page.css(".skeleton").isGone();
    check(page, name);
  }

  /** Fails for what axe finds in either theme and for what sticks out at 400 px. */
  static void check(Page page, String name) {
    for (String theme : new String[] {"light", "dark"}) {
      page.look(theme).picture(SCREENS.resolve(name + "-" + theme + ".png"));
      Accessibility.check(page);
    }
    page.size(400, 800).look("light").picture(SCREENS.resolve(name + "-narrow.png"));
    // A page that is longer than the window has less than its width: the bar to scroll takes some.
    assertThat(
            page.run("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
        .as("what sticks out at 400 px")
        .isEqualTo(0);
    page.size(1280, 800);
  }
}
