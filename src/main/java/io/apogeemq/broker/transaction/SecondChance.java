package io.apogeemq.broker.transaction;

import io.apogeemq.broker.send.Forwarding;
import io.apogeemq.broker.topic.SystemTopics;
import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Reply;
import io.apogeemq.store.AppendResult;
import io.apogeemq.store.Completions;
import io.apogeemq.store.MessageStore;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * An administrator's wish (323) that a half message is checked from the beginning: an open one, or one
 * that was given up, which is then open again.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class SecondChance {
  private static final byte[] HALF = SystemTopics.HALF.getBytes(StandardCharsets.UTF_8);
  private static final byte[] GIVEN_UP =
      SystemTopics.CHECKED_TOO_OFTEN.getBytes(StandardCharsets.UTF_8);

  private final MessageStore store;
  private final Completions back;
  private final InetSocketAddress storeHost;
  private final LongSupplier monotonicMs;
  private final OpenTable table;
  private final CheckBack checkBack;

  SecondChance(
      MessageStore store,
      Completions back,
      InetSocketAddress storeHost,
      LongSupplier monotonicMs,
      OpenTable table,
      CheckBack checkBack) {
    this.store = store;
    this.back = back;
    this.storeHost = storeHost;
    this.monotonicMs = monotonicMs;
    this.table = table;
    this.checkBack = checkBack;
  }

  /** {@code logPosition}: of the half message, or of the record in the topic of those given up. */
  void give(long logPosition, Consumer<Reply> answer) {
    store.recordAt(logPosition, back, bytes -> give(bytes, answer));
  }

  private void give(ByteBuf bytes, Consumer<Reply> answer) {
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
    OpenHalves halves = table.halves;
    int slot = Arrays.equals(topic, HALF) ? halves.find(record.queueOffset()) : -1;
    if (slot >= 0 && halves.logPosition(slot) == record.logPosition()) {
      bytes.release();
      checkBack.answered(slot);
      halves.checks(slot, 0);
      checkBack.count(halves.queueOffset(slot), 0);
      table.wheel.add(slot, monotonicMs.getAsLong());
      answer.accept(Reply.ok());
    } else if (Arrays.equals(topic, GIVEN_UP)) {
      putInAgain(record, bytes, answer);
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

  private void putInAgain(MessageView record, ByteBuf bytes, Consumer<Reply> answer) {
    MessageDraft again =
        Forwarding.of(record, storeHost)
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
  }
}
