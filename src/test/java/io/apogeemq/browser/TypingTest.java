package io.apogeemq.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.client.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a reader types, and what is in a message, stays as it is to the last digit. */
@ExtendWith(InBrowser.class)
class TypingTest {
  private static final String TWINS =
      "{\"id\":9223372036854775807,\"price\":1.00,\"a\":[],\"a\":[1,{}],\"s\":\"\\\" {\\u0041}\"}";

  private final TestConsole console = TestConsole.shared();

  @Test
  void textStaysWhenThePageIsDrawnAgain(Page page) {
    console.createTopic("type-text", 1);
    page.console("/messages?topic=type-text").field("Text in the body").type("half a wo");
    page.run("location.hash += '&order=oldest'");
    page.field("Order").holds("oldest");
    page.field("Text in the body").holds("half a wo");
    page.console("/topics").heading("Topics").isShown();
    page.css("[data-search]").type("type-t");
    page.isAt("q=type-t").row("type-text").isShown();
    page.css("[data-search]").holds("type-t");
    page.console("/topics?q=type").css("[data-search]").holds("type");
  }

  @Test
  void aTopicStaysWhileTheRestOfTheFormIsFilledIn(Page page) {
    console.createTopic("type-search", 1);
    console.send(Message.of("type-search", "wanted").withKeys("k-1"));
    page.console("/messages").field("Topic").type("type-search");
    page.button("By key").click();
    page.field("Topic").holds("type-search");
    page.console("/messages?mode=key").field("Topic").holds("").type("type-search");
    page.field("Key").type("k-1").press("Enter");
    page.isAt("key=k-1").row("wanted").isShown();
    page.field("Topic").holds("type-search").type("type-other");
    page.run("location.hash += '&text=x'");
    page.isAt("text=x").field("Topic").holds("type-other");
  }

  @Test
  void aTimeIsTypedKeyByKey(Page page) {
    console.createTopic("type-time", 1);
    page.console("/messages?topic=type-time&from=1767225600000").field("Stored from").press("0");
    for (String key : "5052025".split("")) {
      page.press(key);
    }
    String typed = page.field("Stored from").text();
    assertThat(typed).startsWith("2025-05-05T");
    assertThat(page.address()).contains("from=1767225600000");
    page.field("Text in the body").click();
    page.isAt("from=" + page.run("String(new Date('" + typed + "').getTime())"));
    page.field("Stored from").holds(typed);
  }

  @Test
  void numbersInJsonKeepTheirDigits(Page page) {
    console.createTopic("type-json", 1);
    String id = console.send(Message.of("type-json", TWINS)).msgId();
    page.console("/messages/type-json/" + id).css(".code pre").says("\"s\":");
    assertThat(page.css(".code pre").text())
        .isEqualTo(
            """
            {
              "id": 9223372036854775807,
              "price": 1.00,
              "a": [],
              "a": [
                1,
                {}
              ],
              "s": "\\" {\\u0041}"
            }""");
    page.console("/produce?topic=type-json").field("Body is").choose("json");
    page.field("Body").type("{\"n\": 9007199254740993}");
    page.css("form").says("9007199254740993");
    page.button("Send").click();
    page.row("SEND_OK").css("a").click();
    page.isAt("#/messages/type-json/").css(".code pre").says("\"n\": 9007199254740993");
  }
}
