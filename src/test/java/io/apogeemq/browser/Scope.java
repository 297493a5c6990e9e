package io.apogeemq.browser;

import io.vertx.core.json.JsonObject;

/**
 * Where elements are looked for: a page, or one of its elements. Looking costs nothing here; an {@link Element} is
 * found when something is done with it, anew each time.
 *
 * <p>Only what can be seen is found. Names are those that a screen reader would say (label, {@code aria-label},
 * text), blanks joined; an exact name is preferred to one that only contains the text.
 */
abstract class Scope {
  /** One step further into the page; probe.js knows its forms. */
  abstract Element step(JsonObject step);

  private Element named(String role, String name) {
    return step(new JsonObject().put("role", role).put("name", name));
  }

  Element button(String name) {
    return named("button", name);
  }

  Element link(String name) {
    return named("link", name);
  }

  /** An input, select or text area by its label. */
  Element field(String label) {
    return named("field", label);
  }

  Element heading(String name) {
    return named("heading", name);
  }

  Element tab(String name) {
    return named("tab", name);
  }

  /** A row of a table that contains this text. */
  Element row(String text) {
    return named("row", text);
  }

  /** The open dialog. */
  Element dialog() {
    return named("dialog", "");
  }

  /** What is said to the user at once: an error, a result. */
  Element alert() {
    return named("alert", "");
  }

  /** The innermost elements that contain this text. */
  Element text(String text) {
    return step(new JsonObject().put("text", text));
  }

  /** What a CSS selector finds; for what has no name. */
  Element css(String selector) {
    return step(new JsonObject().put("css", selector));
  }
}
