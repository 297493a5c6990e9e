package io.apogeemq.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.client.Message;
import io.apogeemq.client.SendResult;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The forms of requests for a shell do what they say, whatever stands in a message. */
@ExtendWith(InBrowser.class)
class ShellFormsTest {
  private final TestConsole console = TestConsole.shared();

  @Test
  void aWordIsWhatWasMeantAndHarmlessWhenItIsPasted(Page page) throws Exception {
    page.console("/topics").heading("Topics").isShown();
    for (String text :
        new String[] {
          "plain", "it's two words", "\u0003\u001b[201~ rm 'x' \\x \u202e\u007f\n2", "\ufeff\u00e9"
        }) {
      String word = module(page, "api.js", "quoted(" + Json.encode(text) + ")");
      assertThat(word).doesNotContainPattern("[\\p{Cc}\\p{Cf}]");
      assertThat(inShell(word)).isEqualTo(text);
    }
    String body = "{path: '/v1/x', method: 'POST', body: {text: '\\u202e\\u007f\\u001b'}}";
    assertThat(module(page, "api.js", "curl(" + body + ")"))
        .contains("'{\"text\":\"\\u202e\\u007f\\u001b\"}'")
        .doesNotContain("-u");
  }

  @Test
  void aTailIsNotHeldBackByCurl(Page page) {
    console.createTopic("sf-tail", 1);
    page.console("/messages?topic=sf-tail&mode=tail").text("As a command").click();
    page.css("details pre").at(0).says("curl -N");
  }

  @Test
  void aMessageIsAskedForByTheKindOfItsId(Page page) {
    console.createTopic("sf-id", 1);
    SendResult sent = console.send(Message.of("sf-id", "one"));
    page.console("/messages/sf-id/" + sent.msgId()).text("Stored at broker-a").isShown();
    page.text("Id of the broker").isShown(); // nothing comes above the command any more
    page.text("As a command").click();
    page.css("details pre").at(1).says("queryMsgByUniqueKey").says("-t sf-id");
    page.link("sf-id").isShown();
    String ofBroker = page.css("dd code").at(1).text();
    page.console("/messages/sf-id/" + ofBroker).text("Stored at broker-a").isShown();
    page.text("Id of the broker").isShown();
    page.text("As a command").click();
    page.css("details pre").at(1).says("queryMsgById").doesNotSay("-t ");
  }

  /** Where a name server knows several clusters, or none yet, the reader's shell must know which. */
  @ParameterizedTest
  @CsvSource({"one, other, '\"$CLUSTER\"'", "one, one, one"})
  void noCommandGuessesACluster(String first, String second, String shown, Page page) {
    console.createTopic("sf-cluster", 1);
    page.console("/topics?q=sf-cluster").row("sf-cluster").isShown();
    JsonArray brokers =
        new JsonArray()
            .add(new JsonObject().put("broker", "a").put("cluster", first))
            .add(new JsonObject().put("broker", "b").put("cluster", second));
    FakedAnswers.with(page, "/v1/brokers", 200, new JsonObject().put("brokers", brokers));
    page.row("sf-cluster").button("Delete").click();
    FakedAnswers.were(page, 1);
    page.dialog().css("pre").at(1).says("mqadmin deleteTopic").says("-c " + shown + " -t");
  }

  /** It would take the next word as the value, or the value as a flag. */
  @Test
  void thereIsNoCommandThatWouldNotBeTakenAsItWasMeant(Page page) {
    page.console("/topics").heading("Topics").isShown();
    for (String each : new String[] {"", "-n", "--", "-nobody", "\"quoted\"", "ends with \""}) {
      String call = "mqadmin('sendMessage', {t: 'x', p: " + Json.encode(each) + "})";
      assertThat(module(page, "api.js", call)).as(each).isEmpty();
    }
    assertThat(module(page, "api.js", "mqadmin('a', {s: '-1', o: null, r: true, w: 0})"))
        .isEqualTo("mqadmin a -n \"$NAMESRV_ADDR\" -s -1 -r -w 0");
    page.console("/produce?topic=x").css("pre").areShown(1);
    page.field("Body").type("text");
    page.css("pre").areShown(2).at(1).says("mqadmin sendMessage").says("-p text").doesNotSay("-c");
  }

  /** What a function of a module of the page gives. */
  static String module(Page page, String file, String call) {
    return (String) page.run(from(file) + ".then(m => m." + call + ")");
  }

  /** A promise of a module, the same that the page has. */
  static String from(String file) {
    return "import(new URL('" + file + "', document.querySelector('script[type=module]').src))";
  }

  private static String inShell(String word) throws IOException, InterruptedException {
    Assumptions.assumeTrue(Files.exists(Path.of("/bin/bash")), "there is a bash");
    Process bash =
        new ProcessBuilder("/bin/bash", "-c", "printf %s " + word)
            .redirectErrorStream(true)
            .start();
    String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor()).as(said).isZero();
    return said;
  }
}
