package io.apogeemq.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What stands around the pages: navigation, keyboard, palette, language and colours. */
@ExtendWith(InBrowser.class)
class ShellTest {
  private final TestConsole console = TestConsole.shared();

  @Test
  void theNavigationLeadsToEachPageAndBack(Page page) {
    page.open("/").isAt("/console/");
    Element navigation = page.css("nav.navigation");
    navigation.link("Topics").click();
    page.isAt("#/topics").heading("Topics").isShown();
    navigation.css("[aria-current=page]").says("Topics");
    navigation.link("Groups").click();
    page.isAt("#/groups").heading("Groups").isShown();
    page.run("history.back()");
    page.isAt("#/topics").heading("Topics").isShown();
    assertThat(page.run("document.title")).isEqualTo("Topics \u00b7 ApogeeMQ");
  }

  /** Chunks that pages load later count, too: each file of the list is asked for, and nothing else. */
  @Test
  void whatThePageLoadsIsOnItsListOfFiles(Page page) {
    List<String> listed =
        Page.resource("/console/assets.txt")
            .lines()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .map(line -> line.split(" ")[0])
            .toList();
    page.open("/console/").heading("Overview").isShown();
    String base = (String) page.run("document.querySelector('script[type=module]').src");
    String folder = base.substring(0, base.lastIndexOf('/') + 1);
    for (String each : listed) {
      if (each.endsWith(".js") && !each.equals("main.js") && !each.equals("early.js")) {
        page.run("import('" + folder + each + "').then(() => 0)");
      }
    }
    page.settle();
    assertThat(page.witness().exchanges())
        .filteredOn(each -> each.url().startsWith("/console/") && !each.url().equals("/console/"))
        .allMatch(each -> each.status() == 200)
        .extracting(each -> each.url().replaceFirst("/console/[0-9a-f]+/", ""))
        .isSubsetOf(listed)
        .contains("lib/vue.js", "app.css", "texts/zh/frame.js");
  }

  @Test
  void anAddressIsKeptOverAReload(Page page) {
    console.createTopic("shell-kept-a", 1);
    console.createTopic("shell-kept-b", 1);
    page.console("/topics?q=shell-kept-a");
    page.row("shell-kept-a").isShown();
    page.row("shell-kept-b").isGone();
    page.field("Filter").holds("shell-kept-a");
    page.reload().row("shell-kept-a").isShown();
    page.row("shell-kept-b").isGone();
  }

  @Test
  void timesToComeAndTimesGoneSaySo(Page page) {
    page.console("/topics").heading("Topics").isShown();
    for (String each : new String[] {"10000, 15000=5 s ago", "15000, 10000=in 5 s"}) {
      String[] parts = each.split("=");
      assertThat(ShellFormsTest.module(page, "format.js", "ago(" + parts[0] + ")"))
          .isEqualTo(parts[1]);
    }
  }

  /** Of what a broker does not tell. */
  @Test
  void aRateThatIsNotKnownIsADash(Page page) {
    page.console("/topics").heading("Topics").isShown();
    for (String each : new String[] {"bytesPerSecond", "perSecond", "bytes", "count"}) {
      assertThat(ShellFormsTest.module(page, "format.js", each + "(null)")).isEqualTo("\u2013");
    }
    assertThat(ShellFormsTest.module(page, "format.js", "bytesPerSecond(2048)"))
        .isEqualTo("2 KiB/s");
  }

  @Test
  void anAddressOfNoPageSaysSoAndLeadsOn(Page page) {
    for (String each : List.of("/nothing", "/topics/%E0%A4%A", "/topics/a/b/c")) {
      page.console(each).heading("There is no such page").isShown();
    }
    page.link("To the overview").click();
    page.isAt("#/").heading("Overview").isShown();
  }

  @Test
  void keysGoToPagesAndSearch(Page page) {
    page.console("/").heading("Overview").isShown();
    page.press("g").press("t").isAt("#/topics").heading("Topics").isShown();
    page.press("/").field("Filter").isFocused().type("g").press("t").holds("gt");
    page.isAt("#/topics");
    page.press("Escape").run("document.activeElement.blur()");
    page.press("?").dialog().says("Keyboard");
    page.press("Escape").dialog().isGone();
  }

  @Test
  void anotherPageIsToldAndClosesWhatWasAskedOnTheLast(Page page) {
    page.console("/").heading("Overview").isShown();
    page.press("g").press("t").heading("Topics").isFocused();
    page.field("also internal topics").at(0).tick(true);
    page.css("input[type=checkbox]:focus").isShown();
    page.press("g").press("c").isAt("#/groups").heading("Groups").isFocused();
    page.button("Create group").at(0).click();
    page.dialog().field("Group").type("shell-left");
    page.run("history.back()");
    page.isAt("#/topics").dialog().isGone();
    page.heading("Topics").isFocused();
  }

  @Test
  void thePaletteFindsPagesAndTopics(Page page) {
    console.createTopic("shell-palette", 1);
    page.console("/").heading("Overview").isShown();
    page.press("Control+k").css("[role=combobox]").isFocused().type("shell-pal");
    page.css("[role=option]").containing("shell-palette").isShown();
    page.press("Enter").isAt("#/topics/shell-palette").dialog().isGone();
    page.press("Control+k").css("[role=combobox]").type("go to groups");
    page.press("Enter").isAt("#/groups").heading("Groups").isShown();
  }

  /** Enter ends what is composed of several keys, as Chinese is, and is no choice yet. */
  @Test
  void thePaletteWaitsUntilWhatIsComposedIsThere(Page page) {
    page.console("/").heading("Overview").isShown();
    page.press("Control+k").css("[role=combobox]").isFocused().type("groups");
    for (String each : new String[] {"ArrowDown", "Enter"}) {
      page.run(
          "document.activeElement.dispatchEvent(new KeyboardEvent('keydown',"
              + " {key: '%s', isComposing: true, bubbles: true, cancelable: true}))"
                  .formatted(each));
    }
    page.css("[role=option]").at(0).isShown();
    assertThat(page.css("[role=option]").at(0).attribute("aria-selected")).isEqualTo("true");
    page.press("Enter").isAt("#/groups").dialog().isGone();
  }

  @Test
  void everythingIsReachedByTabAndSeenThere(Page page) {
    page.console("/topics").heading("Topics").isShown();
    page.press("Tab").link("Skip to the content").isFocused();
    page.press("Enter").css("main").isFocused();
    page.press("Tab").field("Filter").isFocused();
    assertThat(page.run("getComputedStyle(document.activeElement).outlineStyle"))
        .isEqualTo("solid");
  }

  @Test
  void theLanguageIsTheBrowsersUntilOneIsChosen(Page page) {
    page.speaking("zh-CN").console("/topics").heading("\u4e3b\u9898").isShown();
    page.css("header select").choose("English").holds("en");
    page.heading("Topics").isShown();
    page.reload().heading("Topics").isShown();
    assertThat(page.run("document.documentElement.lang")).isEqualTo("en");
  }

  @Test
  void theColoursFollowTheSystemUntilSomeAreChosen(Page page) {
    String background = "getComputedStyle(document.body).backgroundColor";
    page.console("/topics").heading("Topics").isShown();
    Object light = page.run(background);
    page.look("dark");
    Object dark = page.run(background);
    assertThat(dark).isNotEqualTo(light);
    page.button("Auto").click();
    page.button("Light").isShown();
    assertThat(page.run(background)).isEqualTo(light);
    page.reload().button("Light").isShown();
    assertThat(page.run(background)).isEqualTo(light);
  }

  @Test
  void aNarrowScreenHidesTheNavigationBehindAButton(Page page) {
    page.size(400, 800).console("/topics").heading("Topics").isShown();
    page.link("Groups").isGone();
    page.button("Pages").click();
    page.link("Groups").click();
    page.isAt("#/groups").heading("Groups").isShown();
    page.link("Topics").isGone();
  }
}
