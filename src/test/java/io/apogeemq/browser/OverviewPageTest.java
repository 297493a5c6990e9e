package io.apogeemq.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Live figures, their charts, and what the console warns of. */
@ExtendWith(InBrowser.class)
class OverviewPageTest {
  private final TestConsole console = TestConsole.shared();

  @Test
  void whatIsSentAndReadIsSeenWithinSeconds(Page page) {
    console.createTopic("overview-live", 1);
    console.consume("overview-live-group", "overview-live", each -> Future.succeededFuture());
    page.console("/").heading("Overview").isShown();
    page.css(".plot canvas").areShown(7);
    whileMessagesPass(
        () -> {
          assertThat(figure(page, "In")).matches("In[1-9].* /s.*");
          assertThat(figure(page, "Out")).matches("Out[1-9].* /s.*");
          assertThat(figure(page, "Store latency")).matches(".*[0-9] msp99; p50 [0-9.]+ ms");
          assertThat(figure(page, "Read latency")).matches(".*[0-9] msp99; p50 [0-9.]+ ms");
          String chart = page.css(".plot[aria-label^='Read latency']").attribute("aria-label");
          assertThat(chart).matches("Read latency: p99 [0-9.]+ ms, p50 [0-9.]+ ms");
        });
    page.console("/cluster");
    whileMessagesPass(
        () -> {
          assertThat(cell(page, "Store latency")).matches("[1-9].* /sp99 [0-9.]+ ms");
          assertThat(cell(page, "Read latency")).matches("[1-9].* /sp99 [0-9.]+ ms");
        });
  }

  /** Sends messages until it holds: where none pass, there is no latency. */
  private void whileMessagesPass(Runnable holds) {
    await()
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(
            () -> {
              console.send("overview-live", "a", "b", "c");
              holds.run();
            });
  }

  /** A tile: its caption, its value, and what more there is to say. */
  private static String figure(Page page, String caption) {
    return page.css(".figures > div:has(dt)").containing(caption).at(0).text();
  }

  /** What the only broker has where the pointer is told of this. */
  private static String cell(Page page, String title) {
    return page.row("broker-a master").css("[title='" + title + "']").text();
  }

  @Test
  void theGroupsFurthestBehindShowForHowLong(Page page) {
    SampleShop.open();
    page.patience(Duration.ofSeconds(30)); // lag is asked for every few seconds
    page.console("/").row("billing-export").says("25").link("billing-export").click();
    page.isAt("#/groups/billing-export").text("the oldest message not consumed").isShown();
    page.console("/").row("billing-export").css("td").at(1).doesNotSay("–");
  }

  @Test
  void theRangeStandsInTheAddress(Page page) {
    page.console("/").heading("Overview").isShown();
    page.button("24 h").click();
    page.isAt("range=24h").reload().css("[aria-pressed=true]").says("24 h");
    page.css(".plot canvas").areShown(7);
  }

  @Test
  void whatIsWrongIsSaidWithItsCureAndAWayThere(Page page) {
    page.console("/");
    Element banner = page.css(".banner").containing("before they are on the disk");
    banner.says("broker-a").says("flushDiskType=SYNC_FLUSH");
    banner.link("To the broker").click();
    page.isAt("#/cluster?broker=broker-a").heading("Configuration of broker-a").isShown();
  }
}
