package io.apogeemq.remoting;

import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.netty.util.collection.IntObjectHashMap;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The requests that one connection has sent and not yet seen answered, by opaque. Bounded, each for its
 * time; an answer that nobody waits for any more is released.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class InFlight {
  static final int MAX = 65_535;

  private static final long EXPIRY_TICK_MS = 100;

  /** Correlation ids are unique in the process, as in the official clients. */
  private static final AtomicInteger NEXT_OPAQUE = new AtomicInteger();

  private record Waiting(Promise<RemotingCommand> answer, long deadlineMs, int code) {}

  /** Odd, so that no two opaques become one key. */
  private static final int SPREAD = 0x9E3779B1;

  /**
   * By {@link #key}. Opaques follow each other, and so would their places in the map, where a removal
   * moves all that lie behind it without a gap.
   */
  private final IntObjectHashMap<Waiting> byKey = new IntObjectHashMap<>();

  private final Later later;
  private boolean expiryPlanned;

  /** {@code later}: runs tasks on the connection's loop. */
  InFlight(Later later) {
    this.later = later;
  }

  static int nextOpaque() {
    return NEXT_OPAQUE.getAndIncrement();
  }

  /** What a request fails with while there are too many. */
  static IllegalStateException full(Connection connection) {
    return new IllegalStateException(
        MAX + " requests are unanswered on the connection to " + connection);
  }

  private static int key(int opaque) {
    return opaque * SPREAD;
  }

  boolean isEmpty() {
    return byKey.isEmpty();
  }

  /** True if no further request may be sent until some are answered. */
  boolean isFull() {
    return byKey.size() >= MAX;
  }

  Future<RemotingCommand> add(int opaque, int code, long timeoutMs) {
    Promise<RemotingCommand> answer = Promise.promise();
    byKey.put(key(opaque), new Waiting(answer, nowMs() + timeoutMs, code));
    planExpiry();
    return answer.future();
  }

  private void planExpiry() {
    if (expiryPlanned) {
      return;
    }
    expiryPlanned = true;
    later.in(
        EXPIRY_TICK_MS,
        () -> {
          expiryPlanned = false;
          expire(nowMs());
          if (!isEmpty()) {
            planExpiry();
          }
        });
  }

  static long nowMs() {
    return System.nanoTime() / 1_000_000;
  }

  void answered(RemotingCommand response) {
    Waiting waiting = byKey.remove(key(response.opaque()));
    if (waiting == null) {
      response.release();
    } else {
      waiting.answer.complete(response);
    }
  }

  /** Fails what has waited too long. */
  void expire(long nowMs) {
    List<Integer> late = new ArrayList<>();
    for (IntObjectHashMap.PrimitiveEntry<Waiting> each : byKey.entries()) {
      if (each.value().deadlineMs <= nowMs) {
        late.add(each.key());
      }
    }
    for (int key : late) {
      Waiting waiting = byKey.remove(key);
      waiting.answer.fail(
          new TimeoutException("no answer to request " + waiting.code + " in time"));
    }
  }

  void connectionLost() {
    List<Waiting> all = new ArrayList<>(byKey.values());
    byKey.clear();
    for (Waiting each : all) {
      each.answer.fail(new ClosedChannelException());
    }
  }
}
