package io.apogeemq.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * What axe-core finds wrong for people with a screen reader, a keyboard only or weak eyes: the rules of WCAG 2.0 to
 * 2.2, levels A and AA, and axe's best practices.
 */
final class Accessibility {
  private static final String AXE = Page.resource("/axe.min.js");
  private static final String RUN =
      "axe.run(document, {resultTypes: ['violations']}).then(found => JSON.stringify("
          + "{violations: found.violations.map(rule => ({rule: rule.id, help: rule.help,"
          + " nodes: rule.nodes.map(node => node.target.join(' ') + ' ' + node.failureSummary)}))}))";

  private Accessibility() {}

  /** Fails with every violation of the page as it is shown now. */
  static void check(Page page) {
    assertThat(violations(page)).as("accessibility of %s", page.address()).isEmpty();
  }

  static List<String> violations(Page page) {
    if (!Boolean.TRUE.equals(page.inspect("'axe' in globalThis"))) {
      page.inspect(AXE + "; true");
    }
    String found = (String) Objects.requireNonNull(page.inspect(RUN));
    return new JsonObject(found)
        .getJsonArray("violations").stream()
            .map(JsonObject.class::cast)
            .map(Accessibility::described)
            .toList();
  }

  private static String described(JsonObject violation) {
    return violation.getString("rule")
        + ": "
        + violation.getString("help")
        + violation.getJsonArray("nodes").stream()
            .map(node -> "\n  " + node)
            .collect(Collectors.joining());
  }
}
