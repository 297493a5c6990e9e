package io.apogeemq.protocol.body;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Writes one document front to back: {@code beginObject().name("a").number(1).endObject()}. Commas
 * come by themselves. Confined to its creator.
 */
public final class JsonWriter {
  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  private final JsonForm form;
  private final StringBuilder out = new StringBuilder(256);
  private int depth;

  public JsonWriter(JsonForm form) {
    this.form = form;
  }

  public JsonWriter beginObject() {
    return open('{');
  }

  public JsonWriter endObject() {
    return close('{', '}');
  }

  public JsonWriter beginArray() {
    return open('[');
  }

  public JsonWriter endArray() {
    return close('[', ']');
  }

  private JsonWriter open(char bracket) {
    separate();
    out.append(bracket);
    depth++;
    return this;
  }

  private JsonWriter close(char opened, char bracket) {
    depth--;
    if (last() != opened) {
      breakLine();
    }
    out.append(bracket);
    return this;
  }

  /** The name of the member whose value follows. */
  public JsonWriter name(String name) {
    separate();
    quoted(name);
    out.append(':');
    return this;
  }

  /**
   * An integer as the name of a member: quoted or bare, as the form says. A bare one stays on its
   * line in a file, too: so 4.9 writes its offsets and prints its routes.
   */
  public JsonWriter name(long name) {
    if (form.quotesIntegers) {
      separate();
      out.append('"').append(name).append('"');
    } else {
      if (last() != '{') {
        out.append(',');
      }
      out.append(name);
    }
    out.append(':');
    return this;
  }

  /**
   * Makes the value written last the name of the member whose value follows: for objects as names.
   * Call it after the {@link #endObject} of the name.
   */
  public JsonWriter asName() {
    out.append(':');
    return this;
  }

  public JsonWriter text(String value) {
    separate();
    quoted(value);
    return this;
  }

  public JsonWriter number(long value) {
    separate();
    out.append(value);
    return this;
  }

  /** A number with a fraction ({@code 0.0}); what is no number is written as null, as officials do. */
  public JsonWriter number(double value) {
    separate();
    if (Double.isFinite(value)) {
      out.append(value);
    } else {
      out.append("null");
    }
    return this;
  }

  public JsonWriter bool(boolean value) {
    separate();
    out.append(value);
    return this;
  }

  /** A whole tree. Integer names of a tree are text and stay quoted. */
  public JsonWriter tree(Json value) {
    if (value instanceof Json.Obj object) {
      beginObject();
      for (Map.Entry<String, Json> each : object.members().entrySet()) {
        name(each.getKey()).tree(each.getValue());
      }
      return endObject();
    }
    if (value instanceof Json.Arr array) {
      beginArray();
      array.items().forEach(this::tree);
      return endArray();
    }
    if (value instanceof Json.Text text) {
      return text(text.value());
    }
    separate();
    if (value instanceof Json.Num number) {
      out.append(number.digits());
    } else if (value instanceof Json.Bool bool) {
      out.append(bool.value());
    } else {
      out.append("null");
    }
    return this;
  }

  /** Puts the comma, and in a file the line break, that the place needs. */
  private void separate() {
    char last = last();
    if (last == ':' || last == 0) {
      return;
    }
    if (last != '{' && last != '[') {
      out.append(',');
    }
    breakLine();
  }

  private void breakLine() {
    if (form.breaksLines) {
      out.append('\n').append("\t".repeat(depth));
    }
  }

  private char last() {
    return out.isEmpty() ? 0 : out.charAt(out.length() - 1);
  }

  private void quoted(String value) {
    out.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c >= 0x20 && c < 0x7F) {
        out.append(c);
      } else {
        special(c);
      }
    }
    out.append('"');
  }

  private void special(char c) {
    switch (c) {
      case '\b' -> out.append("\\b");
      case '\f' -> out.append("\\f");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      default -> {
        if (c < 0x20 || form.escapesNonAscii) {
          out.append("\\u")
              .append(HEX[c >> 12])
              .append(HEX[c >> 8 & 15])
              .append(HEX[c >> 4 & 15])
              .append(HEX[c & 15]);
        } else {
          out.append(c);
        }
      }
    }
  }

  /** What was written. */
  public String text() {
    return out.toString();
  }

  /** What was written, in UTF-8. */
  public byte[] bytes() {
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }
}
