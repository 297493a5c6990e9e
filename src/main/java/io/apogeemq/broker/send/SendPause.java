package io.apogeemq.broker.send;

import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Connection;
import io.apogeemq.remoting.Later;
import io.apogeemq.remoting.Refused;
import io.apogeemq.store.Completions;
import io.apogeemq.store.MessageStore;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Backpressure of the senders of one event loop, bounded by bytes and by age.
 *
 * <p>While more bytes wait for the appender than its bound, each connection that sends is no longer
 * read from. Heartbeats and pulls share the connection, so after {@code maxPauseMs} the paused
 * ones are read again; their further sends are refused until the store is relieved.
 *
 * <pre>
 * FLOWING --store congested--> PAUSED --relieved--> FLOWING
 *                              PAUSED --too long--> REFUSING --relieved--> FLOWING
 * </pre>
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class SendPause {
  private final MessageStore store;
  private final Completions back;
  private final Later later;
  private final long maxPauseMs;
  private final LongSupplier clockMs;
  private final Set<Connection> paused = new HashSet<>();
  private @Nullable Long congestedSinceMs;

  /**
   * @param maxPauseMs a paused socket is read again after so long, whatever the disk does
   * @param clockMs monotonic
   */
  public SendPause(
      MessageStore store, Completions back, Later later, long maxPauseMs, LongSupplier clockMs) {
    this.store = store;
    this.back = back;
    this.later = later;
    this.maxPauseMs = maxPauseMs;
    this.clockMs = clockMs;
  }

  /** False if the send must be refused. May stop reading from the connection as a side effect. */
  public boolean admits(Connection sender) {
    if (congestedSinceMs == null) {
      if (!store.isCongested(back, this::relieved)) {
        return true;
      }
      congestedSinceMs = clockMs.getAsLong();
      later.in(maxPauseMs, this::tooLong);
    }
    if (clockMs.getAsLong() - congestedSinceMs >= maxPauseMs) {
      return false;
    }
    // This request was read already: take it, but read no more from there.
    if (paused.add(sender)) {
      sender.pause();
    }
    return true;
  }

  /** What a sender that is not admitted is told. */
  public Refused refusal(String brokerName) {
    return new Refused(
        ResponseCode.SERVICE_NOT_AVAILABLE,
        "the disk of broker["
            + brokerName
            + "] has kept messages waiting for over "
            + maxPauseMs
            + " ms; nothing was stored, try again or elsewhere");
  }

  private void relieved() {
    congestedSinceMs = null;
    resumeAll();
  }

  private void tooLong() {
    if (congestedSinceMs != null && clockMs.getAsLong() - congestedSinceMs >= maxPauseMs) {
      resumeAll();
    }
  }

  private void resumeAll() {
    for (Connection each : paused) {
      each.resume();
    }
    paused.clear();
  }
}
