package io.apogeemq.remoting;

import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * A request that can't be granted: the response code and a text that names cause and cure. Thrown by a
 * handler or failing its future, it is what the {@link Dispatcher} answers. Carries no stack trace: it
 * is an answer, not a fault of ours.
 */
public final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int code;

  /** {@code code}: one of {@link io.apogeemq.protocol.remoting.ResponseCode}. */
  public Refused(int code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  /** Fails with INVALID_PARAMETER unless the text may name a topic. */
  public static void unlessTopic(@Nullable String name) throws Refused {
    unlessNull(Names.flawOfTopic(name));
  }

  /** Fails with INVALID_PARAMETER unless the text may name a group. */
  public static void unlessGroup(@Nullable String name) throws Refused {
    unlessNull(Names.flawOfGroup(name));
  }

  private static void unlessNull(@Nullable String flaw) {
    if (flaw != null) {
      throw new Refused(ResponseCode.INVALID_PARAMETER, flaw);
    }
  }

  public int code() {
    return code;
  }

  /** This refusal as a failed future, for those who promise one. */
  public <T> Future<T> now() {
    return Future.failedFuture(this);
  }

  /** This refusal as an answer. */
  Reply reply() {
    return Reply.of(code, getMessage());
  }
}
