package io.apogeemq.gateway;

import io.apogeemq.app.TestNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One node for all tests that leave it as it is; each uses topics and groups of its own. */
final class SharedNode {
  private static @Nullable TestNode node;

  private SharedNode() {}

  static synchronized TestNode get() {
    TestNode started = node;
    if (started == null) {
      TestNode starting = TestNode.start(Map.of());
      Runtime.getRuntime().addShutdownHook(new Thread(starting::close));
      started = starting;
      node = starting;
    }
    return started;
  }

  static Api api() {
    return new Api(get().gatewayPort());
  }
}
