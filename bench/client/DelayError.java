import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * How much later than asked for delayed messages arrive, at a fixed rate: each body says when it is due
 * at the consumer. One that came early would count as 0 and is said.
 */
final class DelayError extends Case {
  private static final String TIMER = "TIMER_DELIVER_MS";
  private static final long LEVEL_MS = 1000;
  private static final long TIMER_MS = 2000;
  private static final double PATIENCE_SECONDS = 10;

  private final String property;
  private final int rate;
  private final int size;
  private final Map<Target, Integer> runs = new HashMap<>();

  /** {@code property}: by which the broker delays. */
  DelayError(String name, String property, int rate, int size) {
    super(name);
    this.property = property;
    this.rate = rate;
    this.size = size;
  }

  @Override
  boolean fits(Target target) {
    return !target.isKafka()
        && (!property.equals(TIMER)
            || target.name().startsWith("apogee")
            || target.name().startsWith("apache-5"));
  }

  @Override
  void prepare(Target target, Client client) {}

  @Override
  void warm(Target target, Client client, double seconds) throws Exception {
    measure(target, client, List.of(target), seconds);
  }

  @Override
  Map<String, Object> measure(Target target, Client client, List<Target> all, double seconds)
      throws Exception {
    String topic = property.replace('_', '-') + runs.merge(target, 1, Integer::sum);
    client.createTopic(topic, QUEUES);
    int total = (int) (rate * seconds);
    long[] late = new long[total];
    AtomicInteger arrived = new AtomicInteger();
    AtomicInteger early = new AtomicInteger();
    AtomicLong first = new AtomicLong();
    AtomicLong failures = new AtomicLong();
    AutoCloseable subscription =
        client.subscribe(
            topic,
            body -> {
              long now = System.nanoTime();
              long due = ByteBuffer.wrap(body).getLong();
              first.incrementAndGet();
              if (due != 0) {
                int index = arrived.getAndIncrement();
                if (index < total) { // more would be duplicates
                  late[index] = Math.max(0, now - due);
                  // A millisecond: the sender's time of day has no finer one.
                  early.addAndGet(now - due < -1_000_000 ? 1 : 0);
                }
              }
            });
    try (Client.Sender sender = client.sender(0)) {
      for (int tries = 0; first.get() == 0; tries++) {
        sender.sync(topic, new byte[size]);
        pause(0.1);
        if (tries == 300) {
          throw new IllegalStateException("nothing arrives at " + target.name());
        }
      }
      Meter meter = new Meter(target, all);
      long from = System.nanoTime();
      for (int i = 0; i < total; i++) {
        long at = from + i * 1_000_000_000L / rate;
        for (long wait = at - System.nanoTime(); wait > 0; wait = at - System.nanoTime()) {
          LockSupport.parkNanos(wait);
        }
        send(sender, topic, failures);
      }
      double patience = PATIENCE_SECONDS;
      for (; patience > 0 && arrived.get() + failures.get() < total; patience -= 0.05) {
        pause(0.05);
      }
      int count = Math.min(total, arrived.get());
      Map<String, Object> figures =
          meter.stop(count, total - count, early.get() > 0 ? early + " early" : null);
      Arrays.sort(late, 0, count);
      figures.put("p50Ms", percentile(late, count, 0.5));
      figures.put("p99Ms", percentile(late, count, 0.99));
      figures.put("p999Ms", percentile(late, count, 0.999));
      figures.put("early", early.get());
      return figures;
    } finally {
      subscription.close();
    }
  }

  private void send(Client.Sender sender, String topic, AtomicLong failures) throws Exception {
    boolean timer = property.equals(TIMER);
    byte[] body = body(size);
    long delayMs = timer ? TIMER_MS : LEVEL_MS;
    ByteBuffer.wrap(body).putLong(System.nanoTime() + delayMs * 1_000_000);
    sender.delayed(
        topic,
        body,
        property,
        timer ? System.currentTimeMillis() + delayMs : 1,
        failure -> {
          if (failure != null) {
            failures.incrementAndGet();
          }
        });
  }

  private static double percentile(long[] sorted, int count, double share) {
    return count == 0
        ? -1
        : Meter.rounded(sorted[(int) Math.min(count - 1, count * share)] / 1e6, 3);
  }
}
