package io.apogeemq.broker.pop;

import io.apogeemq.broker.state.StateRecord;
import io.apogeemq.broker.state.StateWriter;
import io.apogeemq.remoting.Later;
import io.apogeemq.remoting.Refused;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the steps of all ledgers into the state log, many by one record: what happens while a record is
 * on its way goes into the next one, and between two of them lie at least {@link #SPACING_MS}.
 *
 * <p>Any thread adds steps, in the order in which they happened to a ledger, holding the ledger's monitor.
 * One record is on its way at a time. If it is refused, whoever waits for it is told so, and its steps stay
 * first in line: so the log never lacks a step before a later one. Bounded: {@link #isFull} tells who hands
 * out messages to wait.
 */
final class PopJournal {
  /** At most so long does a step wait for others, while there are many. */
  private static final long SPACING_MS = 2;

  /** So long until a refused record is tried again. */
  private static final long AGAIN_MS = 500;

  /** More steps than this wait only if the log does not take them. */
  private static final int MAX_WAITING = 100_000;

  /** Most signs of one record's steps; see {@code OffsetTable} for the limit behind it. */
  private static final int MAX_RECORD = 40 * 1024;

  private static final Logger log = LoggerFactory.getLogger(PopJournal.class);

  /** The steps of one queue, in order. Acknowledgements in a row become one step. */
  private static final class Steps {
    final List<String> texts = new ArrayList<>();
    long[] acknowledged = new long[4];
    int acknowledgedCount;

    void add(LedgerEvent event) {
      closeAcknowledged();
      add(text(event));
    }

    void add(String text) {
      texts.add(text);
    }

    void acknowledge(long offset) {
      if (acknowledgedCount == acknowledged.length) {
        acknowledged = Arrays.copyOf(acknowledged, 2 * acknowledgedCount);
      }
      acknowledged[acknowledgedCount++] = offset;
    }

    void closeAcknowledged() {
      if (acknowledgedCount > 0) {
        add(text(LedgerEvent.acknowledged(acknowledged, acknowledgedCount)));
        acknowledgedCount = 0;
      }
    }

    private static String text(LedgerEvent event) {
      StringBuilder out = new StringBuilder(48);
      event.appendTo(out);
      return out.toString();
    }
  }

  private final StateWriter writer;
  private final Executor loop;
  private final Later later;

  private Map<QueueKey, Steps> waiting = new LinkedHashMap<>();
  private Promise<Void> written = Promise.promise();

  /** Completes with the record that is on its way, or was the last one. */
  private Future<Void> onItsWay = Future.succeededFuture();

  private int waitingSteps;
  private boolean scheduled;
  private volatile boolean full;
  private boolean refused;

  /** {@code loop}: one thread, the state loop; {@code later} runs its tasks there. */
  PopJournal(StateWriter writer, Executor loop, Later later) {
    this.writer = writer;
    this.loop = loop;
    this.later = later;
  }

  /** True if the log has not taken steps for so long that no more messages should be handed out. */
  boolean isFull() {
    return full;
  }

  /** Adds a step that nobody waits for. */
  synchronized void add(QueueKey queue, LedgerEvent event) {
    steps(queue).add(event);
    added();
  }

  /** Adds a step in the form that it has in the log, also one of another kind than a ledger's. */
  synchronized Future<Void> add(QueueKey queue, String text) {
    Steps steps = steps(queue);
    steps.closeAcknowledged();
    steps.add(text);
    added();
    return written.future();
  }

  /**
   * Adds a step and completes when it is as durable as the store's mode promises, on the state loop.
   * Fails with {@link Refused}; the step may come into force later.
   */
  synchronized Future<Void> write(QueueKey queue, LedgerEvent event) {
    add(queue, event);
    return written.future();
  }

  /** Adds an acknowledgement; as {@link #write}. */
  synchronized Future<Void> acknowledged(QueueKey queue, long offset) {
    steps(queue).acknowledge(offset);
    added();
    return written.future();
  }

  /** Completes when all that was added so far is in the log; fails as {@link #write}. */
  synchronized Future<Void> drained() {
    return waiting.isEmpty() ? onItsWay : written.future();
  }

  private Steps steps(QueueKey queue) {
    return waiting.computeIfAbsent(queue, key -> new Steps());
  }

  private void added() {
    waitingSteps++;
    full = waitingSteps > MAX_WAITING;
    if (!scheduled) {
      scheduled = true;
      loop.execute(this::flush);
    }
  }

  private void flush() {
    Map<QueueKey, Steps> taken;
    Promise<Void> promise;
    int steps;
    synchronized (this) {
      steps = waitingSteps;
      taken = waiting;
      promise = written;
      waiting = new LinkedHashMap<>();
      written = Promise.promise();
      onItsWay = promise.future();
      waitingSteps = 0;
    }
    List<Future<Void>> writes = new ArrayList<>();
    for (Map<String, Map<Integer, List<String>>> record : records(taken)) {
      writes.add(writer.write(new StateRecord.PopSteps(record)));
    }
    Future.join(writes)
        .onComplete(
            (done, failure) -> {
              if (failure == null) {
                refused = false;
                promise.complete();
                later.in(SPACING_MS, this::next);
              } else {
                putBack(taken, steps, failure);
                promise.fail(failure);
                later.in(AGAIN_MS, this::flush);
              }
            });
  }

  private void next() {
    synchronized (this) {
      full = false;
      if (waiting.isEmpty()) {
        scheduled = false;
        return;
      }
    }
    flush();
  }

  private synchronized void putBack(Map<QueueKey, Steps> taken, int steps, Throwable failure) {
    if (!refused) {
      refused = true;
      log.warn(
          "steps of pop consumers are not in the log yet, trying again: {}", failure.toString());
    }
    waiting.forEach(
        (queue, later) -> {
          Steps all = taken.computeIfAbsent(queue, key -> new Steps());
          later.closeAcknowledged();
          later.texts.forEach(all::add);
        });
    waiting = taken;
    waitingSteps += steps;
    full = waitingSteps > MAX_WAITING;
  }

  /** Packs the steps into records of bounded size. */
  private static List<Map<String, Map<Integer, List<String>>>> records(Map<QueueKey, Steps> taken) {
    List<Map<String, Map<Integer, List<String>>>> records = new ArrayList<>();
    Map<String, Map<Integer, List<String>>> record = new TreeMap<>();
    int signs = 0;
    for (Map.Entry<QueueKey, Steps> each : taken.entrySet()) {
      QueueKey queue = each.getKey();
      String name = queue.topic() + PopTable.SEPARATOR + queue.group();
      each.getValue().closeAcknowledged();
      for (String text : each.getValue().texts) {
        if (signs + text.length() > MAX_RECORD && !record.isEmpty()) {
          records.add(record);
          record = new TreeMap<>();
          signs = 0;
        }
        record
            .computeIfAbsent(name, key -> new TreeMap<>())
            .computeIfAbsent(queue.queueId(), key -> new ArrayList<>())
            .add(text);
        signs += text.length() + name.length();
      }
    }
    if (!record.isEmpty()) {
      records.add(record);
    }
    return records;
  }
}
