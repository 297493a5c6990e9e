package io.apogeemq.gateway.http;

import io.vertx.core.Future;
import java.util.Map;

/** Operations that belong together. Each instance serves one event loop. */
public interface OperationFamily {

  /** {@code operationId} → what answers it. */
  Map<String, Handling> operations();

  /** Answers one operation, on the event loop of the request. What it throws fails the request. */
  @FunctionalInterface
  interface Handling {
    Future<Answer> handle(Call call);
  }
}
