import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Anonymous memory of the whole installation: idle after the start, and the most under a load. */
final class Memory extends Case {
  private static final String TOPIC = "Memory";
  private static final double SAMPLE_SECONDS = 0.25;

  private final double idleSeconds;
  private final LoadSource source;
  private final Map<Target, Long> idle = new HashMap<>();

  Memory(String name, double idleSeconds, LoadSource source) {
    super(name);
    this.idleSeconds = idleSeconds;
    this.source = source;
  }

  @Override
  void prepare(Target target, Client client) throws Exception {
    pause(idleSeconds);
    idle.put(target, Proc.anonymousMib(target.pids()));
    client.createTopic(TOPIC, QUEUES);
  }

  @Override
  void warm(Target target, Client client, double seconds) throws Exception {
    try (Load load = source.of(target, client, TOPIC)) {
      load.start();
      pause(seconds);
    }
  }

  @Override
  Map<String, Object> measure(Target target, Client client, List<Target> all, double seconds)
      throws Exception {
    try (Load load = source.of(target, client, TOPIC)) {
      load.start();
      Meter meter = new Meter(target, all);
      long most = 0;
      for (double past = 0; past < seconds; past += SAMPLE_SECONDS) {
        pause(SAMPLE_SECONDS);
        most = Math.max(most, Proc.anonymousMib(target.pids()));
      }
      Map<String, Object> figures =
          meter.stop(load.messages(), load.failures(), load.firstFailure());
      figures.put("idleMib", idle.get(target));
      figures.put("loadMib", most);
      return figures;
    }
  }
}
