package io.apogeemq.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.app.TestNode;
import io.apogeemq.config.BrokerKeys;
import io.apogeemq.config.GatewayKeys;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Where the node wants an account, the console asks for one, and keeps no secret where a script could read it. */
@ExtendWith(InBrowser.class)
class SignInTest {
  private static final String ACCOUNTS =
      """
      accounts:
      - accessKey: administrator
        secretKey: 'secret-of-admin'
        admin: true
      """;

  private static TestNode node;

  @BeforeAll
  static void start() {
    node =
        TestNode.start(
            Map.of(BrokerKeys.ACL_ENABLE, "true", GatewayKeys.REQUIRE_ACCOUNT, "true"),
            Map.of(
                "conf/plain_acl.yml",
                ACCOUNTS,
                "conf/tools.yml",
                "accessKey: administrator\nsecretKey: 'secret-of-admin'\n"));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void whoSignsInSeesThePageAskedForUntilSigningOut() {
    try (Page page = Chromium.shared().newPage("http://127.0.0.1:" + node.gatewayPort())) {
      page.witness().expect(401);
      page.witness().expect(403);
      page.console("/topics").heading("Sign in").isShown();
      page.field("Access key").type("administrator");
      page.field("Secret key").type("a wrong secret");
      page.button("Sign in").click();
      page.alert().isShown();
      Accessibility.check(page);
      page.field("Secret key").type("secret-of-admin").press("Enter");
      page.isAt("#/topics").button("Create topic").isShown();
      assertThat(page.run("document.cookie + JSON.stringify(localStorage)"))
          .asString()
          .doesNotContain("secret");
      page.reload().button("Create topic").isShown();
      page.button("Sign out").click();
      page.heading("Sign in").isShown();
      page.button("Create topic").isGone();
      page.settle();
      assertThat(page.witness().wrong()).isEmpty();
    }
  }
}
