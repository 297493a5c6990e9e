package io.apogeemq.gateway.message;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.EncodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.jackson.DatabindCodec;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/** JSON in parts of bounded size, in UTF-8: a large one lies nowhere as a whole, and is never copied as it grows. */
public final class JsonParts {
  private static final int PART_BYTES = 64 * 1024;

  private JsonParts() {}

  /** A part may end within a character. */
  public static List<Buffer> of(JsonObject json) {
    Parts parts = new Parts();
    try {
      DatabindCodec.mapper().writeValue(parts, json);
    } catch (IOException e) {
      throw new EncodeException("a message can't be written as JSON: " + e.getMessage(), e);
    }
    return parts.all;
  }

  private static final class Parts extends OutputStream {
    private final List<Buffer> all = new ArrayList<>();

    @Override
    public void write(int each) {
      write(new byte[] {(byte) each}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      for (int done = 0; done < length; ) {
        if (all.isEmpty() || last().length() == PART_BYTES) {
          all.add(Buffer.buffer(PART_BYTES));
        }
        int more = Math.min(length - done, PART_BYTES - last().length());
        last().appendBytes(bytes, offset + done, more);
        done += more;
      }
    }

    private Buffer last() {
      return all.get(all.size() - 1);
    }
  }
}
