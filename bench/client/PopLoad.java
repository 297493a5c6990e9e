import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A group of 5.x that pops a backlog: each connection takes 32 messages from any queue, acknowledges each
 * by a request of its own, as the push consumer does, all of them at once, and waits for the answers. A
 * message counts when its acknowledgement is answered. The group is new, so it begins with the oldest.
 */
final class PopLoad extends CountedLoad {
  private static final int POP = 200050;
  private static final int ACK = 200051;
  private static final int MESSAGES = 32;
  private static final String INVISIBLE_MS = "60000";
  private static final String BROKER = "broker-a";
  private static final AtomicLong GROUPS = new AtomicLong(System.currentTimeMillis());

  private final Target target;
  private final String topic;
  private final int connections;
  private final String group = "BenchPop" + GROUPS.incrementAndGet();
  private final Workers workers = new Workers();

  PopLoad(Target target, String topic, int connections) {
    this.target = target;
    this.topic = topic;
    this.connections = connections;
  }

  @Override
  public void start() {
    for (int i = 0; i < connections; i++) {
      workers.add(this::consume);
    }
  }

  private void consume() throws IOException {
    try (RawCalls calls = new RawCalls(target.address())) {
      while (!isStopping()) {
        Answer popped = calls.call(POP, pop());
        if (popped.code == 0) {
          acknowledge(calls, popped.header());
        } else if (popped.code != 210) { // 210: nothing this moment, another one reads that queue
          failed(1, "pop: " + popped.header());
        }
      }
    }
  }

  private Map<String, String> pop() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("consumerGroup", group);
    fields.put("topic", topic);
    fields.put("queueId", "-1");
    fields.put("maxMsgNums", Integer.toString(MESSAGES));
    fields.put("invisibleTime", INVISIBLE_MS);
    fields.put("pollTime", "1000");
    fields.put("bornTime", Long.toString(System.currentTimeMillis()));
    fields.put("initMode", "0");
    fields.put("expType", "TAG");
    fields.put("exp", "*");
    fields.put("order", "false");
    return fields;
  }

  private void acknowledge(RawCalls calls, String header) throws IOException {
    Map<String, String> starts = new HashMap<>();
    for (String part : field(header, "startOffsetInfo").split(";")) {
      String[] words = part.split(" ");
      starts.put(words[1], words[2]);
    }
    String lease =
        field(header, "popTime") + " " + INVISIBLE_MS + " " + field(header, "reviveQid");
    List<byte[]> requests = new ArrayList<>(MESSAGES);
    for (String part : field(header, "msgOffsetInfo").split(";")) {
      String[] words = part.split(" ");
      for (String offset : words[2].split(",")) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("consumerGroup", group);
        fields.put("topic", topic);
        fields.put("queueId", words[1]);
        fields.put("offset", offset);
        fields.put(
            "extraInfo",
            starts.get(words[1]) + " " + lease + " 0 " + BROKER + " " + words[1] + " " + offset);
        requests.add(Frames.head(Frames.Encoding.JSON, ACK, fields, 0));
      }
    }
    for (Answer answer : calls.callAll(requests)) {
      if (answer.code == 0) {
        acknowledged(1);
      } else {
        failed(1, "ack: " + answer.header());
      }
    }
  }

  private static String field(String header, String name) {
    Matcher found = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(header);
    return found.find() ? found.group(1) : "";
  }

  @Override
  void finish() throws Exception {
    workers.join();
  }
}
