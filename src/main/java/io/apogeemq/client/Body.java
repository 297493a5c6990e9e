package io.apogeemq.client;

import io.apogeemq.protocol.message.SysFlags;
import java.util.zip.DataFormatException;
import org.jspecify.annotations.Nullable;

/**
 * A body as its sender meant it, or as it is stored where it can't be unpacked: then its consumer decides
 * what becomes of the message. (The original's decoder leaves such a message out, and with it all that
 * came behind it in the same answer.)
 *
 * @param flaw why the bytes are still the stored ones; null if nothing is wrong with them
 */
record Body(byte[] bytes, @Nullable String flaw) {
  /** An unpacked body is not larger than this: four times what a broker accepts. */
  static final int MAX_BYTES = 16 * 1024 * 1024;

  /** Begins what is said of a body that is larger than it may be. */
  private static final String TOO_LARGE = "it is larger than ";

  private static final int LZ4 = 0x100;
  private static final int ZSTD = 0x200;

  /** The body of a message that nobody unpacks. */
  static Body asStored(byte[] stored) {
    return new Body(stored, null);
  }

  /**
   * Unpacks a stored body if that is needed.
   *
   * @param sysFlag of its message
   * @param leftBytes what may be unpacked still; a body that needs more stays as it is stored
   */
  static Body of(int sysFlag, byte[] stored, long leftBytes) {
    if ((sysFlag & SysFlags.COMPRESSED) == 0) {
      return asStored(stored);
    }
    return switch (sysFlag & SysFlags.COMPRESSION_MASK) {
      case LZ4 -> Libraries.LZ4.unpacked(stored, limit(leftBytes));
      case ZSTD -> Libraries.ZSTD.unpacked(stored, limit(leftBytes));
      case 0, Zlib.TYPE -> inflated(stored, limit(leftBytes));
      default -> new Body(stored, "it is compressed in a way that this client does not know");
    };
  }

  /** Why a body of more than so many bytes is not unpacked. */
  static String tooLarge(int limitBytes) {
    return TOO_LARGE + limitBytes + " bytes";
  }

  /** Whether this is the flaw of a body that a larger limit may suffice for. */
  static boolean isTooLarge(String flaw) {
    return flaw.contains(TOO_LARGE);
  }

  private static int limit(long leftBytes) {
    return (int) Math.min(MAX_BYTES, Math.max(0, leftBytes));
  }

  private static Body inflated(byte[] stored, int limitBytes) {
    try {
      return new Body(Zlib.inflated(stored, limitBytes), null);
    } catch (DataFormatException e) {
      return new Body(stored, "it can't be unpacked: " + e.getMessage());
    }
  }
}
