package io.apogeemq.sim;

import io.apogeemq.store.io.StoreClock;

/** Time that moves when the test says so. */
public final class SimClock implements StoreClock {
  private long wallMs = 1_800_000_000_000L;
  private long monotonicMs;

  public void advance(long ms) {
    wallMs += ms;
    monotonicMs += ms;
  }

  /** Sets the time of day forward or back, as an administrator or a time server does. */
  public void jump(long ms) {
    wallMs += ms;
  }

  @Override
  public long wallMs() {
    return wallMs;
  }

  @Override
  public long monotonicMs() {
    return monotonicMs;
  }
}
