import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * {@code GatewayBench WHAT TARGET HTTP-PORT SECONDS ROUNDS}: an all-in-one node over HTTP beside the same
 * node over the binary protocol. {@code publish}, {@code consume}: rates and ratios within a round; {@code
 * idle}: memory of 1,000 subscribers without messages; {@code slow}: what one subscriber that does not read
 * costs others.
 */
public final class GatewayBench {
  private static final int BYTES = 1024;
  private static final int SUBSCRIBERS = 1_000;
  private static final int FAST = 4;
  private static final int PER_SECOND = 1_000;

  /** A cold Java spends a third of its CPU time on compiling. */
  private static final double WARM_UP_SECONDS = 12;

  private final Target target;
  private final InetSocketAddress gateway;
  private final double seconds;
  private final int rounds;

  private GatewayBench(String[] args) {
    target = Target.of(args[1]);
    gateway = new InetSocketAddress("127.0.0.1", Integer.parseInt(args[2]));
    seconds = Double.parseDouble(args[3]);
    rounds = Integer.parseInt(args[4]);
  }

  public static void main(String[] args) throws Exception {
    Locale.setDefault(Locale.ROOT);
    GatewayBench bench = new GatewayBench(args);
    switch (args[0]) {
      case "publish" -> bench.publish();
      case "consume" -> bench.consume();
      case "idle" -> bench.idle();
      case "slow" -> bench.slow();
      default -> throw new IllegalArgumentException(args[0]);
    }
    System.exit(0); // the JDK's HTTP client leaves threads
  }

  private interface Source {
    Load open() throws Exception;
  }

  private void publish() throws Exception {
    createTopic("GatewayPublish");
    Map<String, Source> ways = new LinkedHashMap<>();
    ways.put(
        "binary, pipelined",
        () ->
            new RawSender(
                target.address(),
                Case.frames("GatewayPublish", BYTES, 1),
                2,
                256,
                Long.MAX_VALUE));
    ways.put(
        "HTTP, a request each", () -> new HttpSender(gateway, "GatewayPublish", BYTES, 32, 8));
    ways.put("HTTP, NDJSON stream", () -> new HttpStream(gateway, "GatewayPublish", BYTES, 2));
    compare(ways);
  }

  private void consume() throws Exception {
    createTopic("GatewayBacklog");
    RawSender fill =
        new RawSender(
            target.address(), Case.frames("GatewayBacklog", BYTES, 1), 2, 256, 400_000);
    fill.start();
    fill.await();
    Map<String, Source> ways = new LinkedHashMap<>();
    ways.put("binary, pop and ack", () -> new PopLoad(target, "GatewayBacklog", 4));
    ways.put("WebSocket", () -> new SocketLoad(gateway, "GatewayBacklog", 4));
    compare(ways);
  }

  /** Warm-up of each way, then rounds; the last lines are medians and ratios to the first way. */
  private void compare(Map<String, Source> ways) throws Exception {
    for (Source each : ways.values()) {
      measured(each, WARM_UP_SECONDS);
    }
    Map<String, List<double[]>> all = new LinkedHashMap<>();
    for (int round = 0; round < rounds; round++) {
      List<String> names = new ArrayList<>(ways.keySet());
      java.util.Collections.rotate(names, round);
      for (String each : names) {
        Map<String, Object> figures = measured(ways.get(each), seconds);
        System.out.println(each + " " + figures);
        all.computeIfAbsent(each, ignored -> new ArrayList<>())
            .add(
                new double[] {
                  ((Number) figures.get("perSecond")).doubleValue(),
                  ((Number) figures.get("perCpuSecond")).doubleValue()
                });
      }
    }
    List<double[]> first = all.get(ways.keySet().iterator().next());
    for (String each : ways.keySet()) {
      System.out.printf(
          "%-22s %s msg/s, %s per CPU second; to the first: %s, %s%n",
          each,
          spread(all.get(each), null, 0, "%,.0f"),
          spread(all.get(each), null, 1, "%,.0f"),
          spread(all.get(each), first, 0, "%.2f"),
          spread(all.get(each), first, 1, "%.2f"));
    }
  }

  private Map<String, Object> measured(Source source, double during) throws Exception {
    try (Load load = source.open()) {
      load.start();
      Case.pause(0.5);
      long messages = load.messages();
      Meter meter = new Meter(target, List.of(target));
      Case.pause(during);
      Map<String, Object> figures =
          meter.stop(load.messages() - messages, load.failures(), load.firstFailure());
      if (load.failures() > 0 || load.messages() == messages) {
        throw new IllegalStateException("failed: " + figures);
      }
      return figures;
    }
  }

  /** Median (lowest–highest), of the values or of their ratios within a round. */
  private static String spread(
      List<double[]> values, List<double[]> over, int which, String format) {
    double[] sorted = new double[values.size()];
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = values.get(i)[which] / (over == null ? 1 : over.get(i)[which]);
    }
    Arrays.sort(sorted);
    return String.format(
        format + " (" + format + "–" + format + ")",
        sorted[sorted.length / 2],
        sorted[0],
        sorted[sorted.length - 1]);
  }

  private void createTopic(String topic) throws Exception {
    try (RawCalls calls = new RawCalls(target.address())) {
      calls.createTopic(topic, Case.QUEUES);
    }
  }

  /** Each in a group of its own, with credits, so that each waits at the broker. */
  private void idle() throws Exception {
    createTopic("GatewayIdle");
    HttpClient http = HttpClient.newHttpClient();
    List<WebSocket> open = new ArrayList<>();
    subscribe(http, open, 0, 10); // classes, the first buffers
    Case.pause(3);
    long heapBefore = heapKib();
    long before = Proc.anonymousMib(target.pids());
    subscribe(http, open, 10, SUBSCRIBERS);
    Case.pause(20); // past the first long poll
    long heap = heapKib() - heapBefore;
    long after = Proc.anonymousMib(target.pids());
    System.out.printf(
        "%,d idle subscribers: heap in use +%,d KiB (%.1f KiB each), resident without mapped files"
            + " %,d → %,d MiB%n",
        SUBSCRIBERS, heap, heap / (double) SUBSCRIBERS, before, after);
    Meter meter = new Meter(target, List.of(target));
    Case.pause(seconds * 2);
    System.out.println("CPU while they wait: " + meter.stop(0, 0, null).get("brokerCores"));
  }

  private void subscribe(HttpClient http, List<WebSocket> open, int from, int count) {
    for (int i = from; i < from + count; i++) {
      String path = "/v1/topics/GatewayIdle/groups/GatewayIdle" + i + "/subscribe";
      WebSocket socket = SocketLoad.open(http, gateway, path, new WebSocket.Listener() {});
      socket.sendText(SocketLoad.credit(10), true).join();
      open.add(socket);
    }
  }

  /** KiB of the node's heap in use after a full collection. */
  private long heapKib() throws Exception {
    String jcmd = System.getProperty("java.home") + "/bin/jcmd";
    String pid = Long.toString(target.pid());
    new ProcessBuilder(jcmd, pid, "GC.run").redirectErrorStream(true).start().waitFor();
    Process info = new ProcessBuilder(jcmd, pid, "GC.heap_info").start();
    String text = new String(info.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return text.lines()
        .filter(line -> line.matches(".*(heap|generation) .*used.*"))
        .mapToLong(line -> Long.parseLong(line.replaceAll(".*used (\\d+)K.*", "$1")))
        .sum();
  }

  /** Latency of fast subscribers, without and with one beside them that does not read its socket. */
  private void slow() throws Exception {
    createTopic("GatewaySlow");
    HttpClient http = HttpClient.newHttpClient();
    List<Fast> fast = new ArrayList<>();
    for (int i = 0; i < FAST; i++) {
      Fast each = new Fast();
      fast.add(each);
      String path = "/v1/topics/GatewaySlow/groups/GatewayFast" + i + "/subscribe?from=last";
      SocketLoad.open(http, gateway, path, each)
          .sendText(SocketLoad.credit(1_000_000), true)
          .join();
    }
    publishTimed(fast, WARM_UP_SECONDS);
    for (int round = 0; round < rounds; round++) {
      System.out.println("without: " + publishTimed(fast, seconds));
      WebSocket lazy = lazy(http, round);
      System.out.println("with:    " + publishTimed(fast, seconds));
      lazy.abort();
    }
    System.out.println("memory:  " + Proc.anonymousMib(target.pids()) + " MiB");
  }

  /** Gives credits for everything, from the first message on, and reads nothing: its socket fills up. */
  private WebSocket lazy(HttpClient http, int round) {
    String path =
        "/v1/topics/GatewaySlow/groups/GatewaySlow" + round + "/subscribe?from=first";
    WebSocket lazy =
        SocketLoad.open(
            http,
            gateway,
            path,
            new WebSocket.Listener() {
              @Override
              public void onOpen(WebSocket socket) {} // asks for nothing
            });
    lazy.sendText(SocketLoad.credit(1_000_000), true).join();
    return lazy;
  }

  /** Publishes at an even rate; each body begins with when it was due. */
  private String publishTimed(List<Fast> fast, double during) throws Exception {
    fast.forEach(Fast::clear);
    int count = (int) (during * PER_SECOND);
    long start = System.nanoTime();
    try (RawCalls calls = new RawCalls(target.address())) {
      for (int i = 0; i < count; i++) {
        long due = start + i * 1_000_000_000L / PER_SECOND;
        while (System.nanoTime() < due) {
          java.util.concurrent.locks.LockSupport.parkNanos(due - System.nanoTime());
        }
        byte[] body = Case.body(BYTES);
        byte[] at = String.format("%019d", due).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(at, 0, body, 0, at.length);
        calls.call(Frames.send(Frames.Encoding.BINARY, "GatewaySlow", i % Case.QUEUES, body));
      }
    }
    Case.pause(1);
    long[] all = fast.stream().flatMapToLong(each -> each.latencies()).sorted().toArray();
    return String.format(
        "%,d published, %,d delivered to %d; latency p50 %.1f ms, p99 %.1f ms, most %.1f ms",
        count,
        all.length,
        FAST,
        all[all.length / 2] / 1e6,
        all[all.length * 99 / 100] / 1e6,
        all[all.length - 1] / 1e6);
  }

  /** A subscriber that notes how old each message is, and acknowledges it. */
  private static final class Fast implements WebSocket.Listener {
    private static final String TEXT = "\"text\":\"";
    private final StringBuilder part = new StringBuilder();
    private final List<Long> latencies = new ArrayList<>();
    private CompletableFuture<?> sent = CompletableFuture.completedFuture(null);

    synchronized void clear() {
      latencies.clear();
    }

    synchronized java.util.stream.LongStream latencies() {
      return List.copyOf(latencies).stream().mapToLong(Long::longValue);
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      part.append(data);
      if (last) {
        int at = part.indexOf(TEXT);
        if (at >= 0) {
          String due = part.substring(at + TEXT.length(), at + TEXT.length() + 19);
          synchronized (this) {
            latencies.add(System.nanoTime() - Long.parseLong(due));
          }
          String ack = "{\"type\":\"ack\",\"receipts\":[\"" + SocketLoad.receipt(part) + "\"]}";
          sent = sent.thenCompose(ignored -> socket.sendText(ack, true));
        }
        part.setLength(0);
      }
      socket.request(1);
      return null;
    }
  }
}
