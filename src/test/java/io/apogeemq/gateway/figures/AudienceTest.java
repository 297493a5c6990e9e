package io.apogeemq.gateway.figures;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.config.Credentials;
import org.junit.jupiter.api.Test;

/** In whose name figures are asked for, and when not at all. */
class AudienceTest {
  private static final long NOW_MS = 1_700_000_000_000L;
  private static final Credentials READER = new Credentials("reader", "secret");

  private final Audience audience = new Audience();

  @Test
  void whoLooksNoMoreIsForgottenAfterAFewMinutes() {
    audience.looked(READER, NOW_MS);
    assertThat(audience.isLooking(NOW_MS + 1_000)).isTrue();
    assertThat(audience.isLooking(NOW_MS + 10_000)).isFalse();
    assertThat(audience.account(NOW_MS + 60_000)).isEqualTo(READER);
    assertThat(audience.account(NOW_MS + 10 * 60_000)).isNull();
    assertThat(audience.account(NOW_MS + 60_000)).as("forgotten is forgotten").isNull();
  }

  @Test
  void nobodyAsksAgainWhereNobodyWasRefused() {
    assertThat(audience.mayAsk(NOW_MS)).isTrue();
    audience.asked(null, true);
    assertThat(audience.mayAsk(NOW_MS)).isFalse();
    audience.looked(READER, NOW_MS);
    assertThat(audience.mayAsk(NOW_MS)).isTrue();
    audience.asked(READER, false);
    assertThat(audience.mayAsk(NOW_MS + Audience.REMEMBERED_MS)).isFalse();
    audience.asked(null, false);
    assertThat(audience.mayAsk(NOW_MS + Audience.REMEMBERED_MS)).isTrue();
  }

  @Test
  void beforeTheFirstLookNobodyIsRemembered() {
    assertThat(audience.hasCome()).isFalse();
    assertThat(audience.isRemembered(NOW_MS)).isFalse();
    audience.looked(null, NOW_MS);
    assertThat(audience.hasCome()).isTrue();
    assertThat(audience.isRemembered(NOW_MS)).isTrue();
    assertThat(audience.account(NOW_MS)).isNull();
  }
}
