package io.apogeemq.broker.pop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Random steps of consumers, of time and of crashes on a ledger and its log, beside a model that keeps plain
 * sets. A crash forgets what the log does not hold yet, as the process does that is killed; a restart
 * begins from an older snapshot, which may be newer than where its replay begins.
 *
 * <p>{@code -Dpop.steps=1000000} for the long run, {@code -Dpop.seed=S} for one sequence.
 */
class PopLedgerModelTest {
  private static final int STEPS = Integer.getInteger("pop.steps", 40_000);
  private static final long SEED = Long.getLong("pop.seed", System.nanoTime());
  private static final int STEPS_OF_A_LIFE = 2_000;
  private static final long LONGEST_LEASE = 500;

  /** Small, so that there are stragglers. */
  private static final int WINDOW = 64;

  /** A handle that a consumer has. */
  private record Handle(long offset, long popTime) {}

  private final Random random = new Random(SEED);

  /** The log: texts of steps. Those from {@code durable} on die with the process. */
  private final List<String> log = new ArrayList<>();

  private int durable;

  /** A checkpoint: steps that make the state, and where in the log its replay begins. */
  private List<String> snapshot = List.of("m 0");

  private int replayFrom;
  private PopLedger ledger = new PopLedger(0, WINDOW);
  private long now = 1_000;
  private long queueEnd;

  /** What consumers hold, also handles that hold no more. */
  private final List<Handle> handles = new ArrayList<>();

  private final Set<Long> copying = new TreeSet<>();

  /** Consumed: acknowledged, or copied to where it is consumed again. */
  private final Set<Long> finished = new HashSet<>();

  /** The same, as far as the log holds it: must never come again. */
  private final Set<Long> durablyFinished = new HashSet<>();

  /** Not wanted by the filter. */
  private final Set<Long> passed = new HashSet<>();

  private final Map<Long, Integer> finishedAt = new HashMap<>();

  /** All before was consumed or passed, the log holds it, and the sets have forgotten it. */
  private long settled;

  @Test
  void nothingIsLostAndWhatWasDurablyAcknowledgedNeverComesAgain() {
    try {
      for (int step = 0; step < STEPS; step++) {
        step();
        if (step % 64 == 0) {
          check();
        }
        if (step % STEPS_OF_A_LIFE == STEPS_OF_A_LIFE - 1) {
          drain();
        }
      }
      drain();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("-Dpop.seed=" + SEED + " -Dpop.steps=" + STEPS, e);
    }
  }

  private void step() {
    now += random.nextInt(3);
    int dice = random.nextInt(100);
    if (dice < 25) {
      queueEnd += random.nextInt(8);
      pop();
    } else if (dice < 65) {
      acknowledge();
    } else if (dice < 75) {
      change();
    } else if (dice < 85) {
      expire();
    } else if (dice < 93) {
      settleCopy();
    } else if (dice < 97) {
      flushLog();
    } else if (dice < 98) {
      now += LONGEST_LEASE / 2;
    } else if (random.nextInt(8) == 0) {
      crash();
    } else if (random.nextInt(4) == 0) {
      checkpoint();
    }
  }

  private void pop() {
    long from = ledger.next();
    long to = Math.min(queueEnd, from + 1 + random.nextInt(12));
    if (to <= from) {
      return;
    }
    boolean filtered = random.nextInt(4) == 0;
    List<Long> wanted = new ArrayList<>();
    for (long offset = from; offset < to; offset++) {
      // A filter says the same of a message whenever it is asked.
      if (filtered && offset % 3 == 0 || passed.contains(offset)) {
        passed.add(offset);
      } else {
        assertThat(offset >= settled && !durablyFinished.contains(offset))
            .as("message %s is not handed out again", offset)
            .isTrue();
        wanted.add(offset);
        handles.add(new Handle(offset, now));
      }
    }
    long[] offsets = wanted.stream().mapToLong(Long::longValue).toArray();
    write(ledger.handOut(to, offsets, now, 1 + random.nextInt((int) LONGEST_LEASE)));
  }

  private void acknowledge() {
    if (handles.isEmpty()) {
      return;
    }
    Handle handle = handles.remove(random.nextInt(handles.size()));
    if (ledger.acknowledge(handle.offset(), handle.popTime())) {
      finish(handle.offset());
    }
    if (random.nextInt(10) == 0) {
      assertThat(ledger.acknowledge(handle.offset(), handle.popTime())).isFalse();
      assertThat(ledger.acknowledge(handle.offset(), now + 1)).isFalse();
    }
  }

  private void finish(long offset) {
    assertThat(finished.add(offset)).as("finished twice").isTrue();
    write(new LedgerEvent.Acknowledged(new long[] {offset}));
    finishedAt.put(offset, log.size());
  }

  private void change() {
    if (handles.isEmpty()) {
      return;
    }
    int index = random.nextInt(handles.size());
    Handle handle = handles.get(index);
    long popTime = Math.max(now, handle.popTime() + 1);
    long invisible = random.nextInt((int) LONGEST_LEASE);
    if (ledger.change(handle.offset(), handle.popTime(), popTime, invisible)) {
      handles.set(index, new Handle(handle.offset(), popTime));
      write(new LedgerEvent.Changed(handle.offset(), popTime, invisible));
    }
  }

  private void expire() {
    for (long offset : ledger.takeEnded(now, 1 + random.nextInt(16))) {
      assertThat(copying.add(offset)).as("taken twice").isTrue();
      assertThat(finished).doesNotContain(offset);
    }
  }

  private void settleCopy() {
    for (long offset : List.copyOf(copying)) {
      copying.remove(offset);
      if (random.nextInt(5) == 0) {
        ledger.notCopied(offset, now + 10);
      } else {
        assertThat(ledger.copied(offset)).isTrue();
        finish(offset);
      }
      if (random.nextBoolean()) {
        return;
      }
    }
  }

  private void write(LedgerEvent event) {
    StringBuilder out = new StringBuilder();
    event.appendTo(out);
    log.add(out.toString());
  }

  private void flushLog() {
    durable = log.size();
    finishedAt.forEach(
        (offset, size) -> {
          if (size <= durable) {
            durablyFinished.add(offset);
          }
        });
    finishedAt.values().removeIf(size -> size <= durable);
  }

  private void checkpoint() {
    snapshot = texts(ledger);
    replayFrom = random.nextInt(4) == 0 ? Math.max(0, durable - random.nextInt(50)) : durable;
  }

  /** The process ends; another one starts from the checkpoint and the log. */
  private void crash() {
    while (log.size() > durable) {
      log.remove(log.size() - 1);
    }
    finishedAt.clear();
    copying.clear();
    ledger = new PopLedger(0, WINDOW);
    snapshot.forEach(text -> ledger.apply(LedgerEvent.parse(text)));
    log.subList(Math.min(replayFrom, log.size()), log.size())
        .forEach(text -> ledger.apply(LedgerEvent.parse(text)));
    replayFrom = Math.min(replayFrom, log.size());
    finished.retainAll(durablyFinished);
    // A checkpoint may hold what the log lost: that was finished too, and nobody was told.
    Set<Long> out = new HashSet<>(outOf(ledger).subList(2, outOf(ledger).size()));
    assertThat(ledger.base()).as("what was settled stays so").isGreaterThanOrEqualTo(settled);
    for (long offset = settled; offset < ledger.next(); offset++) {
      if (!out.contains(offset)) {
        finished.add(offset);
      }
    }
    check();
  }

  private void check() {
    assertThat(ledger.base()).isLessThanOrEqualTo(ledger.next());
    assertThat(ledger.out()).isLessThanOrEqualTo((int) (ledger.next() - ledger.base()));
    PopLedger replayed = new PopLedger(0, WINDOW);
    texts(ledger).forEach(text -> replayed.apply(LedgerEvent.parse(text)));
    assertThat(texts(replayed)).isEqualTo(texts(ledger));
    if (copying.isEmpty()) {
      PopLedger again = new PopLedger(0, WINDOW);
      snapshot.forEach(text -> again.apply(LedgerEvent.parse(text)));
      log.subList(Math.min(replayFrom, log.size()), log.size())
          .forEach(text -> again.apply(LedgerEvent.parse(text)));
      assertThat(outOf(again)).as("replay equals what is in memory").isEqualTo(outOf(ledger));
    }
  }

  /** Which messages are out, without the times of leases: a failed copy is leased anew, unlogged. */
  private static List<Long> outOf(PopLedger ledger) {
    List<Long> out = new ArrayList<>(List.of(ledger.base(), ledger.next()));
    for (LedgerEvent event : ledger.snapshot()) {
      if (event instanceof LedgerEvent.HandedOut handed) {
        for (long offset : handed.offsets()) {
          out.add(offset);
        }
      }
    }
    return out;
  }

  /** All consumers are gone for long: whatever is out comes back, and everything was finished then. */
  private void drain() {
    for (int rounds = 0; ledger.out() > 0; rounds++) {
      assertThat(rounds).as("rounds until all leases have ended").isLessThan(1000);
      now += LONGEST_LEASE;
      expire();
      for (long offset : List.copyOf(copying)) {
        copying.remove(offset);
        assertThat(ledger.copied(offset)).isTrue();
        finish(offset);
      }
    }
    handles.clear();
    flushLog();
    assertThat(ledger.base()).isEqualTo(ledger.next());
    for (long offset = settled; offset < ledger.next(); offset++) {
      assertThat(passed.contains(offset) || finished.contains(offset))
          .as("message %s was consumed or came back", offset)
          .isTrue();
    }
    settled = ledger.next();
    finished.clear();
    durablyFinished.clear();
    passed.clear();
  }

  private static List<String> texts(PopLedger ledger) {
    return ledger.snapshot().stream()
        .map(
            event -> {
              StringBuilder out = new StringBuilder();
              event.appendTo(out);
              return out.toString();
            })
        .toList();
  }
}
