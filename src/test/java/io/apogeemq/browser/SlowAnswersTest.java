package io.apogeemq.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.client.GroupAdmin;
import io.apogeemq.client.Message;
import io.apogeemq.client.MessageQueue;
import io.apogeemq.protocol.body.SubscriptionGroupConfig;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a reader may do while an answer is on its way, and what pages do meanwhile by themselves. */
@ExtendWith(InBrowser.class)
class SlowAnswersTest {
  /** What the page does every five seconds happens at once; window.ticked(n) completes when it has so often. */
  private static final String QUICK_TIMERS =
      """
      (() => {
        let ticks = 0;
        let waits = () => {};
        window.ticked = n => new Promise(go => { waits = () => ticks >= n && go(n); });
        for (const name of ['setTimeout', 'setInterval']) {
          const real = window[name];
          window[name] = (call, ms, ...more) => ms !== 5000 ? real(call, ms, ...more) : real(() => {
            call();
            ticks += window.held > 0 ? 1 : 0;
            waits();
          }, 20);
        }
      })()
      """;

  /** The tab is seen, or not: false while another one of its window is. */
  private static final String SEEN =
      """
      Object.defineProperty(document, 'hidden', {configurable: true, get: () => !%s});
      document.dispatchEvent(new Event('visibilitychange'));
      """;

  /** How many tails the gateway has open. */
  private static final String TAILS =
      "fetch('/metrics').then(answer => answer.text())"
          + ".then(text => text.match(/^apogee_gateway_tails (\\d+)/m)[1])";

  /**
   * window.die() lets nothing more through on tails that are open, as if their connections had died unnoticed; what the
   * page does when it has heard nothing for 40 s happens after half of one.
   */
  private static final String MORTAL =
      """
      (() => {
        const {fetch, setTimeout} = window;
        let dead = new Set();
        let open = new Set();
        window.die = () => { dead = open; };
        window.setTimeout = (call, ms, ...more) => setTimeout(call, ms === 40_000 ? 500 : ms, ...more);
        window.fetch = async (url, ...more) => {
          const answer = await fetch(url, ...more);
          if (!url.includes('/tail')) {
            return answer;
          }
          open = new Set([...open, answer]);
          const pass = (part, out) => dead.has(answer) || out.enqueue(part);
          return new Response(answer.body.pipeThrough(new TransformStream({transform: pass})));
        };
      })()
      """;

  private static final String NO_PATIENCE =
      """
      const timeout = AbortSignal.timeout;
      AbortSignal.timeout = ms => timeout.call(AbortSignal, ms / 100);
      """;

  private final TestConsole console = TestConsole.shared();

  @Test
  void whatWasTriedOutIsForgottenWhenTheReaderWantsSomethingElse(Page page) {
    seekable("slow-trial");
    page.console("/groups/slow-trial-group").row("broker-a \u00b7 0").says("3");
    page.button("Move in slow-trial").click();
    Element dialog = page.dialog();
    HeldRequests held = new HeldRequests(page, "/seek");
    dialog.button("Try out").click();
    dialog.button("Try out").isEnabled(false);
    dialog.field("To").choose("an offset of one queue");
    held.letGo();
    dialog.button("Try out").isEnabled(true);
    dialog.doesNotSay("In all");
  }

  @Test
  void aDialogStaysUntilItIsKnownWhatBecameOfIt(Page page) {
    seekable("slow-move");
    page.console("/groups/slow-move-group").row("broker-a \u00b7 0").says("3");
    page.button("Move in slow-move").click();
    Element dialog = page.dialog();
    dialog.field("To").choose("an offset of one queue");
    dialog.field("Offset").type("1");
    dialog.field("Type slow-move-group to confirm").type("slow-move-group");
    HeldRequests held = new HeldRequests(page, "/seek");
    dialog.button("Move").click();
    dialog.button("Cancel").isEnabled(false);
    page.press("Escape").press("Escape");
    dialog.button("Move").isShown();
    held.letGo();
    dialog.isGone();
    page.row("broker-a \u00b7 0").says("2");
  }

  @Test
  void aListIsNotAskedAgainBeforeItHasAnswered(Page page) {
    console.createTopic("slow-list", 1);
    page.console("/produce").field("Body").isShown();
    HeldRequests held = new HeldRequests(page, "/v1/topics?fields");
    page.run(QUICK_TIMERS);
    page.run("location.hash = '#/topics?q=slow-list'");
    page.run("window.ticked(5)");
    held.are(1);
    held.letGo();
    page.row("slow-list").isShown();
  }

  @Test
  void whatIsAskedOnceIsNotAskedAgainWhenTheTabIsSeenAgain(Page page) {
    console.createTopic("slow-tab", 1);
    String id = console.send(Message.of("slow-tab", "seen")).msgId();
    page.console("/messages/slow-tab/" + id).css(".code pre").says("seen");
    page.text("No group consumes this topic").isShown();
    HeldRequests held = new HeldRequests(page, "/v1/topics/slow-tab");
    page.run("document.dispatchEvent(new Event('visibilitychange'))");
    held.are(0);
  }

  @Test
  void aTabThatNobodySeesHoldsNoStreamAndMissesNothing(Page page) {
    console.createTopic("slow-unseen", 1);
    page.console("/messages?topic=slow-unseen&mode=tail");
    page.css(".tag").containing("live").isShown();
    page.run(SEEN.formatted("false"));
    Awaitility.await().untilAsserted(() -> assertThat(page.run(TAILS)).isEqualTo("0"));
    console.send("slow-unseen", "while nobody looks");
    page.run(SEEN.formatted("true"));
    page.row("while nobody looks").isShown();
    page.button("Pause").click();
    page.run(SEEN.formatted("false"));
    page.run(SEEN.formatted("true"));
    page.css(".tag").containing("paused").isShown();
  }

  @Test
  void aStreamThatHasDiedUnnoticedIsOpenedAgainWhereItWas(Page page) {
    console.createTopic("slow-dead", 1);
    page.console("/produce").field("Body").isShown();
    page.run(MORTAL);
    page.run("location.hash = '#/messages?topic=slow-dead&mode=tail'");
    page.css(".tag").containing("live").isShown();
    page.run("window.die()");
    console.send("slow-dead", "after its death");
    page.row("after its death").isShown();
  }

  @Test
  void whatIsNotAnsweredIsGivenUp(Page page) {
    console.createTopic("slow-never", 1);
    page.console("/produce").field("Body").isShown();
    HeldRequests held = new HeldRequests(page, "/v1/topics?fields");
    page.run(NO_PATIENCE);
    page.run("location.hash = '#/topics?q=slow-never'");
    page.alert().containing("No answer came within 30 s").isShown();
    held.letGo();
    page.button("Try again").click();
    page.row("slow-never").isShown();
  }

  @Test
  void aPageThatIsLeftAsksNothingOfTheNextAddress(Page page) {
    console.createTopic("slow-left", 1);
    String id = console.send(Message.of("slow-left", "found")).msgId();
    page.console("/messages?topic=slow-left").row("found").isShown();
    HeldRequests searches = new HeldRequests(page, "/topics/slow-next/messages");
    page.run("location.hash = '#/produce?topic=slow-next'");
    page.css("form input").at(0).holds("slow-next");
    searches.are(0);
    page.console("/topics").row("slow-left").isShown();
    HeldRequests lists = new HeldRequests(page, "/v1/topics?fields=all&limit=50&q=slow-next");
    page.run("location.hash = '#/groups?q=slow-next'");
    page.heading("Groups").isShown();
    lists.are(0);
  }

  @Test
  void whoLeavesIsNotTakenToWhatWasLookedFor(Page page) {
    console.createTopic("slow-find", 1);
    String id = console.send(Message.of("slow-find", "found")).msgId();
    page.console("/messages?topic=slow-find&mode=id").field("Message id").type(id);
    HeldRequests held = new HeldRequests(page, id);
    page.button("Search").click();
    held.are(1);
    page.run("location.hash = '#/topics?q=slow-find'");
    page.row("slow-find").isShown();
    held.areGivenUp(1);
  }

  /** A topic with three messages, which a group has consumed. */
  private void seekable(String topic) {
    console.createTopic(topic, 1);
    console.send(topic, "a", "b", "c");
    String group = topic + "-group";
    GroupAdmin groups = console.client().groupAdmin();
    TestConsole.await(groups.createGroup(SubscriptionGroupConfig.of(group)));
    TestConsole.await(groups.commit(group, new MessageQueue(topic, "broker-a", 0), 3));
  }
}
