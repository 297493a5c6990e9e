package io.apogeemq.broker.offset;

import io.apogeemq.broker.arrival.ArrivalFan;
import io.apogeemq.broker.group.ClientTable;
import io.apogeemq.broker.group.ClientTable.Client;
import io.apogeemq.broker.group.ClientTable.ConsumerGroup;
import io.apogeemq.protocol.body.ConsumeType;
import io.apogeemq.protocol.body.MessageQueue;
import io.apogeemq.protocol.body.ResetOffsetBody;
import io.apogeemq.protocol.header.OffsetHeaders;
import io.apogeemq.protocol.remoting.LanguageCode;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.remoting.Connection;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Moves a group to other offsets, on the server: a group that is offline finds them when it comes, one
 * that is online is brought there in two ways.
 *
 * <ul>
 *   <li>Push consumers written in Java or C++ are told (code 220). They drop their queues, wait 10 s, and
 *       begin at the new offsets; until then what they pull doesn't matter.
 *   <li>Every other pull at another offset is answered with OFFSET_MOVED and the new one, at once if it
 *       waits for messages. The others' members that have no handler of code 220 (Go, pull consumers)
 *       thus follow as well, as they do with 5.x.
 * </ul>
 *
 * <p>Until the group pulls at the new offset, commits of the old positions are ignored ({@link
 * OffsetTable#reset}). Safe to share by all event loops.
 */
public final class OffsetReset {
  /** So long has a client that was told of a reset time to follow; it needs 10 s. */
  private static final long FOLLOWS_WITHIN_MS = 15_000;

  private final OffsetTable offsets;
  private final ClientTable clients;
  private final ArrivalFan waiting;
  private final LongSupplier clockMs;

  /**
   * @param waiting whom pulls wait with
   * @param clockMs the clock of {@code offsets}
   */
  public OffsetReset(
      OffsetTable offsets, ClientTable clients, ArrivalFan waiting, LongSupplier clockMs) {
    this.offsets = offsets;
    this.clients = clients;
    this.waiting = waiting;
    this.clockMs = clockMs;
  }

  /** Moves the group to these offsets of one topic and tells its members. Any thread. */
  void move(String group, String topic, long timestampMs, Map<MessageQueue, Long> targets) {
    ConsumerGroup online = clients.consumerGroup(group);
    boolean pulls = online != null && online.consumeType() != ConsumeType.CONSUME_POP;
    targets.forEach(
        (queue, offset) -> {
          if (pulls) {
            offsets.reset(group, topic, queue.queueId(), offset);
          } else {
            offsets.commit(group, topic, queue.queueId(), offset);
          }
        });
    if (online == null || !pulls) {
      return;
    }
    for (Client member : online.members().keySet()) {
      if (hasHandler(online, member)) {
        boolean list = member.language() == LanguageCode.CPP;
        member
            .connection()
            .send(
                RemotingCommand.request(
                        RequestCode.RESET_CONSUMER_CLIENT_OFFSET,
                        new OffsetHeaders.ResetInClient(topic, group, timestampMs, true))
                    .body(list ? asList(targets) : new ResetOffsetBody(targets).toJson())
                    .oneway());
      }
    }
    targets.keySet().forEach(queue -> waiting.wake(topic, queue.queueId()));
  }

  /** The table in the form for C++, which can't read objects as names. */
  static byte[] asList(Map<MessageQueue, Long> targets) {
    return new ResetOffsetBody.AsList(
            targets.entrySet().stream()
                .map(
                    each ->
                        new ResetOffsetBody.AsList.Offset(
                            each.getKey().brokerName(),
                            each.getValue(),
                            each.getKey().queueId(),
                            each.getKey().topic()))
                .toList())
        .toJson();
  }

  /**
   * Where a pull has to go on because its group was moved; -1: where it is, as nearly always.
   *
   * @param ownSubscription the pull carries its subscription: a pull consumer, which is told once
   */
  public long redirect(
      Connection from,
      String group,
      String topic,
      int queueId,
      long queueOffset,
      boolean ownSubscription) {
    OffsetTable.Reset reset = offsets.resetOf(group, topic, queueId);
    if (reset == null) {
      return -1;
    }
    if (reset.offset() == queueOffset) {
      offsets.followed(group, topic, queueId);
      return -1;
    }
    if (ownSubscription) {
      offsets.followed(group, topic, queueId);
      return reset.offset();
    }
    boolean toldLately = clockMs.getAsLong() - reset.atMs() < FOLLOWS_WITHIN_MS;
    return toldLately && hasHandler(group, from) ? -1 : reset.offset();
  }

  private boolean hasHandler(String group, Connection from) {
    ConsumerGroup online = clients.consumerGroup(group);
    return online != null
        && online.members().keySet().stream()
            .anyMatch(member -> member.connection() == from && hasHandler(online, member));
  }

  private static boolean hasHandler(ConsumerGroup group, Client member) {
    return group.consumeType() == ConsumeType.CONSUME_PASSIVELY
        && (member.language() == LanguageCode.JAVA || member.language() == LanguageCode.CPP);
  }
}
