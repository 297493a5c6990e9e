import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A client library under load in a process of its own: {@code Contender LIBRARY CASE TARGET}. Each line
 * that comes in, a number of seconds, is one run; its figures go out as a line: messages per second,
 * cores that the client and the broker used, failures.
 */
public final class Contender {
  private static final int WINDOW = 1000;
  private static final int LINGER_MS = 1;
  private static final int BATCH = 32;
  private static final int BATCHES_OUT = 4;
  private static final double LEAD_SECONDS = 1;
  private static final int DELIVERY_SECONDS = 60;

  private final Target target;
  private final Library library;

  private Contender(Target target, Library library) {
    this.target = target;
    this.library = library;
  }

  public static void main(String[] args) throws Exception {
    Locale.setDefault(Locale.ROOT);
    Target target = Target.of(args[2]);
    Library library =
        (Library)
            Class.forName(args[0]).getDeclaredConstructor(Target.class).newInstance(target);
    Contender contender = new Contender(target, library);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      Map<String, Object> ran = contender.run(args[1], Double.parseDouble(line));
      System.out.printf(
          "RAN %s %s %s %s%n",
          ran.get("perSecond"),
          ran.get("clientCores"),
          ran.get("brokerCores"),
          ran.get("failures"));
    }
    System.exit(0); // the libraries' threads would keep the process alive
  }

  private Map<String, Object> run(String name, double seconds) throws Exception {
    String topic = Clients.topic(name);
    return switch (name) {
      case "async" -> sustained(library.async(topic, Case.body(1024), WINDOW, 0), seconds);
      case "single" -> sustained(library.single(topic, Case.body(1024)), seconds);
      case "linger" -> sustained(library.async(topic, Case.body(100), WINDOW, LINGER_MS), seconds);
      case "batch" ->
          sustained(library.batches(topic, Case.body(100), BATCHES_OUT, BATCH), seconds);
      case "push" -> consumed(topic);
      default -> throw new IllegalArgumentException("no case " + name);
    };
  }

  private Map<String, Object> sustained(Load load, double seconds) throws Exception {
    try (load) {
      load.start();
      Case.pause(LEAD_SECONDS);
      long messages = load.messages();
      long failures = load.failures();
      Meter meter = new Meter(target, List.of(target));
      Case.pause(seconds);
      return meter.stop(
          load.messages() - messages, load.failures() - failures, load.firstFailure());
    }
  }

  /** A new group reads the backlog, from its first message to its last. */
  private Map<String, Object> consumed(String topic) throws Exception {
    AtomicLong got = new AtomicLong();
    CompletableFuture<Meter> meter = new CompletableFuture<>();
    CompletableFuture<Map<String, Object>> figures = new CompletableFuture<>();
    AutoCloseable consumer =
        library.consume(
            topic,
            body -> {
              long number = got.incrementAndGet();
              if (number == 1) {
                meter.complete(new Meter(target, List.of(target)));
              }
              if (number == Clients.BACKLOG) {
                figures.complete(meter.join().stop(number, 0, null));
              }
            });
    try (consumer) {
      return figures.get(DELIVERY_SECONDS, TimeUnit.SECONDS);
    }
  }
}
