package io.apogeemq.broker.transaction;

import io.apogeemq.broker.send.Forwarding;
import io.apogeemq.broker.stats.Rates;
import io.apogeemq.broker.topic.SystemTopics;
import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.message.SysFlags;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Reply;
import io.apogeemq.store.AppendResult;
import io.apogeemq.store.AppendResult.Appended;
import io.apogeemq.store.Completions;
import io.apogeemq.store.MessageStore;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends open half messages, each once: committed into their real topic, rolled back, or given up into
 * the topic of those that were checked too often. Also puts one into the half queue anew, when the file
 * that it lies in is to be deleted.
 *
 * <p>The record that is written is the mark that the half message is closed: its {@code
 * preparedPosition} is the half message's log position for a commit (with the flag COMMIT, as in the
 * original), one more than that for the others. A rollback's mark is that of {@link ClosingMarks}.
 *
 * <p>What was refused leaves the half message open. When the store can't say yet whether a record will
 * survive, the half message stays ENDING until it can: neither ended twice nor forgotten.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class Endings {
  private static final Logger LOG = LoggerFactory.getLogger(Endings.class);

  /** Told of what has happened to a slot, after the table shows it. */
  interface Listener {
    /** A half message was closed; its slot is free when this returns. */
    void closing(int slot);

    /** It lies elsewhere now. */
    void moved(int slot, long oldOffset, long oldPosition);
  }

  /** An append whose outcome is not known yet, or is known by now. */
  private static final class InFlight {
    final long notBefore;
    boolean done;

    InFlight(long notBefore) {
      this.notBefore = notBefore;
    }
  }

  private record Doubtful(Appended at, Consumer<AppendResult> then) {}

  private final TransactionConfig config;
  private final MessageStore store;
  private final Completions back;
  private final OpenHalves halves;
  private final HalfReader reader;
  private final ClosingMarks marks;
  private final Rates rates;
  private final Listener listener;

  /** In the order in which they began, so that the first one that isn't done lies before all others. */
  private final ArrayDeque<InFlight> inFlight = new ArrayDeque<>();

  private final ArrayDeque<Doubtful> doubtful = new ArrayDeque<>();

  /** No record that is appended from now on begins before it. */
  private long appended;

  Endings(
      TransactionConfig config,
      MessageStore store,
      Completions back,
      OpenHalves halves,
      HalfReader reader,
      ClosingMarks marks,
      Rates rates,
      Listener listener) {
    this.config = config;
    this.store = store;
    this.back = back;
    this.halves = halves;
    this.reader = reader;
    this.marks = marks;
    this.rates = rates;
    this.listener = listener;
    appended = store.status().appendedPosition();
  }

  /** Asks again for what was in doubt, and looks where the log ends. */
  void tick() {
    appended = store.status().appendedPosition();
    marks.tick();
    for (int i = doubtful.size(); i > 0; i--) {
      Doubtful each = doubtful.remove();
      store.awaitDurable(each.at, true, back, each.then);
    }
  }

  /** No closing record whose outcome isn't in the table yet begins before this log position. */
  long unsettledFrom() {
    while (!inFlight.isEmpty() && inFlight.peek().done) {
      inFlight.remove();
    }
    return inFlight.isEmpty() ? Long.MAX_VALUE : inFlight.peek().notBefore;
  }

  /** Stores the message under its real topic. {@code answer} is told when that is done or refused. */
  void commit(int slot, Consumer<Reply> answer) {
    deliver(
        slot,
        half ->
            finished(slot, half)
                .remove(Properties.REAL_TOPIC, Properties.REAL_QUEUE_ID)
                .transactionType(SysFlags.TRANSACTION_COMMIT)
                .preparedPosition(halves.logPosition(slot)),
        (draft, at) -> {
          rates.putMessages(draft.topic(), 1, draft.body().readableBytes());
          marks.closed(halves.queueOffset(slot));
          close(slot);
        },
        answer);
  }

  private Forwarding finished(int slot, Forwarding half) {
    String topic = half.get(Properties.REAL_TOPIC);
    String queue = half.get(Properties.REAL_QUEUE_ID);
    if (topic == null || queue == null) {
      throw new IllegalStateException("it doesn't say where it belongs");
    }
    if (halves.checks(slot) > 0) {
      half.set(Half.CHECK_TIMES, Integer.toString(halves.checks(slot)));
    }
    return half.to(topic, Integer.parseInt(queue)).remove(Half.FIRST_OFFSET);
  }

  /** Closes it without a message. */
  void rollBack(int slot, Consumer<Reply> answer) {
    InFlight flight = begin(slot);
    marks.close(
        halves.queueOffset(slot),
        result ->
            settle(
                slot,
                flight,
                result,
                at -> {
                  close(slot);
                },
                answer));
  }

  /** Moves it to where people find what nobody decided. */
  void giveUp(int slot) {
    deliver(
        slot,
        half ->
            half.to(SystemTopics.CHECKED_TOO_OFTEN, 0)
                .set(Half.CHECK_TIMES, Integer.toString(halves.checks(slot)))
                .preparedPosition(halves.logPosition(slot) + 1),
        (draft, at) -> {
          marks.closed(halves.queueOffset(slot));
          close(slot);
        },
        reply -> {});
  }

  /** Puts it into the half queue anew, so that the file that it lies in can be deleted. */
  void rollForward(int slot) {
    long oldOffset = halves.queueOffset(slot);
    long oldPosition = halves.logPosition(slot);
    deliver(
        slot,
        half -> {
          if (half.get(Half.FIRST_OFFSET) == null) {
            half.set(Half.FIRST_OFFSET, Long.toString(oldOffset));
          }
          return half.set(Half.CHECK_TIMES, Integer.toString(halves.checks(slot)))
              .preparedPosition(oldPosition + 1);
        },
        (draft, at) -> {
          marks.closed(oldOffset);
          halves.move(slot, at.queueOffset(), at.logPosition());
          halves.ending(slot, false);
          listener.moved(slot, oldOffset, oldPosition);
        },
        reply -> {});
  }

  private interface Then {
    void appended(MessageDraft draft, Appended at);
  }

  private void deliver(
      int slot, Function<Forwarding, Forwarding> edit, Then then, Consumer<Reply> answer) {
    InFlight flight = begin(slot);
    long offset = halves.queueOffset(slot);
    reader.read(
        offset,
        fetched -> {
          MessageDraft draft = draft(offset, fetched, edit);
          if (fetched == null || draft == null) {
            flight.done = true;
            halves.ending(slot, false);
            answer.accept(
                Reply.of(
                    ResponseCode.SYSTEM_ERROR,
                    "the prepared message at offset "
                        + offset
                        + " is stored, but can't be delivered; the broker's log tells why"));
            return;
          }
          store.append(
              List.of(draft),
              true,
              back,
              result ->
                  settle(
                      slot,
                      flight,
                      result,
                      at -> then.appended(draft, at),
                      reply -> {
                        fetched.release();
                        answer.accept(reply);
                      }));
        });
  }

  private @Nullable MessageDraft draft(
      long offset, HalfReader.@Nullable Fetched fetched, Function<Forwarding, Forwarding> edit) {
    if (fetched == null) {
      return null;
    }
    MessageView half = fetched.view();
    try {
      MessageDraft draft = edit.apply(Forwarding.of(half, config.storeHost())).draft();
      if (Forwarding.fits(draft) && draft.queueId() >= 0) {
        return draft;
      }
      LOG.error("the half message at offset {} makes no storable message: {}", offset, draft);
    } catch (RuntimeException e) { // another broker's record, or a damaged one
      LOG.error("the half message at offset {} can't be delivered", offset, e);
    }
    fetched.release();
    return null;
  }

  private InFlight begin(int slot) {
    assert !halves.isEnding(slot) : "ended twice: " + halves.queueOffset(slot);
    halves.ending(slot, true);
    InFlight flight = new InFlight(appended);
    inFlight.add(flight);
    return flight;
  }

  /** Takes an append's outcome; {@code answer} is told once, at the first of them. */
  private void settle(
      int slot,
      InFlight flight,
      AppendResult result,
      Consumer<Appended> then,
      Consumer<Reply> answer) {
    if (result instanceof Appended at) {
      flight.done = true;
      then.accept(at);
      answer.accept(Reply.ok());
    } else if (result instanceof AppendResult.Refused refused) {
      flight.done = true;
      halves.ending(slot, false);
      int code =
          refused.reason() == AppendResult.Refusal.TOO_LARGE
              ? ResponseCode.MESSAGE_ILLEGAL
              : ResponseCode.SERVICE_NOT_AVAILABLE;
      answer.accept(Reply.of(code, refused.detail()));
    } else {
      // It is in the log, or will be: success to the original. The table waits until that is sure.
      Appended at = ((AppendResult.Unknown) result).at();
      doubtful.add(
          new Doubtful(
              at,
              later ->
                  settle(slot, flight, later instanceof Appended ? at : later, then, told -> {})));
      answer.accept(Reply.ok());
    }
  }

  private void close(int slot) {
    listener.closing(slot);
    halves.remove(slot);
  }
}
