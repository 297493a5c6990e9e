package io.apogeemq.store.io;

import java.util.concurrent.TimeUnit;

/** Time as the store sees it; the simulator brings its own. */
public interface StoreClock {
  /** Time of day in ms; may jump. Store timestamps are made of it but never go back. */
  long wallMs();

  /** Milliseconds from an arbitrary start; never jumps. For intervals and time-outs. */
  long monotonicMs();

  /** The machine's clocks. */
  StoreClock SYSTEM =
      new StoreClock() {
        @Override
        public long wallMs() {
          return System.currentTimeMillis();
        }

        @Override
        public long monotonicMs() {
          return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
        }
      };
}
