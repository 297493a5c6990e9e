package io.apogeemq.broker.pop;

import io.apogeemq.broker.state.StateLog;
import io.apogeemq.protocol.body.BatchAckBody;
import io.apogeemq.protocol.body.BatchAckBody.BatchAck;
import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.Json;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.header.PopHeaders;
import io.apogeemq.protocol.remoting.MalformedRequest;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Access;
import io.apogeemq.remoting.Caller;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Refused;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.Route;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers what consumers say of messages that they hold: consumed (200051, many at once 200151), or not
 * yet (200053). The answer to an acknowledgement comes when it is as durable as the store's mode promises.
 *
 * <p>A handle whose lease has ended, or that names no lease at all, is answered like the original answers
 * it: with success, and without effect. One instance per broker verticle.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class AckHandlers implements RequestFamily {
  /** More batches in one request are nonsense. */
  private static final int MAX_BATCHES = 10_000;

  /** No pop hands out messages that lie further apart. */
  private static final int MAX_BITS = 1 << 20;

  private final PopPlace place;

  AckHandlers(PopPlace place) {
    this.place = place;
  }

  @Override
  public List<Route<?>> routes() {
    return List.of(
        Route.on(RequestCode.ACK_MESSAGE, Access.SUB, PopHeaders.Ack.class, this::ack)
            .topic(ask -> PopRetryTopics.asked(ask.topic(), ask.consumerGroup()))
            .group(PopHeaders.Ack::consumerGroup),
        Route.on(RequestCode.BATCH_ACK_MESSAGE, Access.SUB, this::ackBatch)
            .about("topics, groups", AckHandlers::mayAck),
        Route.on(
                RequestCode.CHANGE_MESSAGE_INVISIBLETIME,
                Access.SUB,
                PopHeaders.ChangeInvisibleTime.class,
                this::change)
            .topic(ask -> PopRetryTopics.asked(ask.topic(), ask.consumerGroup()))
            .group(PopHeaders.ChangeInvisibleTime::consumerGroup));
  }

  private static void mayAck(Caller caller, Route.NoFields none, RemotingCommand request) {
    for (BatchAck each : Body.parse(BatchAckBody.class, request.body()).acks()) {
      caller.mayConsume(each.t());
      caller.mayJoin(each.c());
    }
  }

  private Future<Reply> ack(Exchange from, PopHeaders.Ack ask) {
    checkQueue(ask.topic(), ask.queueId());
    long max = place.store().maxOffset(ask.topic(), ask.queueId());
    checkOffset(ask.topic(), ask.queueId(), ask.offset(), max + 1);
    PopHandle handle = PopHandle.parse(ask.extraInfo());
    QueueKey key = new QueueKey(ask.topic(), ask.consumerGroup(), ask.queueId());
    Future<Void> durable =
        handle.ordered()
            ? ackInOrder(key, ask.offset(), handle.popTimeMs())
            : ack(key, ask.offset(), handle.popTimeMs());
    return answered(durable, Reply.ok());
  }

  /** {@code reply} when the step is durable; at once if there was none. */
  private static Future<Reply> answered(@Nullable Future<Void> durable, Reply reply) {
    return durable == null ? reply.now() : StateLog.onAskingContext(durable).map(done -> reply);
  }

  private @Nullable Future<Void> ack(QueueKey key, long offset, long popTimeMs) {
    PopQueue queue = place.table().find(key);
    if (queue == null) {
      return null;
    }
    Future<Void> durable = queue.acknowledge(offset, popTimeMs);
    if (durable != null && queue.hasTurnedAway()) {
      wake(key);
    }
    return durable;
  }

  /** Whoever waits for this queue waits under the topic itself, also for messages of its retry topic. */
  private void wake(QueueKey key) {
    place.wakes().wake(key.topic(), key.group());
  }

  private Future<Void> ackInOrder(QueueKey key, long offset, long popTimeMs) {
    PopQueue queue = place.table().find(key);
    PopQueue.OrderedOutcome outcome =
        queue == null
            ? PopQueue.OrderedOutcome.of(PopQueue.InOrder.UNKNOWN)
            : queue.acknowledgeInOrder(offset, popTimeMs);
    if (outcome.outcome() == PopQueue.InOrder.UNKNOWN) {
      throw new Refused(
          ResponseCode.MESSAGE_ILLEGAL,
          "offset is illegal, key:"
              + key.topic()
              + "@"
              + key.group()
              + "@"
              + key.queueId()
              + ", commit:"
              + offset
              + ": no batch with this message is out");
    }
    if (outcome.outcome() == PopQueue.InOrder.TAKEN) {
      wake(key);
    }
    return outcome.durable();
  }

  private Future<Reply> ackBatch(Exchange from, Route.NoFields none) {
    List<BatchAck> acks = Body.parse(BatchAckBody.class, from.request().body()).acks();
    if (acks.isEmpty() || acks.size() > MAX_BATCHES) {
      throw new Refused(
          ResponseCode.NO_MESSAGE, "the body holds " + acks.size() + " acknowledgements (acks)");
    }
    List<Future<Void>> all = new ArrayList<>();
    for (BatchAck each : acks) {
      ackAll(each, all);
    }
    // Those of one record complete together: waiting for the last is waiting for all.
    Future<Void> last =
        all.isEmpty() ? Future.succeededFuture() : Future.join(distinct(all)).mapEmpty();
    return answered(last, Reply.ok());
  }

  private static List<Future<Void>> distinct(List<Future<Void>> all) {
    List<Future<Void>> distinct = new ArrayList<>();
    for (Future<Void> each : all) {
      if (distinct.isEmpty() || distinct.get(distinct.size() - 1) != each) {
        distinct.add(each);
      }
    }
    return distinct;
  }

  private void ackAll(BatchAck acks, List<Future<Void>> durable) {
    String topic = PopRetryTopics.real(acks.t(), acks.c(), kind(acks.r()));
    QueueKey key = new QueueKey(topic, acks.c(), acks.q());
    BitSet bits = bits(acks.b());
    for (int bit = bits.nextSetBit(0); bit >= 0 && bit < MAX_BITS; bit = bits.nextSetBit(bit + 1)) {
      long offset = acks.so() + bit;
      Future<Void> one =
          acks.rq() == PopHandle.ORDERED
              ? ackInOrder(key, offset, acks.pt())
              : ack(key, offset, acks.pt());
      if (one != null) {
        durable.add(one);
      }
    }
  }

  private static int kind(String text) {
    return switch (text) {
      case "0" -> PopRetryTopics.NORMAL;
      case "1" -> PopRetryTopics.FORM_1;
      case "2" -> PopRetryTopics.FORM_2;
      default ->
          throw new MalformedRequest("r[" + text + "] of an acknowledgement is not 0, 1 or 2");
    };
  }

  private static BitSet bits(@Nullable Json json) {
    if (json instanceof Json.Text text) {
      try {
        return BitSet.valueOf(Base64.getDecoder().decode(text.value()));
      } catch (IllegalArgumentException e) {
        throw new MalformedRequest("b of an acknowledgement is no Base64 text");
      }
    }
    if (json instanceof Json.Arr numbers) {
      byte[] bytes = new byte[numbers.items().size()];
      for (int i = 0; i < bytes.length; i++) {
        if (!(numbers.items().get(i) instanceof Json.Num number)) {
          throw new MalformedRequest("b of an acknowledgement holds what is no number");
        }
        bytes[i] = octet(number.digits());
      }
      return BitSet.valueOf(bytes);
    }
    throw new MalformedRequest("b of an acknowledgement is missing");
  }

  private static byte octet(String digits) {
    try {
      return (byte) Integer.parseInt(digits);
    } catch (NumberFormatException e) {
      throw new MalformedRequest("b of an acknowledgement holds " + digits);
    }
  }

  private Future<Reply> change(Exchange from, PopHeaders.ChangeInvisibleTime ask) {
    checkQueue(ask.topic(), ask.queueId());
    long max = place.store().maxOffset(ask.topic(), ask.queueId());
    checkOffset(ask.topic(), ask.queueId(), ask.offset(), max);
    PopHandlers.checkInvisibleTime(ask.invisibleTime());
    PopHandle handle = PopHandle.parse(ask.extraInfo());
    QueueKey key = new QueueKey(ask.topic(), ask.consumerGroup(), ask.queueId());
    long now = place.wallClockMs().getAsLong();
    PopQueue queue = place.table().find(key);
    if (handle.ordered()) {
      Future<Void> durable =
          queue == null
              ? null
              : queue.changeInOrder(ask.offset(), handle.popTimeMs(), now + ask.invisibleTime());
      return changed(
          durable, handle, handle.popTimeMs(), now + ask.invisibleTime() - handle.popTimeMs());
    }
    // Two leases of a message must not have the same name.
    long popTime = Math.max(now, handle.popTimeMs() + 1);
    Future<Void> durable =
        queue == null
            ? null
            : queue.change(ask.offset(), handle.popTimeMs(), popTime, ask.invisibleTime());
    return changed(durable, handle, popTime, ask.invisibleTime());
  }

  /** A message that is not out by this handle any more is answered as in the original, but invisible for 0. */
  private static Future<Reply> changed(
      @Nullable Future<Void> durable, PopHandle handle, long popTimeMs, long invisibleMs) {
    return answered(
        durable,
        Reply.ok(
            new PopHeaders.ChangeInvisibleTimeReply(
                popTimeMs, durable == null ? 0 : invisibleMs, handle.reviveQid())));
  }

  private void checkQueue(String name, int queueId) {
    TopicConfig topic = place.topics().find(name);
    if (topic == null) {
      throw new Refused(
          ResponseCode.TOPIC_NOT_EXIST,
          "topic[" + name + "] not exist, apply first please! Create it with updateTopic.");
    }
    if (queueId < 0 || queueId >= topic.readQueueNums()) {
      throw new Refused(
          ResponseCode.MESSAGE_ILLEGAL,
          "queueId["
              + queueId
              + "] is illegal, topic:["
              + name
              + "] topicConfig.readQueueNums:["
              + topic.readQueueNums()
              + "]");
    }
  }

  /** {@code end}: exclusive; the original takes one more for an acknowledgement. */
  private void checkOffset(String topic, int queueId, long offset, long end) {
    long min = place.store().minOffset(topic, queueId);
    if (offset < min || offset >= end) {
      throw new Refused(
          ResponseCode.NO_MESSAGE,
          "offset is illegal, key:"
              + topic
              + "@"
              + queueId
              + ", commit:"
              + offset
              + ", store:"
              + min
              + "~"
              + (end - 1));
    }
  }
}
