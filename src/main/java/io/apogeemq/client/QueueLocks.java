package io.apogeemq.client;

import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.LockBatchAnswer;
import io.apogeemq.protocol.body.LockBatchRequest;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Locks at the brokers on the queues that are consumed in order, so that two members that disagree on
 * who has a queue for a moment don't both deliver it. A broker forgets a lock after 60 s; it is renewed
 * every 20 s and taken for lost after 30 s, as in the original.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class QueueLocks {
  static final long RENEW_MS = 20_000;
  private static final long LASTS_NS = 30_000_000_000L;

  private static final Logger log = LoggerFactory.getLogger(QueueLocks.class);

  private final String group;
  private final String clientId;
  private final Calls calls;
  private final Routes routes;

  QueueLocks(String group, String clientId, Calls calls, Routes routes) {
    this.group = group;
    this.clientId = clientId;
    this.calls = calls;
    this.routes = routes;
  }

  /** Locks a queue. Until when it is locked, in ns; fails if another member has it. */
  Future<Long> lock(MessageQueue queue) {
    return ask(queue.brokerName(), List.of(queue))
        .map(
            locked -> {
              if (!locked.contains(queue)) {
                throw new IllegalStateException("another member still has " + queue);
              }
              return System.nanoTime() + LASTS_NS;
            });
  }

  /**
   * Renews locks. Completes with the queues that others have now; of those whose broker does not
   * answer nothing is known.
   */
  Future<Set<MessageQueue>> renew(Collection<OwnedQueue> owned) {
    Map<String, List<OwnedQueue>> byBroker = new HashMap<>();
    for (OwnedQueue each : owned) {
      byBroker.computeIfAbsent(each.queue().brokerName(), name -> new ArrayList<>()).add(each);
    }
    Set<MessageQueue> lost = new HashSet<>();
    List<Future<?>> asked = new ArrayList<>();
    byBroker.forEach(
        (broker, all) ->
            asked.add(
                ask(broker, all.stream().map(OwnedQueue::queue).toList())
                    .onSuccess(
                        locked -> {
                          long untilNs = System.nanoTime() + LASTS_NS;
                          for (OwnedQueue each : all) {
                            if (locked.contains(each.queue())) {
                              each.locked(untilNs);
                            } else {
                              lost.add(each.queue());
                            }
                          }
                        })
                    .onFailure(
                        e -> log.info("locks at {} not renewed: {}", broker, e.toString()))));
    return ApogeeClient.settled(asked).map(lost);
  }

  private Future<Set<MessageQueue>> ask(String broker, List<MessageQueue> queues) {
    String address = routes.master(broker);
    if (address == null) {
      return Future.failedFuture(new IllegalStateException("no route names a master of " + broker));
    }
    return calls.ok(
        address,
        RemotingCommand.request(RequestCode.LOCK_BATCH_MQ).body(body(queues)),
        r -> {
          Set<MessageQueue> locked = new HashSet<>();
          Body.parse(LockBatchAnswer.class, r.body())
              .lockOKMQSet()
              .forEach(each -> locked.add(MessageQueue.of(each)));
          return locked;
        });
  }

  Future<Void> unlock(MessageQueue queue) {
    String address = routes.master(queue.brokerName());
    return address == null
        ? Future.succeededFuture() // the broker forgets it by itself
        : calls.ok(
            address,
            RemotingCommand.request(RequestCode.UNLOCK_BATCH_MQ).body(body(List.of(queue))));
  }

  private byte[] body(List<MessageQueue> queues) {
    Set<io.apogeemq.protocol.body.MessageQueue> wire = new HashSet<>();
    queues.forEach(each -> wire.add(each.toWire()));
    return new LockBatchRequest(clientId, group, wire, null).toJson();
  }
}
