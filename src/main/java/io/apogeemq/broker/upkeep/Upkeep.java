package io.apogeemq.broker.upkeep;

import io.apogeemq.broker.group.ClientTable;
import io.apogeemq.broker.offset.OffsetTable;
import io.apogeemq.broker.order.OrderLocks;
import io.apogeemq.broker.state.StateLog;
import io.apogeemq.broker.stats.Rates;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a broker does now and then: samples rates, gathers offset commits into the log, saves the
 * tables, drops silent clients, registers with the name servers.
 *
 * <p>A plain object: whoever owns the clock calls {@link #tick} at least as often as the shortest
 * interval. Nothing here waits; slow work is handed on and at most one of a kind is on its way.
 */
@RunsOn(ThreadRole.UPKEEP)
public final class Upkeep {
  private static final Logger log = LoggerFactory.getLogger(Upkeep.class);

  private static final long SECOND_MS = 1000;
  private static final long EXPIRY_SCAN_MS = 10_000;

  private final StateLog stateLog;
  private final OffsetTable offsets;
  private final ClientTable clients;
  private final OrderLocks orderLocks;
  private final Rates rates;
  private final RuntimeInfo runtime;
  private final RouteRegistration registration;
  private final Executor stateLoop;

  private final Every gather;
  private final Every save;
  private final Every second;
  private final Every expiry;

  /**
   * @param gatherMs between two records of committed offsets: what a crash of the machine may take
   *     back besides what the store's mode allows
   * @param saveMs between two saves of the JSON tables
   */
  public record Intervals(long gatherMs, long saveMs) {}

  /** Due again when its interval has passed. */
  private static final class Every {
    private final LongSupplier clockMs;
    private final long intervalMs;
    private long lastMs;

    Every(LongSupplier clockMs, long intervalMs) {
      this.clockMs = clockMs;
      this.intervalMs = intervalMs;
      this.lastMs = clockMs.getAsLong();
    }

    boolean due() {
      long now = clockMs.getAsLong();
      if (now - lastMs < intervalMs) {
        return false;
      }
      lastMs = now;
      return true;
    }
  }

  /** {@code monotonicMs}: a clock that never jumps. */
  public Upkeep(
      StateLog stateLog,
      OffsetTable offsets,
      ClientTable clients,
      OrderLocks orderLocks,
      Rates rates,
      RuntimeInfo runtime,
      RouteRegistration registration,
      Executor stateLoop,
      Intervals intervals,
      LongSupplier monotonicMs) {
    this.stateLog = stateLog;
    this.offsets = offsets;
    this.clients = clients;
    this.orderLocks = orderLocks;
    this.rates = rates;
    this.runtime = runtime;
    this.registration = registration;
    this.stateLoop = stateLoop;
    gather = new Every(monotonicMs, intervals.gatherMs());
    save = new Every(monotonicMs, intervals.saveMs());
    second = new Every(monotonicMs, SECOND_MS);
    expiry = new Every(monotonicMs, EXPIRY_SCAN_MS);
  }

  /** Does what is due. */
  public void tick() {
    if (gather.due()) {
      gatherOffsets()
          .onFailure(
              e -> log.warn("committed offsets could not be written to the log: {}", e.toString()));
    }
    if (save.due()) {
      stateLog.checkpoint().onFailure(e -> log.warn("the tables in config/ could not be saved", e));
    }
    if (second.due()) {
      rates.tick();
      registration.tick();
      stateLog.wake(); // in case a record became readable without anybody waiting for it
    }
    if (expiry.due()) {
      clients.expire();
      orderLocks.expire();
      runtime.refreshCapacity();
    }
  }

  /**
   * The last things before the store is closed: all commits in the log, all tables saved. Completes
   * when that is done; fails if some of it could not be. A tick's set and save may still be on their
   * way, without what came since: so each is done once more after them.
   */
  @RunsOn(ThreadRole.CALLER)
  public Future<Void> finish() {
    return gatherOffsets()
        .transform(former -> gatherOffsets())
        .eventually(() -> stateLog.checkpoint().transform(former -> stateLog.checkpoint()));
  }

  private Future<Void> gatherOffsets() {
    Promise<Void> done = Promise.promise();
    stateLoop.execute(() -> offsets.gather().onComplete(done));
    return done.future();
  }
}
