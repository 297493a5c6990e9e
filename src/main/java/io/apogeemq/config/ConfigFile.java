package io.apogeemq.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A configuration file, line by line. It means what {@link java.util.Properties} makes of the same
 * text, with three differences: the file is UTF-8, every entry knows its line, and a key or value
 * with a control character in it is refused, since such a value ends up in logs, routes and paths.
 *
 * <pre>
 *   # a comment, ! too
 *   key = value            blanks around key and value don't count
 *   key : value            as good as '='
 *   long = one \           a backslash at the end joins the next line
 *          two             to "one two"
 *   path = C\:\\store      a backslash takes the next letter as it is; \t \n \r \f \u0041 as in Java
 * </pre>
 *
 * @param name how messages call the file
 * @param entries in the order of the file; a key may occur more than once
 */
public record ConfigFile(String name, List<Entry> entries) {
  /** More than any honest file; the rest is not read. */
  private static final long MAX_SIZE_BYTES = 1 << 20;

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  /**
   * One entry.
   *
   * @param line where it starts, counted from 1
   */
  public record Entry(int line, String key, String value) {}

  public ConfigFile {
    entries = List.copyOf(entries);
  }

  /**
   * Reads a file.
   *
   * @throws ConfigRejected if it can't be read, is no UTF-8, is too large, or holds something that no
   *     file may hold; all such lines are told at once
   */
  public static ConfigFile read(Path file) throws ConfigRejected {
    byte[] bytes;
    try {
      if (!Files.exists(file)) {
        throw rejected(file.toString(), "the file does not exist");
      }
      if (!Files.isRegularFile(file)) {
        throw rejected(file.toString(), "not a file");
      }
      if (Files.size(file) > MAX_SIZE_BYTES) {
        throw rejected(file.toString(), "larger than " + MAX_SIZE_BYTES + " bytes");
      }
      bytes = Files.readAllBytes(file);
    } catch (IOException unreadable) {
      throw rejected(file.toString(), "the file can't be read: " + unreadable);
    }
    try {
      return parse(
          file.toString(),
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException noUtf8) {
      throw rejected(file.toString(), "the file is not UTF-8");
    }
  }

  /** Reads the text of a file. */
  public static ConfigFile parse(String name, String text) throws ConfigRejected {
    List<Problem> problems = new ArrayList<>();
    List<Entry> entries = new ArrayList<>();
    List<String> lines =
        List.of(
            (text.isEmpty() || text.charAt(0) != BYTE_ORDER_MARK ? text : text.substring(1))
                .split("\r\n|\r|\n", -1));
    for (int i = 0; i < lines.size(); i++) {
      String line = stripLeading(lines.get(i));
      // A backslash alone joins nothing to nothing: the next line begins anew, as in Properties.
      if (line.isEmpty() || line.charAt(0) == '#' || line.charAt(0) == '!' || line.equals("\\")) {
        continue;
      }
      int first = i;
      StringBuilder logical = new StringBuilder(line);
      while (endsInOddBackslashes(logical) && i + 1 < lines.size()) {
        logical.setLength(logical.length() - 1);
        logical.append(stripLeading(lines.get(++i)));
      }
      entry(name, first + 1, logical.toString(), entries, problems);
    }
    if (!problems.isEmpty()) {
      throw new ConfigRejected(problems);
    }
    return new ConfigFile(name, entries);
  }

  private static void entry(
      String name, int line, String logical, List<Entry> entries, List<Problem> problems) {
    int keyEnd = 0;
    while (keyEnd < logical.length() && "=: \t\f".indexOf(logical.charAt(keyEnd)) < 0) {
      keyEnd += logical.charAt(keyEnd) == '\\' ? 2 : 1;
    }
    keyEnd = Math.min(keyEnd, logical.length());
    int valueStart = skipBlanks(logical, keyEnd);
    if (valueStart < logical.length() && "=:".indexOf(logical.charAt(valueStart)) >= 0) {
      valueStart = skipBlanks(logical, valueStart + 1);
    }
    String key;
    String value;
    try {
      key = unescape(logical.substring(0, keyEnd));
      value = unescape(logical.substring(valueStart));
    } catch (IllegalArgumentException badEscape) {
      problems.add(new Problem(name + ":" + line, badEscape.getMessage()));
      return;
    }
    if (hasControl(key) || hasControl(value.strip())) {
      problems.add(
          new Problem(
              name + ":" + line,
              "control characters are not allowed; a folder of Windows is written with / or \\\\"));
      return;
    }
    entries.add(new Entry(line, key, value));
  }

  private static int skipBlanks(String text, int from) {
    int at = from;
    while (at < text.length() && " \t\f".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return at;
  }

  private static String stripLeading(String line) {
    return line.substring(skipBlanks(line, 0));
  }

  private static boolean endsInOddBackslashes(CharSequence text) {
    int count = 0;
    while (count < text.length() && text.charAt(text.length() - 1 - count) == '\\') {
      count++;
    }
    return count % 2 == 1;
  }

  private static String unescape(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char letter = text.charAt(i);
      if (letter != '\\') {
        plain.append(letter);
        continue;
      }
      i++;
      if (i == text.length()) {
        break; // a lone backslash at the end of the file is dropped, as Properties does
      }
      switch (text.charAt(i)) {
        case 't' -> plain.append('\t');
        case 'n' -> plain.append('\n');
        case 'r' -> plain.append('\r');
        case 'f' -> plain.append('\f');
        case 'u' -> {
          plain.append(unicode(text, i + 1));
          i += 4;
        }
        default -> plain.append(text.charAt(i));
      }
    }
    return plain.toString();
  }

  private static char unicode(String text, int from) {
    if (from + 4 > text.length()) {
      throw new IllegalArgumentException("\\u needs four hexadecimal digits");
    }
    int code = 0;
    for (int i = from; i < from + 4; i++) {
      int digit = Character.digit(text.charAt(i), 16);
      if (digit < 0) {
        throw new IllegalArgumentException("\\u needs four hexadecimal digits");
      }
      code = code * 16 + digit;
    }
    return (char) code;
  }

  /** Tabs and the like at the ends of a value don't count; {@link Settings} cuts them off. */
  private static boolean hasControl(String text) {
    return text.chars().anyMatch(Character::isISOControl);
  }

  private static ConfigRejected rejected(String name, String why) {
    return new ConfigRejected(List.of(new Problem(name, why)));
  }
}
