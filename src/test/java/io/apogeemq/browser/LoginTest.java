package io.apogeemq.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.config.BrokerKeys;
import io.apogeemq.config.GatewayKeys;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Signing in where brokers check accounts. */
@ExtendWith(InBrowser.class)
class LoginTest {
  private static final String ACCOUNTS =
      """
      accounts:
      - accessKey: administrator
        secretKey: '12345678'
        admin: true
      - accessKey: another
        secretKey: '87654321'
        admin: true
      """;

  private static final Map<String, String> FILES =
      Map.of(
          "conf/plain_acl.yml",
          ACCOUNTS,
          "conf/tools.yml",
          "accessKey: administrator\nsecretKey: '12345678'\n");

  /** Nothing but the address says so. */
  @Test
  void pagesAskForAnAccountWhereOthersThanThisMachineReachThem() {
    try (TestConsole console =
            TestConsole.start(
                Map.of(BrokerKeys.ACL_ENABLE, "true", GatewayKeys.BIND_ADDRESS, "0.0.0.0"), FILES);
        Page page = Chromium.shared().newPage(console.origin())) {
      page.console("/topics").heading("Sign in").isShown();
      page.field("Access key").type("administrator");
      page.field("Secret key").type("12345678");
      page.button("Sign in").click();
      page.heading("Topics").isShown();
      assertThat(page.witness().wrong()).isEmpty();
    }
  }

  @Test
  void pagesAskForAnAccountAndKeepItUntilTheReaderSignsOut() {
    try (TestConsole console =
            TestConsole.start(
                Map.of(BrokerKeys.ACL_ENABLE, "true", GatewayKeys.REQUIRE_ACCOUNT, "true"), FILES);
        Page page = Chromium.shared().newPage(console.origin())) {
      page.console("/topics").heading("Sign in").isShown();
      EveryPageTest.check(page, "sign-in");
      page.witness().expect(401);
      page.field("Access key").type("administrator");
      page.field("Secret key").type("wrong-secret");
      page.button("Sign in").click();
      page.alert().isShown();
      Accessibility.check(page);
      page.field("Secret key").holds("").type("12345678");
      page.button("Sign in").click();
      page.heading("Topics").isShown();
      assertThat(page.run("document.cookie + JSON.stringify(localStorage)"))
          .as("what scripts see of the cookie and the secret")
          .isEqualTo("{}");
      page.reload().heading("Topics").isShown();
      page.button("Create topic").at(0).click();
      page.dialog().says("curl -u \"$ACCESS_KEY:$SECRET_KEY\" -X PUT");
      page.press("Escape").dialog().isGone();
      page.button("Sign out").click();
      page.heading("Sign in").isShown();
      assertThat(page.witness().wrong()).isEmpty();
    }
  }

  @Test
  void aSessionThatEndsTakesNothingFromThePage() {
    try (TestConsole console =
            TestConsole.start(
                Map.of(BrokerKeys.ACL_ENABLE, "true", GatewayKeys.REQUIRE_ACCOUNT, "true"), FILES);
        Page page = Chromium.shared().newPage(console.origin())) {
      page.console("/produce?topic=login-kept").field("Access key").type("administrator");
      page.field("Secret key").type("12345678").press("Enter");
      page.field("Body").type("a long message");
      end(page);
      page.witness().expect(401);
      page.button("Send").click();
      page.dialog().says("Sign in").field("Access key").holds("administrator");
      page.dialog().field("Secret key").isFocused();
      Accessibility.check(page);
      page.press("Escape").press("Escape");
      page.dialog().field("Secret key").type("12345678").press("Enter");
      page.dialog().isGone();
      page.field("Body").holds("a long message");
      page.button("Send").click();
      page.row("SEND_OK").isShown();
      page.console("/cluster").row("broker-a").isShown();
      end(page);
      page.run("location.hash = '#/topics'");
      page.dialog().field("Secret key").type("12345678").press("Enter");
      page.row("login-kept").isShown(); // what was asked for in vain was asked for again
      page.console("/produce?topic=login-kept").field("Body").type("of the administrator");
      end(page);
      page.button("Send").click();
      page.dialog().field("Access key").type("another");
      page.dialog().field("Secret key").type("87654321").press("Enter");
      page.dialog().isGone();
      page.field("Body").holds("");
      assertThat(page.witness().wrong()).isEmpty();
    }
  }

  /** Ends the session without the page's knowledge. */
  private static void end(Page page) {
    page.run(
        "fetch('/v1/session', {method: 'DELETE', headers: {'X-Apogee-Console': '1'}}).then(() => 1)");
  }
}
