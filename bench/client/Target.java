import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A broker under load.
 *
 * @param name as it stands in the results: apogee, apache-VERSION or kafka-VERSION
 * @param namesrv name server, unused for Kafka
 * @param pids the broker's process first, then the others of its installation
 */
record Target(String name, String namesrv, String broker, List<Long> pids) {
  /** From {@code NAME,NAMESRV,BROKER,PID[,PID...]}. */
  static Target of(String text) {
    String[] parts = text.split(",");
    List<Long> pids =
        Arrays.stream(parts).skip(3).map(Long::valueOf).toList();
    return new Target(parts[0], parts[1], parts[2], pids);
  }

  long pid() {
    return pids.get(0);
  }

  boolean isKafka() {
    return name.startsWith("kafka");
  }

  InetSocketAddress address() {
    String[] parts = broker.split(":");
    return new InetSocketAddress(parts[0], Integer.parseInt(parts[1]));
  }

  /** Kafka's client is only there when Kafka takes part, so it is looked up by name. */
  Client client() throws ReflectiveOperationException {
    if (isKafka()) {
      return (Client)
          Class.forName("KafkaClient").getDeclaredConstructor(Target.class).newInstance(this);
    }
    return new RocketClient(this);
  }

  /** Stops the processes where they are, so that they use no CPU. */
  void freeze() throws IOException, InterruptedException {
    signal("-STOP");
  }

  void thaw() throws IOException, InterruptedException {
    signal("-CONT");
  }

  private void signal(String signal) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("kill", signal));
    pids.forEach(pid -> command.add(pid.toString()));
    if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
      throw new IOException("a process of " + name + " is gone");
    }
  }
}
