package io.apogeemq.client;

import java.io.ByteArrayOutputStream;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** Bodies compressed with zlib: the one form that every version and language reads. */
final class Zlib {
  /** The type in a message's {@code sysFlag}. 4.9 writes 0 there, and so reads both. */
  static final int TYPE = 0x300;

  private static final int CHUNK_BYTES = 8192;

  /** The original's level. */
  private static final int LEVEL = 5;

  private Zlib() {}

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

  /**
   * What was compressed.
   *
   * @throws DataFormatException if these bytes are damaged, or stand for more than the limit: a thousandth
   *     of that is enough to say so much
   */
  static byte[] inflated(byte[] compressed, int limitBytes) throws DataFormatException {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(compressed);
      long likely = Math.min(limitBytes, compressed.length * 4L);
      ByteArrayOutputStream out = new ByteArrayOutputStream((int) likely);
      byte[] chunk = new byte[CHUNK_BYTES];
      while (!inflater.finished()) {
        int length = inflater.inflate(chunk);
        if (length == 0 && !inflater.finished()) {
          throw new DataFormatException("it ends too early");
        }
        if (out.size() + length > limitBytes) {
          throw new DataFormatException(Body.tooLarge(limitBytes));
        }
        out.write(chunk, 0, length);
      }
      return out.toByteArray();
    } finally {
      inflater.end();
    }
  }
}
