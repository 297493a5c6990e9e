package io.apogeemq.broker.pop;

import io.apogeemq.broker.stats.Rates;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.header.PopHeaders;
import io.apogeemq.protocol.message.StoredMessage;
import io.apogeemq.store.ReadRequest;
import io.apogeemq.store.ReadResult;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to take messages for a pop: goes through the topic's queues and the group's retry topic until
 * enough is gathered. Nothing waits on the event loop: a queue whose messages are not in memory is read by
 * the store's readers, and the run goes on when they are there.
 *
 * <p>The order is the original's: of a hundred pops some look into the retry topic first, the others last;
 * the first queue is chosen by chance. Ordered consumption has no retry topic.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class PopRun {
  /** Upper bound of one answer's bytes; the first message of a queue is always taken whole. */
  private static final int MAX_ANSWER_BYTES = 256 * 1024;

  /** So often is a queue read in a row when the filter wants none of what was found. */
  private static final int MAX_READS = 4;

  private final PopPlace place;
  private final PopHeaders.Pop asked;
  private final ReadRequest.EntryFilter filter;
  private final PopAnswer answer;
  private final long popTimeMs;
  private final PopQueue.Asking asking;
  private final List<QueueKey> route;
  private final Promise<PopAnswer> done = Promise.promise();
  private int step;
  private int readsHere;
  private long blockedUntilMs;
  private boolean full;
  private @Nullable String failure;

  PopRun(
      PopPlace place,
      PopHeaders.Pop asked,
      TopicConfig topic,
      ReadRequest.EntryFilter filter,
      int chance) {
    this.place = place;
    this.asked = asked;
    this.filter = filter;
    popTimeMs = place.wallClockMs().getAsLong();
    answer = new PopAnswer(asked, place.config().brokerName(), popTimeMs);
    asking = place.asking(asked.orderly(), asked.attemptId(), popTimeMs);
    route = route(topic, chance);
  }

  private List<QueueKey> route(TopicConfig topic, int chance) {
    List<QueueKey> queues = new ArrayList<>();
    if (asked.queueId() >= 0) {
      queues.add(new QueueKey(asked.topic(), asked.consumerGroup(), asked.queueId()));
    } else {
      for (int i = 0; i < topic.readQueueNums(); i++) {
        int queueId = (chance + i) % topic.readQueueNums();
        queues.add(new QueueKey(asked.topic(), asked.consumerGroup(), queueId));
      }
    }
    if (!asked.orderly()) {
      boolean retryFirst = chance % 100 < place.config().retryPercent();
      queues.addAll(
          retryFirst ? 0 : queues.size(),
          place.retryQueues(asked.topic(), asked.consumerGroup(), chance));
    }
    return queues;
  }

  /** Completes on this loop with what was gathered, maybe nothing. */
  Future<PopAnswer> start() {
    goOn();
    return done.future();
  }

  /** When a queue that is blocked by an ordered batch can be tried again, ms time of day; 0: none is. */
  long blockedUntilMs() {
    return blockedUntilMs;
  }

  /** True if a queue has as much out as may be. */
  boolean isFull() {
    return full;
  }

  /** Why a queue could not be read; null if all could. */
  @Nullable String failure() {
    return failure;
  }

  private void goOn() {
    try {
      while (step < route.size()) {
        QueueKey key = route.get(step);
        PopQueue queue = place.open(key, asked.initMode());
        boolean enough =
            answer.messages() >= asked.maxMsgNums() || answer.bytes() >= MAX_ANSWER_BYTES;
        if (enough) {
          answer.addRest(place.maxOffset(key) - queue.next());
          step++;
        } else if (!read(queue)) {
          return; // goes on when the messages are there
        }
      }
    } catch (RuntimeException e) {
      fail(e);
      return;
    }
    done.complete(answer);
  }

  /** Nobody will be answered with what was taken so far; its leases end, and it comes again. */
  private void fail(RuntimeException e) {
    answer.release();
    done.tryFail(e);
  }

  /** False if the answer comes later. */
  private boolean read(PopQueue queue) {
    PopQueue.Readiness readiness = queue.beginRead(asking);
    if (readiness != PopQueue.Readiness.READY) {
      if (readiness == PopQueue.Readiness.BLOCKED) {
        long until = queue.blockedUntil(asking);
        blockedUntilMs = blockedUntilMs == 0 ? until : Math.min(blockedUntilMs, until);
      } else if (readiness == PopQueue.Readiness.BUSY) {
        answer.addRest(place.maxOffset(queue.key()) - queue.next());
      } else if (readiness == PopQueue.Readiness.FULL) {
        full = true;
      }
      nextQueue();
      return true;
    }
    long from = queue.next();
    ReadRequest request = request(queue, from);
    long startNs = System.nanoTime();
    ReadResult hot;
    try {
      hot = place.store().readHot(request);
    } catch (RuntimeException e) {
      queue.endRead();
      throw e;
    }
    if (!(hot instanceof ReadResult.Cold)) {
      take(queue, from, timed(hot, startNs));
      return true;
    }
    place
        .store()
        .read(
            request,
            place.back(),
            result -> {
              try {
                take(queue, from, timed(result, startNs));
              } catch (RuntimeException e) {
                fail(e);
                return;
              }
              goOn();
            });
    return false;
  }

  private ReadResult timed(ReadResult result, long startNs) {
    if (result instanceof ReadResult.Found) {
      place.rates().getTook(System.nanoTime() - startNs);
    }
    return result;
  }

  private ReadRequest request(PopQueue queue, long from) {
    int room = asked.orderly() ? OrderedBatch.MAX_MESSAGES : asking.maxOut() - queue.out();
    return new ReadRequest(
        queue.key().topic(),
        queue.key().queueId(),
        from,
        Math.max(1, Math.min(asked.maxMsgNums() - answer.messages(), room)),
        MAX_ANSWER_BYTES - answer.bytes(),
        queue.key().topic().equals(asked.topic()) ? filter : ReadRequest.EntryFilter.ALL);
  }

  private void take(PopQueue queue, long from, ReadResult result) {
    boolean again = false;
    if (result instanceof ReadResult.Found found) {
      takeFound(queue, from, found);
      answer.addRest(found.maxOffset() - found.nextOffset());
    } else if (result instanceof ReadResult.NoneWanted none) {
      queue.handOut(from, none.nextOffset(), new long[0], popTimeMs, 0);
      again = readsHere < MAX_READS;
      answer.addRest(again ? 0 : none.maxOffset() - none.nextOffset());
    } else if (result instanceof ReadResult.OffEnds off) {
      queue.endRead();
      again = readsHere < MAX_READS && queue.moveTo(off.nextOffset());
    } else if (result instanceof ReadResult.Failed failed) {
      queue.endRead();
      failure = failed.reason();
    } else {
      queue.endRead();
    }
    if (again) {
      readsHere++;
    } else {
      nextQueue();
    }
    if (queue.hasTurnedAway()) {
      place.wakes().wake(asked.topic(), asked.consumerGroup());
    }
  }

  private void takeFound(PopQueue queue, long from, ReadResult.Found found) {
    ByteBuf records = found.records();
    long[] offsets = offsets(found);
    if (asked.orderly()) {
      OrderedBatch batch =
          queue.handOutInOrder(from, offsets, asking.attemptId(), popTimeMs, asked.invisibleTime());
      if (batch == null) {
        records.release();
        return;
      }
      answer.addOrder(queue.key().queueId(), batch);
    } else if (!queue.handOut(
        from, found.nextOffset(), offsets, popTimeMs, asked.invisibleTime())) {
      records.release(); // the group was set elsewhere meanwhile
      return;
    }
    QueueKey key = queue.key();
    Rates rates = place.rates();
    rates.gotMessages(key.group(), key.topic(), offsets.length, records.readableBytes());
    answer.add(key.topic(), key.queueId(), from, offsets, records);
  }

  /** The queue offsets of records that lie one behind the other. */
  static long[] offsets(ReadResult.Found found) {
    ByteBuf records = found.records();
    long[] offsets = new long[Math.max(1, found.messages())];
    int count = 0;
    int end = records.writerIndex();
    for (int at = records.readerIndex(); at < end; at += records.getInt(at)) {
      if (count == offsets.length) {
        offsets = Arrays.copyOf(offsets, 2 * count);
      }
      offsets[count++] = records.getLong(at + StoredMessage.QUEUE_OFFSET_AT);
    }
    return Arrays.copyOf(offsets, count);
  }

  private void nextQueue() {
    step++;
    readsHere = 0;
  }
}
