package oracle;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.rocketmq.broker.filter.MessageEvaluationContext;
import org.apache.rocketmq.filter.FilterFactory;
import org.apache.rocketmq.filter.expression.Expression;

/**
 * Says what the original's own SQL92 filter thinks of messages. Lines in, all texts URL-encoded: {@code
 * MESSAGE name=value&name=value…} adds a message, {@code ASK expression} asks. Lines out per question:
 * {@code SAYS} and for each message {@code 1} if it is wanted, {@code 0} if not; {@code SAYS REFUSED} for
 * an expression that it can't read. An evaluation that fails means not wanted, as in its broker.
 */
public class SqlOracle {
  public static void main(String[] args) throws Exception {
    List<Map<String, String>> messages = new ArrayList<>();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ", 2);
      if (words[0].equals("MESSAGE")) {
        messages.add(properties(words[1]));
      } else {
        System.out.println("SAYS " + answer(decode(words[1]), messages));
      }
    }
  }

  private static Map<String, String> properties(String text) throws Exception {
    Map<String, String> properties = new HashMap<>();
    for (String pair : text.split("&")) {
      int split = pair.indexOf('=');
      if (split > 0) {
        properties.put(decode(pair.substring(0, split)), decode(pair.substring(split + 1)));
      }
    }
    return properties;
  }

  private static String answer(String expression, List<Map<String, String>> messages) {
    Expression compiled;
    try {
      compiled = FilterFactory.INSTANCE.get("SQL92").compile(expression);
    } catch (Exception e) {
      return "REFUSED";
    }
    StringBuilder answers = new StringBuilder();
    for (Map<String, String> each : messages) {
      answers.append(wants(compiled, each) ? '1' : '0');
    }
    return answers.toString();
  }

  private static boolean wants(Expression expression, Map<String, String> message) {
    try {
      return Boolean.TRUE.equals(expression.evaluate(new MessageEvaluationContext(message)));
    } catch (Throwable e) {
      return false;
    }
  }

  private static String decode(String text) throws Exception {
    return URLDecoder.decode(text, "UTF-8");
  }
}
