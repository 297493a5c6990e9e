package io.apogeemq.cli.quickstart;

import io.apogeemq.cli.CommandClient;
import io.apogeemq.cli.CommandFailed;
import io.apogeemq.cli.CommandLogs;
import io.apogeemq.cli.NameServerAddress;
import io.apogeemq.client.ConsumerOptions;
import io.apogeemq.client.Delivery;
import io.apogeemq.client.PushConsumer;
import io.apogeemq.protocol.body.ConsumeFromWhere;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.PrintStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Prints the messages that the producer sent, and those to come, until it is stopped by Ctrl-C.
 *
 * <pre>Consumer [-n HOST:PORT]</pre>
 */
public final class Consumer {
  /** The group of the quick start's consumer. */
  public static final String GROUP = "please_rename_unique_group_name_4";

  /** Deliveries wait here for the main thread, which prints; as many as there can be under way. */
  private final BlockingQueue<Printable> waiting;

  private final PushConsumer consumer;

  private record Printable(Delivery delivery, Promise<Void> printed) {}

  /** A consumer of the quick start's topic; {@link #start} and {@link #printNext} do the work. */
  public Consumer(CommandClient client) {
    ConsumerOptions options =
        ConsumerOptions.of(GROUP)
            .subscribe(Producer.TOPIC, "*")
            .setStartFrom(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
    waiting = new ArrayBlockingQueue<>(options.getMaxInFlight());
    consumer = client.client().pushConsumer(options, this::hand);
  }

  private Future<Void> hand(Delivery delivery) {
    Promise<Void> printed = Promise.promise();
    return waiting.offer(new Printable(delivery, printed))
        ? printed.future()
        : Future.failedFuture("more deliveries than there are slots");
  }

  /** Joins the group. */
  public Future<Void> start() {
    return consumer.start();
  }

  /**
   * Waits for a delivery and prints it in the original's form; with that it is consumed.
   *
   * @return null if none came within the time
   */
  public @Nullable Delivery printNext(PrintStream out, long waitMs) throws InterruptedException {
    Printable next = waiting.poll(waitMs, TimeUnit.MILLISECONDS);
    if (next == null) {
      return null;
    }
    Delivery delivery = next.delivery();
    out.printf(
        "ConsumeMessageThread_%s_%d Receive New Messages: %s %n",
        GROUP, delivery.slot(), delivery.messages());
    next.printed().complete();
    return delivery;
  }

  public static void main(String[] args) {
    CommandLogs.onlyWarnings();
    try {
      CommandClient client = new CommandClient(NameServerAddress.find(Arguments.parse(args)));
      Runtime.getRuntime().addShutdownHook(new Thread(client::close, "stop"));
      Consumer consumer = new Consumer(client);
      client.await(consumer.start());
      System.out.println("Consumer Started.");
      while (!Thread.currentThread().isInterrupted()) {
        consumer.printNext(System.out, TimeUnit.MINUTES.toMillis(1));
      }
    } catch (CommandFailed e) {
      System.err.println(e.getMessage());
      System.exit(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
