package io.apogeemq.broker.transaction;

import io.apogeemq.broker.group.ClientTable;
import io.apogeemq.broker.offset.OffsetTable;
import io.apogeemq.broker.send.Detour;
import io.apogeemq.broker.state.StateLog;
import io.apogeemq.broker.state.StateWriter;
import io.apogeemq.broker.stats.Rates;
import io.apogeemq.broker.topic.SystemTopics;
import io.apogeemq.broker.topic.TopicTable;
import io.apogeemq.protocol.body.OpenTransactions;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.header.TransactionHeaders.End;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Caller;
import io.apogeemq.remoting.Later;
import io.apogeemq.remoting.Reply;
import io.apogeemq.store.Completions;
import io.apogeemq.store.LogPass;
import io.apogeemq.store.MessageStore;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transactions of a broker. A half message is a record of an internal queue; the log alone says
 * which are open, and the table here follows it.
 *
 * <pre>
 * send  ─▶ {@link HalfDetour} ─▶ log: half queue ─▶ {@link HalfTail} ─▶ {@link OpenTable}
 * END   ─▶ {@link Decisions} ─▶ {@link Endings} ─▶ log: the message under its real topic, {@link ClosingMarks}
 * time  ─▶ {@link DueWheel} ─▶ {@link CheckBack} ─▶ a producer ─▶ END
 * start ─▶ {@link Restart}; now and then {@link OpenCheckpoint}; before a file goes {@link OldestFile}
 * </pre>
 *
 * <p>All of it runs on one loop of its own; other threads hand over to it. Start: {@link #askFor} the
 * log's end, then {@link #recover}; from then on it goes by itself until {@link #finish}. Each
 * transaction ends exactly once, however often its producer says so.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class Transactions {
  private static final Logger LOG = LoggerFactory.getLogger(Transactions.class);
  private static final long FINISH_WITHIN_MS = 2_000;

  /** What the room needs of the broker. {@code atEndOfTurn}: of the loop. */
  public record Parts(
      MessageStore store,
      Executor loop,
      Executor atEndOfTurn,
      Later later,
      Executor disk,
      ClientTable clients,
      TopicTable topics,
      OffsetTable offsets,
      CheckCounts counts,
      StateWriter state,
      Rates rates,
      OpenFile file,
      long segmentBytes,
      LongSupplier wallMs,
      LongSupplier monotonicMs) {}

  private final TransactionConfig config;
  private final Parts parts;
  private final MessageStore store;
  private final Completions back;
  private final OpenTable table;
  private final Endings endings;
  private final CheckBack checkBack;
  private final Decisions decisions;
  private final SecondChance secondChance;
  private final OpenList openList;
  private final OldestFile oldestFile;
  private @Nullable Restart restart;
  private @Nullable HalfTail tail;
  private @Nullable OpenCheckpoint checkpoint;
  private @Nullable Promise<Void> finishing;
  private long finishUntilMs;
  private boolean stopped;
  private boolean topicsThere;

  /** False until there was a half message: nothing of the log is needed before. */
  private volatile boolean used = true;

  public Transactions(TransactionConfig config, Parts parts) {
    this.config = config;
    this.parts = parts;
    store = parts.store();
    back = new Completions(parts.loop(), parts.atEndOfTurn());
    table = new OpenTable(config, parts.wallMs(), parts.monotonicMs());
    HalfReader reader = new HalfReader(store, back);
    endings =
        new Endings(
            config,
            store,
            back,
            table.halves,
            reader,
            new ClosingMarks(store, back, parts.atEndOfTurn(), config.storeHost(), parts.wallMs()),
            parts.rates(),
            new Changes());
    checkBack =
        new CheckBack(
            config,
            table.halves,
            table.groups,
            table.wheel,
            parts.clients(),
            parts.state(),
            endings,
            new CheckMessages(config, table.halves, reader),
            parts.monotonicMs().getAsLong());
    decisions = new Decisions(store, back, parts.monotonicMs(), table, endings, checkBack);
    secondChance =
        new SecondChance(store, back, config.storeHost(), parts.monotonicMs(), table, checkBack);
    openList = new OpenList(config, table, parts.clients(), reader, parts.monotonicMs());
    oldestFile = new OldestFile(store, table.halves, endings, parts.segmentBytes());
  }

  /** Where half messages are parked. Any thread. */
  public Detour detour() {
    return new HalfDetour(config, table.halves::size);
  }

  /** How many transactions are open. Any thread. */
  public int open() {
    return table.halves.size();
  }

  /**
   * From where on the log is needed: for the records that the checkpoint lacks, and for open half messages.
   * Asked when the oldest file is to be deleted: what lies in it is put in anew then, and the next
   * answer is higher. Any thread.
   */
  public long keepFromPosition() {
    oldestFile.want();
    OpenCheckpoint saved = checkpoint;
    if (saved == null) {
      return 0;
    }
    return used ? Math.min(saved.savedPosition(), oldestFile.lowestPosition()) : Long.MAX_VALUE;
  }

  // ---- start and end ----------------------------------------------------------------------------

  /** Loads the checkpoint and asks to be shown what the log says since. Before the store starts. */
  @RunsOn(ThreadRole.UPKEEP)
  public void askFor(LogPass pass) throws IOException {
    restart = Restart.askFor(pass, parts.file(), store, back, parts.offsets());
  }

  /** Completes when the table says what the log says. After offsets and counts are recovered. */
  public Future<Void> recover() {
    Promise<Void> done = Promise.promise();
    parts
        .loop()
        .execute(
            () -> {
              Restart from = restart;
              if (from == null) {
                done.fail(new IllegalStateException("the log was not looked at"));
              } else {
                long halfQueueEnd = store.maxOffset(SystemTopics.HALF, HalfDetour.QUEUE);
                from.run(table, parts.counts(), checkBack, () -> begin(from, halfQueueEnd, done));
              }
            });
    return StateLog.onAskingContext(done.future());
  }

  /** {@code halfQueueEnd}: half messages before it are in the table, if they are open. */
  private void begin(Restart from, long halfQueueEnd, Promise<Void> done) {
    HalfTail following = HalfTail.ofHalves(store, back, halfQueueEnd, this::arrived);
    tail = following;
    decisions.follow(following);
    OpenCheckpoint saves =
        new OpenCheckpoint(
            store,
            table.halves,
            table.groups,
            table.wheel,
            table.moved,
            following,
            endings,
            parts.offsets(),
            parts.file(),
            parts.loop(),
            parts.disk(),
            parts.wallMs(),
            from.logPosition());
    checkpoint = saves;
    restart = null;
    used = halfQueueEnd > 0;
    if (used) {
      createTopics();
    }
    oldestFile.findLowest();
    keepTicking();
    if (from.hasCheckpoint()) {
      done.complete();
    } else {
      // Before the first transaction: what is closed from now on is found by its records.
      saves.saveFirst(parts.monotonicMs().getAsLong()).onComplete(done);
    }
  }

  /** Writes down what is open, and stops. Completes when that is done, or can't be in good time. */
  public Future<Void> finish() {
    Promise<Void> done = Promise.promise();
    parts
        .loop()
        .execute(
            () -> {
              OpenCheckpoint saves = checkpoint;
              if (saves == null || !used) {
                stopped = true;
                done.complete();
                return;
              }
              saves.want();
              finishUntilMs = parts.monotonicMs().getAsLong() + FINISH_WITHIN_MS;
              finishing = done;
            });
    return done.future();
  }

  // ---- time -------------------------------------------------------------------------------------

  private void keepTicking() {
    if (!stopped) {
      parts.later().in(DueWheel.TICK_MS, this::keepTicking);
      tick();
    }
  }

  /** Does what is due. On the loop. */
  void tick() {
    HalfTail following = tail;
    OpenCheckpoint saves = checkpoint;
    if (following == null || saves == null) {
      return; // not recovered yet
    }
    long nowMs = parts.monotonicMs().getAsLong();
    following.catchUp(decisions::takeEarly);
    decisions.takeEarly();
    endings.tick();
    if (finishing == null) {
      checkBack.tick(nowMs);
    }
    oldestFile.tick(nowMs, saves);
    saves.tick(nowMs);
    Promise<Void> waiting = finishing;
    if (waiting != null && (saves.isSettled() || nowMs >= finishUntilMs)) {
      stopped = true;
      waiting.tryComplete();
    }
  }

  // ---- half messages ----------------------------------------------------------------------------

  private void arrived(MessageView record) {
    used = true;
    createTopics();
    table.arrived(Half.of(record));
  }

  /** The topics without which an Apache broker would not go on with the queues. */
  private void createTopics() {
    if (topicsThere) {
      return;
    }
    topicsThere = true;
    for (String topic :
        List.of(SystemTopics.HALF, SystemTopics.HALF_DONE, SystemTopics.CHECKED_TOO_OFTEN)) {
      parts
          .topics()
          .ensure(TopicConfig.of(topic, 1, TopicConfig.READ | TopicConfig.WRITE))
          .onFailure(
              e -> {
                LOG.warn("the topic {} can't be created: {}", topic, e.toString());
                topicsThere = false;
              });
    }
  }

  private final class Changes implements Endings.Listener {
    @Override
    public void closing(int slot) {
      checkBack.answered(slot);
      if (table.halves.checks(slot) > 0) {
        checkBack.count(table.halves.queueOffset(slot), 0);
      }
      table.closing(slot);
    }

    @Override
    public void moved(int slot, long oldOffset, long oldPosition) {
      table.moved(slot, oldOffset, oldPosition);
      if (table.halves.checks(slot) > 0) {
        checkBack.count(oldOffset, 0);
        checkBack.count(table.halves.queueOffset(slot), table.halves.checks(slot));
      }
      oldestFile.want(); // look again whether all of them are out of it
    }
  }

  // ---- requests; any thread ---------------------------------------------------------------------

  /**
   * Ends a transaction as its producer says.
   *
   * @param caller must be allowed to publish to the message's topic; null without access control
   * @return what is answered if the producer waits for an answer, on the asking context
   */
  public Future<Reply> end(End end, @Nullable Caller caller) {
    Promise<Reply> answer = Promise.promise();
    parts.loop().execute(() -> decisions.take(end, caller, answer::tryComplete));
    return StateLog.onAskingContext(answer.future());
  }

  /** The same for a producer that doesn't wait for an answer. */
  public void endUnanswered(End end, @Nullable Caller caller) {
    parts.loop().execute(() -> decisions.take(end, caller, reply -> logRefused(end, reply)));
  }

  private static void logRefused(End end, Reply reply) {
    if (reply.code() != ResponseCode.SUCCESS) {
      LOG.warn("a transaction was not ended as its producer asked: {}; {}", reply.remark(), end);
    }
  }

  /**
   * Lets a half message be checked from the beginning: an open one, or one that was given up, which
   * is then open again.
   */
  public Future<Reply> resume(long logPosition) {
    Promise<Reply> answer = Promise.promise();
    parts.loop().execute(() -> secondChance.give(logPosition, answer::tryComplete));
    return StateLog.onAskingContext(answer.future());
  }

  /**
   * The transactions that are open, oldest first.
   *
   * @param after the offset that the last page ended with, -1 for the first page
   */
  public Future<OpenTransactions> list(int max, long after) {
    Promise<OpenTransactions> answer = Promise.promise();
    parts.loop().execute(() -> openList.page(max, after, answer::complete));
    return StateLog.onAskingContext(answer.future());
  }
}
