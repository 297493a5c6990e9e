import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the answer frame at a place of a buffer, each in its own encoding: 5.x answers binary requests
 * in JSON.
 */
final class Answer {
  private static final byte[] CODE = "\"code\":".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] OPAQUE = "\"opaque\":".getBytes(StandardCharsets.US_ASCII);
  private static final Pattern MESSAGE_ID =
      Pattern.compile("msgId[^0-9A-F]+[0-9A-F]{16}([0-9A-F]{16})");
  private static final Pattern QUEUE_OFFSET = Pattern.compile("queueOffset\":\"(\\d+)");

  int code;
  int opaque;
  private byte[] bytes;
  private int headerAt;
  private int headerLength;
  private int end;

  /**
   * @param frame starts with the frame's length
   * @param at where
   */
  void read(byte[] frame, int at) {
    bytes = frame;
    end = at + 4 + int32(frame, at);
    int word = int32(frame, at + 4);
    headerAt = at + 8;
    headerLength = word & 0xFFFFFF;
    if (word >>> 24 == Frames.Encoding.BINARY.ordinal()) {
      code = (short) (frame[headerAt] << 8 | frame[headerAt + 1] & 255);
      opaque = int32(frame, headerAt + 5);
    } else {
      code = number(CODE);
      opaque = number(OPAQUE);
      opaque -= opaque >= Frames.JSON_OPAQUE ? Frames.JSON_OPAQUE : 0;
    }
  }

  /** The header as it came, for a text to show or to search. */
  String header() {
    return new String(bytes, headerAt, headerLength, StandardCharsets.ISO_8859_1);
  }

  int bodyLength() {
    return end - headerAt - headerLength;
  }

  /** Log position of the stored message, the first one of a batch; -1 if the answer names none. */
  long logPosition() {
    Matcher id = MESSAGE_ID.matcher(header());
    return id.find() ? Long.parseLong(id.group(1), 16) : -1;
  }

  /** Of a stored message, from an answer in JSON; -1 if it stored none. */
  long queueOffset() {
    Matcher offset = QUEUE_OFFSET.matcher(header());
    return code == 0 && offset.find() ? Long.parseLong(offset.group(1)) : -1;
  }

  private int number(byte[] name) {
    int last = headerAt + headerLength - name.length;
    for (int at = headerAt; at < last; at++) {
      int i = 0;
      while (i < name.length && bytes[at + i] == name[i]) {
        i++;
      }
      if (i == name.length) {
        int number = 0;
        for (at += i; bytes[at] >= '0' && bytes[at] <= '9'; at++) {
          number = number * 10 + bytes[at] - '0';
        }
        return number;
      }
    }
    throw new IllegalStateException("answer without " + new String(name, StandardCharsets.US_ASCII));
  }

  static int int32(byte[] bytes, int at) {
    return bytes[at] << 24
        | (bytes[at + 1] & 255) << 16
        | (bytes[at + 2] & 255) << 8
        | bytes[at + 3] & 255;
  }
}
