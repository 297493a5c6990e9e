package io.apogeemq.protocol.header;

import org.jspecify.annotations.Nullable;

/** Wire fields of the requests about where topics are. */
public interface RouteHeaders {
  /**
   * Code 105.
   *
   * @param acceptStandardJsonOnly true: integer names in the answer must be quoted
   */
  record GetRoute(String topic, @Nullable Boolean acceptStandardJsonOnly) {}
}
