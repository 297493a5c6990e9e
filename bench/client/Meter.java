import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One measured stretch: wall time, CPU time of the broker and of this client, and how many
 * processors anything else took meanwhile (neither a server of this run nor the client).
 */
final class Meter {
  private final List<Long> broker;
  private final List<Long> known = new ArrayList<>();
  private final List<Long> self = List.of(ProcessHandle.current().pid());
  private final double fromMachine;
  private final double fromKnown;
  private final double fromBroker;
  private final double fromSelf;
  private final long fromNanos;

  /** Starts. */
  Meter(Target target, List<Target> all) {
    broker = List.of(target.pid());
    all.forEach(it -> known.addAll(it.pids()));
    known.addAll(self);
    fromMachine = Proc.machineSeconds();
    fromKnown = Proc.cpuSeconds(known);
    fromBroker = Proc.cpuSeconds(broker);
    fromSelf = Proc.cpuSeconds(self);
    fromNanos = System.nanoTime();
  }

  /** Ends: the figures of the stretch. */
  Map<String, Object> stop(long messages, long failures, String firstFailure) {
    double seconds = (System.nanoTime() - fromNanos) / 1e9;
    double brokerCpu = Proc.cpuSeconds(broker) - fromBroker;
    double clientCpu = Proc.cpuSeconds(self) - fromSelf;
    double others =
        Proc.machineSeconds() - fromMachine - (Proc.cpuSeconds(known) - fromKnown);
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("messages", messages);
    figures.put("failures", failures);
    figures.put("seconds", rounded(seconds, 3));
    figures.put("perSecond", rounded(messages / seconds, 1));
    figures.put("perCpuSecond", rounded(messages / brokerCpu, 1));
    figures.put("brokerCores", rounded(brokerCpu / seconds, 3));
    figures.put("clientCores", rounded(clientCpu / seconds, 3));
    figures.put("othersCores", rounded(Math.max(0, others / seconds), 3));
    if (firstFailure != null) {
      figures.put("firstFailure", firstFailure.substring(0, Math.min(200, firstFailure.length())));
    }
    return figures;
  }

  static double rounded(double value, int digits) {
    double scale = Math.pow(10, digits);
    return Math.round(value * scale) / scale;
  }
}
