package io.apogeemq.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Live figures, their charts, and what the console warns of. */
@ExtendWith(InBrowser.class)
class OverviewPageTest {
  private final TestConsole console = TestConsole.shared();

  @Test
  void whatIsSentIsSeenWithinSeconds(Page page) {
    console.createTopic("overview-live", 1);
    page.console("/").heading("Overview").isShown();
    page.css(".plot canvas").areShown(6);
    String in = "document.querySelector('.figures dd').textContent";
    await()
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(
            () -> {
              console.send("overview-live", "a", "b", "c");
              assertThat((String) page.run(in)).matches("[1-9].* /s.*");
            });
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
    page.css(".plot canvas").areShown(6);
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
