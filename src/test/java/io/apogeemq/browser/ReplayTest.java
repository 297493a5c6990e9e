package io.apogeemq.browser;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Sending all dead letters again: whatever is tried, stopped or closed, none is left out and few are sent twice. */
@ExtendWith(InBrowser.class)
class ReplayTest {
  private final TestConsole console = TestConsole.shared();

  @Test
  void neitherATrialNorClosingForgetsWhereItStopped(Page page) {
    Element dialog = opened(page, "replay-place", 12);
    dialog.field("Messages a second, at most").type("1");
    dialog.button("Send again").click();
    dialog.button("Stop").isShown();
    page.press("Escape").press("Escape");
    dialog.doesNotSay(" 0 sent").doesNotSay(" 1 sent").button("Stop").click();
    dialog.says("Stopped before the end");
    dialog.button("Try out").click();
    dialog.says("12 would be sent; nothing was").button("Go on where it stopped").isShown();
    page.press("Escape");
    dialog.isGone();
    page.button("Send all again").click();
    dialog.says("Stopped before the end").field("Messages a second, at most").type("1000");
    dialog.button("Go on where it stopped").isEnabled(false);
    confirm(dialog, "replay-place-group");
    dialog.button("Go on where it stopped").click();
    dialog.says("Done:").button("Go on where it stopped").isGone();
    // At least once: what was sent behind the last position that was told may be sent again.
    assertThat(stored("replay-place")).isBetween(24L, 26L);
  }

  @Test
  void aRunThatIsStoppedAtOnceDoesNotGoOnWhereItsTrialEnded(Page page) {
    Element dialog = opened(page, "replay-trial", 3);
    dialog.button("Try out").click();
    dialog.says("3 would be sent; nothing was");
    HeldRequests held = new HeldRequests(page, "/replay-all");
    dialog.button("Send again").click();
    dialog.button("Stop").click();
    held.letGo();
    dialog.says("Stopped before the end").button("Go on where it stopped").isGone();
    dialog.button("Send again").click();
    dialog.says("Done: 3 sent, 0 failed");
    assertThat(stored("replay-trial")).isEqualTo(6);
  }

  /** The dialog for a group with so many dead letters. */
  private Element opened(Page page, String topic, int count) {
    console.createTopic(topic, 1);
    for (int i = 0; i < count; i++) {
      console.send(topic, "letter " + i);
    }
    console.giveUp(topic + "-group", topic, count);
    page.console("/dead-letters?group=" + topic + "-group").row("letter 0").isShown();
    page.button("Send all again").click();
    Element dialog = page.dialog().says("alone");
    dialog.field("Who gets them").choose("All groups of the topic"); // where they can be counted
    dialog.button("Send again").isEnabled(false);
    confirm(dialog, topic + "-group");
    return dialog;
  }

  private static void confirm(Element dialog, String group) {
    dialog.field("Type " + group + " to confirm").type(group);
  }

  private long stored(String topic) {
    return TestConsole.await(console.client().admin().topicStats(topic)).values().stream()
        .mapToLong(each -> each.maxOffset() - each.minOffset())
        .sum();
  }
}
