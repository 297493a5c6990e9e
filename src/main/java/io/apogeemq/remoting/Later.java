package io.apogeemq.remoting;

/** Runs tasks on one loop after a time; the time does not follow the time of day. */
@FunctionalInterface
public interface Later {
  /** {@code delayMs}: at least 1. */
  void in(long delayMs, Runnable task);
}
