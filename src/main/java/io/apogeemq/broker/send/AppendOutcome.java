package io.apogeemq.broker.send;

import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.store.AppendResult;
import org.jspecify.annotations.Nullable;

/** The mapping from what became of an append to response code and words, in this one place. */
public final class AppendOutcome {
  private AppendOutcome() {}

  public static int code(AppendResult result) {
    if (result instanceof AppendResult.Unknown unknown) {
      return switch (unknown.reason()) {
        case FLUSH_TIMEOUT, FLUSH_FAILED -> ResponseCode.FLUSH_DISK_TIMEOUT;
        // An error to the client: what it sends again may then be there twice, but not lost.
        case DISK_FULL -> ResponseCode.SERVICE_NOT_AVAILABLE;
        case REPLICA_MISSING -> ResponseCode.SLAVE_NOT_AVAILABLE;
        case REPLICA_TIMEOUT -> ResponseCode.FLUSH_SLAVE_TIMEOUT;
      };
    }
    if (result instanceof AppendResult.Refused refused) {
      return switch (refused.reason()) {
        case BUSY, DISK_FULL, READ_ONLY, CLOSING -> ResponseCode.SERVICE_NOT_AVAILABLE;
        case TOO_LARGE -> ResponseCode.MESSAGE_ILLEGAL;
      };
    }
    return ResponseCode.SUCCESS;
  }

  /** Words for people; null if all is well. */
  public static @Nullable String remark(AppendResult result) {
    if (result instanceof AppendResult.Unknown unknown) {
      return unknown.reason() == AppendResult.Doubt.DISK_FULL
          ? "the disk is 100 % full; the message is stored when there is room, unless the broker ends"
              + " before: sent again it may be there twice"
          : "the message is in the log, but "
              + unknown.reason()
              + ": it may survive a crash or not";
    }
    return result instanceof AppendResult.Refused refused ? refused.detail() : null;
  }
}
