package io.apogeemq.browser;

import io.apogeemq.client.Message;

/** What a small shop would have in its broker, once in the shared node: for pictures, and for pages that need much. */
final class SampleShop {
  private static boolean open;

  private SampleShop() {}

  static synchronized void open() {
    if (open) {
      return;
    }
    open = true;
    TestConsole console = TestConsole.shared();
    for (String topic : new String[] {"orders", "payments", "invoices", "shipping-notices"}) {
      console.createTopic(topic, 4);
    }
    for (int i = 0; i < 25; i++) {
      String body =
          "{\"order\":%d,\"customer\":\"c-%03d\",\"total\":%d.50,\"currency\":\"EUR\"}"
              .formatted(4700 + i, i * 37 % 100, 10 + i * 7);
      console.send(
          Message.of("orders", body)
              .withTag(i % 3 == 0 ? "created" : "paid")
              .withKeys("order-" + (4700 + i)));
    }
    console.send("payments", "payment 1", "payment 2");
  }
}
