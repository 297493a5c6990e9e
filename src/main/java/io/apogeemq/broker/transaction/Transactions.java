package io.apogeemq.broker.transaction;

import io.apogeemq.broker.group.ClientTable;
import io.apogeemq.broker.offset.OffsetTable;
import io.apogeemq.broker.send.Detour;
import io.apogeemq.broker.send.Forwarding;
import io.apogeemq.broker.state.StateLog;
import io.apogeemq.broker.state.StateWriter;
import io.apogeemq.broker.stats.Rates;
import io.apogeemq.broker.topic.SystemTopics;
import io.apogeemq.broker.topic.TopicTable;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.header.TransactionHeaders.End;
import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.SysFlags;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Reply;
import io.apogeemq.store.AppendResult;
import io.apogeemq.store.Completions;
import io.apogeemq.store.LogPass;
import io.apogeemq.store.MessageStore;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transactions of a broker. A half message is a record of an internal queue; the log alone says
 * which are open, and the table here follows it.
 *
 * <pre>
 * send ─▶ {@link HalfDetour} ─▶ log: half queue ─▶ {@link HalfTail} ─▶ {@link OpenHalves}
 * END  ─▶ {@link #end} ─▶ {@link Endings} ─▶ log: the message under its real topic, {@link ClosingMarks}
 * time ─▶ {@link #tick} ─▶ {@link DueWheel} ─▶ {@link CheckBack} ─▶ a producer ─▶ END
 * </pre>
 *
 * <p>All of it runs on one loop of its own; other threads hand over to it. Start: {@link #askFor} the
 * log's end, {@link #recover}, then {@link #tick} every {@link #TICK_MS}. Each transaction ends exactly
 * once, however often its producer says so.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class Transactions {
  /** How often {@link #tick} is to be called, ms. */
  public static final long TICK_MS = DueWheel.TICK_MS;

  private static final Logger LOG = LoggerFactory.getLogger(Transactions.class);
  private static final byte[] HALF = SystemTopics.HALF.getBytes(StandardCharsets.UTF_8);
  private static final byte[] GIVEN_UP =
      SystemTopics.CHECKED_TOO_OFTEN.getBytes(StandardCharsets.UTF_8);

  /** Decisions that may wait for their half message to become readable. */
  private static final int MAX_EARLY = 10_000;

  private static final long EARLY_FOR_MS = 10_000;

  /** Half messages that one tick puts in anew for retention. */
  private static final int MAX_ROLLED = 1_000;

  private static final long LOOK_FOR_RETENTION_MS = 1_000;
  private static final long FINISH_WITHIN_MS = 2_000;

  private record Early(End end, Consumer<Reply> answer, long untilMs) {}

  /** What the room needs of the broker. {@code later}: at the end of the loop's turn. */
  public record Parts(
      MessageStore store,
      Executor loop,
      Executor later,
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
  private final OpenHalves halves = new OpenHalves();
  private final Groups groups = new Groups();
  private final MovedHalves moved = new MovedHalves();
  private final DueWheel wheel;
  private final HalfReader reader;
  private final Endings endings;
  private final CheckBack checkBack;
  private final ArrayDeque<Early> early = new ArrayDeque<>();
  private @Nullable Recovered recovered;
  private @Nullable HalfTail tail;
  private @Nullable OpenCheckpoint checkpoint;
  private @Nullable Promise<Void> finishing;
  private long finishUntilMs;
  private boolean topicsThere;
  private long lookedForRetentionMs;

  /** Retention has asked for the oldest file. */
  private volatile boolean roomWanted;

  /** No open half message lies before it; 0 until that is known. */
  private volatile long lowestPosition;

  /** False until there was a half message: nothing of the log is needed before. */
  private volatile boolean used = true;

  public Transactions(TransactionConfig config, Parts parts) {
    this.config = config;
    this.parts = parts;
    store = parts.store();
    back = new Completions(parts.loop(), parts.later());
    long nowMs = parts.monotonicMs().getAsLong();
    wheel = new DueWheel(nowMs);
    reader = new HalfReader(store, back);
    ClosingMarks marks =
        new ClosingMarks(store, back, parts.later(), config.storeHost(), parts.wallMs());
    endings = new Endings(config, store, back, halves, reader, marks, parts.rates(), new Changes());
    checkBack =
        new CheckBack(
            config,
            halves,
            groups,
            wheel,
            parts.clients(),
            parts.state(),
            endings,
            new CheckMessages(config, halves, reader),
            nowMs);
  }

  /** Where half messages are parked. Any thread. */
  public Detour detour() {
    return new HalfDetour(config, halves::size);
  }

  /** How many transactions are open. Any thread. */
  public int open() {
    return halves.size();
  }

  /**
   * From where on the log is needed: for the records that the checkpoint lacks, and for open half messages.
   * Asked when the oldest file is to be deleted: what lies in it is put in anew then, and the next
   * answer is higher. Any thread.
   */
  public long keepFromPosition() {
    roomWanted = true;
    OpenCheckpoint saved = checkpoint;
    if (saved == null) {
      return 0;
    }
    return used ? Math.min(saved.savedPosition(), lowestPosition) : Long.MAX_VALUE;
  }

  // ---- start and end
  // -------------------------------------------------------------------------------

  /** Loads the checkpoint and asks to be shown what the log says since. Before the store starts. */
  @RunsOn(ThreadRole.UPKEEP)
  public void askFor(LogPass pass) throws IOException {
    boolean anyHalves = store.maxOffset(SystemTopics.HALF, HalfDetour.QUEUE) > 0;
    recovered = Recovered.begin(parts.file(), pass, anyHalves);
  }

  /** Completes when the table says what the log says. After offsets and counts are recovered. */
  public Future<Void> recover() {
    Promise<Void> done = Promise.promise();
    parts
        .loop()
        .execute(
            () -> {
              Recovered found = recovered;
              if (found == null) {
                done.fail(new IllegalStateException("the log was not looked at"));
              } else if (found.hasCheckpoint()) {
                begin(found, done);
              } else {
                readQueue(
                    SystemTopics.HALF,
                    found::half,
                    () -> readQueue(SystemTopics.HALF_DONE, found::mark, () -> begin(found, done)));
              }
            });
    return StateLog.onAskingContext(done.future());
  }

  private void readQueue(String topic, Consumer<MessageView> each, Runnable then) {
    long from = parts.offsets().find(OpenCheckpoint.GROUP, topic, HalfDetour.QUEUE).orElse(0);
    HalfTail queue = new HalfTail(store, back, topic, from, each);
    queue.catchUp(then);
    if (queue.isIdle()) {
      then.run();
    }
  }

  private void begin(Recovered found, Promise<Void> done) {
    long halfQueueEnd = store.maxOffset(SystemTopics.HALF, HalfDetour.QUEUE);
    parts
        .offsets()
        .find(OpenCheckpoint.GROUP, SystemTopics.HALF, HalfDetour.QUEUE)
        .ifPresent(found::closeBefore);
    Map<Long, Integer> counts = parts.counts().all();
    for (Recovered.Open each : found.open()) {
      Half half = each.half();
      int counted = counts.getOrDefault(half.queueOffset(), 0);
      open(half, Math.max(counted, half.checks()), each.dueMs());
      if (half.checks() > counted) {
        checkBack.count(half.queueOffset(), half.checks());
      }
    }
    for (long counted : counts.keySet()) {
      if (halves.find(counted) < 0) {
        checkBack.count(counted, 0);
      }
    }
    if (halves.size() > 0) {
      LOG.info("{} transactions are open", halves.size());
    }
    tail = HalfTail.ofHalves(store, back, halfQueueEnd, this::opened);
    OpenCheckpoint saves =
        new OpenCheckpoint(
            store,
            halves,
            groups,
            wheel,
            tail,
            endings,
            parts.offsets(),
            parts.file(),
            parts.loop(),
            parts.disk(),
            parts.wallMs(),
            found.logPosition());
    checkpoint = saves;
    recovered = null;
    used = halfQueueEnd > 0;
    if (used) {
      createTopics();
    }
    findLowest();
    if (found.hasCheckpoint()) {
      done.complete();
    } else {
      // Before the first transaction: what is closed from now on is found by its records.
      saves.saveFirst(parts.monotonicMs().getAsLong()).onComplete(done);
    }
  }

  /** Writes down what is open. Completes when that is done, or can't be in good time. */
  public Future<Void> finish() {
    Promise<Void> done = Promise.promise();
    parts
        .loop()
        .execute(
            () -> {
              OpenCheckpoint saves = checkpoint;
              if (saves == null || !used) {
                done.complete();
                return;
              }
              saves.want();
              finishUntilMs = parts.monotonicMs().getAsLong() + FINISH_WITHIN_MS;
              finishing = done;
            });
    return done.future();
  }

  // ---- time
  // ----------------------------------------------------------------------------------------

  /** Does what is due. Any thread; every {@link #TICK_MS}. */
  public void tick() {
    parts.loop().execute(this::onTick);
  }

  private void onTick() {
    HalfTail following = tail;
    OpenCheckpoint saves = checkpoint;
    if (following == null || saves == null) {
      return; // not recovered yet
    }
    long nowMs = parts.monotonicMs().getAsLong();
    following.catchUp(this::takeEarly);
    takeEarly();
    endings.tick();
    if (finishing == null) {
      checkBack.tick(nowMs);
    }
    if (roomWanted && nowMs - lookedForRetentionMs >= LOOK_FOR_RETENTION_MS) {
      lookedForRetentionMs = nowMs;
      makeRoom(saves);
    }
    saves.tick(nowMs);
    Promise<Void> waiting = finishing;
    if (waiting != null && (saves.isSettled() || nowMs >= finishUntilMs)) {
      waiting.tryComplete();
    }
  }

  /** What is open in the oldest file is put in anew, so that the file can go. */
  private void makeRoom(OpenCheckpoint saves) {
    roomWanted = false;
    long oldestEnds = store.status().minPosition() + parts.segmentBytes();
    if (saves.savedPosition() < oldestEnds) {
      saves.want();
    }
    findLowest();
    if (lowestPosition < oldestEnds) {
      List<Integer> inIt = new ArrayList<>();
      halves.each(
          slot -> {
            if (halves.logPosition(slot) < oldestEnds
                && !halves.isEnding(slot)
                && inIt.size() < MAX_ROLLED) {
              inIt.add(slot);
            }
          });
      inIt.forEach(endings::rollForward);
    }
  }

  private void findLowest() {
    long[] lowest = {Long.MAX_VALUE};
    halves.each(slot -> lowest[0] = Math.min(lowest[0], halves.logPosition(slot)));
    // Half messages that come later lie behind what is readable now.
    lowestPosition = Math.min(lowest[0], store.status().readablePosition());
  }

  // ---- half messages
  // -------------------------------------------------------------------------------

  private void opened(MessageView record) {
    used = true;
    createTopics();
    Half half = Half.of(record);
    // What we put in anew is in the table already, or is moved when its append is answered.
    if (half.replaces() < 0 && halves.find(half.queueOffset()) < 0) {
      open(half, half.checks(), -1);
    }
  }

  private void open(Half half, int checks, long dueWallMs) {
    Groups.Group group = groups.enter(half.group());
    int slot = halves.add(half.queueOffset(), half.logPosition(), group.number, checks);
    if (half.firstOffset() >= 0 && half.firstOffset() != half.queueOffset()) {
      long before = half.replaces() < 0 ? MovedHalves.ANY_POSITION : half.replaces();
      moved.moved(half.firstOffset(), before, half.queueOffset());
    }
    long nowMs = parts.monotonicMs().getAsLong();
    long wallMs = parts.wallMs().getAsLong();
    long inMs;
    if (dueWallMs >= 0) {
      inMs = Math.min(dueWallMs - wallMs, config.checkIntervalMs());
    } else if (checks > 0) {
      inMs = config.checkIntervalMs();
    } else {
      // By our own clock: a sender's may be wrong by hours.
      long immunityMs = half.immunityMs() < 0 ? config.timeoutMs() : half.immunityMs();
      inMs = half.storedMs() + immunityMs - wallMs;
    }
    wheel.add(slot, nowMs + Math.max(0, inMs));
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
      if (halves.checks(slot) > 0) {
        checkBack.count(halves.queueOffset(slot), 0);
      }
      moved.closed(halves.queueOffset(slot));
      wheel.remove(slot);
      groups.leave(halves.group(slot));
    }

    @Override
    public void moved(int slot, long oldOffset, long oldPosition) {
      moved.moved(oldOffset, oldPosition, halves.queueOffset(slot));
      if (halves.checks(slot) > 0) {
        checkBack.count(oldOffset, 0);
        checkBack.count(halves.queueOffset(slot), halves.checks(slot));
      }
      roomWanted = true; // look again whether all of them are out of the oldest file
    }
  }

  // ---- decisions
  // -----------------------------------------------------------------------------------

  /**
   * Ends a transaction as its producer says. Any thread.
   *
   * @return what is answered if the producer waits for an answer, on the asking context
   */
  public Future<Reply> end(End end) {
    Promise<Reply> answer = Promise.promise();
    parts.loop().execute(() -> take(end, answer::tryComplete));
    return StateLog.onAskingContext(answer.future());
  }

  /** The same for a producer that doesn't wait for an answer. Any thread. */
  public void endUnanswered(End end) {
    parts.loop().execute(() -> take(end, reply -> logRefused(end, reply)));
  }

  private static void logRefused(End end, Reply reply) {
    if (reply.code() != ResponseCode.SUCCESS) {
      LOG.warn("a transaction was not ended as its producer asked: {}; {}", reply.remark(), end);
    }
  }

  private void take(End end, Consumer<Reply> answer) {
    HalfTail following = tail;
    if (following == null) {
      answer.accept(
          Reply.of(ResponseCode.SYSTEM_BUSY, "the broker is still starting; it will ask again"));
      return;
    }
    long offset = end.tranStateTableOffset();
    if (offset >= following.next()) {
      following.catchUp(this::takeEarly);
      if (offset >= following.next() && early.size() < MAX_EARLY) {
        early.add(new Early(end, answer, parts.monotonicMs().getAsLong() + EARLY_FOR_MS));
        return;
      }
    }
    int slot = halves.find(offset);
    long position = slot < 0 ? -1 : halves.logPosition(slot);
    MovedHalves.Place place = slot < 0 ? moved.find(offset) : null;
    if (place != null) {
      slot = halves.find(place.now());
      position =
          place.position() == MovedHalves.ANY_POSITION ? end.commitLogOffset() : place.position();
    }
    if (slot < 0 || position != end.commitLogOffset()) {
      explain(end, answer);
      return;
    }
    decide(slot, end, answer);
  }

  private void decide(int slot, End end, Consumer<Reply> answer) {
    if (!groups.get(halves.group(slot)).name.equals(end.producerGroup())) {
      answer.accept(wrongGroup());
      return;
    }
    if (Boolean.TRUE.equals(end.fromTransactionCheck())) {
      checkBack.answered(slot);
    }
    if (halves.isEnding(slot)) {
      // Decided already, given up, or being moved: in the last case the broker will ask again.
      answer.accept(Reply.ok());
      return;
    }
    switch (end.commitOrRollback()) {
      case SysFlags.TRANSACTION_COMMIT -> endings.commit(slot, answer);
      case SysFlags.TRANSACTION_ROLLBACK -> endings.rollBack(slot, answer);
      case 0 -> answer.accept(Reply.ok());
      default ->
          answer.accept(
              Reply.of(
                  ResponseCode.SYSTEM_ERROR,
                  "commitOrRollback="
                      + end.commitOrRollback()
                      + " is no decision; 8 commits, 12 rolls back, 0 leaves it open"));
    }
  }

  /** Says why a decision finds no open half message, by what lies where it points to. */
  private void explain(End end, Consumer<Reply> answer) {
    store.recordAt(
        end.commitLogOffset(),
        back,
        bytes -> {
          try {
            answer.accept(explanation(end, bytes));
          } finally {
            bytes.release();
          }
        });
  }

  private static Reply explanation(End end, ByteBuf bytes) {
    MessageView record = new MessageView();
    if (!bytes.isReadable() || record.open(bytes.nioBuffer(), 0) != null) {
      return Reply.of(ResponseCode.SYSTEM_ERROR, "Find prepared transaction message failed");
    }
    if (!end.producerGroup().equals(Half.groupOf(record.properties()))) {
      return wrongGroup();
    }
    if (record.queueOffset() != end.tranStateTableOffset()
        || !Arrays.equals(record.topicBytes(), HALF)) {
      return Reply.of(ResponseCode.SYSTEM_ERROR, "The transaction state table offset wrong");
    }
    return Reply.of(
        ResponseCode.SUCCESS, "the transaction has ended before; this decision changes nothing");
  }

  private static Reply wrongGroup() {
    return Reply.of(ResponseCode.SYSTEM_ERROR, "The producer group wrong");
  }

  private void takeEarly() {
    long nowMs = parts.monotonicMs().getAsLong();
    for (int i = early.size(); i > 0; i--) {
      Early each = early.remove();
      if (each.untilMs <= nowMs) {
        explain(each.end, each.answer);
      } else if (tail != null && each.end.tranStateTableOffset() < tail.next()) {
        take(each.end, each.answer);
      } else {
        early.add(each);
      }
    }
  }

  // ---- people
  // --------------------------------------------------------------------------------------

  /**
   * Lets a half message be checked from the beginning: an open one, or one that was given up, which
   * is then open again. Any thread.
   */
  public Future<Reply> resume(long logPosition) {
    Promise<Reply> answer = Promise.promise();
    parts
        .loop()
        .execute(
            () -> store.recordAt(logPosition, back, bytes -> resume(bytes, answer::tryComplete)));
    return StateLog.onAskingContext(answer.future());
  }

  private void resume(ByteBuf bytes, Consumer<Reply> answer) {
    MessageView record = new MessageView();
    if (!bytes.isReadable() || record.open(bytes.nioBuffer(), 0) != null) {
      bytes.release();
      answer.accept(
          Reply.of(
              ResponseCode.SYSTEM_ERROR,
              "no message is stored at the place that this id names; take the id of a message in "
                  + SystemTopics.CHECKED_TOO_OFTEN));
      return;
    }
    byte[] topic = record.topicBytes();
    int slot = Arrays.equals(topic, HALF) ? halves.find(record.queueOffset()) : -1;
    if (slot >= 0 && halves.logPosition(slot) == record.logPosition()) {
      bytes.release();
      checkBack.answered(slot);
      halves.checks(slot, 0);
      checkBack.count(halves.queueOffset(slot), 0);
      wheel.add(slot, parts.monotonicMs().getAsLong());
      answer.accept(Reply.ok());
    } else if (Arrays.equals(topic, GIVEN_UP)) {
      MessageDraft again =
          Forwarding.of(record, config.storeHost())
              .to(SystemTopics.HALF, HalfDetour.QUEUE)
              .remove(Half.FIRST_OFFSET)
              .set(Half.CHECK_TIMES, "0")
              .draft();
      store.append(
          List.of(again),
          true,
          back,
          result -> {
            bytes.release();
            answer.accept(
                result instanceof AppendResult.Refused refused
                    ? Reply.of(ResponseCode.SERVICE_NOT_AVAILABLE, refused.detail())
                    : Reply.ok());
          });
    } else {
      String name = record.topic();
      bytes.release();
      answer.accept(
          Reply.of(
              ResponseCode.SYSTEM_ERROR,
              "this message is neither an open half message nor one in "
                  + SystemTopics.CHECKED_TOO_OFTEN
                  + " (topic "
                  + name
                  + "): its transaction has ended, and would be ended twice"));
    }
  }
}
