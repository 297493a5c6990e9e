package io.apogeemq.protocol.remoting;

/**
 * Shape and limits of a remoting frame. All integers are big-endian.
 *
 * <pre>
 *  0        4        5              8                 8+headerLength
 *  +--------+--------+--------------+--------------------+------------------+
 *  | length | codec  | headerLength | header             | body             |
 *  +--------+--------+--------------+--------------------+------------------+
 *   int32    byte     int24          JSON or binary       to the frame's end
 * </pre>
 *
 * <p>{@code length} counts everything after itself. {@code codec} names the form of this frame's
 * header only; each frame of a connection may choose anew ({@link HeaderForm}). An empty body and an
 * absent body are the same thing.
 */
public final class Frame {
  /** Size of the length field itself. */
  public static final int LENGTH_FIELD_BYTES = 4;

  /** Bytes between the length field and the header: form and header length. */
  public static final int MARK_BYTES = 4;

  /** Largest accepted value of the length field, as in the original (16 MiB). */
  public static final int MAX_LENGTH = 16 * 1024 * 1024;

  /** Largest accepted header: far above any real one, far below what hurts. */
  public static final int MAX_HEADER_BYTES = 64 * 1024;

  /** Largest accepted number of header fields. */
  public static final int MAX_EXT_FIELDS = 1000;

  private Frame() {}

  /** The word after the length field: header form in the high byte, header length below. */
  public static int mark(HeaderForm form, int headerBytes) {
    return form.code() << 24 | headerBytes;
  }
}
