package io.apogeemq.protocol.body;

import io.apogeemq.protocol.remoting.MalformedRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one JSON document, tolerant of what official peers send: standard JSON, and as member names
 * also bare integers, bare words and whole objects. References ({@code {"$ref":"$.a[0]"}}) are
 * resolved by {@link JsonReferences} afterwards.
 *
 * <p>Bounded in depth, in the number of values, and in memory. A whole object as a name is bounded in
 * length and has no such name itself: each level of quoting would double it. Used once, by its
 * creator's thread.
 */
final class JsonReader {
  /** Deepest nesting of objects and arrays; real bodies have at most 8. */
  static final int MAX_DEPTH = 64;

  /** Most values of one document, references followed: a registration of 100,000 topics fits. */
  static final int MAX_VALUES = 1_500_000;

  private static final int MAX_NUMBER_CHARS = 64;

  /** Longest object that is a member's name; a message queue has some 300 characters. */
  private static final int MAX_OBJECT_NAME_CHARS = 4096;

  private static final Json.Null NULL = new Json.Null();
  private static final Json.Bool TRUE = new Json.Bool(true);
  private static final Json.Bool FALSE = new Json.Bool(false);

  private final String text;
  private final BodyMemory memory;
  private int at;
  private int depth;
  private int values;
  private boolean hasReferences;
  private boolean inName;

  JsonReader(String text, BodyMemory memory) {
    this.text = text;
    this.memory = memory;
  }

  Json document() {
    Json root = value();
    if (peek() != END) {
      throw broken("something follows the end of the document");
    }
    return hasReferences ? new JsonReferences(root, memory).resolved() : root;
  }

  private static final char END = '\0';

  /** The next character that is no white space, without taking it; {@link #END} at the end. */
  private char peek() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '\0') {
        throw broken("a NUL character");
      }
      if (c != ' ' && c != '\n' && c != '\t' && c != '\r') {
        return c;
      }
      at++;
    }
    return END;
  }

  private Json value() {
    if (++values > MAX_VALUES) {
      throw new MalformedRequest("a JSON body has more than " + MAX_VALUES + " values");
    }
    char c = peek();
    return switch (c) {
      case '{' -> object();
      case '[' -> array();
      case '"', '\'' -> new Json.Text(string(c));
      case END -> throw broken("it ends where a value should be");
      default -> c == '-' || c >= '0' && c <= '9' ? new Json.Num(number()) : word();
    };
  }

  private void enter() {
    if (++depth > MAX_DEPTH) {
      throw new MalformedRequest("a JSON body is nested deeper than " + MAX_DEPTH);
    }
    at++;
  }

  private Json object() {
    enter();
    memory.charge(BodyMemory.OBJECT_BYTES);
    Map<String, Json> members = new LinkedHashMap<>();
    if (peek() == '}') {
      at++;
    } else {
      do {
        String name = name();
        memory.charge(BodyMemory.MEMBER_BYTES);
        if (peek() != ':') {
          throw broken("a ':' is missing after the name " + shortened(name));
        }
        at++;
        members.put(name, value());
      } while (goesOn('}', "an object"));
    }
    depth--;
    hasReferences |= members.size() == 1 && members.containsKey(JsonReferences.MARK);
    return new Json.Obj(Collections.unmodifiableMap(members));
  }

  private Json array() {
    enter();
    memory.charge(BodyMemory.ARRAY_BYTES);
    List<Json> items = new ArrayList<>();
    if (peek() == ']') {
      at++;
    } else {
      do {
        memory.charge(BodyMemory.ITEM_BYTES);
        items.add(value());
      } while (goesOn(']', "an array"));
    }
    depth--;
    return new Json.Arr(Collections.unmodifiableList(items));
  }

  /** Takes a comma (and answers true) or the closing sign. */
  private boolean goesOn(char closing, String what) {
    char c = peek();
    if (c != ',' && c != closing) {
      throw broken(
          c == END ? "it ends inside " + what : "neither ',' nor '" + closing + "' in " + what);
    }
    at++;
    return c == ',';
  }

  private String name() {
    char c = peek();
    if (c == '"' || c == '\'') {
      return string(c);
    }
    if (c == '{') {
      return objectName();
    }
    if (c == '-' || c >= '0' && c <= '9') {
      return number();
    }
    int from = at;
    while (at < text.length() && isWordPart(text.charAt(at))) {
      at++;
    }
    if (at == from) {
      throw broken(c == END ? "it ends inside an object" : "a member has no name");
    }
    memory.chargeText(at - from);
    return text.substring(from, at);
  }

  private String objectName() {
    if (inName) {
      throw broken("an object that is a name has such a name itself");
    }
    inName = true;
    values++;
    int from = at;
    Json name = object();
    inName = false;
    if (at - from > MAX_OBJECT_NAME_CHARS) {
      throw broken(
          "an object of more than " + MAX_OBJECT_NAME_CHARS + " characters that is a name");
    }
    String text = name.compact();
    memory.chargeText(text.length());
    return text;
  }

  private static boolean isWordPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '$';
  }

  private String number() {
    int from = at;
    skip('-');
    digits();
    if (skip('.')) {
      digits();
    }
    if (skip('e') || skip('E')) {
      if (!skip('-')) {
        skip('+');
      }
      digits();
    }
    if (at - from > MAX_NUMBER_CHARS) {
      throw broken("a number of more than " + MAX_NUMBER_CHARS + " characters");
    }
    memory.chargeText(at - from);
    return text.substring(from, at);
  }

  private boolean skip(char c) {
    boolean there = at < text.length() && text.charAt(at) == c;
    at += there ? 1 : 0;
    return there;
  }

  private void digits() {
    int from = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    if (at == from) {
      throw broken("a number without digits");
    }
  }

  private Json word() {
    if (text.startsWith("true", at)) {
      at += 4;
      return TRUE;
    }
    if (text.startsWith("false", at)) {
      at += 5;
      return FALSE;
    }
    if (text.startsWith("null", at)) {
      at += 4;
      return NULL;
    }
    throw broken("no value starts with '" + text.charAt(at) + "'");
  }

  private String string(char quote) {
    int from = ++at;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == quote) {
        memory.chargeText(at - from);
        return text.substring(from, at - 1);
      }
      if (c == '\\') {
        return escapedString(quote, from);
      }
    }
    throw broken("it ends inside a string");
  }

  /** The rest of a string whose first escape was just met; {@code from} is its first character. */
  private String escapedString(char quote, int from) {
    StringBuilder value = new StringBuilder(text.length() - from < 64 ? 64 : 256);
    value.append(text, from, --at);
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == quote) {
        memory.chargeText(value.length());
        return value.toString();
      }
      if (c != '\\') {
        value.append(c);
        continue;
      }
      if (at == text.length()) {
        break;
      }
      char escape = text.charAt(at++);
      switch (escape) {
        case '"', '\'', '\\', '/' -> value.append(escape);
        case 'b' -> value.append('\b');
        case 'f' -> value.append('\f');
        case 'n' -> value.append('\n');
        case 'r' -> value.append('\r');
        case 't' -> value.append('\t');
        case 'u' -> value.append((char) hex(4));
        case 'x' -> value.append((char) hex(2)); // the original writes some control characters so
        default -> throw broken("unknown escape '\\" + escape + "'");
      }
    }
    throw broken("it ends inside a string");
  }

  private int hex(int digits) {
    if (text.length() - at < digits) {
      throw broken("it ends inside an escape");
    }
    int value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = Character.digit(text.charAt(at++), 16);
      if (digit < 0) {
        throw broken("an escape has a digit that is not hexadecimal");
      }
      value = value << 4 | digit;
    }
    return value;
  }

  private MalformedRequest broken(String what) {
    return new MalformedRequest("a JSON body can't be read at character " + at + ": " + what);
  }

  static String shortened(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "...";
  }
}
