package io.apogeemq.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.ConsumerOptions;
import io.apogeemq.client.MessageQueue;
import io.apogeemq.client.PushConsumer;
import io.apogeemq.protocol.body.SubscriptionGroupConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Groups and clients: the lists, one group with its members, its lag, and moving it. */
@ExtendWith(InBrowser.class)
class GroupPagesTest {
  private final TestConsole console = TestConsole.shared();
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    TestConsole.await(vertx.close());
  }

  /** A consumer in a program of its own, as brokers see it. */
  private ApogeeClient member(String instance, String group, String topic, String tags) {
    ApogeeClient client =
        ApogeeClient.create(
            vertx, ClientOptions.of(console.nameServer()).setInstanceName(instance));
    PushConsumer consumer =
        client.pushConsumer(
            ConsumerOptions.of(group).subscribe(topic, tags), delivery -> Future.succeededFuture());
    TestConsole.await(consumer.start());
    return client;
  }

  @Test
  void aGroupShowsItsMembersAndWhatTheyAreDoing(Page page) {
    console.createTopic("gp-members", 2);
    console.send("gp-members", "a", "b", "c");
    ApogeeClient client = member("gp-one", "gp-members-group", "gp-members", "*");
    page.console("/groups?q=gp-members").row("gp-members-group").says("1 online").says("push");
    page.link("gp-members-group").click();
    page.isAt("#/groups/gp-members-group").button(client.clientId()).click();
    page.isAt("member=").button("Ask where its threads are").click();
    page.css("figure.code").containing("Threads").says("TID: ");
    EveryPageTest.check(page, "group-member");
    page.button("Close").click();
    page.button("Ask where its threads are").isGone();
    page.console("/clients?group=gp-members-group").row(client.clientId()).says("JAVA");
    TestConsole.await(client.close());
  }

  @Test
  void aGroupIsMovedAfterItWasTriedOut(Page page) {
    console.createTopic("gp-seek", 1);
    console.send("gp-seek", "a", "b", "c");
    TestConsole.await(
        console.client().groupAdmin().createGroup(SubscriptionGroupConfig.of("gp-seek-group")));
    TestConsole.await(
        console
            .client()
            .groupAdmin()
            .commit("gp-seek-group", new MessageQueue("gp-seek", "broker-a", 0), 3));
    page.console("/groups/gp-seek-group").row("broker-a · 0").says("3");
    page.button("Move in gp-seek").click();
    Element dialog = page.dialog();
    dialog.says("/v1/groups/gp-seek-group/topics/gp-seek/seek").says("mqadmin resetOffsetByTime");
    dialog.button("Try out").click();
    dialog.says("In all, 3 messages come again").row("broker-a · 0").says("-3");
    EveryPageTest.check(page, "group-seek");
    dialog.field("To").choose("an offset of one queue");
    dialog.field("Offset").holds("3").type("1");
    dialog.button("Try out").click();
    dialog.says("In all, 2 messages come again");
    dialog.button("Move").isEnabled(false);
    dialog.field("Type gp-seek-group to confirm").type("gp-seek-group");
    dialog.button("Move").click();
    page.dialog().isGone();
    page.row("broker-a · 0").says("2");
  }

  @Test
  void membersThatDisturbEachOtherAreNamed(Page page) {
    console.createTopic("gp-wrong", 2);
    ApogeeClient red = member("gp-red", "gp-wrong-group", "gp-wrong", "red");
    ApogeeClient blue = member("gp-blue", "gp-wrong-group", "gp-wrong", "blue");
    page.console("/groups?sort=warnings&desc=true&q=gp-wrong")
        .row("gp-wrong-group")
        .says("subscriptions differ");
    page.console("/groups/gp-wrong-group").text("Members subscribe differently").isShown();
    page.css(".banner").says(red.clientId()).says(blue.clientId()).says("red").says("blue");
    EveryPageTest.check(page, "group");
    TestConsole.await(red.close());
    TestConsole.await(blue.close());

    console.createTopic("gp-twins", 2);
    ApogeeClient first = member("gp-twin", "gp-twins-group", "gp-twins", "*");
    ApogeeClient second = member("gp-twin", "gp-twins-group", "gp-twins", "*");
    assertThat(first.clientId()).isEqualTo(second.clientId());
    page.console("/groups/gp-twins-group").text("Two programs use one client id").isShown();
    page.console("/clients?duplicates=true").row(first.clientId()).says("duplicate");
    TestConsole.await(first.close());
    TestConsole.await(second.close());
  }

  @Test
  void aGroupIsCreatedChangedAndDeleted(Page page) {
    page.console("/groups?q=gp-made").button("Create group").at(0).click();
    page.dialog().field("Group").type("gp-made");
    page.dialog().says("mqadmin updateSubGroup").button("Run").click();
    page.dialog().isGone();
    page.row("gp-made").says("offline").link("gp-made").click();
    page.button("Change").click();
    page.dialog().field("may consume").at(0).tick(false);
    page.dialog().says("Stops gp-made").button("Run").click();
    page.text("This group may not consume").isShown();
    page.button("Delete").click();
    page.dialog().button("Try out").click();
    page.dialog().says("Nobody is online");
    page.dialog().field("Type gp-made to confirm").type("gp-made");
    page.dialog().button("Delete").click();
    page.isAt("#/groups").dialog().isGone();
  }
}
