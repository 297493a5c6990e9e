package io.apogeemq.broker.transaction;

import io.apogeemq.broker.topic.SystemTopics;
import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.StoredMessage;
import io.apogeemq.protocol.message.SysFlags;
import io.apogeemq.protocol.message.TagsCode;
import io.apogeemq.store.AppendResult;
import io.apogeemq.store.Completions;
import io.apogeemq.store.MessageStore;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes the original's marks that a half message is closed: records of the op topic with the tag
 * {@code d} whose body is the half message's offset, one each, because a 4.9.x broker doesn't understand
 * a list of them. A rollback has no other mark. For a commit and for what is given up the record that
 * was delivered is our mark; the one here is for an Apache broker that goes on with the folder.
 *
 * <p>Marks of one turn go into the log together. Those of commits that are refused are kept and tried
 * again; there can't be many, for the store refuses commits then as well.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class ClosingMarks {
  private static final String TAG = "d";
  private static final byte[] PROPERTIES = "TAGS\u0001d\u0002".getBytes(StandardCharsets.UTF_8);
  private static final byte[] TOPIC = SystemTopics.HALF_DONE.getBytes(StandardCharsets.UTF_8);
  private static final long TAGS_CODE = TagsCode.of(TAG);
  private static final int MAX_TOGETHER = 256;

  private record Mark(long halfOffset, @Nullable Consumer<AppendResult> then) {}

  private final MessageStore store;
  private final Completions back;
  private final Executor later;
  private final InetSocketAddress storeHost;
  private final LongSupplier wallMs;
  private final ArrayDeque<Mark> waiting = new ArrayDeque<>();
  private boolean writingDue;

  /**
   * @param later runs a task at the end of the loop's turn
   */
  ClosingMarks(
      MessageStore store,
      Completions back,
      Executor later,
      InetSocketAddress storeHost,
      LongSupplier wallMs) {
    this.store = store;
    this.back = back;
    this.later = later;
    this.storeHost = storeHost;
    this.wallMs = wallMs;
  }

  /** Closes a half message whose delivered record is in the log already. */
  void closed(long halfOffset) {
    add(new Mark(halfOffset, null));
  }

  /** Closes a half message by the mark alone. */
  void close(long halfOffset, Consumer<AppendResult> then) {
    add(new Mark(halfOffset, then));
  }

  /** Tries again what was refused. */
  void tick() {
    if (!waiting.isEmpty()) {
      write();
    }
  }

  private void add(Mark mark) {
    waiting.add(mark);
    if (!writingDue) {
      writingDue = true;
      later.execute(this::write);
    }
  }

  private void write() {
    writingDue = false;
    while (!waiting.isEmpty()) {
      List<Mark> marks = new ArrayList<>();
      List<MessageDraft> drafts = new ArrayList<>();
      for (Mark mark = waiting.poll();
          mark != null;
          mark = marks.size() < MAX_TOGETHER ? waiting.poll() : null) {
        marks.add(mark);
        drafts.add(draft(mark.halfOffset));
      }
      store.append(drafts, true, back, result -> written(marks, result));
    }
  }

  private void written(List<Mark> marks, AppendResult result) {
    for (Mark mark : marks) {
      if (mark.then != null) {
        mark.then.accept(result);
      } else if (result instanceof AppendResult.Refused) {
        waiting.add(mark);
      }
    }
  }

  private MessageDraft draft(long halfOffset) {
    ByteBuf body =
        Unpooled.wrappedBuffer(Long.toString(halfOffset).getBytes(StandardCharsets.US_ASCII));
    return new MessageDraft(
        SystemTopics.HALF_DONE,
        HalfDetour.QUEUE,
        0,
        SysFlags.withHosts(0, storeHost, storeHost),
        wallMs.getAsLong(),
        storeHost,
        storeHost,
        0,
        0,
        body,
        StoredMessage.crcOf(body),
        TOPIC,
        PROPERTIES,
        TAGS_CODE);
  }

  /**
   * Gives the offsets that a mark closes: ours and those of 4.9.x name one, those of 5.x several with
   * commas behind them. What is no number closes nothing.
   */
  static void offsets(MessageView mark, LongConsumer each) {
    String body = StandardCharsets.UTF_8.decode(mark.body()).toString();
    for (String offset : body.split(",")) {
      try {
        each.accept(Long.parseLong(offset.trim()));
      } catch (NumberFormatException noOffset) {
        continue; // an empty body, or one of another broker's version
      }
    }
  }
}
