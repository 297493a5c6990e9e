import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * End to end at a fixed rate, open loop: each body says when it was due to be sent, so a stall
 * counts against every message that it delays.
 */
final class Latency extends Case {
  private final int rate;
  private final int size;
  private final Map<Target, Integer> runs = new HashMap<>();

  Latency(String name, int rate, int size) {
    super(name);
    this.rate = rate;
    this.size = size;
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
    // A topic of its own: a subscription from the start must not find the last run's messages.
    String topic = "Latency" + rate + "-" + runs.merge(target, 1, Integer::sum);
    client.createTopic(topic, QUEUES);
    int total = (int) (rate * seconds);
    int lead = (int) (rate * LEAD_SECONDS);
    long[] latencies = new long[total];
    AtomicLong measured = new AtomicLong();
    AtomicLong received = new AtomicLong();
    AtomicLong failures = new AtomicLong();
    long[] start = {Long.MAX_VALUE};
    AutoCloseable subscription =
        client.subscribe(
            topic,
            body -> {
              long now = System.nanoTime();
              long due = ByteBuffer.wrap(body).getLong();
              received.incrementAndGet();
              if (due >= start[0]) {
                int index = (int) measured.getAndIncrement();
                if (index < total) { // more would be duplicates
                  latencies[index] = now - due;
                }
              }
            });
    try (Client.Sender sender = client.sender(0)) {
      // A subscriber's first assignment takes seconds; nothing starts before it gets messages.
      for (int tries = 0; received.get() == 0; tries++) {
        sender.sync(topic, due(size, System.nanoTime()));
        pause(0.1);
        if (tries == 300) {
          throw new IllegalStateException("nothing arrives at " + target.name());
        }
      }
      Meter meter = null;
      long from = System.nanoTime();
      start[0] = from + lead * 1_000_000_000L / rate;
      for (int i = 0; i < lead + total; i++) {
        long due = from + i * 1_000_000_000L / rate;
        for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
          LockSupport.parkNanos(wait);
        }
        if (i == lead) {
          meter = new Meter(target, all);
        }
        boolean counts = i >= lead;
        sender.async(
            topic,
            due(size, due),
            failure -> {
              if (failure != null && counts) {
                failures.incrementAndGet();
              }
            });
      }
      for (int i = 0; i < 100 && measured.get() + failures.get() < total; i++) {
        pause(0.05);
      }
      int count = (int) Math.min(total, measured.get());
      Map<String, Object> figures = meter.stop(count, total - count, null);
      Arrays.sort(latencies, 0, count);
      figures.put("p50Ms", percentile(latencies, count, 0.5));
      figures.put("p99Ms", percentile(latencies, count, 0.99));
      figures.put("p999Ms", percentile(latencies, count, 0.999));
      return figures;
    } finally {
      subscription.close();
    }
  }

  private static byte[] due(int size, long nanos) {
    byte[] body = body(size);
    ByteBuffer.wrap(body).putLong(nanos);
    return body;
  }

  private static double percentile(long[] sorted, int count, double share) {
    return Meter.rounded(sorted[(int) Math.min(count - 1, count * share)] / 1e6, 3);
  }
}
