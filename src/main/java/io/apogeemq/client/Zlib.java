package io.apogeemq.client;

import io.apogeemq.protocol.message.SysFlags;
import io.apogeemq.protocol.remoting.MalformedRequest;
import java.io.ByteArrayOutputStream;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** Bodies compressed with zlib: the one form that every version and language reads. */
final class Zlib {
  /** The type in a message's {@code sysFlag}. 4.9 writes 0 there, and so reads both. */
  static final int TYPE = 0x300;

  /** An inflated body may not be larger than this: four times what a broker accepts. */
  private static final int MAX_INFLATED_BYTES = 16 * 1024 * 1024;

  private static final int CHUNK_BYTES = 8192;

  /** The original's level. */
  private static final int LEVEL = 5;

  private Zlib() {}

  /** Whether a message with this {@code sysFlag} has such a body. */
  static boolean isIn(int sysFlag) {
    int type = sysFlag & SysFlags.COMPRESSION_MASK;
    return (sysFlag & SysFlags.COMPRESSED) != 0 && (type == 0 || type == TYPE);
  }

  static byte[] deflated(byte[] plain) {
    Deflater deflater = new Deflater(LEVEL);
    try {
      deflater.setInput(plain);
      deflater.finish();
      ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length / 2 + 64);
      byte[] chunk = new byte[CHUNK_BYTES];
      while (!deflater.finished()) {
        out.write(chunk, 0, deflater.deflate(chunk));
      }
      return out.toByteArray();
    } finally {
      deflater.end();
    }
  }

  static byte[] inflated(byte[] compressed) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(compressed);
      ByteArrayOutputStream out = new ByteArrayOutputStream(compressed.length * 4);
      byte[] chunk = new byte[CHUNK_BYTES];
      while (!inflater.finished()) {
        int length = inflater.inflate(chunk);
        if (length == 0 || out.size() + length > MAX_INFLATED_BYTES) {
          throw new MalformedRequest(
              "a compressed body of " + compressed.length + " bytes can't be inflated");
        }
        out.write(chunk, 0, length);
      }
      return out.toByteArray();
    } catch (DataFormatException e) {
      throw new MalformedRequest("a compressed body is damaged: " + e.getMessage());
    } finally {
      inflater.end();
    }
  }
}
