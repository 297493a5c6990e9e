package io.apogeemq.client;

import io.apogeemq.protocol.remoting.ResponseCode;
import org.jspecify.annotations.Nullable;

/**
 * A node answered a request with another code than success. Carries no stack trace: the answer came
 * from elsewhere, and the code and remark say what there is to say.
 */
public final class RequestRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int code;
  private final String remark;

  /**
   * @param code {@link ResponseCode}
   * @param remark what the node said; null if it said nothing
   */
  public RequestRefused(int code, @Nullable String remark) {
    super("CODE: " + code + "  DESC: " + said(code, remark), null, false, false);
    this.code = code;
    this.remark = said(code, remark);
  }

  private static String said(int code, @Nullable String remark) {
    return remark == null || remark.isEmpty() ? ResponseCode.name(code) : remark;
  }

  /** The response code ({@link ResponseCode}). */
  public int code() {
    return code;
  }

  /** What the node said, or the code's name if it said nothing; the message is that with the code. */
  public String remark() {
    return remark;
  }
}
