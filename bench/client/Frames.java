import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Requests of the remoting protocol as bytes, without a client library, in both header encodings.
 *
 * <pre>
 *   0  length of all that follows       int32
 *   4  encoding (0 JSON, 1 binary)      int8
 *   5  header length                    int24
 *   8  header, then the body
 * </pre>
 *
 * A binary header: code int16, language int8, version int16, opaque int32, flag int32, remark length
 * int32, remark, fields length int32, then name length int16, name, value length int32, value.
 */
final class Frames {
  static final int SEND = 310;
  static final int SEND_BATCH = 320;
  static final int PULL = 11;
  static final int CREATE_TOPIC = 17;

  /** What a JSON header has in the place of the opaque: nine digits, so that its length never changes. */
  static final int JSON_OPAQUE = 100_000_000;

  private static final int VERSION = 407; // a 4.9 client; no server looks closer
  private static final String KEY = "7F00000100000000000000000000BEEF"; // the last 8 digits are patched
  private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

  enum Encoding {
    JSON,
    BINARY
  }

  /**
   * A request made once and sent often: only its opaque and the unique keys of its messages change.
   *
   * @param head frame up to the end of the header
   * @param body shared by many frames
   * @param opaqueAt place of the opaque in {@code head}
   * @param keysAt places of the variable 8 hex digits of each message's key, counted from the frame's start
   */
  record Frame(Encoding encoding, byte[] head, byte[] body, int opaqueAt, int[] keysAt) {
    int size() {
      return head.length + body.length;
    }

    int messages() {
      return keysAt.length;
    }

    /** Appends the frame; its messages get the keys {@code key}, {@code key + 1} and so on. */
    void put(ByteBuffer to, int opaque, long key) {
      int start = to.position();
      to.put(head).put(body);
      if (encoding == Encoding.BINARY) {
        to.putInt(start + opaqueAt, opaque);
      } else {
        int rest = JSON_OPAQUE + opaque;
        for (int digit = 8; digit >= 0; digit--) {
          to.put(start + opaqueAt + digit, (byte) ('0' + rest % 10));
          rest /= 10;
        }
      }
      for (int at : keysAt) {
        for (int digit = 0; digit < 8; digit++) {
          to.put(start + at + digit, HEX[(int) (key >>> (28 - 4 * digit)) & 15]);
        }
        key++;
      }
    }
  }

  private Frames() {}

  /** One message, with the properties that the official client gives it. */
  static Frame send(Encoding encoding, String topic, int queue, byte[] body) {
    return send(encoding, topic, queue, body, "");
  }

  /** The same with further encoded properties, which begin with the sign behind the one before. */
  static Frame send(Encoding encoding, String topic, int queue, byte[] body, String more) {
    byte[] head =
        head(encoding, SEND, sendFields(topic, queue, properties() + more, false), body.length);
    return new Frame(encoding, head, body, opaqueAt(encoding, head), new int[] {keyAt(head, 0)});
  }

  /** Messages in one request, laid out as the official client does. */
  static Frame sendBatch(Encoding encoding, String topic, int queue, byte[] messages, int count) {
    byte[] head = head(encoding, SEND_BATCH, sendFields(topic, queue, "", true), messages.length);
    int[] keys = new int[count];
    for (int i = 0, from = 0; i < count; i++) {
      int at = keyAt(messages, from);
      keys[i] = head.length + at;
      from = at;
    }
    return new Frame(encoding, head, messages, opaqueAt(encoding, head), keys);
  }

  /** Body of a batch: total size, magic, checksum, flag, body length, body, properties length, properties. */
  static byte[] batchBody(byte[] body, int count) {
    byte[] properties = properties().getBytes(StandardCharsets.UTF_8);
    int size = 4 + 4 + 4 + 4 + 4 + body.length + 2 + properties.length;
    ByteBuffer out = ByteBuffer.allocate(size * count);
    for (int i = 0; i < count; i++) {
      out.putInt(size).putInt(0).putInt(0).putInt(0).putInt(body.length).put(body);
      out.putShort((short) properties.length).put(properties);
    }
    return out.array();
  }

  private static String properties() {
    return "UNIQ_KEY\u0001" + KEY + "\u0002WAIT\u0001true";
  }

  private static Map<String, String> sendFields(
      String topic, int queue, String properties, boolean batch) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("a", "bench-raw");
    fields.put("b", topic);
    fields.put("c", "TBW102");
    fields.put("d", "4");
    fields.put("e", Integer.toString(queue));
    fields.put("f", "0");
    fields.put("g", Long.toString(System.currentTimeMillis()));
    fields.put("h", "0");
    fields.put("i", properties);
    fields.put("j", "0");
    fields.put("k", "false");
    fields.put("m", Boolean.toString(batch));
    return fields;
  }

  static byte[] head(Encoding encoding, int code, Map<String, String> fields, int bodyLength) {
    byte[] header =
        encoding == Encoding.JSON
            ? json(code, fields).getBytes(StandardCharsets.UTF_8)
            : binary(code, fields);
    ByteBuffer out = ByteBuffer.allocate(8 + header.length);
    out.putInt(4 + header.length + bodyLength);
    out.putInt(encoding.ordinal() << 24 | header.length).put(header);
    return out.array();
  }

  private static String json(int code, Map<String, String> fields) {
    StringBuilder out = new StringBuilder("{\"code\":" + code + ",\"extFields\":{");
    String comma = "";
    for (Map.Entry<String, String> field : fields.entrySet()) {
      String value = field.getValue().replace("\u0001", "\\u0001").replace("\u0002", "\\u0002");
      out.append(comma).append('"').append(field.getKey()).append("\":\"").append(value).append('"');
      comma = ",";
    }
    return out.append("},\"flag\":0,\"language\":\"JAVA\",\"opaque\":" + JSON_OPAQUE)
        .append(",\"serializeTypeCurrentRPC\":\"JSON\",\"version\":" + VERSION + "}")
        .toString();
  }

  private static byte[] binary(int code, Map<String, String> fields) {
    ByteBuffer out = ByteBuffer.allocate(16 << 10);
    out.putShort((short) code).put((byte) 0).putShort((short) VERSION).putInt(0).putInt(0).putInt(0);
    int lengthAt = out.position();
    out.putInt(0);
    fields.forEach(
        (name, value) -> {
          byte[] n = name.getBytes(StandardCharsets.UTF_8);
          byte[] v = value.getBytes(StandardCharsets.UTF_8);
          out.putShort((short) n.length).put(n).putInt(v.length).put(v);
        });
    out.putInt(lengthAt, out.position() - lengthAt - 4);
    byte[] header = new byte[out.position()];
    out.flip().get(header);
    return header;
  }

  private static int opaqueAt(Encoding encoding, byte[] head) {
    return encoding == Encoding.BINARY
        ? 8 + 2 + 1 + 2
        : indexOf(head, "\"opaque\":", 0) + "\"opaque\":".length();
  }

  private static int keyAt(byte[] bytes, int from) {
    return indexOf(bytes, KEY, from) + KEY.length() - 8;
  }

  private static int indexOf(byte[] bytes, String text, int from) {
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text, from);
    if (at < 0) {
      throw new IllegalStateException("no " + text);
    }
    return at;
  }
}
