package io.apogeemq.broker.transaction;

import io.apogeemq.broker.state.StateRecord;
import io.apogeemq.broker.state.StateTable;
import io.apogeemq.protocol.body.Body;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * How often the producers of open half messages were asked, by offset in the half queue. A question is
 * counted here, by a record of the state log for all questions of one moment, before it is asked; so a
 * restart doesn't begin to count anew, and no half message is written again for a number. Those that
 * were never asked are not in it. Checkpoint: {@code transactionChecks.json}.
 *
 * <p>Changes on the state loop; any thread reads.
 */
public final class CheckCounts implements StateTable {
  private record Saved(Map<Long, Integer> checks) implements Body {}

  private final Map<Long, Integer> byOffset = new ConcurrentHashMap<>();
  private long revision;

  @Override
  public String checkpointName() {
    return "transactionChecks.json";
  }

  @Override
  public void load(String json) {
    byOffset.putAll(Body.parse(Saved.class, json).checks());
  }

  @Override
  @RunsOn(ThreadRole.EVENT_LOOP)
  public void replay(StateRecord record) {
    if (record instanceof StateRecord.TransactionChecks checks) {
      revision++;
      checks
          .byHalfOffset()
          .forEach(
              (offset, times) -> {
                if (times > 0) {
                  byOffset.put(offset, times);
                } else {
                  byOffset.remove(offset);
                }
              });
    }
  }

  @Override
  @RunsOn(ThreadRole.EVENT_LOOP)
  public long revision() {
    return revision;
  }

  @Override
  @RunsOn(ThreadRole.EVENT_LOOP)
  public Supplier<String> checkpoint() {
    Saved now = new Saved(Map.copyOf(byOffset));
    return () -> new String(now.toJson(), StandardCharsets.UTF_8);
  }

  /** All counts as of now. Any thread. */
  Map<Long, Integer> all() {
    return Map.copyOf(byOffset);
  }
}
