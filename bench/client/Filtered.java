import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A backlog of which a push consumer wants one message in a hundred. What is counted are the messages
 * that the broker comes past, wanted or not, from the first wanted one to the last.
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

  /** A case that reads it through a tag or, with {@code sql}, an SQL92 expression. */
  Case by(String name, boolean sql, String expression) {
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
        long wanted = count / ONE_IN;
        AtomicLong got = new AtomicLong();
        CountDownLatch complete = new CountDownLatch(1);
        CompletableFuture<Meter> meter = new CompletableFuture<>();
        CompletableFuture<Map<String, Object>> figures = new CompletableFuture<>();
        try (AutoCloseable ignored =
            ((RocketClient) client)
                .subscribe(
                    TOPIC,
                    sql,
                    expression,
                    body -> {
                      long number = got.incrementAndGet();
                      if (number == 1) {
                        meter.complete(new Meter(target, all));
                      }
                      if (number == wanted) {
                        figures.complete(meter.join().stop(count, 0, null));
                        complete.countDown();
                      }
                    })) {
          if (!complete.await(DELIVERY_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(got + " of " + wanted + " messages arrived");
          }
        }
        return figures.join();
      }
    };
  }
}
