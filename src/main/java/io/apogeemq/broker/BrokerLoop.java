package io.apogeemq.broker;

import io.apogeemq.broker.arrival.ParkedRequests;
import io.apogeemq.remoting.Later;
import io.apogeemq.remoting.LoopExecutor;
import io.apogeemq.store.Completions;
import io.vertx.core.Context;
import io.vertx.core.Vertx;

/**
 * What the families of one event loop share: how tasks get onto the loop, how the store's results
 * come back to it, and what waits on it for messages.
 */
record BrokerLoop(Vertx vertx, LoopExecutor executor, Completions back, ParkedRequests parked) {

  static BrokerLoop on(Vertx vertx, Context context) {
    LoopExecutor executor = new LoopExecutor(context);
    return new BrokerLoop(
        vertx,
        executor,
        new Completions(executor, executor::atEndOfTurn),
        new ParkedRequests(executor, BrokerLoop::monotonicMs));
  }

  /** Runs tasks on this loop after a time. */
  Later later() {
    return later(vertx, executor);
  }

  /** Runs tasks on a loop after a time. */
  static Later later(Vertx vertx, LoopExecutor loop) {
    return (delayMs, task) -> vertx.setTimer(delayMs, ignored -> loop.execute(task));
  }

  /** A clock for deadlines; unlike the time of day it never jumps. */
  static long monotonicMs() {
    return System.nanoTime() / 1_000_000;
  }
}
