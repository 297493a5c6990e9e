package io.apogeemq.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.client.Admin;
import io.apogeemq.client.Message;
import io.apogeemq.client.PopConsumer;
import io.apogeemq.client.PoppedMessage;
import io.apogeemq.client.ProducerOptions;
import io.apogeemq.client.ReceiveOptions;
import io.apogeemq.client.TransactionOutcome;
import io.apogeemq.client.TransactionProducer;
import io.apogeemq.protocol.body.TopicConfig;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The pages about messages: browsing, live, one message, dead letters, delayed ones, sending. */
@ExtendWith(InBrowser.class)
class MessagePagesTest {
  private static final String ATTACK = "<img src=x onerror=\"window.hacked=1\">";

  /** Of dead letters: where they can be counted. */
  private static final String TO_ALL = "All groups of the topic";

  private final TestConsole console = TestConsole.shared();

  @Test
  void messagesAreFilteredAndOneIsLookedAt(Page page) {
    console.createTopic("msg-browse", 2);
    console.send(Message.of("msg-browse", "{\"order\": 1}").withKeys("order-1"));
    console.send(Message.of("msg-browse", "second").withTag("paid"));
    page.console("/messages?topic=msg-browse").row("second").isShown();
    page.row("\"order\"").isShown();
    page.field("Text in the body").type("order").press("Enter");
    page.isAt("text=order").row("second").isGone();
    page.row("\"order\"").link("20").click();
    page.isAt("#/messages/msg-browse/").heading("Message").isShown();
    page.css(".code pre").says("\"order\": 1");
    page.button("Hex").click();
    page.css(".code pre").says("7b 22 6f 72 64 65 72 22");
    page.text("Stored at broker-a").isShown();
    page.text("No group consumes this topic").isShown();
    page.link("order-1").click();
    page.isAt("mode=key").row("order-1").isShown();
    forEverybody(page);
  }

  @Test
  void whatIsInAMessageIsTextOnly(Page page) {
    console.createTopic("msg-attack", 1);
    console.send(Message.of("msg-attack", ATTACK).withKeys("<b>k</b>").withTag("<i>t</i>"));
    page.console("/messages?topic=msg-attack").row(ATTACK).isShown();
    page.row(ATTACK).says("<b>k</b>").says("<i>t</i>");
    page.row(ATTACK).link("20").click();
    page.css(".code pre").says(ATTACK);
    page.link("Edit and send again").click();
    page.field("Body").holds(ATTACK);
    assertThat(page.run("String(window.hacked)")).isEqualTo("undefined");
    assertThat(page.run("document.querySelectorAll('main img, main b, main i').length"))
        .isEqualTo(0);
  }

  @Test
  void messagesAppearLiveAndPausingKeepsWhatComes(Page page) {
    console.createTopic("msg-tail", 2);
    console.send("msg-tail", "before");
    page.console("/messages?topic=msg-tail&mode=tail").css(".tag").containing("live").isShown();
    console.send("msg-tail", "first live");
    page.row("first live").isShown();
    page.row("before").isGone();
    page.button("Pause").click();
    page.css(".tag").containing("paused").isShown();
    console.send("msg-tail", "while paused");
    page.button("Go on").click();
    page.row("while paused").isShown();
    page.text("2 seen").isShown();
  }

  @Test
  void whatComesWhilePausedAppearsAlsoIfNothingWasSeenBefore(Page page) {
    console.createTopic("msg-quiet", 2);
    page.console("/messages?topic=msg-quiet&mode=tail").css(".tag").containing("live").isShown();
    page.button("Pause").click();
    page.css(".tag").containing("paused").isShown();
    console.send("msg-quiet", "while paused");
    page.button("Go on").click();
    page.row("while paused").isShown();
  }

  @Test
  void deadLettersAreSentAgain(Page page) {
    bury("msg-dead", "msg-dead-group", 5);
    page.console("/dead-letters?q=msg-dead").row("msg-dead-group").says("5");
    page.row("msg-dead-group").link("msg-dead-group").click();
    page.heading("Dead letters of msg-dead-group").isShown();
    forEverybody(page);
    page.row("letter 3").link("msg-dead").isShown(); // where it came from
    page.row("letter 3").css("input").click();
    page.button("Send one again").click();
    page.dialog().says("\"to\":\"group\"").field("Who gets them").choose(TO_ALL);
    page.dialog().field("To another topic").type("no topic!");
    page.witness().expect(400);
    page.dialog().button("Send again").click();
    page.dialog().says("contains illegal characters");
    page.press("Escape").dialog().isGone();
    page.button("Send one again").click(); // what has failed is still chosen
    page.dialog().field("Who gets them").choose(TO_ALL);
    page.dialog().says("curl -X POST").button("Send again").click();
    page.dialog().isGone();
    page.button("Send chosen again").isEnabled(false);
    assertThat(stored("msg-dead")).isEqualTo(6);
    page.button("Send all again").click();
    page.dialog().says("all dead letters of msg-dead-group").says("to msg-dead-group alone");
    page.dialog().field("Who gets them").choose(TO_ALL);
    page.dialog().says("each to the topic");
    page.dialog().button("Try out").click();
    page.dialog().says("5 would be sent; nothing was").says("msg-dead: 5");
    assertThat(stored("msg-dead")).isEqualTo(6);
    page.dialog().field("Type msg-dead-group to confirm").type("msg-dead-group");
    page.dialog().button("Send again").click();
    page.dialog().says("Done: 5 sent, 0 failed");
    assertThat(stored("msg-dead")).isEqualTo(11);
    page.press("Escape").dialog().isGone();
    page.row("letter 3").isShown();
  }

  /** Letters of two topics, of which one takes nothing just now. */
  @Test
  void whatFailsOfThoseThatAreChosenIsSaidAndStaysChosen(Page page) {
    bury("msg-replayed", "msg-some-group", 1);
    bury("msg-shut", "msg-some-group", 1);
    permit("msg-shut", TopicConfig.READ); // before the gateway asks where it is
    page.console("/dead-letters?group=msg-some-group").row("msg-shut").isShown();
    page.button("Choose those shown").click();
    page.button("Send 2 again").click();
    Element dialog = page.dialog();
    dialog.field("Who gets them").choose(TO_ALL);
    dialog.button("Send again").click();
    dialog.says("One part failed:").says("msg-shut has no queue");
    page.press("Escape");
    dialog.isGone();
    assertThat(stored("msg-replayed")).isEqualTo(2);
    permit("msg-shut", TopicConfig.READ | TopicConfig.WRITE);
    JsonObject more = new JsonObject().put("text", "one more");
    Awaitility.await() // until the gateway knows
        .untilAsserted(
            () ->
                assertThat(console.post("/v1/topics/msg-shut/messages", more).encode())
                    .doesNotContain("problem"));
    page.button("Send one again").click();
    dialog.field("Who gets them").choose(TO_ALL);
    dialog.button("Send again").click();
    dialog.isGone();
    assertThat(stored("msg-replayed")).isEqualTo(2);
    assertThat(stored("msg-shut")).isEqualTo(3);
    page.button("Send chosen again").isEnabled(false);
  }

  private void permit(String topic, int permission) {
    Admin admin = console.client().admin();
    TestConsole.await(admin.createTopic(TopicConfig.of(topic, 1, permission)));
  }

  @Test
  void aReplayThatIsStoppedGoesOnWhereItWas(Page page) {
    bury("msg-dead-slow", "msg-dead-slow-group", 12);
    page.console("/dead-letters?group=msg-dead-slow-group").row("letter 0").isShown();
    page.button("Send all again").click();
    page.dialog().field("Messages a second, at most").type("1");
    page.dialog().field("Who gets them").choose(TO_ALL);
    page.dialog().field("Type msg-dead-slow-group to confirm").type("msg-dead-slow-group");
    page.dialog().button("Send again").click();
    page.dialog().doesNotSay(" 0 sent").doesNotSay(" 1 sent");
    page.dialog().button("Stop").click();
    page.dialog().says("Stopped before the end");
    page.dialog().field("Messages a second, at most").type("1000");
    page.dialog().button("Go on where it stopped").click();
    page.dialog().says("Done:");
    // At least once: what was sent behind the last position that was told may be sent again.
    assertThat(stored("msg-dead-slow")).isBetween(24L, 26L);
  }

  @Test
  void aDelayedMessageIsCancelled(Page page) {
    console.createTopic("msg-delayed", 1);
    console.send(
        Message.of("msg-delayed", "a").withKeys("to-cancel").deliverAfter(Duration.ofHours(2)));
    page.console("/delayed").row("to-cancel").says("in 1 h").button("Take back").click();
    page.dialog().says("will never be delivered").button("Take back").click();
    page.dialog().isGone();
    page.row("to-cancel").isGone();
  }

  @Test
  void whatIsDelayedMeanwhileAppearsByItself(Page page) {
    console.createTopic("msg-later", 1);
    page.console("/delayed").heading("Delayed").isShown();
    page.css(".skeleton").isGone();
    console.send(
        Message.of("msg-later", "a").withKeys("sent-later").deliverAfter(Duration.ofHours(2)));
    page.row("sent-later").says("own time");
  }

  @Test
  void aConditionInSqlFindsMessagesAndIsFollowedLive(Page page) {
    console.createTopic("msg-sql", 1);
    console.send(Message.of("msg-sql", "cheap").with("total", "5"));
    console.send(Message.of("msg-sql", "dear").with("total", "50"));
    page.console("/messages?topic=msg-sql").row("cheap").isShown();
    page.field("SQL condition").type("total > 10").press("Enter");
    page.isAt("sql=total+%3E+10").row("cheap").isGone();
    page.row("dear").isShown();
    page.text("As a command").click();
    page.css("details pre").at(0).says("sql=total+%3E+10");
    page.button("Live").click();
    page.css(".tag").containing("live").isShown();
    console.send(Message.of("msg-sql", "cheap, live").with("total", "6"));
    console.send(Message.of("msg-sql", "dear, live").with("total", "60"));
    page.row("dear, live").isShown();
    page.row("cheap, live").isGone();
    page.witness().expect(400);
    page.field("SQL condition").type("total >").press("Enter");
    page.alert().containing("at column 8").isShown();
  }

  @Test
  void anOpenTransactionIsAskedForAtOnce(Page page) {
    console.createTopic("msg-open", 1);
    TransactionProducer producer =
        console
            .client()
            .transactionProducer(
                ProducerOptions.of("msg-open-producers"),
                half -> Future.succeededFuture(TransactionOutcome.COMMIT));
    TestConsole.await(
        producer.send(
            Message.of("msg-open", "half").withKeys("half-key"),
            sent -> Future.succeededFuture(TransactionOutcome.UNKNOWN)));
    page.console("/transactions").row("half-key").says("msg-open-producers").says("0 of 15");
    page.row("half-key").button("Ask now").click();
    page.dialog().says("The one producer of msg-open-producers").button("Ask now").click();
    page.dialog().isGone();
    Awaitility.await().untilAsserted(() -> assertThat(stored("msg-open")).isEqualTo(1));
    page.row("half-key").isGone(); // the page asks by itself
    TestConsole.await(producer.close());
  }

  @Test
  void aMessageIsSentAndSentAgainWithAChange(Page page) {
    console.createTopic("msg-send", 1);
    page.console("/produce?topic=msg-send");
    page.field("Body").type("hello");
    page.field("Properties").type("region=eu");
    page.field("Keys").type("k-1 k-2");
    page.css("form").says("\"region\":\"eu\"");
    page.button("Send").click();
    page.row("SEND_OK").css("a").click();
    page.isAt("#/messages/msg-send/").css(".code pre").says("hello");
    page.link("Edit and send again").click();
    page.field("Body").holds("hello");
    page.field("Properties").holds("region=eu");
    page.field("Keys").holds("k-1 k-2");
    page.field("How many").type("3");
    page.button("Send 3").click();
    page.heading("3 sent, 0 failed").isShown();
    assertThat(stored("msg-send")).isEqualTo(4);
    forEverybody(page);
  }

  /** axe finds nothing in either theme, and at 400 px nothing sticks out. */
  private static void forEverybody(Page page) {
    for (String theme : new String[] {"light", "dark"}) {
      page.look(theme);
      Accessibility.check(page);
    }
    page.size(400, 800);
    assertThat((Integer) page.run("document.documentElement.scrollWidth")).isLessThanOrEqualTo(400);
    page.size(1280, 900).look("light");
  }

  private long stored(String topic) {
    return TestConsole.await(console.client().admin().topicStats(topic)).values().stream()
        .mapToLong(each -> each.maxOffset() - each.minOffset())
        .sum();
  }

  /** Sends messages and has a group give them all up. */
  private void bury(String topic, String group, int count) {
    console.createTopic(topic, 1);
    for (int i = 0; i < count; i++) {
      console.send(topic, "letter " + i);
    }
    PopConsumer consumer = console.client().popConsumer(group);
    List<PoppedMessage> taken = new ArrayList<>();
    while (taken.size() < count) {
      taken.addAll(
          TestConsole.await(
              consumer.receive(
                  topic,
                  new ReceiveOptions().setMaxMessages(32).setWaitMs(5_000).setFromFirst(true))));
    }
    for (PoppedMessage each : taken) {
      TestConsole.await(consumer.deadLetter(each.receipt(), each.message().messageId()));
    }
  }
}
