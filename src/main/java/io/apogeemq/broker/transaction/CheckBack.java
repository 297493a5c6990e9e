package io.apogeemq.broker.transaction;

import io.apogeemq.broker.group.ClientTable;
import io.apogeemq.broker.group.ClientTable.Client;
import io.apogeemq.broker.state.StateRecord;
import io.apogeemq.broker.state.StateWriter;
import io.apogeemq.broker.transaction.Groups.Group;
import io.apogeemq.remoting.Connection;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks producers for the outcome of half messages that they have not decided.
 *
 * <pre>
 * due ──no producer of its group lives──────────────▶ due again after an interval; nothing is counted
 *     ──too many of its group unanswered────────────▶ due again soon
 *     ──asked checkMax times already────────────────▶ given up
 *     ──else: counted in the state log──────────────▶ one producer of the group is asked (in turn), due again
 * </pre>
 *
 * <p>Each half message has its own time, so one that can't be read or whose producers are silent keeps
 * no other waiting. However many are due, so many questions a second are asked as configured, and a
 * group that doesn't answer gets no more than {@link #MAX_UNANSWERED}: the official client keeps 2,000
 * and throws away what comes on top.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class CheckBack {
  private static final Logger LOG = LoggerFactory.getLogger(CheckBack.class);

  /** Questions to one group that may be unanswered at once. */
  static final int MAX_UNANSWERED = 1000;

  /** After this a question counts as never to be answered. */
  static final long ANSWER_WITHIN_MS = 10_000;

  private static final long SOON_MS = 1_000;

  /** Due half messages that one tick looks at, whatever becomes of them. */
  private static final int MAX_LOOKED_AT = 20_000;

  private record Question(long halfOffset, long untilMs) {}

  private final TransactionConfig config;
  private final OpenHalves halves;
  private final Groups groups;
  private final DueWheel wheel;
  private final ClientTable clients;
  private final StateWriter state;
  private final Endings endings;
  private final CheckMessages messages;
  private final ArrayDeque<Question> unanswered = new ArrayDeque<>();

  /** What the next record says besides what is asked: mostly that counts are needed no longer. */
  private Map<Long, Integer> pending = new HashMap<>();

  private double allowance;
  private long lastMs;

  CheckBack(
      TransactionConfig config,
      OpenHalves halves,
      Groups groups,
      DueWheel wheel,
      ClientTable clients,
      StateWriter state,
      Endings endings,
      CheckMessages messages,
      long nowMs) {
    this.config = config;
    this.halves = halves;
    this.groups = groups;
    this.wheel = wheel;
    this.clients = clients;
    this.state = state;
    this.endings = endings;
    this.messages = messages;
    lastMs = nowMs;
  }

  /** Looks at what is due. {@code nowMs}: the wheel's clock. */
  void tick(long nowMs) {
    while (!unanswered.isEmpty() && unanswered.peek().untilMs <= nowMs) {
      answered(halves.find(unanswered.remove().halfOffset));
    }
    // What was not used is not saved up: questions stay spread over the seconds.
    double perTick = config.checksPerSecond() * DueWheel.TICK_MS / 1000.0;
    double earned = config.checksPerSecond() * (nowMs - lastMs) / 1000.0;
    allowance = Math.min(allowance + earned, Math.max(1, 2 * perTick));
    lastMs = nowMs;
    wheel.advance(nowMs);
    Map<Long, Integer> counted = pending;
    Map<Long, Integer> chosen = new HashMap<>();
    for (int looked = 0; allowance >= 1 && looked < MAX_LOOKED_AT; looked++) {
      int slot = wheel.poll();
      if (slot < 0) {
        break;
      }
      look(slot, nowMs, chosen);
    }
    counted.putAll(chosen);
    if (!counted.isEmpty()) {
      pending = new HashMap<>();
      write(counted, chosen, nowMs);
    }
  }

  private void look(int slot, long nowMs, Map<Long, Integer> chosen) {
    wheel.add(slot, nowMs + config.checkIntervalMs());
    if (halves.isEnding(slot)) {
      return;
    }
    if (halves.checks(slot) >= config.checkMax()) {
      allowance--;
      LOG.warn(
          "the half message at offset {} of group {} was checked {} times without a decision and is"
              + " given up",
          halves.queueOffset(slot),
          groups.get(halves.group(slot)).name,
          halves.checks(slot));
      endings.giveUp(slot);
      return;
    }
    Group group = groups.get(halves.group(slot));
    if (halves.isAsked(slot)) {
      answered(slot); // an interval shorter than the time for an answer
    }
    if (clients.producers(group.name).stream().noneMatch(each -> each.connection().isOpen())) {
      return;
    }
    if (group.unanswered >= MAX_UNANSWERED) {
      wheel.add(slot, nowMs + SOON_MS);
      return;
    }
    allowance--;
    chosen.put(halves.queueOffset(slot), halves.checks(slot) + 1);
    halves.asked(slot, true);
    group.unanswered++;
    unanswered.add(new Question(halves.queueOffset(slot), nowMs + ANSWER_WITHIN_MS));
  }

  /** Counts, then asks. */
  private void write(Map<Long, Integer> counted, Map<Long, Integer> chosen, long nowMs) {
    state
        .write(new StateRecord.TransactionChecks(counted))
        .onComplete(
            (written, failure) -> {
              if (failure != null) {
                LOG.warn("questions about transactions wait: {}", failure.toString());
                counted.keySet().removeAll(chosen.keySet());
                counted.forEach(pending::putIfAbsent);
              }
              chosen.forEach((offset, times) -> ask(offset, times, failure == null, nowMs));
            });
  }

  private void ask(long halfOffset, int times, boolean counted, long nowMs) {
    int slot = halves.find(halfOffset);
    if (slot < 0) {
      if (counted) {
        pending.put(halfOffset, 0); // closed meanwhile, but counted
      }
      return;
    }
    if (!counted) {
      answered(slot);
      wheel.add(slot, nowMs + SOON_MS);
      return;
    }
    halves.checks(slot, times);
    Connection producer = halves.isEnding(slot) ? null : producer(groups.get(halves.group(slot)));
    if (producer == null) {
      answered(slot);
    } else {
      messages.send(slot, producer);
    }
  }

  /** The next living producer of a group, null if none lives. */
  private @Nullable Connection producer(Group group) {
    Set<Client> all = clients.producers(group.name);
    if (all.isEmpty()) {
      return null;
    }
    group.turn = (group.turn + 1) % all.size();
    Connection first = null;
    Iterator<Client> each = all.iterator();
    for (int i = 0; each.hasNext(); i++) {
      Connection connection = each.next().connection();
      if (connection.isOpen()) {
        if (i >= group.turn) {
          return connection;
        }
        first = first == null ? connection : first;
      }
    }
    return first;
  }

  /** A question about this slot needs no answer any more; -1 and slots that weren't asked are ignored. */
  void answered(int slot) {
    if (slot >= 0 && halves.isAsked(slot)) {
      halves.asked(slot, false);
      groups.get(halves.group(slot)).unanswered--;
    }
  }

  /** The count of an offset is to be as it is from now on, 0 for none: with the next record. */
  void count(long halfOffset, int times) {
    pending.put(halfOffset, times);
  }
}
