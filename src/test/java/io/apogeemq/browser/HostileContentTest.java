package io.apogeemq.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.ConsumerOptions;
import io.apogeemq.client.Message;
import io.apogeemq.client.SendResult;
import io.apogeemq.protocol.body.SubscriptionGroupConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
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
  void whatComesLiveIsText(Page page) {
    console.createTopic("hostile-live", 1);
    page.console("/messages?topic=hostile-live&mode=tail").text("live").isShown();
    // As many as it shows a second without leaving any out.
    for (String each : Hostile.TEXTS.subList(0, 15)) {
      send("hostile-live", each);
    }
    page.css("tbody tr").areShown(15);
    Hostile.staysText(page);
  }

  private SendResult send(String topic, String text) {
    return console.send(
        Message.of(topic, text)
            .withKeys(text)
            .withTag(text)
            .with("<img src=x onerror=alert(30)>", "value: " + text));
  }

  @Test
  void namesOfTopicsAreShownAndLeadToTheirPages(Page page) {
    for (String each : Hostile.NAMES) {
      console.createTopic("h" + each, 1);
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

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
