import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Messages that wait to be read, stored once per broker and read again in every measurement. */
final class Backlog {
  private static final int PULL_THREADS = 4;
  private static final long DELIVERY_SECONDS = 180;

  private final int size;
  private final String topic;
  private final long count;
  private final Set<Target> filled = new HashSet<>();

  /** Reads messages that are already there. */
  interface Reading {
    /** Returns when {@code count} messages are in the sink. */
    void read(Client client, String topic, long count, Consumer<byte[]> sink) throws Exception;
  }

  Backlog(int size, long count) {
    this.size = size;
    topic = "Backlog" + size;
    this.count = count;
  }

  /** A case that reads all of it, in this way. */
  Case readBy(String name, Reading reading) {
    return new Case(name) {
      @Override
      void prepare(Target target, Client client) throws Exception {
        if (filled.add(target)) {
          client.createTopic(topic, Case.QUEUES);
          client.fill(topic, Case.QUEUES, Case.body(size), count);
        }
      }

      @Override
      void warm(Target target, Client client, double seconds) throws Exception {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        do { // a reading is over in seconds, long before its code is warm
          measure(target, client, List.of(target), seconds);
        } while (System.nanoTime() < end);
      }

      @Override
      Map<String, Object> measure(Target target, Client client, List<Target> all, double seconds)
          throws Exception {
        AtomicLong got = new AtomicLong();
        CompletableFuture<Meter> meter = new CompletableFuture<>();
        CompletableFuture<Map<String, Object>> figures = new CompletableFuture<>();
        reading.read(
            client,
            topic,
            count,
            body -> { // from the first message to the last
              long number = got.incrementAndGet();
              if (number == 1) {
                meter.complete(new Meter(target, all));
              }
              if (number == count) {
                figures.complete(meter.join().stop(count, 0, null));
              }
            });
        return figures.join();
      }
    };
  }

  static void pull(Client client, String topic, long count, Consumer<byte[]> sink)
      throws Exception {
    client.pull(topic, PULL_THREADS, count, sink);
  }

  static void push(Client client, String topic, long count, Consumer<byte[]> sink)
      throws Exception {
    consume(client::subscribe, topic, count, sink);
  }

  static void pushInOrder(Client client, String topic, long count, Consumer<byte[]> sink)
      throws Exception {
    consume(client::subscribeInOrder, topic, count, sink);
  }

  /** Lets a consumer take what it is given. */
  private interface Subscribing {
    AutoCloseable to(String topic, Consumer<byte[]> sink) throws Exception;
  }

  private static void consume(
      Subscribing subscribing, String topic, long count, Consumer<byte[]> sink) throws Exception {
    CountDownLatch all = new CountDownLatch(1);
    AtomicLong left = new AtomicLong(count);
    AutoCloseable subscription =
        subscribing.to(
            topic,
            body -> {
              sink.accept(body);
              if (left.decrementAndGet() == 0) {
                all.countDown();
              }
            });
    boolean complete = all.await(DELIVERY_SECONDS, TimeUnit.SECONDS);
    subscription.close();
    if (!complete) {
      throw new IllegalStateException(left + " of " + count + " messages did not arrive");
    }
  }
}
