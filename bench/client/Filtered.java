import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A backlog of which push consumers want one message in a hundred, each group all of these. What is counted
 * are the messages that the broker comes past, wanted or not, once for each group, from the first wanted
 * one to the last.
 */
final class Filtered {
  private static final int SIZE = 1024;
  private static final int ONE_IN = 100;
  private static final String TOPIC = "Filtered";
  private static final long DELIVERY_SECONDS = 180;

  private final long count;
  private final Set<Target> filled = new HashSet<>();

  Filtered(long count) {
    this.count = count / (ONE_IN * Case.QUEUES) * (ONE_IN * Case.QUEUES);
  }

  /** All queues hold the same mixture: tag {@code Rare} and {@code n=0} once, {@code Usual} else. */
  private static List<Frames.Frame> mixture() {
    List<Frames.Frame> frames = new ArrayList<>();
    for (int i = 0; i < ONE_IN; i++) {
      for (int queue = 0; queue < Case.QUEUES; queue++) {
        String properties =
            "\u0002TAGS\u0001" + (i == 0 ? "Rare" : "Usual") + "\u0002n\u0001" + i + "\u0002colour\u0001red";
        frames.add(
            Frames.send(Frames.Encoding.BINARY, TOPIC, queue, Case.body(SIZE), properties));
      }
    }
    return frames;
  }

  /** A case in which groups read it at once, through a tag or, with {@code sql}, an SQL92 expression. */
  Case by(String name, int groups, boolean sql, String expression) {
    return new Case(name) {
      @Override
      boolean fits(Target target) {
        return !target.isKafka();
      }

      @Override
      void prepare(Target target, Client client) throws Exception {
        if (filled.add(target)) {
          client.createTopic(TOPIC, QUEUES);
          ((RocketClient) client).fill(mixture(), count);
        }
      }

      @Override
      void warm(Target target, Client client, double seconds) throws Exception {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        do {
          measure(target, client, List.of(target), seconds);
        } while (System.nanoTime() < end);
      }

      @Override
      Map<String, Object> measure(Target target, Client client, List<Target> all, double seconds)
          throws Exception {
        long passed = groups * count;
        long wanted = passed / ONE_IN;
        AtomicLong got = new AtomicLong();
        CountDownLatch complete = new CountDownLatch(1);
        CompletableFuture<Meter> meter = new CompletableFuture<>();
        CompletableFuture<Map<String, Object>> figures = new CompletableFuture<>();
        Consumer<byte[]> sink =
            body -> {
              long number = got.incrementAndGet();
              if (number == 1) {
                meter.complete(new Meter(target, all));
              }
              if (number == wanted) {
                figures.complete(meter.join().stop(passed, 0, null));
                complete.countDown();
              }
            };
        List<AutoCloseable> consumers = new ArrayList<>();
        try {
          for (int group = 0; group < groups; group++) {
            consumers.add(((RocketClient) client).subscribe(TOPIC, sql, expression, sink));
          }
          if (!complete.await(DELIVERY_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(got + " of " + wanted + " messages arrived");
          }
        } finally {
          for (AutoCloseable consumer : consumers) {
            consumer.close();
          }
        }
        return figures.join();
      }
    };
  }
}
