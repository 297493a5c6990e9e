package io.apogeemq.broker.state;

import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.StoredMessage;
import io.apogeemq.protocol.message.SysFlags;
import io.apogeemq.protocol.remoting.MalformedRequest;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Refused;
import io.apogeemq.store.AppendResult;
import io.apogeemq.store.Completions;
import io.apogeemq.store.MessageStore;
import io.apogeemq.store.ReadRequest;
import io.apogeemq.store.ReadResult;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The broker's state as records of one queue of an internal topic.
 *
 * <p>Whoever wants a change writes a record; the tables ({@link StateTable}) change only by replaying
 * what can be read back from the log, one record after the other on the <em>state loop</em>: live, at
 * restart and on a replica by the same code. So a table never shows a change that the log could
 * still lose, and a restart ends in the same state.
 *
 * <pre>
 * write(record) → append → durable in the store's mode ─┐
 *                                                       ├→ read the queue from `next` on → replay each → complete writers
 * restart: load checkpoints, next = saved offset ───────┘
 * </pre>
 *
 * <p>The JSON tables in {@code config/} are checkpoints, written one after the other, and last a
 * small file with the queue offset up to which they hold. Because records are absolute, tables that
 * are newer than that offset do no harm.
 *
 * <p>Any thread may {@link #write}; everything else runs on the state loop (an executor of one
 * thread, in production an event loop) or says its thread. Waiting writers are bounded by what the
 * store admits.
 */
public final class StateLog {
  /** The internal topic: hidden from topic lists and routes. */
  public static final String TOPIC = Names.SYSTEM_PREFIX + "apogee_state";

  private static final Logger log = LoggerFactory.getLogger(StateLog.class);

  private static final int QUEUE = 0;
  private static final int READ_MESSAGES = 256;
  private static final int READ_BYTES = 1024 * 1024;
  private static final byte[] TOPIC_BYTES = TOPIC.getBytes(StandardCharsets.UTF_8);
  private static final byte[] NO_PROPERTIES = new byte[0];

  /** A writer that waits until the record at its queue offset has been replayed. */
  private record Writer(long queueOffset, Promise<Void> done) {}

  private final MessageStore store;
  private List<StateTable> tables = List.of();
  private final CheckpointFiles files;
  private final InetSocketAddress storeHost;
  private final LongSupplier clockMs;
  private final Executor stateLoop;
  private final Executor disk;
  private final Completions back;
  private final MessageView view = new MessageView();

  private final PriorityQueue<Writer> writers =
      new PriorityQueue<>(Comparator.comparingLong(Writer::queueOffset));
  private long[] savedRevisions = new long[0];
  private @Nullable Promise<Void> recovering;
  private boolean running;
  private boolean reading;

  /** The checkpoint that is being saved; null: none is. */
  private @Nullable Promise<Void> saving;

  private long next;

  /** What the file with the state offset says; it may lie beyond {@code next} until recovered. */
  private long savedNext = -1;

  /** True from a failed replay, which is logged once, to the next one that gets on. */
  private boolean stuck;

  /** Log position of the first record that the saved checkpoint lacks; MAX_VALUE: it lacks none. */
  private volatile long firstUnsavedPosition = Long.MAX_VALUE;

  /** False until the log was replayed: which records the checkpoint lacks isn't known before. */
  private volatile boolean recovered;

  /** The same among the records replayed since the last snapshot was taken. */
  private long firstSinceSnapshot = Long.MAX_VALUE;

  /**
   * @param storeHost the broker's own address, written into the records
   * @param stateLoop runs tasks one after the other on one thread
   * @param disk runs what waits for files: the upkeep worker
   */
  public StateLog(
      MessageStore store,
      CheckpointFiles files,
      InetSocketAddress storeHost,
      LongSupplier clockMs,
      Executor stateLoop,
      Executor disk) {
    this.store = store;
    this.files = files;
    this.storeHost = storeHost;
    this.clockMs = clockMs;
    this.stateLoop = stateLoop;
    this.disk = disk;
    this.back = new Completions(stateLoop);
  }

  /** Names the tables, in the order in which they see each record. Once, before all else. */
  @RunsOn(ThreadRole.CALLER)
  public void keep(StateTable... all) {
    tables = List.of(all);
    savedRevisions = new long[all.length];
  }

  /**
   * Loads the checkpoints. Waits for the disk; before {@link #recover}, by the thread that starts the
   * broker.
   *
   * @throws IOException naming the file that can't be read
   */
  @RunsOn(ThreadRole.CALLER)
  public void loadCheckpoints() throws IOException {
    for (StateTable table : tables) {
      files.load(table);
    }
    next = files.loadStateOffset();
    savedNext = files.savedStateOffset();
  }

  /**
   * Replays the log from the checkpoint on. Completes when the tables are as the log says and the
   * saved offset is not beyond the log's end: records written from now on would else be skipped by the
   * next restart. Fails if the log can't be read or that offset can't be saved.
   */
  public Future<Void> recover() {
    Promise<Void> done = Promise.promise();
    stateLoop.execute(
        () -> {
          for (int i = 0; i < savedRevisions.length; i++) {
            savedRevisions[i] = tables.get(i).revision();
          }
          recovering = done;
          running = true;
          replayReadable();
        });
    return done.future();
  }

  /**
   * Writes a change. Any thread.
   *
   * @return completes, on the asking context if there is one, when the record is as durable as the
   *     store's mode promises and the tables show it. Fails with {@link Refused} if it was not stored
   *     or not confirmed in time; in the latter case it may still come into force later.
   */
  public Future<Void> write(StateRecord record) {
    Promise<Void> done = Promise.promise();
    byte[] body = StateCodec.encode(record);
    ByteBuf bytes = Unpooled.wrappedBuffer(body);
    MessageDraft draft =
        new MessageDraft(
            TOPIC,
            QUEUE,
            0,
            SysFlags.withHosts(0, storeHost, storeHost),
            clockMs.getAsLong(),
            storeHost,
            storeHost,
            0,
            0,
            bytes,
            StoredMessage.crcOf(bytes),
            TOPIC_BYTES,
            NO_PROPERTIES,
            0);
    store.append(List.of(draft), true, back, result -> appended(result, done));
    return onAskingContext(done.future());
  }

  /** Tells that more of the state queue may be readable. Any thread; cheap, and harmless if wrong. */
  public void wake() {
    stateLoop.execute(this::replayReadable);
  }

  /**
   * Saves what changed since the last checkpoint. Any thread. At most one at a time: a second call
   * completes with the one that runs, which may lack what changed since.
   */
  public Future<Void> checkpoint() {
    Promise<Void> done = Promise.promise();
    stateLoop.execute(
        () -> {
          Promise<Void> other = saving;
          if (other != null) {
            other.future().onComplete(done);
            return;
          }
          if (!running) {
            done.complete();
            return;
          }
          saving = done;
          Snapshot snapshot = new Snapshot(next, new long[tables.size()], firstSinceSnapshot);
          firstSinceSnapshot = Long.MAX_VALUE;
          try {
            List<@Nullable Supplier<String>> contents = contents(snapshot.revisions());
            disk.execute(() -> save(snapshot, contents, done));
          } catch (RuntimeException e) { // a table of ours is wrong, or the disk thread has ended
            saved(snapshot, e, done);
          }
        });
    return done.future();
  }

  /**
   * The log must be kept from this position on, because the saved checkpoint does not hold what the
   * state records there say; {@code Long.MAX_VALUE}: it holds all. 0 until the log was replayed. Any thread.
   */
  public long keepFromPosition() {
    return recovered ? firstUnsavedPosition : 0;
  }

  /** Completes on the context of the caller, if it has one, instead of on the state loop. */
  public static <T> Future<T> onAskingContext(Future<T> result) {
    Context asking = Vertx.currentContext();
    if (asking == null) {
      return result;
    }
    Promise<T> handed = Promise.promise();
    result.onComplete(
        (value, failure) ->
            asking.runOnContext(
                nothing -> {
                  if (failure == null) {
                    handed.complete(value);
                  } else {
                    handed.fail(failure);
                  }
                }));
    return handed.future();
  }

  /** What a checkpoint that is being saved will cover. */
  private record Snapshot(long next, long[] revisions, long firstPosition) {}

  /** What has to be written, null for a table that did not change; fills in the revisions. */
  private List<@Nullable Supplier<String>> contents(long[] revisions) {
    List<@Nullable Supplier<String>> contents = new ArrayList<>();
    for (int i = 0; i < revisions.length; i++) {
      revisions[i] = tables.get(i).revision();
      contents.add(revisions[i] == savedRevisions[i] ? null : tables.get(i).checkpoint());
    }
    return contents;
  }

  private void appended(AppendResult result, Promise<Void> done) {
    if (result instanceof AppendResult.Appended at) {
      writers.add(new Writer(at.queueOffset(), done));
      replayReadable();
    } else if (result instanceof AppendResult.Refused refused) {
      int code =
          switch (refused.reason()) {
            case BUSY -> ResponseCode.SYSTEM_BUSY;
            case DISK_FULL, READ_ONLY, CLOSING -> ResponseCode.SERVICE_NOT_AVAILABLE;
            case TOO_LARGE -> ResponseCode.MESSAGE_ILLEGAL;
          };
      done.fail(new Refused(code, "the change was not stored: " + refused.detail()));
    } else {
      AppendResult.Unknown unknown = (AppendResult.Unknown) result;
      done.fail(
          new Refused(
              ResponseCode.SERVICE_NOT_AVAILABLE,
              "the change was written, but not confirmed in time ("
                  + unknown.reason()
                  + "); it may come into force later. Ask again."));
      replayReadable();
    }
  }

  private void replayReadable() {
    if (!running || reading) {
      return;
    }
    try {
      while (true) {
        ReadResult result = store.readHot(request());
        if (result instanceof ReadResult.Cold) {
          reading = true;
          store.read(request(), back, this::takeCold);
          return;
        }
        if (!take(result)) {
          break;
        }
      }
    } catch (RuntimeException e) {
      reading = false;
      stopHere(e);
      return;
    }
    caughtUp();
  }

  private void takeCold(ReadResult found) {
    reading = false;
    boolean more;
    try {
      more = take(found);
    } catch (RuntimeException e) {
      stopHere(e);
      return;
    }
    if (more) {
      replayReadable();
    } else {
      caughtUp();
    }
  }

  private ReadRequest request() {
    return new ReadRequest(
        TOPIC, QUEUE, next, READ_MESSAGES, READ_BYTES, ReadRequest.EntryFilter.ALL);
  }

  /**
   * Takes a read's outcome; true if reading on makes sense. Throws if the records can't be replayed;
   * {@code next} stays before them then, and replaying some of them again does no harm.
   */
  private boolean take(ReadResult result) {
    if (result instanceof ReadResult.Found found) {
      ByteBuf records = found.records();
      try {
        ByteBuffer bytes = records.nioBuffer();
        for (int at = 0; at < bytes.limit(); at += view.size()) {
          String wrong = view.open(bytes, at);
          if (wrong != null) {
            throw new IllegalStateException("the store gave a broken state record: " + wrong);
          }
          replay(view);
        }
      } finally {
        records.release();
      }
      next = found.nextOffset();
      stuck = false;
      completeWriters();
      return true;
    }
    if (result instanceof ReadResult.OffEnds off) {
      if (off.nextOffset() == next) {
        return false;
      }
      if (off.end() == ReadResult.End.BEFORE_FIRST) {
        log.error(
            "state records {} to {} are gone; the checkpoint and the records from there on count",
            next,
            off.nextOffset());
      } else {
        log.warn(
            "the checkpoint holds state up to {}, the log only up to {}: the log lost its end",
            next,
            off.nextOffset());
      }
      next = off.nextOffset();
      return off.end() == ReadResult.End.BEFORE_FIRST;
    }
    if (result instanceof ReadResult.Failed failed) {
      throw new IllegalStateException("the store could not read: " + failed.reason());
    }
    return false;
  }

  private void replay(MessageView record) {
    long position = record.logPosition();
    byte[] body = new byte[record.body().remaining()];
    record.body().get(body);
    StateRecord change;
    try {
      change = StateCodec.decode(body);
    } catch (MalformedRequest e) {
      // Nothing else can be done with it here; the text tells what to look for.
      log.error("the state record at log position {} can't be read and is left out", position, e);
      return;
    }
    if (firstSinceSnapshot == Long.MAX_VALUE) {
      firstSinceSnapshot = position;
    }
    if (firstUnsavedPosition == Long.MAX_VALUE) {
      firstUnsavedPosition = position;
    }
    for (StateTable table : tables) {
      table.replay(change);
    }
  }

  private void completeWriters() {
    for (Writer writer = writers.peek();
        writer != null && writer.queueOffset() < next;
        writer = writers.peek()) {
      writers.remove();
      writer.done().complete();
    }
  }

  private void caughtUp() {
    completeWriters();
    Promise<Void> waiting = recovering;
    if (waiting == null) {
      return;
    }
    recovering = null;
    recovered = true;
    if (next >= savedNext) {
      waiting.complete();
    } else {
      lowerSavedOffset(waiting);
    }
  }

  /** Saves the offset at which the log really ends, as the only checkpoint of this moment. */
  private void lowerSavedOffset(Promise<Void> done) {
    long lowered = next;
    saving = done;
    disk.execute(
        () -> {
          Exception failure = null;
          try {
            files.saveStateOffset(lowered);
          } catch (IOException | RuntimeException e) {
            failure = e;
          }
          Exception failed = failure;
          stateLoop.execute(
              () -> {
                saving = null;
                if (failed == null) {
                  savedNext = lowered;
                  done.complete();
                } else {
                  running = false;
                  done.fail(failed);
                }
              });
        });
  }

  /**
   * The records from {@code next} on can't be replayed: tells everybody who waits for them. A recovery
   * ends with that; later every wake tries again.
   */
  private void stopHere(RuntimeException failure) {
    String problem = "state records from queue offset " + next + " on can't be replayed";
    Promise<Void> waiting = recovering;
    if (waiting != null) {
      recovering = null;
      running = false;
      waiting.fail(new IllegalStateException(problem + ": " + failure.getMessage(), failure));
    } else if (!stuck) {
      stuck = true;
      log.error("{}; trying again with every change and every second", problem, failure);
    }
    List<Writer> told = new ArrayList<>(writers);
    writers.clear();
    for (Writer writer : told) {
      writer
          .done()
          .fail(
              new Refused(
                  ResponseCode.SERVICE_NOT_AVAILABLE,
                  "the change was stored, but is not in force: "
                      + problem
                      + " ("
                      + failure.getMessage()
                      + "). The broker's log tells more."));
    }
  }

  @RunsOn(ThreadRole.UPKEEP)
  private void save(
      Snapshot snapshot, List<@Nullable Supplier<String>> contents, Promise<Void> done) {
    Exception failure = null;
    try {
      for (int i = 0; i < contents.size(); i++) {
        Supplier<String> content = contents.get(i);
        if (content != null) {
          files.save(tables.get(i).checkpointName(), content.get());
        }
      }
      if (snapshot.next() != savedNext) {
        files.saveStateOffset(snapshot.next());
      }
    } catch (IOException | RuntimeException e) {
      failure = e; // whatever it is: the next checkpoint must be able to start
    }
    Exception failed = failure;
    stateLoop.execute(() -> saved(snapshot, failed, done));
  }

  private void saved(Snapshot snapshot, @Nullable Exception failure, Promise<Void> done) {
    saving = null;
    if (failure != null) {
      firstSinceSnapshot = Math.min(firstSinceSnapshot, snapshot.firstPosition());
      done.fail(failure);
      return;
    }
    System.arraycopy(snapshot.revisions(), 0, savedRevisions, 0, savedRevisions.length);
    savedNext = snapshot.next();
    firstUnsavedPosition = firstSinceSnapshot;
    done.complete();
  }
}
