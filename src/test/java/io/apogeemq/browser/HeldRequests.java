package io.apogeemq.browser;

import static org.assertj.core.api.Assertions.assertThat;

/** Keeps requests of an open page from leaving it, as if the gateway took its time. */
final class HeldRequests {
  private static final String HOLD =
      """
      (() => {
        const real = window.fetch;
        const waiting = [];
        window.held = 0;
        window.givenUp = 0;
        window.letGo = () => {
          window.fetch = real;
          waiting.forEach(go => go());
        };
        window.fetch = (url, ...more) => {
          if (!url.includes('%s')) {
            return real(url, ...more);
          }
          window.held++;
          return new Promise((go, fail) => {
            const signal = more[0]?.signal;
            signal?.addEventListener('abort', () => {
              window.givenUp++;
              fail(signal.reason);
            });
            waiting.push(go);
          }).then(() => real(url, ...more));
        };
      })()
      """;

  private final Page page;

  /** From now on those whose address contains this. */
  HeldRequests(Page page, String address) {
    this.page = page;
    page.run(HOLD.formatted(address));
  }

  /** So many have been begun, aborted ones too. */
  void are(int count) {
    assertThat(page.run("window.held")).isEqualTo(count);
  }

  /** So many of them have been aborted. */
  void areGivenUp(int count) {
    assertThat(page.run("window.givenUp")).isEqualTo(count);
  }

  /** Those that wait go now; later ones are not held. */
  void letGo() {
    page.run("window.letGo()");
  }
}
