package io.apogeemq.compat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Expressions and messages for a comparison of two SQL92 filters, from a seed. */
final class SqlLanguage {
  /** What the random grammar hardly meets, or what is easy to get wrong. */
  static final List<String> CORNERS =
      List.of(
          "",
          " ",
          "a",
          "NOT a",
          "NOT NOT a = 1",
          "NOT a = 1",
          "NOT (a = 1)",
          "NULL",
          "TRUE",
          "false",
          "5",
          "'x'",
          "-a",
          "a = 1 b = 2",
          "a = 1)",
          "a = 1 #",
          "a = 1 b #",
          "a = 1 NOT b",
          "a = 1 IS",
          "a = 007",
          "a = 00.7",
          "a = 0.0",
          "a = 0",
          "a = 0L",
          "a = 5L",
          "a = 5l5",
          "a = 0x10",
          "a = 1.5e3",
          "a = 5E",
          "a = 1e400",
          "a = .5",
          "a > 5.",
          "a = 9223372036854775807",
          "a = 9223372036854775808",
          "a = -9223372036854775808",
          "a > -2147483648",
          "a > 2147483647",
          "a > 2147483648",
          "a = 'it''s'",
          "a = 'it''",
          "a = 'open",
          "a = ''",
          "a = '' '' ",
          "a <> 'x'",
          "'x' = a",
          "5 = a",
          "5 <> a",
          "NOT 5 = a",
          "5 < a",
          "5 IN ('x')",
          "TRUE = a",
          "a = TRUE",
          "'true' = TRUE",
          "TRUE = 'true'",
          "TRUE = 5",
          "5 = TRUE",
          "TRUE = TRUE",
          "TRUE <> FALSE",
          "a > TRUE",
          "a > 'x'",
          "a > b",
          "a = b",
          "a <> b",
          "a = NULL",
          "NULL IS NULL",
          "5 IS NULL",
          "(a > 1) IS NULL",
          "a IS NULL = TRUE",
          "a IS NULL = 'true'",
          "a IS NOT NULL IS NULL",
          "a IS NOT",
          "a IN ('1')",
          "a IN ('1',)",
          "a IN ()",
          "a IN (1)",
          "(a) IN ('1', '2')",
          "-(a) IN ('1')",
          "a NOT IN ('1', '2', '3', '4', '5', '6', '7', '8', '9', '10')",
          "a IN ('1') IN ('2')",
          "a BETWEEN 1 AND 5",
          "a BETWEEN 5 AND 1",
          "a NOT BETWEEN 5 AND 1",
          "a BETWEEN 1 AND 1.5",
          "a BETWEEN 1.5 AND 1",
          "a BETWEEN -5 AND -7",
          "a BETWEEN 'a' AND 'b'",
          "a BETWEEN NULL AND 5",
          "a BETWEEN b AND c",
          "a NOT BETWEEN b AND 100",
          "a BETWEEN 1 AND 5 AND b = 1",
          "a BETWEEN (1) AND (5)",
          "a BETWEEN 1",
          "a CONTAINS 'x'",
          "a CONTAINS ''",
          "a NOT CONTAINS 'x'",
          "a NOT CONTAINS ''",
          "5 CONTAINS '5'",
          "'abc' CONTAINS 'b'",
          "a CONTAINS b",
          "a CONTAINS 5",
          "a STARTSWITH 'it'",
          "a NOT STARTSWITH 'it'",
          "a ENDSWITH 's'",
          "a NOT ENDSWITH 's' OR b ENDSWITH ''",
          "a CONTAINS 't' = TRUE",
          "(a > 1) CONTAINS 'x'",
          "(a > b) CONTAINS ''",
          "a > 1 > 2",
          "(a > 1) = (b > 1)",
          "(a = 1) <> (b = 1)",
          "+a = 1",
          "+ + 5 = a",
          "--5 = a",
          "a > --5",
          "a = 1 -- comment\n",
          "-- comment\na = 1",
          "a = 1 -- comment",
          "a /* x */ = /**/ 1",
          "a /*/ = 1",
          "a = 1 /* open",
          "a != 1",
          "a == 1",
          "a >= 1 AND a <= 9 OR b = 'x'",
          "a = 1 or b = 2 AND c = 3",
          "a=1OR b=2",
          "a = 1OR b = 2",
          "\ta\n=\r1\f",
          "a\u00a0= 1",
          "\u4e2d = 1",
          "\u5317 CONTAINS 'x'",
          "city = '\u5317\u4eac'",
          "city CONTAINS '\u4eac'",
          "$x_1 = 1",
          "_ IS NULL",
          "between = 1",
          "a is null AND b Is Not Null",
          "a + 1 = 2",
          "a - 1 = 2",
          "(a = 1",
          "((((((((((a = 1))))))))))",
          "()",
          "a,b",
          "TAGS = 'TagA'");

  private static final List<String> NAMES =
      List.of("a", "b", "c", "a", "b", "A", "city", "missing");
  private static final List<String> VALUES =
      List.of(
          "1",
          "5",
          "10",
          "-3",
          "+7",
          "1.5",
          "0",
          "00",
          "3000000000",
          "99999999999999999999",
          "",
          " 5",
          "5 ",
          "x",
          "abc",
          "it's",
          "true",
          "TRUE",
          "false",
          "1e3",
          "NaN",
          "0x10",
          "5L",
          "1d",
          "\u5317\u4eac",
          "\u0665",
          "null",
          "-0",
          "Infinity",
          "2147483648",
          "-2147483648");
  private static final List<String> LITERALS =
      List.of(
          "1",
          "5",
          "10",
          "0",
          "7L",
          "1.5",
          "3000000000",
          "2147483647",
          ".5",
          "1E3",
          "'x'",
          "'1'",
          "'abc'",
          "'it''s'",
          "'true'",
          "''",
          "TRUE",
          "FALSE",
          "NULL",
          "'\u5317\u4eac'");
  private static final List<String> SIGNS =
      List.of(
          "=",
          "<>",
          ">",
          ">=",
          "<",
          "<=",
          "(",
          ")",
          ",",
          "AND",
          "or",
          "NOT",
          "IS",
          "NULL",
          "+",
          "-",
          "IN",
          "BETWEEN",
          "'",
          "CONTAINS",
          "#",
          ".");

  private final Random random;

  SqlLanguage(long seed) {
    random = new Random(seed);
  }

  /** A message's properties. */
  Map<String, String> message() {
    Map<String, String> properties = new LinkedHashMap<>();
    for (String name : List.of("a", "b", "c", "A", "city", "TAGS")) {
      if (random.nextInt(4) > 0) {
        properties.put(name, any(VALUES));
      }
    }
    return properties;
  }

  /** An expression that the grammar allows, though types may not fit; one in three is then spoilt. */
  String expression() {
    String sound = condition(3);
    if (random.nextInt(3) > 0) {
      return sound;
    }
    int at = random.nextInt(sound.length() + 1);
    int gap = Math.min(sound.length(), at + random.nextInt(4));
    return sound.substring(0, at)
        + (random.nextBoolean() ? " " + any(SIGNS) + " " : any(LITERALS))
        + sound.substring(gap);
  }

  private String condition(int depth) {
    switch (random.nextInt(depth > 0 ? 12 : 7)) {
      case 0:
        return operand(depth) + " IS " + (random.nextBoolean() ? "NOT " : "") + "NULL";
      case 1:
        return name() + not() + " IN ('1', " + (random.nextBoolean() ? "'x', " : "") + "'5')";
      case 2:
        return operand(0) + not() + " BETWEEN " + number() + " AND " + number();
      case 3:
        return name() + not() + any(List.of(" CONTAINS", " STARTSWITH", " ENDSWITH")) + " '1'";
      case 4, 5, 6:
        return operand(depth - 1)
            + any(List.of(" = ", " <> ", " > ", " >= ", " < ", " <= "))
            + operand(depth - 1);
      case 7, 8:
        return condition(depth - 1) + " AND " + condition(depth - 1);
      case 9, 10:
        return "(" + condition(depth - 1) + ") OR " + condition(depth - 1);
      default:
        return "NOT (" + condition(depth - 1) + ")";
    }
  }

  private String operand(int depth) {
    switch (random.nextInt(10)) {
      case 0:
        return "-" + operand(depth - 1);
      case 1:
        return depth > 0 ? "(" + condition(depth - 1) + ")" : any(LITERALS);
      case 2, 3, 4:
        return any(LITERALS);
      default:
        return name();
    }
  }

  private String number() {
    return any(List.of("-5", "0", "1", "1.5", "5", "10", "3000000000", "b", "'1'"));
  }

  private String name() {
    return any(NAMES);
  }

  private String not() {
    return random.nextInt(3) == 0 ? " NOT" : "";
  }

  private String any(List<String> from) {
    return from.get(random.nextInt(from.size()));
  }
}
