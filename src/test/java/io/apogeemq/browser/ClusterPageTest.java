package io.apogeemq.browser;

import io.apogeemq.client.Admin;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Brokers and their configuration. */
@ExtendWith(InBrowser.class)
class ClusterPageTest {
  private final TestConsole console = TestConsole.shared();

  @Test
  void aBrokerShowsWhatItIs(Page page) {
    page.console("/cluster");
    page.row("broker-a master").says("serves").says("in memory, flushed soon after");
    page.heading("Configuration of broker-a").isShown();
  }

  @Test
  void theConfigurationIsSearchedAndChangedWithBothValuesShown(Page page) {
    Admin admin = console.client().admin();
    try {
      page.console("/cluster").field("Filter").type("fileReservedTime");
      page.row("fileReservedTime").says("72");
      page.row("flushDiskType").isGone();
      page.button("Change fileReservedTime").click();
      Element dialog = page.dialog();
      dialog.css("input").at(0).type("48");
      dialog.says("from 72 to 48").says("curl -X PATCH").says("mqadmin updateBrokerConfig");
      dialog.button("Try out").click();
      dialog.says("72 → 48");
      dialog.button("Set").isEnabled(false);
      dialog.css("input").at(1).type("fileReservedTime");
      dialog.button("Set").click();
      dialog.isGone();
      page.text("is set until the broker ends").isShown();
      page.row("fileReservedTime").says("48");
    } finally {
      String address = TestConsole.await(admin.masters()).get(0);
      TestConsole.await(admin.updateBrokerConfig(address, Map.of("fileReservedTime", "72")));
    }
  }

  @Test
  void theConfigurationHasPagesAndAFilterGoesThroughAll(Page page) {
    page.console("/cluster").row("brokerClusterName").says("DefaultCluster");
    page.button("Next").click();
    page.row("brokerClusterName").isGone();
    page.field("Filter").type("brokerClusterName");
    page.row("brokerClusterName").isShown();
    page.button("Next").isGone();
  }

  @Test
  void aValueThatCannotBeIsRefusedWithTheReason(Page page) {
    page.console("/cluster").field("Filter").type("fileReservedTime");
    page.button("Change fileReservedTime").click();
    Element dialog = page.dialog();
    dialog.css("input").at(0).type("soon");
    dialog.css("input").at(1).type("fileReservedTime");
    page.witness().expect(400);
    dialog.button("Set").click();
    dialog.says("fileReservedTime can't be 'soon'");
    page.press("Escape");
    page.row("fileReservedTime").says("72");
  }
}
