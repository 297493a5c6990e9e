package io.apogeemq.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The harness itself: it finds what is there, waits for what comes, and sees what a page must not do. */
@ExtendWith(InBrowser.class)
class HarnessTest {
  private static final String FORM =
      "<main><h1>Order</h1><form><label>Name <input id=name></label>"
          + "<label>Size <select id=size><option value=s>small<option value=l>large</select></label>"
          + "<label><input type=checkbox id=gift> As a gift</label></form>"
          + "<button id=send disabled>Send</button> <button>Send later</button><p id=said></p></main>";

  /** The button becomes active a while after the name is there; what it does comes later still. */
  private static final String FORM_SCRIPT =
      """
      const [name, size, gift, send] = ['name', 'size', 'gift', 'send'].map(id => document.getElementById(id));
      name.oninput = () => setTimeout(() => { send.disabled = !name.value; }, 100);
      send.onclick = () => setTimeout(() => {
        document.getElementById('said').textContent = [name.value, size.value, gift.checked].join();
      }, 100);
      addEventListener('keydown', event => { document.title = [event.key, event.ctrlKey, event.shiftKey].join(); });
      """;

  @Test
  void elementsAreFoundByWhatTheySayAndWaitedFor() {
    try (SmallSite site = new SmallSite(FORM, FORM_SCRIPT);
        Page page = site.open()) {
      page.heading("Order").isShown();
      page.field("Name").type("Ada").type("Bo\u00e9 <b>").isFocused().holds("Bo\u00e9 <b>");
      page.field("Size").choose("large");
      page.field("As a gift").tick(true).tick(true);
      page.button("Send").click();
      page.css("#said").reads("Bo\u00e9 <b>,l,true");
      page.field("Name").type("");
      page.button("Send").isEnabled(false);
      assertThat(page.witness().wrong()).isEmpty();
    }
  }

  @Test
  void keysReachThePage() {
    try (SmallSite site = new SmallSite(FORM, FORM_SCRIPT);
        Page page = site.open()) {
      for (String key : new String[] {"?", "g", "Escape", "ArrowDown"}) {
        assertThat(page.press(key).run("document.title")).isEqualTo(key + ",false,false");
      }
      assertThat(page.press("Control+k").run("document.title")).isEqualTo("k,true,false");
      page.field("Name").press("Tab");
      page.field("Size").isFocused();
      page.press("Shift+Tab");
      page.field("Name").isFocused().press("x").holds("x");
    }
  }

  @Test
  void whatIsNotThereOrNotAloneFailsWithWhatThePageShows() {
    try (SmallSite site = new SmallSite(FORM, FORM_SCRIPT);
        Page page = site.open().patience(Duration.ofMillis(100))) {
      assertThatThrownBy(() -> page.button("Cancel").click())
          .hasMessageContainingAll("it is not there", "Order");
      assertThatThrownBy(() -> page.button("Sen").click()).hasMessageContaining("2 are there");
      assertThatThrownBy(() -> page.button("Send").click()).hasMessageContaining("disabled");
      assertThatThrownBy(() -> page.text("Order").isGone()).hasMessageContaining("still there");
    }
  }

  @Test
  void aCoveredButtonIsNotClicked() {
    String cover = "<div style='position:fixed;inset:0' id=cover></div>";
    try (SmallSite site = new SmallSite("<button>Go</button>" + cover, "");
        Page page = site.open().patience(Duration.ofMillis(200))) {
      assertThatThrownBy(() -> page.button("Go").click())
          .hasMessageContaining("covered by")
          .hasMessageContaining("id=\"cover\"");
    }
  }

  @Test
  void aPageThatIsReloadedIsFoundAgain() {
    try (SmallSite site = new SmallSite(FORM, FORM_SCRIPT);
        Page page = site.open()) {
      page.field("Name").type("x");
      page.reload().field("Name").holds("");
      page.open("/other#/there").isAt("#/there").heading("Order").isShown();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          fetch('http://127.0.0.1:1/x').catch(() => 0)   | spoke to another host: GET http://127.0.0.1:1/x
          new Image().src = 'http://example.org/i.png'   | spoke to another host: GET http://example.org/i.png
          new WebSocket('ws://127.0.0.1:1/')             | spoke to another host: WebSocket http://127.0.0.1:1/
          console.error('no', 7)                         | wrote an error: no 7
          setTimeout(() => nothing.at(all))              | threw: ReferenceError: nothing is not defined
          Promise.reject(new Error('late'))              | threw: Error: late
          document.body.append(Object.assign(document.createElement('script'), {text: 'x'})) | wrote an error: policy violated script-src-elem inline
          try { eval('1') } catch (e) { }                | wrote an error: policy violated script-src eval
          alert('hello')                                 | opened a dialog of the browser: hello
          new Worker('/script.js')                       | started a worker
          fetch('/missing')                              | made the browser complain: Failed to load resource
          """)
  void aPageIsSeenDoingWhatItMustNot(String script, String seen) {
    // Once: the worker that one of them starts runs the same script.
    try (SmallSite site = new SmallSite("", "if (globalThis.document) { " + script + " }");
        Page page = site.open()) {
      Awaitility.await()
          .untilAsserted(
              () -> assertThat(page.witness().wrong()).anyMatch(each -> each.startsWith(seen)));
    }
  }

  @Test
  void anExpectedRefusalIsNoComplaint() {
    try (SmallSite site = new SmallSite("", "");
        Page page = site.open()) {
      page.witness().expect(404);
      page.run("fetch('/missing').then(answer => answer.text())");
      page.settle();
      assertThat(page.witness().wrong()).isEmpty();
      assertThat(page.witness().exchanges())
          .anyMatch(each -> each.url().equals("/missing") && each.status() == 404);
    }
  }

  @Test
  void whatAxeFindsIsNamed() {
    try (SmallSite site = new SmallSite("<main><h1>A</h1><input id=bare></main>", "");
        Page page = site.open()) {
      assertThat(Accessibility.violations(page))
          .singleElement()
          .asString()
          .startsWith("label: ")
          .contains("#bare");
    }
    try (SmallSite site = new SmallSite(FORM, FORM_SCRIPT);
        Page page = site.open()) {
      Accessibility.check(page);
    }
  }

  @Test
  void theNodeOfTheTestsServesItsPages(Page page) {
    page.open("/docs").heading("publish").isShown();
    page.button("/v1/brokers/{broker}/config Change some keys").click();
    page.text("dryRun").isShown();
    for (String theme : new String[] {"light", "dark"}) {
      page.look(theme);
      Accessibility.check(page);
    }
  }
}
