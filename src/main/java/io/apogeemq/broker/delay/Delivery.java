package io.apogeemq.broker.delay;

import io.apogeemq.broker.stats.Rates;
import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.remoting.Later;
import io.apogeemq.store.AppendResult;
import io.apogeemq.store.AppendResult.Appended;
import io.apogeemq.store.AppendResult.Refused;
import io.apogeemq.store.AppendResult.Unknown;
import io.apogeemq.store.Completions;
import io.apogeemq.store.MessageStore;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.netty.buffer.ByteBuf;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Puts messages that are due, rolled or recalled into the log, and tells what became of them. A message
 * is on its way until the log has it for good or has refused it: one whose force timed out is asked
 * after until it is settled, so it is neither delivered again nor forgotten.
 *
 * <p>Bounds: messages and bytes on their way, and none are started while the store is congested.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class Delivery {
  private static final int MAX_MESSAGES = 512;
  private static final long MAX_BYTES = 8L * 1024 * 1024;
  private static final long ASK_AGAIN_MS = 500;

  private final MessageStore store;
  private final Completions back;
  private final Later later;
  private final Rates rates;
  private final Runnable wake;

  /** In the order of their start. */
  private final Set<Flight> flights = new LinkedHashSet<>();

  private long bytes;
  private long floor;
  private boolean held;
  private boolean stopped;

  /** What became of a message; one of the two is called, once. */
  interface Outcome {
    void stored(Appended at);

    /** Nothing was stored. */
    void refused(Refused why);
  }

  /**
   * A message on its way.
   *
   * @param floor its record doesn't lie before this log position
   * @param source the bytes that its body is part of; released when it is settled
   */
  private record Flight(MessageDraft draft, long floor, ByteBuf source, Outcome outcome) {
    int bytes() {
      return draft.body().readableBytes();
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  /** {@code wake}: a message was settled, or there is room again. */
  Delivery(MessageStore store, Completions back, Later later, Rates rates, Runnable wake) {
    this.store = store;
    this.back = back;
    this.later = later;
    this.rates = rates;
    this.wake = wake;
  }

  /** To be called now and then: what is started from now on lies behind what is in the log now. */
  void turn() {
    floor = store.status().appendedPosition();
  }

  /** What is started now doesn't lie before this log position. */
  long floor() {
    return floor;
  }

  /** Starts nothing any more; what is on its way is settled. */
  void stop() {
    stopped = true;
  }

  /** True if one more message may be started. */
  boolean hasRoom() {
    if (stopped || held || flights.size() >= MAX_MESSAGES || bytes >= MAX_BYTES) {
      return false;
    }
    held = store.isCongested(back, this::relieved);
    return !held;
  }

  private void relieved() {
    held = false;
    wake.run();
  }

  /** True if nothing is on its way. */
  boolean isIdle() {
    return flights.isEmpty();
  }

  /** A log position before which nothing lies that is on its way. */
  long lowestPosition() {
    return flights.isEmpty()
        ? store.status().appendedPosition()
        : flights.iterator().next().floor();
  }

  /**
   * Starts a message.
   *
   * @param source what the draft's body is part of; its reference is this room's from now on
   */
  void start(MessageDraft draft, ByteBuf source, Outcome outcome) {
    if (stopped) { // the next run finds it where it waits
      source.release();
      return;
    }
    Flight flight = new Flight(draft, floor, source, outcome);
    flights.add(flight);
    bytes += flight.bytes();
    store.append(List.of(draft), true, back, result -> settle(flight, result));
  }

  private void settle(Flight flight, AppendResult result) {
    if (result instanceof Unknown unknown) {
      // In the log it is; whether it stays there, the store will say.
      later.in(
          ASK_AGAIN_MS,
          () -> store.awaitDurable(unknown.at(), true, back, again -> settle(flight, again)));
      return;
    }
    flights.remove(flight);
    bytes -= flight.bytes();
    flight.source().release();
    if (result instanceof Appended at) {
      rates.putMessages(flight.draft().topic(), 1, flight.bytes());
      flight.outcome().stored(at);
    } else {
      flight.outcome().refused((Refused) result);
    }
    wake.run();
  }
}
