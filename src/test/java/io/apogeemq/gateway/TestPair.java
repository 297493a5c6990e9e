package io.apogeemq.gateway;

import io.apogeemq.app.TestNode;
import io.apogeemq.config.BrokerKeys;
import io.apogeemq.config.GatewayKeys;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A cluster of two brokers, broker-a and broker-b, behind one gateway, in this process; as an extension in a
 * static field, one for all tests of a class.
 */
final class TestPair implements AutoCloseable, BeforeAllCallback, AfterAllCallback {
  private TestNode first;
  private TestNode second;
  private boolean secondEnded;

  /** Starts it; the gateway knows both when this returns. */
  static TestPair started() {
    TestPair pair = new TestPair();
    pair.start();
    return pair;
  }

  private void start() {
    first = TestNode.start(Map.of());
    second =
        TestNode.start(
            Map.of(
                BrokerKeys.NAMESRV_ADDR,
                first.nameServer(),
                BrokerKeys.BROKER_NAME,
                "broker-b",
                GatewayKeys.PORT,
                "0"));
    awaitBrokers(2);
  }

  @Override
  public void beforeAll(ExtensionContext tests) {
    start();
  }

  @Override
  public void afterAll(ExtensionContext tests) {
    close();
  }

  private void awaitBrokers(int count) {
    Awaitility.await().until(() -> api().get("/readyz").json().getInteger("brokers") == count);
  }

  Api api() {
    return new Api(first.gatewayPort());
  }

  /** Ends broker-b for good; the name server has forgotten it when this returns. */
  void stopSecond() {
    second.close();
    secondEnded = true;
    awaitBrokers(1);
  }

  @Override
  public void close() {
    if (!secondEnded) {
      second.close();
    }
    first.close();
  }
}
