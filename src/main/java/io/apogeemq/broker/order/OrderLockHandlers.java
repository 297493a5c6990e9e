package io.apogeemq.broker.order;

import static io.apogeemq.protocol.remoting.RequestCode.LOCK_BATCH_MQ;
import static io.apogeemq.protocol.remoting.RequestCode.UNLOCK_BATCH_MQ;

import io.apogeemq.broker.group.GroupTable;
import io.apogeemq.broker.order.OrderLocks.Queue;
import io.apogeemq.broker.topic.TopicTable;
import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.LockBatchAnswer;
import io.apogeemq.protocol.body.LockBatchRequest;
import io.apogeemq.protocol.body.MessageQueue;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.remoting.Access;
import io.apogeemq.remoting.Caller;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.Route;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Answers ordered consumers that lock queues (41) or give them back (42). The answer to 41 names the
 * queues that are now the caller's; a queue that doesn't exist here is not among them.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class OrderLockHandlers implements RequestFamily {
  private final OrderLocks locks;
  private final TopicTable topics;
  private final GroupTable groups;

  public OrderLockHandlers(OrderLocks locks, TopicTable topics, GroupTable groups) {
    this.locks = locks;
    this.topics = topics;
    this.groups = groups;
  }

  @Override
  public List<Route<?>> routes() {
    return List.of(
        Route.on(LOCK_BATCH_MQ, Access.SUB, this::lock).about("group", OrderLockHandlers::mayLock),
        Route.on(UNLOCK_BATCH_MQ, Access.SUB, this::unlock)
            .about("group", OrderLockHandlers::mayLock));
  }

  private static void mayLock(Caller caller, Route.NoFields none, RemotingCommand request) {
    caller.mayJoin(Body.parse(LockBatchRequest.class, request.body()).consumerGroup());
  }

  /** The group need not have sent a heartbeat yet; one that may not exist is refused as elsewhere. */
  private Future<Reply> lock(Exchange from, Route.NoFields none) {
    LockBatchRequest ask = Body.parse(LockBatchRequest.class, from.request().body());
    Map<Queue, MessageQueue> wanted = new LinkedHashMap<>();
    for (MessageQueue each : ask.mqSet()) {
      if (exists(each)) {
        wanted.put(new Queue(each.topic(), each.queueId()), each);
      }
    }
    return groups
        .onUse(ask.consumerGroup())
        .compose(group -> locks.lock(ask.consumerGroup(), wanted.keySet(), ask.clientId()))
        .map(
            locked -> {
              wanted.keySet().retainAll(locked);
              return Reply.ok().body(new LockBatchAnswer(Set.copyOf(wanted.values())).toJson());
            });
  }

  private Future<Reply> unlock(Exchange from, Route.NoFields none) {
    LockBatchRequest ask = Body.parse(LockBatchRequest.class, from.request().body());
    Set<Queue> queues = new HashSet<>();
    ask.mqSet().forEach(each -> queues.add(new Queue(each.topic(), each.queueId())));
    return locks.unlock(ask.consumerGroup(), queues, ask.clientId()).map(unlocked -> Reply.ok());
  }

  private boolean exists(MessageQueue queue) {
    TopicConfig topic = topics.find(queue.topic());
    return topic != null
        && queue.queueId() >= 0
        && queue.queueId() < Math.max(topic.readQueueNums(), topic.writeQueueNums());
  }
}
