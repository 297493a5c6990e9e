package io.apogeemq.browser;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Keys by the names that {@code KeyboardEvent.key} has, with modifiers before them: {@code Control+k}. */
final class Keyboard {
  private static final List<String> MODIFIERS = List.of("Alt", "Control", "Meta", "Shift");

  /** Virtual key codes, by which the browser knows what the key does to the page. */
  private static final Map<String, Integer> NAMED =
      Map.ofEntries(
          Map.entry("Enter", 13),
          Map.entry("Escape", 27),
          Map.entry("Tab", 9),
          Map.entry("Backspace", 8),
          Map.entry("Delete", 46),
          Map.entry("ArrowLeft", 37),
          Map.entry("ArrowUp", 38),
          Map.entry("ArrowRight", 39),
          Map.entry("ArrowDown", 40),
          Map.entry("Home", 36),
          Map.entry("End", 35),
          Map.entry("PageUp", 33),
          Map.entry("PageDown", 34));

  private Keyboard() {}

  /** The parameters of {@code Input.dispatchKeyEvent} for the key going down and up again. */
  static List<JsonObject> stroke(String combination) {
    int modifiers = 0;
    String key = combination;
    for (int plus = key.indexOf('+'); plus > 0; plus = key.indexOf('+')) {
      modifiers |= 1 << MODIFIERS.indexOf(key.substring(0, plus));
      key = key.substring(plus + 1);
    }
    JsonObject event = new JsonObject().put("modifiers", modifiers).put("key", key);
    Integer named = NAMED.get(key);
    if (named != null) {
      event.put("code", key).put("windowsVirtualKeyCode", named);
    } else if (key.length() == 1) {
      String upper = key.toUpperCase(Locale.ROOT);
      event
          .put("code", Character.isLetter(key.charAt(0)) ? "Key" + upper : "")
          .put("windowsVirtualKeyCode", (int) upper.charAt(0));
    } else {
      throw new IllegalArgumentException("no such key: " + combination);
    }
    JsonObject down = event.copy().put("type", "keyDown");
    boolean types = (modifiers & ~(1 << MODIFIERS.indexOf("Shift"))) == 0;
    if (types && (key.length() == 1 || key.equals("Enter"))) {
      down.put("text", key.equals("Enter") ? "\r" : key);
    }
    return List.of(down, event.put("type", "keyUp"));
  }
}
