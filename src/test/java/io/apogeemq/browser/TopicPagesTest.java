package io.apogeemq.browser;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Topics: the list, one of them, and what is done to them. */
@ExtendWith(InBrowser.class)
class TopicPagesTest {
  private final TestConsole console = TestConsole.shared();

  @Test
  void aTopicIsCreatedChangedAndDeletedWithAGuard(Page page) {
    page.console("/topics?q=tp-made").button("Create topic").at(0).click();
    Element dialog = page.dialog();
    dialog.field("Topic").type("tp-made");
    dialog.field("Queues on each broker").type("2");
    dialog.says("curl -X PUT").says("/v1/topics/tp-made").says("mqadmin updateTopic");
    dialog.button("Run").click();
    page.dialog().isGone();
    page.row("tp-made").says("read and write").link("tp-made").click();

    page.isAt("#/topics/tp-made").button("Change").click();
    page.dialog().field("Queues to write").type("5");
    page.dialog().says("will no longer see some of its queues");
    page.dialog().field("Queues to read").type("5");
    page.dialog().says("Changes tp-made on every broker").button("Run").click();
    page.dialog().isGone();
    page.row("broker-a · 4").isShown();

    console.send("tp-made", "one", "two");
    page.button("Delete").click();
    page.dialog().button("Delete").isEnabled(false);
    page.dialog().button("Try out").click();
    page.dialog().says("Messages that go: 2").says("No group consumes it");
    page.dialog().field("Type tp-made to confirm").type("tp-made");
    page.dialog().button("Delete").click();
    page.isAt("#/topics").dialog().isGone();
    page.console("/topics?q=tp-made").text("No topic is like that").isShown();
  }

  @Test
  void filterAndOrderStandInTheAddress(Page page) {
    console.createTopic("tp-few", 1);
    console.createTopic("tp-many", 1);
    console.send("tp-many", "a", "b", "c");
    console.send("tp-few", "a");
    page.console("/topics?q=tp-&sort=messages&desc=true").row("tp-many").says("3");
    assertThat(page.css("tbody tr").at(0).text()).contains("tp-many");
    page.button("Stored").click();
    page.css("tbody tr").at(0).says("tp-few");
    page.field("Filter").type("tp-fe");
    page.isAt("q=tp-fe").row("tp-many").isGone();
    page.reload().field("Filter").holds("tp-fe");
  }

  @Test
  void aTopicShowsItsQueuesItsGroupsAndItsProducers(Page page) {
    console.createTopic("tp-shown", 3);
    console.send("tp-shown", "a", "b");
    page.console("/topics/tp-shown").heading("tp-shown").isShown();
    page.text("No group consumes this topic").isShown();
    page.row("broker-a · 2").isShown();
    page.row("127.0.0.1").containing("yes").isShown();
    page.row("browser-tests").says("JAVA");
    EveryPageTest.check(page, "topic");
    page.link("Look at its messages").click();
    page.isAt("#/messages?topic=tp-shown");
  }

  /** Two brokers that differ; the dialog is opened as the topic's page opens it. */
  @Test
  void whatIsLeftAsItIsStaysOnEachBroker(Page page) {
    String detail =
        """
        {topic: 'tp-differ', type: 'FIFO', ordered: true, brokers: [
          {broker: 'a', hasTopic: true, writeQueues: 8, readQueues: 8, permission: 'rw'},
          {broker: 'b', hasTopic: true, writeQueues: 4, readQueues: 8, permission: 'rw'}]}
        """;
    page.console("/topics").heading("Topics").isShown();
    page.run(
        ShellFormsTest.from("actions/topics.js")
            + ".then(m => { m.changeTopic("
            + detail
            + "); })");
    page.dialog().says("They differ now").says("-d '{}'").field("Queues to write").holds("");
    page.dialog().doesNotSay("mqadmin").doesNotSay("any");
    page.dialog().field("Clients may").choose("only read");
    page.dialog().says("-d '{\"permission\":\"r\"}'");
    page.dialog().field("Where").choose("b");
    page.dialog().field("Queues to write").holds("4");
    page.dialog().field("Clients may").holds("rw");
    page.dialog().says("-b \"$BROKER_ADDR\"").says("-w 4").says("-o true");
    page.dialog().field("Queues to write").type("5");
    page.dialog().says("-d '{\"writeQueues\":5,\"broker\":\"b\"}'");
  }

  @Test
  void aProblemIsToldInTheReadersLanguage(Page page) {
    page.witness().expect(404);
    page.speaking("zh-CN").console("/topics/tp-nowhere").alert().says("\u6ca1\u6709 Broker");
    assertThat(ShellFormsTest.module(page, "format.js", "duration(3_900_000)"))
        .isEqualTo("1 \u5c0f\u65f6 5 \u5206");
    assertThat(ShellFormsTest.module(page, "format.js", "duration(-5000)")).startsWith("0 ");
    assertThat(ShellFormsTest.module(page, "format.js", "ago(15000, 10400)"))
        .isEqualTo("5 \u79d2\u540e");
    assertThat(ShellFormsTest.module(page, "format.js", "ago(9000, 15400)"))
        .isEqualTo("6 \u79d2\u524d");
  }

  @Test
  void aTopicThatIsNotThereSaysSo(Page page) {
    page.witness().expect(404);
    page.console("/topics/tp-nowhere").alert().says("Nobody knows this topic");
  }
}
