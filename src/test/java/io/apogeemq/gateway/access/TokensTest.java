package io.apogeemq.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.config.Credentials;
import io.apogeemq.gateway.http.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which texts a gateway takes for its own, and for how long. */
class TokensTest {
  private static final String LETTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  private long nowMs = 1_000;
  private final Tokens tokens = new Tokens(() -> nowMs);

  /** Accounts of three lengths, so that base64 ends in each of its ways. */
  @Test
  void aUsedTicketIsNotTakenInOtherLettersEither() {
    for (String secret : List.of("s", "se", "sec")) {
      Credentials account = new Credentials("account", secret);
      String ticket = tokens.issueTicket(account, 60_000);
      assertThat(tokens.redeem(ticket).account()).isEqualTo(account);
      assertRefused(ticket);
      assertRefused(ticket + "=");
      assertRefused(ticket + "==");
      String start = ticket.substring(0, ticket.length() - 1);
      for (char last : LETTERS.toCharArray()) {
        assertRefused(start + last);
      }
    }
  }

  @Test
  void whatIsGivenForATokenEndsWithIt() {
    Claim first = tokens.account(tokens.issue(new Credentials("a", "b"), 10_000));
    nowMs += 9_000;
    assertThat(tokens.lifeMs(3_600_000, first.endMs())).isEqualTo(1_000);
    assertThat(tokens.lifeMs(500, first.endMs())).isEqualTo(500);
    assertThat(tokens.lifeMs(3_600_000, Claim.NO_END)).isEqualTo(3_600_000);
  }

  private void assertRefused(String ticket) {
    assertThatThrownBy(() -> tokens.redeem(ticket)).as(ticket).isInstanceOf(Problem.class);
  }
}
