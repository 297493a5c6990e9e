package io.apogeemq.gateway.consume;

import io.apogeemq.client.PoppedMessage;
import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.gateway.http.BodyBudget;
import io.apogeemq.gateway.http.BodyReader;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes batches of messages, as they are stored, to one reader. A few hundred kilobytes of bodies are
 * unpacked and written at once. A larger one waits for memory, and nothing is written after it until it has
 * left and gives that back. Who reads too slowly then is cut off, for others wait for the memory.
 *
 * <pre>
 *   small, small, … → (a large one) → waits for room → unpacked → written → (has left) → small, …
 * </pre>
 *
 * <p>So what unpacks to much costs its readers time, and never all memory. Nothing is given back for lack of
 * room: each time would cost a message one of its attempts, and at last bury it. But what has waited until its
 * time was over is left out, for the broker gives it to somebody else.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class Handout {
  /** Bodies that go out together, and what one is unpacked to without asking for room. */
  static final int SMALL_BYTES = 256 * 1024;

  /** What a byte of a body takes: itself, its text, and twice in what is written of that. */
  private static final int TAKEN_PER_BYTE = 4;

  /** A body that unpacks to more than was expected is expected to be so many times as large. */
  private static final int GROWTH = 8;

  /** Gets the messages. */
  interface Reader {
    boolean isGone();

    /** Closes the connection. */
    void cutOff();

    /** Takes a small message, unpacked. */
    void take(PoppedMessage message);

    /** Makes the text of a large one, in parts. Any thread. */
    List<Buffer> encode(PoppedMessage message);

    /** Takes a large one; completes when its last part has left, fails if it can't any more. */
    Future<Void> take(PoppedMessage message, List<Buffer> parts);

    /** Nobody got these. */
    void giveBack(List<PoppedMessage> messages);
  }

  private record Ready(PoppedMessage message, List<Buffer> parts) {}

  private final Vertx vertx;
  private final BodyBudget memory;
  private final int timeoutMs;
  private final Reader reader;
  private Promise<Void> room = Promise.promise();
  private BodyBudget.@Nullable Waiting waiting;

  /**
   * @param timeoutMs in which a large message must be read, beside what its size gives it
   */
  Handout(Vertx vertx, BodyBudget memory, int timeoutMs, Reader reader) {
    this.vertx = vertx;
    this.memory = memory;
    this.timeoutMs = timeoutMs;
    this.reader = reader;
  }

  /** The batch unpacked if all of it is small; else null. */
  static @Nullable List<PoppedMessage> small(List<PoppedMessage> batch) {
    List<PoppedMessage> all = new ArrayList<>(batch.size());
    int leftBytes = SMALL_BYTES;
    for (PoppedMessage each : batch) {
      PoppedMessage message = within(each, leftBytes);
      if (message == null) {
        return null;
      }
      leftBytes -= message.message().body().length;
      all.add(message);
    }
    return all;
  }

  /** The message unpacked; null if it may be larger than that. */
  private static @Nullable PoppedMessage within(PoppedMessage stored, int limitBytes) {
    PoppedMessage message =
        stored.message().body().length > limitBytes ? stored : stored.unpacked(limitBytes);
    boolean fits = message.message().body().length <= limitBytes;
    return fits && !message.message().isBodyTooLarge() ? message : null;
  }

  /** Completes when all is written or given back; fails if a message can't be written at all. */
  Future<Void> run(List<PoppedMessage> batch) {
    return run(batch, System.nanoTime());
  }

  /** {@code startNs}: when the batch came. */
  private Future<Void> run(List<PoppedMessage> batch, long startNs) {
    int leftBytes = SMALL_BYTES;
    for (int i = 0; i < batch.size(); i++) {
      if (reader.isGone()) {
        reader.giveBack(batch.subList(i, batch.size()));
        return Future.succeededFuture();
      }
      if (isOver(batch.get(i), startNs)) {
        continue;
      }
      PoppedMessage message = within(batch.get(i), leftBytes);
      if (message == null) {
        return large(batch.subList(i, batch.size()), startNs);
      }
      leftBytes -= message.message().body().length;
      reader.take(message);
    }
    return Future.succeededFuture();
  }

  private static boolean isOver(PoppedMessage message, long startNs) {
    long sinceMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
    return sinceMs >= message.receipt().invisibleMs();
  }

  /** The reader has gone: nobody waits for room. */
  void gone() {
    BodyBudget.Waiting left = waiting;
    if (left != null) {
      waiting = null;
      memory.leave(left);
      room.fail("the reader has gone");
    }
  }

  /** {@code batch}: the first of it is large. */
  private Future<Void> large(List<PoppedMessage> batch, long startNs) {
    PoppedMessage first = batch.get(0);
    return large(first, Math.max(SMALL_BYTES, first.message().body().length), startNs)
        .transform(
            done -> {
              if (done.succeeded()) {
                return run(batch.subList(1, batch.size()), startNs);
              }
              reader.giveBack(batch);
              return reader.isGone() ? Future.succeededFuture() : Future.failedFuture(done.cause());
            });
  }

  /** {@code expectedBytes}: what the body is unpacked to at most; if that is too little it is tried anew. */
  private Future<Void> large(PoppedMessage stored, int expectedBytes, long startNs) {
    // Not all: where there are always some small ones under way, a large one would wait for ever.
    long mostBytes = memory.limitBytes() - memory.limitBytes() / 4;
    long bytes = Math.min(mostBytes, (long) expectedBytes * TAKEN_PER_BYTE);
    return room(bytes)
        .compose(
            ignored -> ready(stored, expectedBytes, startNs).onComplete(done -> memory.give(bytes)))
        .compose(
            done ->
                done
                    ? Future.succeededFuture()
                    : large(
                        stored,
                        (int)
                            Math.min((long) expectedBytes * GROWTH, ReceivedMessage.MAX_BODY_BYTES),
                        startNs));
  }

  private Future<Void> room(long bytes) {
    room = Promise.promise();
    waiting =
        memory.await(
            bytes,
            () -> {
              waiting = null;
              room.complete();
            });
    return room.future();
  }

  /** Writes it unless it has waited too long; false if its body may be larger than was expected. */
  private Future<Boolean> ready(PoppedMessage stored, int expectedBytes, long startNs) {
    return isOver(stored, startNs)
        ? Future.succeededFuture(true)
        : vertx.executeBlocking(() -> ready(stored, expectedBytes), false).compose(this::written);
  }

  /** Null if the body may be larger than was expected. On a worker. */
  private @Nullable Ready ready(PoppedMessage stored, int expectedBytes) {
    PoppedMessage message = stored.unpacked(expectedBytes);
    boolean mayBeLarger =
        message.message().isBodyTooLarge() && expectedBytes < ReceivedMessage.MAX_BODY_BYTES;
    return mayBeLarger ? null : new Ready(message, reader.encode(message));
  }

  /** Whether there was something to write. */
  private Future<Boolean> written(@Nullable Ready ready) {
    if (ready == null) {
      return Future.succeededFuture(false);
    }
    if (reader.isGone()) {
      return Future.failedFuture("the reader has gone");
    }
    long size = ready.parts().stream().mapToLong(Buffer::length).sum();
    long timer = vertx.setTimer(BodyReader.patienceMs(timeoutMs, size), ignored -> reader.cutOff());
    return reader
        .take(ready.message(), ready.parts())
        .onComplete(ignored -> vertx.cancelTimer(timer))
        .map(true);
  }
}
