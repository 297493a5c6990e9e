package io.apogeemq.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.client.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Sending many at once, and sending a message again as it was. */
@ExtendWith(InBrowser.class)
class ProducePageTest {
  private static final String CHANGE_WHILE_SENDING =
      """
      const send = window.fetch;
      window.fetch = (...all) => {
        if (all[1]?.method === 'POST') {
          window.fetch = send;
          const body = document.querySelector('textarea');
          body.value = 'changed';
          body.dispatchEvent(new Event('input'));
        }
        return send(...all);
      };
      """;

  private final TestConsole console = TestConsole.shared();

  @Test
  void aDeadLetterGoesToTheTopicItCameFrom(Page page) {
    console.createTopic("pp-origin", 1);
    console.send("pp-origin", "dead");
    console.giveUp("pp-group", "pp-origin", 1);
    page.console("/dead-letters?group=pp-group").row("dead").link("20").click();
    page.link("Dead letters of pp-group").isShown();
    page.css("dl.pairs").at(0).says("Attempts 1");
    page.link("Edit and send again").click();
    page.field("Body").holds("dead");
    page.css("form input").at(0).holds("pp-origin");
  }

  @Test
  void whatIsSentAgainIsWhatWasSentAndTheRestIsNamed(Page page) {
    String body = "\ufefffirst\r\nsecond";
    console.createTopic("pp-same", 1);
    String id =
        console
            .send(
                Message.of("pp-same", body)
                    .withKeys("a,b")
                    .with("one", "1")
                    .with("two", "of two\nlines"))
            .msgId();
    page.console("/produce?topic=pp-same&from=" + id).field("Keys").holds("a,b");
    page.text("Some of its properties have no line here").isShown();
    page.css(".banner").containing("two").isShown();
    page.button("Send").click();
    page.row("SEND_OK").isShown();
    JsonArray stored =
        console.get("/v1/topics/pp-same/messages?as=base64&max=2").getJsonArray("messages");
    JsonObject again = stored.getJsonObject(1);
    assertThat(
            new String(
                Base64.getDecoder().decode(again.getString("base64")), StandardCharsets.UTF_8))
        .isEqualTo(body);
    assertThat(again.getJsonArray("keys")).isEqualTo(new JsonArray().add("a,b"));
    assertThat(again.getJsonObject("properties").getString("one")).isEqualTo("1");
  }

  /** What is stored is not what was sent: nobody could unpack it. */
  @Test
  void aBodyThatCouldNotBeUnpackedIsNotSentAgain(Page page) {
    console.createTopic("pp-flaw", 1);
    String id = console.send(Message.of("pp-flaw", "\u0001\u0002")).msgId();
    JsonObject stored = console.get("/v1/topics/pp-flaw/messages/" + id + "?as=base64");
    stored.getJsonArray("messages").getJsonObject(0).put("bodyFlaw", "can't be unpacked");
    page.console("/produce").field("Body").isShown();
    FakedAnswers.with(page, "/v1/topics/pp-flaw/messages/" + id, 200, stored);
    page.run("location.hash = '#/produce?topic=pp-flaw&from=" + id + "'");
    page.css(".banner.warning").says("can't be unpacked");
    page.button("Send").isEnabled(false);
    page.field("Body").type("YSBib2R5");
    page.button("Send").isEnabled(true);
  }

  @Test
  void whatFailsIsSaidInTheReadersLanguage(Page page) {
    JsonObject gone =
        FakedAnswers.problem(
            404,
            "topic-not-found",
            "There is no topic x.",
            "Check its name, or create it: PUT /v1/topics/\u2026.");
    page.speaking("zh-CN").console("/produce?topic=x").css("textarea").at(0).type("text");
    FakedAnswers.with(
        page,
        "/v1/topics/x/messages",
        207,
        new JsonObject()
            .put("results", new JsonArray().add(new JsonObject().put("problem", gone))));
    page.css("form button[type=submit]").click();
    page.row("There is no topic x.")
        .says("\u6ca1\u6709 Broker \u6709\u6b64\u4e3b\u9898")
        .says("\u8bf7\u68c0\u67e5\u540d\u79f0");
    FakedAnswers.with(
        page,
        "/v1/delayed",
        200,
        new JsonObject()
            .put("messages", new JsonArray())
            .put(
                "brokers",
                new JsonArray()
                    .add(
                        new JsonObject()
                            .put("broker", "b")
                            .put("told", false)
                            .put("problem", gone))));
    page.run("location.hash = '#/delayed'");
    page.css(".banner.warning").says("There is no topic x.").says("\u8bf7\u68c0\u67e5\u540d\u79f0");
  }

  @Test
  void allOfABatchAreWhatTheFormSaidWhenItBegan(Page page) {
    console.createTopic("pp-many", 1);
    page.console("/produce?topic=pp-many").field("Body").type("as it was");
    page.field("How many").type("150");
    page.run(CHANGE_WHILE_SENDING);
    page.button("Send 150").click();
    page.heading("150 sent, 0 failed").isShown();
    page.field("Body").holds("changed");
    assertThat(
            console.get("/v1/topics/pp-many/messages?text=changed&max=1").getJsonArray("messages"))
        .isEmpty();
  }

  @Test
  void anotherAddressFillsTheFormAndResultsKeepTheirTopic(Page page) {
    console.createTopic("pp-first", 1);
    page.console("/produce?topic=pp-first").field("Body").type("x");
    page.button("Send").click();
    page.row("SEND_OK").isShown();
    page.run("location.hash = '#/produce?topic=pp-second'");
    page.css("form input").at(0).holds("pp-second");
    assertThat(page.row("SEND_OK").css("a").attribute("href")).contains("/messages/pp-first/");
  }
}
