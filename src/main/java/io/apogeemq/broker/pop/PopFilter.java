package io.apogeemq.broker.pop;

import io.apogeemq.broker.pull.TagSelection;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Refused;
import io.apogeemq.store.ReadRequest.EntryFilter;
import org.jspecify.annotations.Nullable;

/** What a pop wants of its topic. */
final class PopFilter {
  private PopFilter() {}

  /** Throws {@link Refused} for an expression of a type that is not served. */
  static EntryFilter of(@Nullable String type, @Nullable String expression) {
    if (type != null && !type.isEmpty() && !type.equals("TAG")) {
      throw new Refused(
          ResponseCode.SUBSCRIPTION_PARSE_FAILED,
          "The broker does not support consumer to filter message by "
              + type
              + "; this version filters by tags only");
    }
    return TagSelection.ofExpression(expression);
  }
}
