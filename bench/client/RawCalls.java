import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One connection that asks and waits. Not for several threads. */
final class RawCalls implements AutoCloseable {
  private static final int WAIT_MS = 60_000;

  private final Socket socket = new Socket();
  private final DataInputStream in;

  RawCalls(InetSocketAddress broker) throws IOException {
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(WAIT_MS);
    socket.connect(broker);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
  }

  /** Creates the topic or changes it. */
  void createTopic(String topic, int queues) throws IOException {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("topic", topic);
    fields.put("defaultTopic", "TBW102");
    fields.put("readQueueNums", Integer.toString(queues));
    fields.put("writeQueueNums", Integer.toString(queues));
    fields.put("perm", "6");
    fields.put("topicFilterType", "SINGLE_TAG");
    fields.put("topicSysFlag", "0");
    fields.put("order", "false");
    Answer answer = call(Frames.CREATE_TOPIC, fields);
    if (answer.code != 0) {
      throw new IOException("creating " + topic + ": " + answer.header());
    }
  }

  /** Asks for at most one message at the offset; does not wait for one to come. */
  Answer pull(String topic, int queue, long offset) throws IOException {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("consumerGroup", "CID_ONS-HTTP-PROXY"); // a group that every server knows
    fields.put("topic", topic);
    fields.put("queueId", Integer.toString(queue));
    fields.put("queueOffset", Long.toString(offset));
    fields.put("maxMsgNums", "1");
    fields.put("sysFlag", "4"); // a subscription comes along, no wait
    fields.put("commitOffset", "0");
    fields.put("suspendTimeoutMillis", "0");
    fields.put("subscription", "*");
    fields.put("subVersion", "0");
    fields.put("expressionType", "TAG");
    return call(Frames.PULL, fields);
  }

  Answer call(int code, Map<String, String> fields) throws IOException {
    socket.getOutputStream().write(Frames.head(Frames.Encoding.JSON, code, fields, 0));
    return read();
  }

  Answer call(Frames.Frame frame) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(frame.size());
    frame.put(bytes, 1, System.nanoTime());
    socket.getOutputStream().write(bytes.array());
    return read();
  }

  /** Sends all requests by one write and waits for as many answers, in whatever order they come. */
  List<Answer> callAll(List<byte[]> requests) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] each : requests) {
      all.write(each);
    }
    socket.getOutputStream().write(all.toByteArray());
    List<Answer> answers = new ArrayList<>(requests.size());
    for (int i = 0; i < requests.size(); i++) {
      answers.add(read());
    }
    return answers;
  }

  private Answer read() throws IOException {
    int length = in.readInt();
    byte[] bytes = new byte[4 + length];
    ByteBuffer.wrap(bytes).putInt(length);
    in.readFully(bytes, 4, length);
    Answer answer = new Answer();
    answer.read(bytes, 0);
    return answer;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
