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
    "overview, /, Overview, billing-export",
    "cluster, /cluster, Cluster, brokerClusterName",
    "topics, /topics, Topics, shipping-notices",
    "topic, /topics/orders, orders, billing-export",
    "groups, /groups, Groups, mailer",
    "group, /groups/billing-export, billing-export, broker-a \u00b7 3",
    "clients, /clients, Clients, booking-service",
    "messages-of-none, /messages, Browse, Which topic?",
    "messages, /messages?topic=orders, Browse, order-4700",
    "messages-by-key, /messages?topic=orders&mode=key&key=order-4701, Browse, order-4701",
    "messages-by-id, /messages?topic=orders&mode=id, Browse, the broker",
    "message, /messages/orders/ORDER, Message, Stored at broker-a",
    "dead-letters, /dead-letters, Dead letters, mailer",
    "dead-letters-of-group, /dead-letters?group=mailer, Dead letters of mailer, pay-",
    "delayed, /delayed, Delayed, invoices",
    "transactions, /transactions, Transactions, booking-1",
    "produce, /produce?topic=orders, Send, As a command",
    "not-found, /nothing, There is no such page, To the overview",
  })
  void eachIsForEverybody(String name, String address, String heading, String content, Page page) {
    String order = SampleShop.open().order().offsetMsgId();
    page.console(address.replace("ORDER", order)).heading(heading).isShown();
    page.text(content).isShown();
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
