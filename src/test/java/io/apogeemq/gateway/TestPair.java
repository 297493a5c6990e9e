package io.apogeemq.gateway;

import io.apogeemq.app.TestNode;
import io.apogeemq.config.BrokerKeys;
import io.apogeemq.config.GatewayKeys;
import java.util.Map;
import org.awaitility.Awaitility;

/** A cluster of two brokers, broker-a and broker-b, behind one gateway, in this process. */
final class TestPair implements AutoCloseable {
  private final TestNode first;
  private final TestNode second;
  private boolean secondEnded;

  private TestPair(TestNode first, TestNode second) {
    this.first = first;
    this.second = second;
  }

  /** Starts it; the gateway knows both when this returns. */
  static TestPair start() {
    TestNode first = TestNode.start(Map.of());
    TestPair pair =
        new TestPair(
            first,
            TestNode.start(
                Map.of(
                    BrokerKeys.NAMESRV_ADDR,
                    first.nameServer(),
                    BrokerKeys.BROKER_NAME,
                    "broker-b",
                    GatewayKeys.PORT,
                    "0")));
    pair.awaitBrokers(2);
    return pair;
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
