import com.alibaba.fastjson.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One line of the suite: all brokers in turn, by one warm client process.
 *
 * <p>{@code Suite LINE ROUNDS SECONDS WARM BACKLOG FILE PRODUCT TARGET...} appends one JSON object per
 * measurement to FILE; PRODUCT says which sources were measured. Lasts until every broker has a
 * quiet measurement in every round, or one has had none in so many tries.
 */
public final class Suite {
  private static final int CONNECTIONS = 2;
  private static final int WINDOW = 256;
  private static final int ASYNC_WINDOW = 1000;
  private static final int POP_CONNECTIONS = 8;
  private static final int BATCH = 32;
  private static final int BATCH_THREADS = 4;
  private static final int TRIES = 4;
  private static final int KIB = 1024;
  private static final double SETTLE_SECONDS = 1;
  private static final int PATIENCE_SECONDS = 20;

  private final List<Target> targets;
  private final Map<Target, Client> clients = new LinkedHashMap<>();
  private final double othersLimit =
      Double.parseDouble(System.getProperty("bench.others", "0.15"));

  private Suite(List<Target> targets) {
    this.targets = targets;
  }

  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT);
    try {
      new Suite(List.of(args).subList(7, args.length).stream().map(Target::of).toList()).run(args);
    } catch (Exception e) {
      e.printStackTrace();
      System.exit(1); // the clients' threads would keep the process alive
    }
    System.exit(0);
  }

  private static List<Case> cases(String line, long backlog) {
    return switch (line) {
      case "a" -> List.of(raw("raw, 1 KB", KIB));
      case "b" -> List.of(raw("raw, 100 B", 100));
      case "c" -> List.of(
          raw("raw, sync flush, 1 KB", KIB), raw("raw, sync flush, 100 B", 100));
      case "d" -> List.of(
          async("client, async window 1000, 1 KB", KIB),
          async("client, async window 1000, 100 B", 100));
      case "e" -> List.of(
          sync("client, sync, 32 threads, 1 KB", 32, KIB),
          sync("client, sync, 32 threads, 100 B", 32, 100));
      case "f" -> List.of(
          sync("client, sync, 1 thread, 1 KB", 1, KIB),
          sync("client, sync, 1 thread, 100 B", 1, 100));
      case "g" -> List.of(
          Case.sustained(
              "client, batch 32 x 100 B, 4 threads",
              true,
              (target, client, topic) ->
                  ClientLoads.batch(
                      client.sender(0), topic, Case.body(100), BATCH_THREADS, BATCH)));
      case "h" -> {
        Backlog messages = new Backlog(KIB, backlog);
        Backlog small = new Backlog(100, backlog);
        yield List.of(
            messages.readBy("backlog 1 KB, pull, 4 threads", Backlog::pull),
            messages.readBy("backlog 1 KB, push", Backlog::push),
            small.readBy("backlog 100 B, push", Backlog::push));
      }
      case "i" -> List.of(
          new Latency("end to end, 2,000/s, 1 KB", 2_000, KIB),
          new Latency("end to end, 10,000/s, 1 KB", 10_000, KIB));
      case "j" -> List.of(
          new Memory(
              "memory, idle and under async window 1000, 1 KB",
              10,
              (target, client, topic) ->
                  ClientLoads.async(client.sender(5), topic, Case.body(KIB), ASYNC_WINDOW)));
      case "t" -> {
        Filtered rare = new Filtered(backlog);
        yield List.of(
            rare.by("tag filter 1 %, 1 KB, 4 groups push", 4, false, "Rare"),
            rare.by("SQL filter 1 %, 1 KB, push", 1, true, "n = 0 AND colour IN ('red', 'blue')"));
      }
      case "pop" -> List.of(pop("pop, 8 connections, 100 B", backlog));
      case "x" -> List.of(
          Case.sustained(
              "transactions, 32 threads, 1 KB",
              false,
              (target, client, topic) ->
                  ClientLoads.sync(client.transactions(), topic, Case.body(KIB), 32)));
      case "orderly" -> List.of(
          new Backlog(KIB, backlog).readBy("backlog 1 KB, ordered push", Backlog::pushInOrder));
      case "delayed" -> List.of(
          Case.sustained(
              "delayed by 1 s (level 1), raw, 1 KB",
              false,
              (target, client, topic) ->
                  new RawSender(
                      target.address(),
                      Case.frames(topic, KIB, "DELAY", 1),
                      CONNECTIONS,
                      WINDOW,
                      Long.MAX_VALUE)),
          new DelayError("late, delayed by 1 s (level 1), 2,000/s, 1 KB", "DELAY", 2_000, KIB),
          new DelayError("late, timer in 2 s, 2,000/s, 1 KB", "TIMER_DELIVER_MS", 2_000, KIB));
      default -> throw new IllegalArgumentException("no line " + line);
    };
  }

  private static Case raw(String name, int size) {
    return Case.sustained(
        name,
        false,
        (target, client, topic) ->
            new RawSender(
                target.address(),
                Case.frames(topic, size, 1),
                CONNECTIONS,
                WINDOW,
                Long.MAX_VALUE));
  }

  /** A backlog that a new group pops in each measurement; 4.9.x knows no pop. */
  private static Case pop(String name, long backlog) {
    String topic = "BenchPop";
    Case popping =
        Case.sustained(
            name,
            false,
            (target, client, any) -> new PopLoad(target, topic, POP_CONNECTIONS));
    return new Case(name) {
      @Override
      boolean fits(Target target) {
        return !target.isKafka() && !target.name().startsWith("apache-4");
      }

      @Override
      void prepare(Target target, Client client) throws Exception {
        client.createTopic(topic, Case.QUEUES);
        client.fill(topic, Case.QUEUES, Case.body(100), backlog);
      }

      @Override
      void warm(Target target, Client client, double seconds) throws Exception {
        popping.warm(target, client, seconds);
      }

      @Override
      Map<String, Object> measure(Target target, Client client, List<Target> all, double seconds)
          throws Exception {
        return popping.measure(target, client, all, seconds);
      }
    };
  }

  private static Case async(String name, int size) {
    return Case.sustained(
        name,
        true,
        (target, client, topic) ->
            ClientLoads.async(client.sender(5), topic, Case.body(size), ASYNC_WINDOW));
  }

  private static Case sync(String name, int threads, int size) {
    return Case.sustained(
        name,
        true,
        (target, client, topic) ->
            ClientLoads.sync(client.sender(0), topic, Case.body(size), threads));
  }

  private void run(String[] args) throws Exception {
    String line = args[0];
    int rounds = Integer.parseInt(args[1]);
    double seconds = Double.parseDouble(args[2]);
    double warm = Double.parseDouble(args[3]);
    Path file = Path.of(args[5]);
    String run = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    List<Case> cases = cases(line, Long.parseLong(args[4]));
    for (Target target : targets) {
      clients.put(target, target.client());
    }
    for (Target target : targets) {
      alone(target);
      for (Case one : cases) {
        if (one.fits(target)) {
          one.prepare(target, clients.get(target));
        }
      }
    }
    for (int part = 1; part <= 2; part++) { // alternating, so that the client is warm for all
      for (Target target : targets) {
        System.err.printf("line %s: warming %s, part %d%n", line, target.name(), part);
        alone(target);
        for (Case one : cases) {
          if (one.fits(target)) {
            one.warm(target, clients.get(target), warm / 2 / cases.size());
          }
        }
      }
    }
    for (int round = 1; round <= rounds; round++) {
      for (Case one : cases) {
        for (int i = 0; i < targets.size(); i++) {
          Target target = targets.get((i + round) % targets.size()); // each goes first in turn
          if (one.fits(target)) {
            Map<String, Object> where = new LinkedHashMap<>();
            where.put("line", line);
            where.put("case", one.name);
            where.put("target", target.name());
            where.put("run", run);
            where.put("round", round);
            where.put("product", args[6]);
            measureQuietly(one, target, seconds, where, file);
          }
        }
      }
    }
    for (Target target : targets) {
      target.thaw(); // so that it can be ended in order
    }
  }

  /** Until nothing else was working on the machine, within bounds; every try is recorded. */
  private void measureQuietly(
      Case one, Target target, double seconds, Map<String, Object> where, Path file)
      throws Exception {
    boolean quiet = false;
    for (int attempt = 1; attempt <= TRIES && !quiet; attempt++) {
      alone(target);
      Map<String, Object> figures = one.measure(target, clients.get(target), targets, seconds);
      quiet = (double) figures.get("othersCores") <= othersLimit;
      Map<String, Object> record = new LinkedHashMap<>(where);
      record.put("kept", quiet);
      record.putAll(figures);
      String json = JSON.toJSONString(record);
      Files.writeString(
          file, json + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      System.err.printf(
          "round %s  %-46s %-13s %,11.0f msg/s %,11.0f msg/CPU s  others %.2f%s%s%n",
          where.get("round"), one.name, target.name(), figures.get("perSecond"),
          figures.get("perCpuSecond"), figures.get("othersCores"), quiet ? "" : "  discarded",
          figures.containsKey("p99Ms")
              ? "  p99 " + figures.get("p99Ms")
              : figures.containsKey("loadMib") ? "  MiB " + figures.get("loadMib") : "");
    }
  }

  /**
   * Only this broker runs; the others stand still, and what they wrote is on the disk. Waits, within
   * bounds, until nothing else works on the machine.
   */
  private void alone(Target target) throws IOException, InterruptedException {
    for (Target other : targets) {
      if (other != target) {
        other.freeze();
      }
    }
    target.thaw();
    new ProcessBuilder("sync").inheritIO().start().waitFor();
    double others = 1;
    for (int waited = 0; others > othersLimit && waited < PATIENCE_SECONDS; waited++) {
      Meter meter = new Meter(target, targets);
      Case.pause(SETTLE_SECONDS);
      others = (double) meter.stop(0, 0, null).get("othersCores");
    }
  }
}
