package io.apogeemq.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/**
 * What a page shows, by the way to find it. Everything here waits (ten seconds at most) until it is true or can be
 * done; an action also until there is exactly one such element, which is enabled, has stopped moving, and is
 * covered by no other.
 */
final class Element extends Scope {
  private final Page page;
  private final JsonArray path;

  Element(Page page, JsonArray path) {
    this.page = page;
    this.path = path;
  }

  @Override
  Element step(JsonObject step) {
    return new Element(page, path.copy().add(step));
  }

  /** One of several, counted from 0. */
  Element at(int index) {
    return step(new JsonObject().put("at", index));
  }

  /** Those of them that contain this text. */
  Element containing(String text) {
    return step(new JsonObject().put("containing", text));
  }

  Element click() {
    JsonObject point = (JsonObject) page.probe("point", path);
    page.clickAt(point.getDouble("x"), point.getDouble("y"));
    return this;
  }

  /** Puts the pointer over it. */
  Element hover() {
    JsonObject point = (JsonObject) page.probe("point", path);
    page.pointAt(point.getDouble("x"), point.getDouble("y"));
    return this;
  }

  /** Replaces what is in a field. */
  Element type(String text) {
    if (Boolean.TRUE.equals(page.probe("prepare", path, text))) {
      page.insert(text);
    }
    return this;
  }

  /** Chooses an option of a select by what it says. */
  Element choose(String option) {
    page.probe("choose", path, option);
    return this;
  }

  /** Ticks a box, or removes the tick. */
  Element tick(boolean on) {
    if (!Boolean.valueOf(on).equals(page.probe("ticked", path))) {
      click();
    }
    return this;
  }

  /** Gives it the focus and presses a key there, as {@link Page#press}. */
  Element press(String key) {
    page.probe("focus", path);
    page.press(key);
    return this;
  }

  Element isShown() {
    page.probe("shown", path);
    return this;
  }

  void isGone() {
    page.probe("gone", path);
  }

  /** It contains this text, blanks joined. */
  Element says(String text) {
    page.probe("says", path, text);
    return this;
  }

  Element doesNotSay(String text) {
    page.probe("silent", path, text);
    return this;
  }

  /** What has been put into the field. */
  Element holds(String value) {
    page.probe("holds", path, value);
    return this;
  }

  Element isFocused() {
    page.probe("focused", path);
    return this;
  }

  Element isEnabled(boolean enabled) {
    page.probe("enabled", path, enabled);
    return this;
  }

  /** So many can be seen. */
  Element areShown(int count) {
    page.probe("counted", path, count);
    return this;
  }

  /** How many can be seen now, without waiting. */
  int count() {
    return (Integer) page.probe("count", path);
  }

  /** Its text as the document has it, every blank and control character; of fields, what is in them. */
  String text() {
    return (String) page.probe("read", path);
  }

  /** An attribute, or empty if it has none. */
  String attribute(String name) {
    return (String) page.probe("attribute", path, name);
  }

  /** Its text equals this to the last character. */
  Element reads(String text) {
    says(text);
    assertThat(text()).isEqualTo(text);
    return this;
  }
}
