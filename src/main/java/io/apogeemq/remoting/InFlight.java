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

/**
 * The requests that one connection has sent and not yet seen answered, by opaque. Bounded; an answer
 * that nobody waits for any more is released.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class InFlight {
  static final int MAX = 65_535;

  private record Waiting(Promise<RemotingCommand> answer, long deadlineMs, int code) {}

  private final IntObjectHashMap<Waiting> byOpaque = new IntObjectHashMap<>();

  boolean isEmpty() {
    return byOpaque.isEmpty();
  }

  /** True if no further request may be sent until some are answered. */
  boolean isFull() {
    return byOpaque.size() >= MAX;
  }

  Future<RemotingCommand> add(int opaque, int code, long deadlineMs) {
    Promise<RemotingCommand> answer = Promise.promise();
    byOpaque.put(opaque, new Waiting(answer, deadlineMs, code));
    return answer.future();
  }

  void answered(RemotingCommand response) {
    Waiting waiting = byOpaque.remove(response.opaque());
    if (waiting == null) {
      response.release();
    } else {
      waiting.answer.complete(response);
    }
  }

  /** Fails what has waited too long. */
  void expire(long nowMs) {
    List<Integer> late = new ArrayList<>();
    for (IntObjectHashMap.PrimitiveEntry<Waiting> each : byOpaque.entries()) {
      if (each.value().deadlineMs <= nowMs) {
        late.add(each.key());
      }
    }
    for (int opaque : late) {
      Waiting waiting = byOpaque.remove(opaque);
      waiting.answer.fail(
          new TimeoutException("no answer to request " + waiting.code + " in time"));
    }
  }

  void connectionLost() {
    List<Waiting> all = new ArrayList<>(byOpaque.values());
    byOpaque.clear();
    for (Waiting each : all) {
      each.answer.fail(new ClosedChannelException());
    }
  }
}
