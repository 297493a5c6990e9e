package io.apogeemq.broker.filter.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.message.StoredMessage;
import io.apogeemq.remoting.Refused;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The language by examples; {@code compat.SqlFilterTest} compares it with the original. */
class SqlSelectionTest {
  private static final Map<String, String> MESSAGE =
      Map.of(
          "a",
          "10",
          "name",
          "it's",
          "TAGS",
          "TagA",
          "x",
          "1.5",
          "yes",
          "true",
          "big",
          "9999999999");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a = 10",
        "a = '10'",
        "a between 5 and 10",
        "A IS NULL",
        "a IS NOT NULL",
        "name = 'it''s'",
        "TAGS IN ('TagA', 'TagB')",
        "TAGS NOT IN ('TagB')",
        "x > 1.0 AND x < 2.0",
        "yes = TRUE",
        "a > -5",
        "missing IS NULL OR missing > 5",
        "name CONTAINS 't'",
        "TAGS STARTSWITH 'Tag' and TAGS NOT ENDSWITH 'B'",
        "big > 3000000000",
        "TRUE /* all */",
        "a > 5 -- so many\n",
        "(a) > 5 and ((name) <> 'x')",
        "5 <> missing", // a missing right side is not equal, and that is known
        "a = 10 so and on"
      })
  void takesTheMessage(String expression) throws BadExpression {
    assertThat(wants(expression, MESSAGE)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a > 10",
        "missing = 1",
        "NOT missing = 1",
        "missing <> 1",
        "a",
        "FALSE",
        "NULL",
        "name > 5", // no number: no answer
        "NOT (name > 5)",
        "name > 5 OR TRUE",
        "big > 5", // beyond the constant's type
        "x > 1", // no whole number
        "name CONTAINS ''",
        "missing NOT CONTAINS 'x'",
        "TRUE = yes"
      })
  void leavesTheMessage(String expression) throws BadExpression {
    assertThat(wants(expression, MESSAGE)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a >",
        "5",
        "'x'",
        "a = NULL",
        "a > 'x'",
        "a > TRUE",
        "a BETWEEN 10 AND 5",
        "a IN (5)",
        "a IN ()",
        "5 IN ('x')",
        "a = 0.0",
        "a = 9223372036854775808",
        "a = 'x",
        "a # b",
        "a IS 5",
        "(a = 5",
        "a NOT 5",
        "TRUE = 'x'"
      })
  void refusesWhatIsNoCondition(String expression) {
    assertThatThrownBy(() -> SqlSelection.of(expression))
        .isInstanceOf(BadExpression.class)
        .hasMessageStartingWith("Invalid MessageSelector. ");
  }

  @Test
  void aMistakeIsNamedWithItsPlace() {
    assertThatThrownBy(() -> SqlSelection.of("a = 5 AND b ="))
        .hasMessage(
            "Invalid MessageSelector. Encountered the end at column 14. Was expecting a property, a"
                + " number, a text, TRUE, FALSE, NULL or \"(\".");
    assertThatThrownBy(() -> SqlSelection.of("a IN (5)"))
        .hasMessage(
            "Invalid MessageSelector. Encountered \"5\" at column 7. Was expecting a text in quotes.");
    assertThatThrownBy(() -> SqlSelection.of("(a = 5 AND b"))
        .hasMessage(
            "Invalid MessageSelector. Encountered the end at column 13. Was expecting \")\".");
  }

  @Test
  void ofAPropertyThatComesTwiceTheLastValueCounts() throws BadExpression {
    byte[] twice = "a\u00011\u0002b\u0001x\u0002a\u00012\u0002".getBytes(StandardCharsets.UTF_8);
    assertThat(wants("a = 2", record(twice))).isTrue();
    assertThat(wants("a = 1", record(twice))).isFalse();
  }

  @Test
  void propertiesOfAnyLanguageAreCompared() throws BadExpression {
    Map<String, String> chinese = Map.of("city", "\u5317\u4eac\u5e02");
    assertThat(wants("city = '\u5317\u4eac\u5e02'", chinese)).isTrue();
    assertThat(wants("city CONTAINS '\u4eac'", chinese)).isTrue();
    assertThat(wants("city ENDSWITH '\u4eac'", chinese)).isFalse();
  }

  @Test
  void aHostileExpressionIsRefused() {
    assertThatThrownBy(() -> SqlSelection.of("(".repeat(5000) + "a" + ")".repeat(3000)))
        .hasMessageContaining("nested deeper than 100 levels");
    assertThatThrownBy(() -> SqlSelection.of("NOT ".repeat(2000) + "a"))
        .hasMessageContaining("nested deeper than 100 levels");
    assertThatThrownBy(() -> SqlSelection.of("a=1 OR ".repeat(1100) + "a=1"))
        .hasMessageContaining("more than 1000 parts");
    assertThatThrownBy(() -> SqlSelection.of("a = '" + "x".repeat(9000) + "'"))
        .hasMessageContaining("9006 characters, 8192 are allowed");
  }

  @Test
  void aLongExpressionWithinTheBoundsIsTaken() throws BadExpression {
    String many =
        IntStream.range(0, 249).mapToObj(i -> "a = " + i).collect(Collectors.joining(" OR "));
    assertThat(wants(many, MESSAGE)).isTrue();
    String list =
        IntStream.range(0, 1000).mapToObj(i -> "'" + i + "'").collect(Collectors.joining(","));
    assertThat(wants("a IN (" + list + ")", MESSAGE)).isTrue();
  }

  @Test
  void whatCostsTooMuchOnOneMessageIsRefusedNotPassedOver() throws BadExpression {
    String search = "missing IS NOT NULL";
    for (int i = 0; i < 60; i++) {
      search += " OR v CONTAINS '" + "x".repeat(100) + i + "'";
    }
    SqlSelection selection = SqlSelection.of(search);
    ByteBuffer record = record(Map.of("v", "x".repeat(32_000)));
    assertThatThrownBy(() -> selection.wantsRecord(record, 0))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("steps on one message");
  }

  private static boolean wants(String expression, Map<String, String> message)
      throws BadExpression {
    return wants(expression, record(message));
  }

  private static boolean wants(String expression, ByteBuffer record) throws BadExpression {
    return SqlSelection.of(expression).wantsRecord(record, 0);
  }

  private static ByteBuffer record(Map<String, String> properties) {
    return record(Properties.encode(properties));
  }

  private static ByteBuffer record(byte[] properties) {
    InetSocketAddress host = new InetSocketAddress("127.0.0.1", 1);
    MessageDraft draft =
        new MessageDraft(
            "t",
            0,
            0,
            0,
            0,
            host,
            host,
            0,
            0,
            Unpooled.EMPTY_BUFFER,
            0,
            new byte[1],
            properties,
            0);
    int size = (int) StoredMessage.sizeOf(draft);
    ByteBuffer bytes = ByteBuffer.allocate(size);
    StoredMessage.encode(draft, bytes, 0, size, 0, 0, 0);
    return bytes.clear();
  }
}
