package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.broker.filter.sql.BadExpression;
import io.apogeemq.broker.filter.sql.SqlSelection;
import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.message.StoredMessage;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Our SQL92 filter and the original's classes say the same of the same expressions and messages. */
class SqlLanguageTest {
  private static final int MESSAGES = 40;
  private static final long SEED = Long.getLong("compat.seed", 92);

  /** {@code -Dcompat.expressions=N} asks more, {@code -Dcompat.seed=S} others. */
  private static final int EXPRESSIONS = Integer.getInteger("compat.expressions", 800);

  @Test
  void bothTakeAndRefuseTheSameExpressionsAndWantTheSameMessages() {
    SqlLanguage language = new SqlLanguage(SEED);
    List<Map<String, String>> messages = new ArrayList<>();
    for (int i = 0; i < MESSAGES; i++) {
      messages.add(language.message());
    }
    List<String> expressions = new ArrayList<>(SqlLanguage.CORNERS);
    for (int i = 0; i < EXPRESSIONS; i++) {
      expressions.add(language.expression());
    }
    List<String> theirs = original(messages, expressions);
    List<String> different = new ArrayList<>();
    List<ByteBuffer> records = messages.stream().map(SqlLanguageTest::record).toList();
    for (int i = 0; i < expressions.size(); i++) {
      String ours = ours(expressions.get(i), records);
      if (!ours.equals(theirs.get(i))) {
        different.add(expressions.get(i) + "\n  ours   " + ours + "\n  theirs " + theirs.get(i));
      }
    }
    assertThat(different).as("seed %d, messages %s", SEED, messages).isEmpty();
    assertThat(theirs.stream().filter("REFUSED"::equals))
        .as("refused ones among " + expressions.size())
        .hasSizeBetween(expressions.size() / 20, expressions.size() / 2);
    assertThat(theirs.stream().filter(each -> each.contains("1") && each.contains("0")))
        .as("ones that choose among " + expressions.size())
        .hasSizeGreaterThan(expressions.size() / 5);
  }

  private static List<String> original(
      List<Map<String, String>> messages, List<String> expressions) {
    // Not 4.9: it knows no CONTAINS, STARTSWITH, ENDSWITH.
    try (ChildProcess oracle = Program.start(Official.V5_5_0, "", "oracle.SqlOracle")) {
      for (Map<String, String> message : messages) {
        oracle.say(
            "MESSAGE "
                + message.entrySet().stream()
                    .map(each -> encoded(each.getKey()) + "=" + encoded(each.getValue()))
                    .collect(Collectors.joining("&")));
      }
      expressions.forEach(each -> oracle.say("ASK " + encoded(each)));
      oracle.awaitCount(
          line -> line.startsWith("SAYS "), expressions.size(), Duration.ofSeconds(60));
      return oracle.events("SAYS");
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String ours(String expression, List<ByteBuffer> messages) {
    try {
      SqlSelection selection = SqlSelection.of(expression);
      return messages.stream()
          .map(record -> selection.wantsRecord(record, 0) ? "1" : "0")
          .collect(Collectors.joining());
    } catch (BadExpression e) {
      return "REFUSED";
    }
  }

  private static ByteBuffer record(Map<String, String> properties) {
    InetSocketAddress host = new InetSocketAddress("127.0.0.1", 1);
    byte[] encoded = Properties.encode(properties);
    MessageDraft draft =
        new MessageDraft(
            "t", 0, 0, 0, 0, host, host, 0, 0, Unpooled.EMPTY_BUFFER, 0, new byte[1], encoded, 0);
    int size = (int) StoredMessage.sizeOf(draft);
    ByteBuffer bytes = ByteBuffer.allocate(size);
    StoredMessage.encode(draft, bytes, 0, size, 0, 0, 0);
    return bytes.clear();
  }
}
