import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Client libraries beside each other on one broker: {@code Clients CASE ROUNDS SECONDS WARM TARGET
 * NAME,LIBRARY,CLASSPATH...}. Each has a process of its own, with the same flags; they are measured in
 * turn, while the others wait. Prints rows of a table in Markdown.
 */
public final class Clients {
  static final long BACKLOG = 500_000;

  private Clients() {}

  static String topic(String name) {
    return "Clients-" + name;
  }

  /** One library's process and what it said. */
  private static final class Runner implements AutoCloseable {
    private final Process process;
    private final PrintStream in;
    private final BufferedReader out;
    final List<double[]> runs = new ArrayList<>();

    Runner(String library, String classPath, String name, String target) throws IOException {
      List<String> command = new ArrayList<>();
      command.add(ProcessHandle.current().info().command().orElse("java"));
      command.addAll(List.of("-Xms512m", "-Xmx1g", "-XX:+UseG1GC"));
      command.add("-Drocketmq.client.logUseSlf4j=true");
      command.addAll(Arrays.asList(System.getProperty("bench.flags", "").split(" ")));
      command.removeIf(String::isEmpty);
      command.addAll(List.of("-cp", classPath, "Contender", library, name, target));
      process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
      out = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Messages per second, client cores, broker cores, failures. */
    double[] run(double seconds) throws IOException {
      in.println(seconds);
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.startsWith("RAN ")) {
          return Arrays.stream(line.split(" ")).skip(1).mapToDouble(Double::parseDouble).toArray();
        }
      }
      throw new IOException("a client ended; see above");
    }

    @Override
    public void close() {
      in.close();
      process.destroy();
    }
  }

  public static void main(String[] args) throws Exception {
    Locale.setDefault(Locale.ROOT);
    String name = args[0];
    int rounds = Integer.parseInt(args[1]);
    double seconds = Double.parseDouble(args[2]);
    double warm = Double.parseDouble(args[3]);
    prepare(name, Target.of(args[4]));
    Map<String, Runner> contenders = new LinkedHashMap<>();
    try {
      for (String each : List.of(args).subList(5, args.length)) {
        String[] parts = each.split(",", 3);
        contenders.put(parts[0], new Runner(parts[1], parts[2], name, args[4]));
      }
      for (Runner each : contenders.values()) {
        long end = System.nanoTime() + (long) (warm * 1e9);
        do {
          each.run(warm);
        } while (System.nanoTime() < end);
      }
      for (int i = 0; i < rounds; i++) {
        for (Runner each : contenders.values()) {
          each.runs.add(each.run(seconds));
        }
      }
      contenders.forEach((library, each) -> print(name, library, each.runs));
    } finally {
      contenders.values().forEach(Runner::close);
    }
  }

  private static void prepare(String name, Target target) throws Exception {
    RocketClient client = new RocketClient(target);
    client.createTopic(topic(name), Case.QUEUES);
    if (name.equals("push")) {
      client.fill(topic(name), Case.QUEUES, Case.body(1024), BACKLOG);
    }
    client.close();
  }

  private static void print(String name, String library, List<double[]> runs) {
    System.out.printf(
        "| %s | %s | %d | %s | %s | %.2f | %.2f |%s%n",
        name,
        library,
        runs.size(),
        spread(runs.stream().mapToDouble(each -> each[0]).sorted().toArray()),
        spread(runs.stream().mapToDouble(each -> each[0] / each[1]).sorted().toArray()),
        runs.stream().mapToDouble(each -> each[1]).average().orElse(0),
        runs.stream().mapToDouble(each -> each[2]).average().orElse(0),
        runs.stream().mapToDouble(each -> each[3]).sum() == 0 ? "" : " sends failed");
  }

  /** Median, lowest and highest. */
  private static String spread(double[] sorted) {
    return "%,.0f (%,.0f–%,.0f)"
        .formatted(sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]);
  }
}
