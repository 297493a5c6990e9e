package io.apogeemq.gateway.consume;

import io.apogeemq.gateway.http.OperationFamily;
import java.util.Map;

/** {@code browse}: a topic's messages, which stay where they are. */
public final class BrowseOperations implements OperationFamily {

  @Override
  public Map<String, Handling> operations() {
    return Map.of(
        "browse", call -> Browse.page(call, call.text("topic"), ReceiveOperations.filter(call)));
  }
}
