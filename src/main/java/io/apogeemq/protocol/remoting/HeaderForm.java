package io.apogeemq.protocol.remoting;

/** The two encodings of a frame header. A frame is answered in the form that it came in. */
public enum HeaderForm {
  JSON(0),
  ROCKETMQ(1);

  private final int code;

  HeaderForm(int code) {
    this.code = code;
  }

  /** The byte on the wire. */
  public int code() {
    return code;
  }

  /** Reads the byte on the wire; any other value is refused by name. */
  public static HeaderForm of(int code) {
    if (code == 0) {
      return JSON;
    }
    if (code == 1) {
      return ROCKETMQ;
    }
    throw new MalformedRequest(
        "unknown header encoding " + code + "; a frame carries 0 (JSON) or 1 (ROCKETMQ)");
  }
}
