package io.apogeemq.gateway.message;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.apogeemq.protocol.message.SysFlags;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.InflaterInputStream;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.xxhash.XXHashFactory;
import org.jspecify.annotations.Nullable;

/**
 * A body as its sender meant it, cut after so many bytes. Anybody can send a body that says it is
 * compressed: what it unpacks to is read only up to the limit, and one that can't be unpacked is shown
 * as it is stored, with the reason.
 *
 * @param compression {@code zlib}, {@code lz4} or {@code zstd}; null if the body is not compressed
 * @param whole false: there is more
 * @param flaw why the bytes are still the stored ones; null if nothing is wrong with them
 */
public record Unpacked(
    byte[] bytes, @Nullable String compression, boolean whole, @Nullable String flaw) {
  private static final int LZ4 = 0x100;
  private static final int ZSTD = 0x200;

  /** 8 MiB: more than a body of the usual largest size needs. A frame may ask for much more. */
  private static final int MAX_ZSTD_WINDOW_BITS = 23;

  /** Makes a stream of what is stored. */
  private interface Opening {
    InputStream open(InputStream stored) throws IOException;
  }

  /** Whether unpacking costs more than a copy. */
  public static boolean isCompressed(int sysFlag) {
    return (sysFlag & SysFlags.COMPRESSED) != 0;
  }

  /**
   * Unpacks a stored body.
   *
   * @param sysFlag of its message
   */
  public static Unpacked of(int sysFlag, byte[] stored, int limitBytes) {
    if (!isCompressed(sysFlag)) {
      return cut(stored, limitBytes, null, null);
    }
    // 4.9 has only zlib and writes no type.
    return switch (sysFlag & SysFlags.COMPRESSION_MASK) {
      case LZ4 -> read(stored, limitBytes, "lz4", Unpacked::lz4);
      case ZSTD ->
          read(
              stored,
              limitBytes,
              "zstd",
              in -> new ZstdInputStreamNoFinalizer(in).setLongMax(MAX_ZSTD_WINDOW_BITS));
      default -> read(stored, limitBytes, "zlib", InflaterInputStream::new);
    };
  }

  /** In Java alone: what comes from anybody is not given to native code where that can be helped. */
  private static InputStream lz4(InputStream stored) throws IOException {
    return new LZ4FrameInputStream(
        stored,
        LZ4Factory.safeInstance().safeDecompressor(),
        XXHashFactory.safeInstance().hash32());
  }

  private static Unpacked read(byte[] stored, int limitBytes, String compression, Opening how) {
    try (InputStream in = how.open(new ByteArrayInputStream(stored))) {
      byte[] bytes = in.readNBytes(limitBytes + 1);
      return cut(bytes, limitBytes, compression, null);
    } catch (IOException | RuntimeException e) {
      return cut(stored, limitBytes, compression, "it can't be unpacked: " + e.getMessage());
    } catch (LinkageError e) { // zstd brings native code, which may not run everywhere
      return cut(stored, limitBytes, compression, "nothing here unpacks it: " + e.getMessage());
    }
  }

  private static Unpacked cut(
      byte[] bytes, int limitBytes, @Nullable String compression, @Nullable String flaw) {
    boolean whole = bytes.length <= limitBytes;
    return new Unpacked(whole ? bytes : Arrays.copyOf(bytes, limitBytes), compression, whole, flaw);
  }

  /** The same, cut shorter. */
  public Unpacked upTo(int limitBytes) {
    return bytes.length <= limitBytes
        ? this
        : new Unpacked(Arrays.copyOf(bytes, limitBytes), compression, false, flaw);
  }

  /**
   * Whether these bytes are somewhere in the body, as far as it was unpacked. Never goes back in the
   * body (Knuth, Morris, Pratt), so a text made to match almost everywhere is no dearer.
   */
  public boolean holds(byte[] wanted) {
    int[] shorter = shorterMatches(wanted);
    int matched = 0;
    for (int i = 0; i < bytes.length && matched < wanted.length; i++) {
      matched = longer(wanted, shorter, matched, bytes[i]);
    }
    return matched == wanted.length;
  }

  /** For each beginning of the text: how long another beginning is that it also ends with. */
  private static int[] shorterMatches(byte[] text) {
    int[] shorter = new int[text.length];
    for (int i = 1; i < text.length; i++) {
      shorter[i] = longer(text, shorter, shorter[i - 1], text[i]);
    }
    return shorter;
  }

  /** How much of the text is matched when one more byte was seen. */
  private static int longer(byte[] text, int[] shorter, int matched, byte seen) {
    int still = matched;
    while (still > 0 && text[still] != seen) {
      still = shorter[still - 1];
    }
    return text[still] == seen ? still + 1 : 0;
  }
}
