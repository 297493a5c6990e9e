package io.apogeemq.protocol.remoting;

import java.nio.charset.StandardCharsets;

/**
 * Reads one JSON header. Strings are unescaped where they stand (an escape is never shorter than what
 * it means), so that the fields can stay bytes until somebody asks for their text.
 *
 * <p>Takes all of JSON that is not nested too deep, one object and nothing behind it; bytes that are
 * not UTF-8 become U+FFFD, as in the original. Throws {@link MalformedRequest} for everything else, whatever the bytes are.
 */
final class JsonHeaderReader {
  private static final int MAX_DEPTH = 64;

  private final byte[] json;
  private final RemotingCommand command;
  private int at;

  /** Where the string read last begins and ends, unescaped. */
  private int from;

  private int to;

  /** {@code json}: the header; becomes the reader's, and the command's after that. */
  JsonHeaderReader(byte[] json) {
    this.json = json;
    command = RemotingCommand.decoded(HeaderForm.JSON, new ExtFields(json));
  }

  RemotingCommand read() {
    if (next() != '{') {
      throw new MalformedRequest("a JSON header must be an object");
    }
    if (!ends('}')) {
      do {
        name();
        member();
      } while (more('}'));
    }
    if (skipBlanks() < json.length) {
      throw new MalformedRequest("a JSON header must be one object and nothing behind it");
    }
    return command;
  }

  private void member() {
    switch (to - from) {
      case 4 -> {
        if (is("code")) {
          command.code(number("code"));
        } else if (is("flag")) {
          command.flag(number("flag"));
        } else {
          skip(MAX_DEPTH);
        }
      }
      case 6 -> {
        if (is("opaque")) {
          command.opaque(number("opaque"));
        } else if (is("remark")) {
          command.remark(scalar("member remark") ? text() : null);
        } else {
          skip(MAX_DEPTH);
        }
      }
      case 7 -> {
        if (is("version")) {
          command.version(number("version"));
        } else {
          skip(MAX_DEPTH);
        }
      }
      case 8 -> {
        if (is("language")) {
          command.language(language());
        } else {
          skip(MAX_DEPTH);
        }
      }
      case 9 -> {
        if (is("extFields")) {
          fields();
        } else {
          skip(MAX_DEPTH);
        }
      }
      default -> skip(MAX_DEPTH);
    }
  }

  private void fields() {
    if (peek() == 'n') {
      literal("null");
      return;
    }
    if (next() != '{') {
      throw new MalformedRequest("member extFields of a JSON header must be an object");
    }
    if (ends('}')) {
      return;
    }
    ExtFields ext = command.ext();
    do {
      name();
      int nameFrom = from;
      int nameTo = to;
      if (peek() == '"') {
        at++;
        string();
      } else if (peek() == '{' || peek() == '[') {
        throw new MalformedRequest("field " + text() + " of a JSON header must be text");
      } else if (!scalar("a field")) {
        continue;
      }
      if (ext.size() == Frame.MAX_EXT_FIELDS) {
        throw new MalformedRequest("more than " + Frame.MAX_EXT_FIELDS + " header fields");
      }
      ext.addSpan(nameFrom, nameTo, from, to);
    } while (more('}'));
  }

  /** By name or, as the original also reads it, by number; JAVA if it is null. */
  private LanguageCode language() {
    if (peek() == '"') {
      at++;
      string();
      return LanguageCode.of(RecentTexts.of(json, from, to));
    }
    if (peek() == '-' || isDigit(peek())) {
      return LanguageCode.of(number("language"));
    }
    return scalar("member language") ? LanguageCode.of(text()) : LanguageCode.JAVA;
  }

  // ---- tokens
  // ------------------------------------------------------------------------------------

  /** A member's name and the colon behind it. */
  private void name() {
    if (next() != '"') {
      throw malformed("a name in quotes is missing");
    }
    string();
    if (next() != ':') {
      throw malformed("a colon is missing");
    }
  }

  /** True if an array or object ends here, false before its first member. */
  private boolean ends(char closing) {
    if (peek() != closing) {
      return false;
    }
    at++;
    return true;
  }

  /** Behind a member: true if another one follows, false if the array or object ends. */
  private boolean more(char closing) {
    int sign = next();
    if (sign != ',' && sign != closing) {
      throw malformed("a comma or the end of an object is missing");
    }
    return sign == ',';
  }

  /** A whole number, 0 for null. */
  private int number(String member) {
    if (peek() == 'n') {
      literal("null");
      return 0;
    }
    boolean negative = peek() == '-';
    if (negative) {
      at++;
    }
    int first = at;
    long value = 0;
    while (at < json.length && isDigit(json[at]) && value <= Integer.MAX_VALUE) {
      value = 10 * value + json[at++] - '0';
    }
    value = negative ? -value : value;
    boolean ended = at < json.length && !isDigit(json[at]) && ".eE".indexOf(json[at]) < 0;
    boolean led = json[Math.min(first, json.length - 1)] == '0' && at - first > 1;
    if (at == first || !ended || led || value != (int) value) {
      throw new MalformedRequest("member " + member + " of a JSON header must be a whole number");
    }
    return (int) value;
  }

  /** Finds a single value, be it a string, a number or a boolean. False if it is null. */
  private boolean scalar(String what) {
    int sign = peek();
    if (sign == '"') {
      at++;
      string();
      return true;
    }
    if (sign == '{' || sign == '[') {
      throw new MalformedRequest(what + " of a JSON header must be text");
    }
    from = at;
    if (sign == 'n') {
      literal("null");
      return false;
    }
    if (sign == 't') {
      literal("true");
    } else if (sign == 'f') {
      literal("false");
    } else {
      anyNumber();
    }
    to = at;
    return true;
  }

  private void literal(String word) {
    for (int i = 0; i < word.length(); i++, at++) {
      if (at == json.length || json[at] != word.charAt(i)) {
        throw malformed("an unknown word");
      }
    }
  }

  private void anyNumber() {
    int start = at;
    if (at < json.length && json[at] == '-') {
      at++;
    }
    boolean zero = at < json.length && json[at] == '0';
    if (digits() > 1 && zero) {
      throw malformed("a number that starts with 0");
    }
    if (at > start && at < json.length && json[at] == '.') {
      at++;
      digits();
    }
    if (at > start && at < json.length && (json[at] == 'e' || json[at] == 'E')) {
      at++;
      if (at < json.length && (json[at] == '+' || json[at] == '-')) {
        at++;
      }
      digits();
    }
  }

  private int digits() {
    int first = at;
    while (at < json.length && isDigit(json[at])) {
      at++;
    }
    if (at == first) {
      throw malformed("a value is missing");
    }
    return at - first;
  }

  /** A string, behind its opening quote: unescapes it in place and notes where it stands. */
  private void string() {
    from = at;
    for (int i = at; i < json.length; i++) {
      byte sign = json[i];
      if (sign == '"') {
        to = i;
        at = i + 1;
        return;
      }
      if (sign == '\\') {
        at = i;
        unescape();
        return;
      }
      if (sign >= 0 && sign < 0x20) {
        at = i;
        throw malformed("a control character in a string");
      }
    }
    at = json.length;
    throw malformed("a string does not end");
  }

  /** The rest of a string from its first escape on. */
  private void unescape() {
    int write = at;
    while (at < json.length) {
      byte sign = json[at++];
      if (sign == '"') {
        to = write;
        return;
      }
      if (sign != '\\') {
        if (sign >= 0 && sign < 0x20) {
          throw malformed("a control character in a string");
        }
        json[write++] = sign;
        continue;
      }
      int escaped = at < json.length ? json[at++] : -1;
      switch (escaped) {
        case '"', '\\', '/' -> json[write++] = (byte) escaped;
        case 'b' -> json[write++] = '\b';
        case 'f' -> json[write++] = '\f';
        case 'n' -> json[write++] = '\n';
        case 'r' -> json[write++] = '\r';
        case 't' -> json[write++] = '\t';
        case 'u' -> write = codePoint(unit(), write);
        default -> throw malformed("an unknown escape");
      }
    }
    throw malformed("a string does not end");
  }

  /** Four hexadecimal digits. */
  private char unit() {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int digit = at < json.length ? Character.digit(json[at++], 16) : -1;
      if (digit < 0) {
        throw malformed("an escape without its four digits");
      }
      value = value << 4 | digit;
    }
    return (char) value;
  }

  /** Writes a character that began with this unit as UTF-8; returns where the next one goes. */
  private int codePoint(char unit, int where) {
    int write = where;
    if (unit < 0x80) {
      json[write++] = (byte) unit;
      return write;
    }
    String text = String.valueOf(unit);
    if (Character.isHighSurrogate(unit)
        && at + 1 < json.length
        && json[at] == '\\'
        && json[at + 1] == 'u') {
      int before = at;
      at += 2;
      char low = unit();
      if (Character.isLowSurrogate(low)) {
        text += low;
      } else {
        at = before;
      }
    }
    // Half a pair becomes a question mark, as Java's own encoder has it.
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      json[write++] = each;
    }
    return write;
  }

  /** Goes over a value of any kind. */
  private void skip(int depth) {
    int sign = peek();
    if (sign != '{' && sign != '[') {
      scalar("a member");
      return;
    }
    if (depth == 0) {
      throw malformed("nested deeper than " + MAX_DEPTH);
    }
    at++;
    char closing = sign == '{' ? '}' : ']';
    if (ends(closing)) {
      return;
    }
    do {
      if (sign == '{') {
        name();
      }
      skip(depth - 1);
    } while (more(closing));
  }

  private int skipBlanks() {
    while (at < json.length
        && (json[at] == ' ' || json[at] == '\n' || json[at] == '\r' || json[at] == '\t')) {
      at++;
    }
    return at;
  }

  /** The next sign that is no blank, not taken; -1 at the end. */
  private int peek() {
    return skipBlanks() < json.length ? json[at] & 0xFF : -1;
  }

  /** The next sign that is no blank, taken. */
  private int next() {
    int sign = peek();
    if (sign >= 0) {
      at++;
    }
    return sign;
  }

  private boolean is(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (json[from + i] != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private String text() {
    return new String(json, from, to - from, StandardCharsets.UTF_8);
  }

  private static boolean isDigit(int sign) {
    return sign >= '0' && sign <= '9';
  }

  private MalformedRequest malformed(String why) {
    return new MalformedRequest("a JSON header can't be read: " + why + " near byte " + at);
  }
}
