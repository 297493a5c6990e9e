package io.apogeemq.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.compat.Vendor;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Each page on real data: axe finds nothing in either theme, and at 400 px nothing sticks out. Leaves a picture of
 * each in {@code target/browser/screens}. And each page where there is none, because the gateway is away or refuses.
 * {@code -Dcompat.target=apache55} puts the pages in front of Apache's brokers.
 */
@ExtendWith(InBrowser.class)
class EveryPageTest {
  private static final Path SCREENS = Chromium.FOLDER.resolve("screens");

  private static final boolean OURS = Vendor.underTest() == Vendor.APOGEE;

  /** What pages say in front of Apache's brokers instead of what ours tell. */
  private static final Map<String, String> APACHES =
      Map.of(
          "delayed", "broker-a does not tell what waits",
          "transactions", "broker-a does not tell what waits");

  private static final Map<String, String> PAGES_WITH_ANSWERS =
      Map.ofEntries(
          Map.entry("/", "Overview"),
          Map.entry("/cluster", "Cluster"),
          Map.entry("/topics", "Topics"),
          Map.entry("/topics/orders", "orders"),
          Map.entry("/groups", "Groups"),
          Map.entry("/groups/mailer", "mailer"),
          Map.entry("/clients", "Clients"),
          Map.entry("/messages?topic=orders", "Browse"),
          Map.entry("/messages?topic=orders&mode=tail", "Browse"),
          Map.entry("/messages/orders/id", "Message"),
          Map.entry("/dead-letters", "Dead letters"),
          Map.entry("/dead-letters?group=mailer", "Dead letters of mailer"),
          Map.entry("/delayed", "Delayed"),
          Map.entry("/transactions", "Transactions"),
          Map.entry("/produce?topic=orders&from=id", "Send"));

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
    page.text(OURS ? content : APACHES.getOrDefault(name, content)).isShown();
    page.css(".skeleton").isGone();
    check(page, name);
  }

  /** What the gateway answers stands on each page, and nothing waits for what will not come. */
  @ParameterizedTest
  @CsvSource({
    "0, no-answer, The gateway does not answer",
    "403, forbidden, The account may not do this",
    "429, too-many-requests, Too many requests",
    "501, not-supported, The broker does not know this request",
    "503, unavailable, The cluster can\u2019t do this now",
  })
  void eachSaysWhyItShowsNothing(int status, String kind, String title, Page page) {
    page.console("/nothing").link("To the overview").isShown();
    if (status == 0) {
      FakedAnswers.lost(page, "/v1/");
    } else {
      FakedAnswers.with(
          page, "/v1/", status, FakedAnswers.problem(status, kind, "The detail.", "The cure."));
    }
    PAGES_WITH_ANSWERS.forEach(
        (address, heading) -> {
          page.run("location.hash = '#" + address + "'");
          page.heading(heading).at(0).isShown();
          page.alert().containing(title).at(0).isShown();
          page.css(".skeleton").isGone();
        });
    FakedAnswers.end(page);
    page.run("location.hash = '#/topics?q=none-like-that'");
    page.text("No topic is like that").isShown();
  }

  /** What could not be asked for is not shown as none. */
  @ParameterizedTest
  @CsvSource({
    "/v1/warnings, /, Overview, Memory, No warnings",
    "/v1/clients, /topics/orders, orders, Queues, No producer is connected",
    "/members, /groups/mailer, mailer, Queues, Nobody is online",
  })
  void aPartThatFailsSaysSo(
      String asked, String address, String heading, String rest, String none, Page page) {
    SampleShop.open();
    page.console("/nothing").link("To the overview").isShown();
    JsonObject problem = FakedAnswers.problem(503, "unavailable", "The detail.", "The cure.");
    FakedAnswers.with(page, asked, 503, problem);
    page.run("location.hash = '#" + address + "'");
    page.heading(heading).at(0).isShown();
    page.text(rest).at(0).isShown();
    page.alert().containing("The detail.").isShown();
    page.text(none).isGone();
  }

  @ParameterizedTest
  @CsvSource({
    "delayed, messages, Delayed, Nothing waits",
    "transactions, transactions, Transactions, No transaction is open",
  })
  void whatNobodyTellsIsNotShownAsNone(
      String path, String rows, String heading, String none, Page page) {
    JsonObject broker =
        new JsonObject()
            .put("broker", "broker-a")
            .put("told", false)
            .put("problem", FakedAnswers.problem(501, "not-supported", "The detail.", ""));
    JsonObject answer =
        new JsonObject().put(rows, new JsonArray()).put("brokers", new JsonArray().add(broker));
    page.console("/nothing").link("To the overview").isShown();
    FakedAnswers.with(page, "/v1/" + path, 200, answer);
    page.run("location.hash = '#/" + path + "'");
    page.heading(heading).isShown();
    page.text("broker-a does not tell").isShown();
    page.text(none).isGone();
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
