package io.apogeemq.browser;

import io.vertx.core.json.JsonObject;

/** Answers requests of an open page in the gateway's place, until {@link #end} or until the page is loaded anew. */
final class FakedAnswers {
  private static final String FAKE =
      """
      (() => {
        const real = window.fetch;
        window.realFetch ??= real;
        window.fetch = (url, ...more) => {
          if (!String(url).includes('%s')) {
            return real(url, ...more);
          }
          window.faked = (window.faked ?? 0) + 1;
          return %s;
        };
      })()
      """;

  private FakedAnswers() {}

  /** Those whose address contains this get an answer of this status. */
  static void with(Page page, String address, int status, JsonObject body) {
    String answer =
        "Promise.resolve(new Response(JSON.stringify(%s), {status: %d}))"
            .formatted(body.encode(), status);
    page.run(FAKE.formatted(address, answer));
  }

  /** Those whose address contains this meet no gateway. */
  static void lost(Page page, String address) {
    String failure = "Promise.reject(new TypeError('Failed to fetch'))";
    page.run(FAKE.formatted(address, failure));
  }

  /** The gateway answers all again. */
  static void end(Page page) {
    page.run("window.fetch = window.realFetch");
  }

  /** A problem as the gateway tells it. */
  static JsonObject problem(int status, String kind, String detail, String cure) {
    return new JsonObject()
        .put("type", "/problems/" + kind)
        .put("title", kind)
        .put("status", status)
        .put("detail", detail)
        .put("cure", cure);
  }

  /** Completes when so many have been answered here. */
  static void were(Page page, int count) {
    page.run(
        "new Promise(go => { const look = () => window.faked >= %d ? go(0) : setTimeout(look, 10); look(); })"
            .formatted(count));
    page.run("new Promise(go => requestAnimationFrame(() => setTimeout(go, 0)))"); // and drawn
  }
}
