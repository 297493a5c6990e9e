package io.apogeemq.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.ConsumerOptions;
import io.apogeemq.client.Message;
import io.apogeemq.client.ProducerOptions;
import io.apogeemq.client.SendResult;
import io.apogeemq.client.TransactionOutcome;
import io.apogeemq.client.TransactionProducer;
import io.apogeemq.protocol.body.SubscriptionGroupConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whatever messages, names and addresses hold, the pages show it as text: nothing of it runs or becomes an element. */
@ExtendWith(InBrowser.class)
class HostileContentTest {
  private static final int TEXTS = Hostile.TEXTS.size();

  private final TestConsole console = TestConsole.shared();

  @Test
  void whatMessagesHoldIsShownToTheLastCharacter(Page page) {
    console.createTopic("hostile", 1);
    for (String each : Hostile.TEXTS) {
      String id = send("hostile", each).offsetMsgId();
      page.console("/messages/hostile/" + id);
      page.css("main dd code").at(1).reads(id);
      page.button("Text").click();
      page.css(".code pre").at(0).reads(each);
      page.css("dd.mono").containing("value: ").reads("value: " + each);
    }
    page.console("/messages?topic=hostile").css("tbody tr").areShown(TEXTS);
    page.row("</pre></td></table>").isShown();
    Hostile.staysText(page);
  }

  @Test
  void aBodyThatGrowsWhenItIsSetOutIsShownAsText(Page page) {
    String body = Hostile.wideAndDeep(100_000);
    console.createTopic("hostile-wide", 1);
    String id = console.send(Message.of("hostile-wide", body)).offsetMsgId();
    page.console("/messages/hostile-wide/" + id).text("Stored at broker-a").isShown();
    page.button("JSON").isEnabled(false);
    page.css("main [aria-pressed=true]").says("Text");
    assertThat(page.run("document.querySelector('.code pre').textContent.length"))
        .isEqualTo(body.length());
  }

  @Test
  void whatComesLiveIsText(Page page) {
    console.createTopic("hostile-live", 1);
    page.console("/messages?topic=hostile-live&mode=tail").css(".tag").containing("live").isShown();
    // As many as it shows a second without leaving any out.
    for (String each : Hostile.TEXTS.subList(0, 15)) {
      send("hostile-live", each);
    }
    page.css("tbody tr").areShown(15);
    Hostile.staysText(page);
  }

  @Test
  void deadLettersAreTextAndSoAreTheirPages(Page page) {
    console.createTopic("hostile-dead", 1);
    for (String each : Hostile.TEXTS) {
      send("hostile-dead", each);
    }
    console.giveUp("hostile-dead-group", "hostile-dead", TEXTS);
    page.console("/dead-letters?group=hostile-dead-group").css("tbody tr").areShown(TEXTS);
    for (String each : Hostile.TEXTS) {
      assertThat(page.css("tbody tr").containing(beginning(each)).count()).as(each).isPositive();
    }
    Hostile.staysText(page);
    for (String each : Hostile.TEXTS.subList(0, 6)) {
      page.console("/dead-letters?group=hostile-dead-group").row(each).link("20").click();
      page.isAt("#/messages/%25DLQ%25hostile-dead-group/").button("Text").click();
      page.css(".code pre").at(0).reads(each);
      page.css("dd.mono").containing("value: ").reads("value: " + each);
      page.text("Stored at broker-a").isShown();
      Hostile.staysText(page);
    }
  }

  /** On a node of their own: they would stand in the others' lists, too. */
  @Test
  void whatWaitsIsText() {
    try (TestConsole alone = TestConsole.start(Map.of(), Map.of());
        Page page = Chromium.shared().newPage(alone.origin())) {
      Iterator<String> names = Stream.generate(Hostile.NAMES::stream).flatMap(s -> s).iterator();
      Hostile.NAMES.forEach(each -> alone.createTopic("h" + each, 1));
      TransactionProducer strangers =
          alone
              .client()
              .transactionProducer(
                  ProducerOptions.of("h%3Cimg%3E"),
                  half -> Future.succeededFuture(TransactionOutcome.UNKNOWN));
      for (String each : Hostile.TEXTS) {
        String topic = "h" + names.next();
        alone.send(marked(topic, each).deliverAfter(Duration.ofHours(1)));
        TestConsole.await(
            strangers.send(
                marked(topic, each), half -> Future.succeededFuture(TransactionOutcome.UNKNOWN)));
      }
      for (String address : new String[] {"/delayed", "/transactions"}) {
        page.console(address).css("tbody tr").areShown(TEXTS);
        for (String each : Hostile.TEXTS) {
          assertThat(page.css("tbody tr").containing(beginning(each)).count())
              .as(each)
              .isPositive();
        }
        Hostile.staysText(page);
        page.row(Hostile.TEXTS.get(1)).link("h" + Hostile.NAMES.get(1)).click();
        page.css("main h1").reads("h" + Hostile.NAMES.get(1));
      }
      assertThat(page.witness().wrong()).isEmpty();
    }
  }

  /** As much of a text as a table surely shows; keys have no control characters at their end. */
  private static String beginning(String text) {
    return text.substring(0, Math.min(text.length(), 40)).trim();
  }

  private static Message marked(String topic, String text) {
    return Message.of(topic, text)
        .withKeys(text)
        .withTag(text)
        .with("<img src=x onerror=alert(30)>", "value: " + text);
  }

  private SendResult send(String topic, String text) {
    return console.send(marked(topic, text));
  }

  @Test
  void namesOfTopicsAreShownAndLeadToTheirPages(Page page) {
    // All before the first list: lists are up to a second old, and a page asks again after five.
    Hostile.NAMES.forEach(each -> console.createTopic("h" + each, 1));
    for (String each : Hostile.NAMES) {
      page.console("/topics?q=" + encoded("h" + each)).link("h" + each).at(0).click();
      page.isAt("#/topics/" + encoded("h" + each));
      page.css("main h1").reads("h" + each);
    }
    Hostile.staysText(page);
  }

  @Test
  void groupsAndClientsAreText(Page page) {
    String instance = "<img src=x onerror=window.pwned=31>\u202etxt";
    String tag = "<svg/onload=window.pwned=32>";
    Vertx vertx = Vertx.vertx();
    ClientOptions options = ClientOptions.of(console.nameServer()).setInstanceName(instance);
    ApogeeClient stranger = ApogeeClient.create(vertx, options);
    console.createTopic("hostile-groups", 1);
    try {
      for (String each : Hostile.NAMES) {
        String group = "g" + each;
        TestConsole.await(
            console.client().groupAdmin().createGroup(SubscriptionGroupConfig.of(group)));
        page.console("/groups/" + encoded(group)).css("main h1").reads(group);
      }
      ConsumerOptions wish = ConsumerOptions.of("g%25").subscribe("hostile-groups", tag);
      TestConsole.await(stranger.pushConsumer(wish, delivery -> Future.succeededFuture()).start());
      assertThat(stranger.clientId()).contains("<img");
      page.console("/clients").row(stranger.clientId()).isShown();
      page.console("/groups/g%2525?member=" + encoded(stranger.clientId()));
      page.button(stranger.clientId()).isShown();
      page.text(tag).at(0).isShown();
      Hostile.staysText(page);
    } finally {
      TestConsole.await(stranger.close());
      TestConsole.await(vertx.close());
    }
  }

  @Test
  void anAddressFromAStrangerIsText(Page page) {
    page.witness().expect(400);
    page.witness().expect(404);
    for (String each : Hostile.TEXTS.subList(0, 10)) {
      page.console("/topics?q=" + encoded(each) + "&sort=" + encoded(each));
      page.field("Filter").holds(each);
      for (String path : new String[] {"/topics/", "/groups/", "/messages/orders/"}) {
        page.console(path + encoded(each)).css("main h1").isShown();
      }
      page.console("/messages?topic=" + encoded(each) + "&text=" + encoded(each));
      page.field("Topic").holds(each);
    }
    Hostile.staysText(page);
  }

  /** More than a date can hold: no field shows it, and the page is there to change it. */
  @Test
  void aTimeBeyondAllTimesIsNoTime(Page page) {
    page.witness().expect(400);
    console.createTopic("hostile-time", 1);
    for (String each :
        new String[] {"1700000000000000000", "8640000000000001", "8640000000000000"}) {
      page.console("/messages?topic=hostile-time&until=1&from=" + each);
      page.field("Stored from").holds("");
      page.console("/nothing").link("To the overview").isShown();
    }
    assertThat(ShellFormsTest.module(page, "format.js", "exactTime(1e18)")).isEqualTo("\u2013");
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
