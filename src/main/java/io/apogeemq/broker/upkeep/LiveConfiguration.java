package io.apogeemq.broker.upkeep;

import io.apogeemq.config.ConfigRejected;
import io.apogeemq.config.Key;
import io.apogeemq.config.Problem;
import io.apogeemq.config.Settings;
import io.apogeemq.protocol.body.DataVersion;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Refused;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The broker's settings as they are now. Those keys that are marked as live may change while it runs; a
 * change holds until the broker ends, and is refused as a whole if a part of it can't be. Safe for any
 * thread.
 */
public final class LiveConfiguration {
  private static final Logger log = LoggerFactory.getLogger(LiveConfiguration.class);

  private final LongSupplier clockMs;
  private final List<Consumer<Settings>> listeners = new ArrayList<>();
  private volatile State state;

  private record State(Settings settings, DataVersion version) {}

  /**
   * @param settings those of the start
   */
  public LiveConfiguration(Settings settings, LongSupplier clockMs) {
    this.clockMs = clockMs;
    state = new State(settings, new DataVersion(1, null, clockMs.getAsLong()));
  }

  /** Tells somebody of each change, on the thread of whoever changes it. Before the broker starts. */
  public void onChange(Consumer<Settings> listener) {
    listeners.add(listener);
  }

  /** Name → value as text, secrets hidden. */
  public Map<String, String> asText() {
    return state.settings().asText();
  }

  /** Counts the changes. */
  public DataVersion version() {
    return state.version();
  }

  /**
   * Changes some keys.
   *
   * @param who for the log
   * @throws Refused if a key is not known, can't change while the broker runs, or can't have that value
   */
  public synchronized void change(Map<String, String> wanted, String who) {
    Settings before = state.settings();
    Map<Key<?>, String> changes = new LinkedHashMap<>();
    wanted.forEach((name, text) -> changes.put(changeable(before, name), text));
    Settings after;
    try {
      after = before.with(changes, "change by " + who);
    } catch (ConfigRejected e) {
      throw new Refused(
          ResponseCode.INVALID_PARAMETER,
          e.problems().stream().map(Problem::text).collect(Collectors.joining("; ")));
    }
    Map<String, String> was = before.asText();
    Map<String, String> is = after.asText();
    for (Key<?> each : changes.keySet()) {
      log.info(
          "{} changes {} from {} to {}, until the broker ends",
          who,
          each.name(),
          was.get(each.name()),
          is.get(each.name()));
    }
    state = new State(after, state.version().next(clockMs.getAsLong()));
    listeners.forEach(each -> each.accept(after));
  }

  private static Key<?> changeable(Settings settings, String name) {
    Key<?> key =
        settings
            .table()
            .find(name)
            .orElseThrow(
                () ->
                    new Refused(
                        ResponseCode.INVALID_PARAMETER,
                        "there is no key "
                            + name
                            + settings
                                .table()
                                .nearest(name)
                                .map(other -> "; did you mean " + other + "?")
                                .orElse("")));
    if (!key.isChangeableLive()) {
      throw new Refused(
          ResponseCode.NO_PERMISSION,
          name
              + " can't be changed while the broker runs. Change it in the file and start the broker"
              + " again.");
    }
    return key;
  }
}
