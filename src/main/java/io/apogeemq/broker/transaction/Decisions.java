package io.apogeemq.broker.transaction;

import io.apogeemq.broker.topic.SystemTopics;
import io.apogeemq.protocol.header.TransactionHeaders.End;
import io.apogeemq.protocol.header.TransactionHeaders.EndReply;
import io.apogeemq.protocol.message.MessageId;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.message.SysFlags;
import io.apogeemq.protocol.remoting.MalformedRequest;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Caller;
import io.apogeemq.remoting.Refused;
import io.apogeemq.remoting.Reply;
import io.apogeemq.store.Completions;
import io.apogeemq.store.MessageStore;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What producers say of their transactions (37), and what they are answered.
 *
 * <pre>
 * of a half message that isn't readable yet ─▶ waits until it is, or too long
 * of an open one ─▶ {@link Endings}; if it is being ended or moved at this moment: busy
 * of none        ─▶ why, by what lies where the decision points to
 * </pre>
 *
 * <p>A decision means the half message at its queue offset and log position, if group and sender's id
 * are the same too. The original compares group and places; but where a broker has lost the end of its
 * log with the power, another transaction may lie at the place of the one that a late decision is about.
 *
 * <p>With access control who decides must be allowed to publish to the topic that the stored half message
 * is for: places can be guessed, and groups are shared.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class Decisions {
  private static final byte[] HALF = SystemTopics.HALF.getBytes(StandardCharsets.UTF_8);

  /** Decisions that may wait for their half message to become readable. */
  private static final int MAX_EARLY = 10_000;

  private static final long EARLY_FOR_MS = 10_000;

  private record Early(End end, @Nullable Caller caller, Consumer<Reply> answer, long untilMs) {}

  private final MessageStore store;
  private final Completions back;
  private final LongSupplier monotonicMs;
  private final OpenTable table;
  private final Endings endings;
  private final CheckBack checkBack;
  private final ArrayDeque<Early> early = new ArrayDeque<>();
  private @Nullable HalfTail tail;

  Decisions(
      MessageStore store,
      Completions back,
      LongSupplier monotonicMs,
      OpenTable table,
      Endings endings,
      CheckBack checkBack) {
    this.store = store;
    this.back = back;
    this.monotonicMs = monotonicMs;
    this.table = table;
    this.endings = endings;
    this.checkBack = checkBack;
  }

  /** From now on the table is complete up to where the tail is. */
  void follow(HalfTail halves) {
    tail = halves;
  }

  /**
   * Takes a decision; {@code answer} is told what became of it.
   *
   * @param caller who decides; null if everybody may
   */
  void take(End end, @Nullable Caller caller, Consumer<Reply> answer) {
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
        early.add(new Early(end, caller, answer, monotonicMs.getAsLong() + EARLY_FOR_MS));
        return;
      }
    }
    int slot = table.find(offset, end.commitLogOffset());
    if (slot < 0) {
      explain(end, answer);
    } else if (caller != null) {
      askFirst(table.halves.logPosition(slot), end, caller, answer);
    } else {
      decide(slot, end, answer);
    }
  }

  /** Lets the caller decide if he may publish to the topic of the half message at this position. */
  private void askFirst(long position, End end, Caller caller, Consumer<Reply> answer) {
    store.recordAt(
        position,
        back,
        bytes -> {
          Reply refusal;
          try {
            refusal = refusal(bytes, caller);
          } finally {
            bytes.release();
          }
          if (refusal == null) {
            take(end, null, answer); // it may have ended or moved meanwhile
          } else {
            answer.accept(refusal);
          }
        });
  }

  private static @Nullable Reply refusal(ByteBuf bytes, Caller caller) {
    MessageView half = new MessageView();
    if (!bytes.isReadable() || half.open(bytes.nioBuffer(), 0) != null) {
      return Reply.of(
          ResponseCode.SYSTEM_BUSY,
          "the half message can't be read at this moment; send the decision again");
    }
    String topic = Properties.get(half.properties(), Properties.REAL_TOPIC);
    try {
      caller.mayPublish(topic == null ? SystemTopics.HALF : topic);
      return null;
    } catch (Refused e) {
      return Reply.of(e.code(), e.getMessage());
    }
  }

  /** Takes those that have come before their half message was readable. */
  void takeEarly() {
    long nowMs = monotonicMs.getAsLong();
    for (int i = early.size(); i > 0; i--) {
      Early each = early.remove();
      if (each.untilMs <= nowMs) {
        explain(each.end, each.answer);
      } else if (tail != null && each.end.tranStateTableOffset() < tail.next()) {
        take(each.end, each.caller, each.answer);
      } else {
        early.add(each);
      }
    }
  }

  private void decide(int slot, End end, Consumer<Reply> answer) {
    if (!table.groupName(slot).equals(end.producerGroup())) {
      answer.accept(wrongGroup());
      return;
    }
    if (!isAbout(table.halves.key(slot), end)) {
      answer.accept(
          Reply.of(
              ResponseCode.SYSTEM_ERROR,
              "another half message lies where "
                  + end.msgId()
                  + " was prepared, which this broker has lost; nothing was decided. Send it again."));
      return;
    }
    if (Boolean.TRUE.equals(end.fromTransactionCheck())) {
      checkBack.answered(slot);
    }
    if (table.halves.isEnding(slot)) {
      // Decided already, given up, or being moved: whoever waits for the answer learns it by asking
      // again,
      // others are asked again by the broker if need be.
      answer.accept(
          Reply.of(
              ResponseCode.SYSTEM_BUSY,
              "the transaction is being ended or moved at this moment; send the decision again"));
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

  /**
   * False if the decision names another message. Clients name it by their own id; old ones, and those
   * whose message had none, by the id that tells where it is stored.
   */
  private static boolean isAbout(int key, End end) {
    String id = end.msgId();
    if (key == Half.NO_KEY || id == null || id.isEmpty() || Half.key(id) == key) {
      return true;
    }
    try {
      return MessageId.parse(id).logPosition() == end.commitLogOffset();
    } catch (MalformedRequest anotherId) {
      return false;
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
        ResponseCode.SUCCESS,
        "the transaction has ended before; this decision changes nothing",
        new EndReply(true));
  }

  private static Reply wrongGroup() {
    return Reply.of(ResponseCode.SYSTEM_ERROR, "The producer group wrong");
  }
}
