package io.apogeemq.browser;

import io.apogeemq.client.Message;
import io.apogeemq.client.ProducerOptions;
import io.apogeemq.client.SendResult;
import io.apogeemq.client.TransactionOutcome;
import io.apogeemq.client.TransactionProducer;
import io.apogeemq.protocol.body.SubscriptionGroupConfig;
import io.vertx.core.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a small shop would have in its broker, once in the shared node: topics with messages, a group that keeps up and
 * one that lags, dead letters, messages for later, and a transaction that nobody decides.
 */
final class SampleShop {
  private static @Nullable SampleShop open;

  private final TestConsole console = TestConsole.shared();
  private final SendResult order;

  private SampleShop() {
    for (String topic : new String[] {"orders", "payments", "invoices", "shipping-notices"}) {
      console.createTopic(topic, 4);
    }
    order = order(4700);
    for (int i = 1; i < 25; i++) {
      order(4700 + i);
    }
    for (int i = 0; i < 6; i++) {
      console.send(Message.of("payments", "payment " + i + " of 10.50 EUR").withKeys("pay-" + i));
    }
    console.consume("order-service", "orders", delivery -> Future.succeededFuture());
    TestConsole.await(
        console.client().groupAdmin().createGroup(SubscriptionGroupConfig.of("billing-export")));
    TestConsole.await(console.client().groupAdmin().resetTo("billing-export", "orders", 0));
    console.giveUp("mailer", "payments", 4);
    console.send(Message.of("invoices", "reminder").deliverAfter(Duration.ofHours(3)));
    console.send(Message.of("invoices", "second reminder").withDelayLevel(18));
    TransactionProducer bookings =
        console
            .client()
            .transactionProducer(
                ProducerOptions.of("booking-service"),
                half -> Future.succeededFuture(TransactionOutcome.UNKNOWN));
    TestConsole.await(
        bookings.send(
            Message.of("payments", "seat 12").withKeys("booking-1"),
            half -> Future.succeededFuture(TransactionOutcome.UNKNOWN)));
  }

  static synchronized SampleShop open() {
    SampleShop there = open;
    if (there == null) {
      there = new SampleShop();
      open = there;
    }
    return there;
  }

  private SendResult order(int number) {
    String body =
        "{\"order\":%d,\"customer\":\"c-%03d\",\"total\":%d.50,\"currency\":\"EUR\"}"
            .formatted(number, number * 37 % 100, number % 90);
    return console.send(
        Message.of("orders", body)
            .withTag(number % 3 == 0 ? "created" : "paid")
            .withKeys("order-" + number)
            .with("region", number % 2 == 0 ? "north" : "south"));
  }

  /** The first of the orders. */
  SendResult order() {
    return order;
  }
}
