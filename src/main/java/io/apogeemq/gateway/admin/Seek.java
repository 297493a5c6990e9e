package io.apogeemq.gateway.admin;

import io.apogeemq.client.Inspection;
import io.apogeemq.client.MessageQueue;
import io.apogeemq.client.RequestRefused;
import io.apogeemq.gateway.access.GatewayClient;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Moves a group in a topic, in the way that its brokers can. Ours move any queue of any group. RocketMQ's
 * move a group that is online only by time and in all queues: asked for one queue, many of them move the
 * whole topic to its end. Offsets of a group that is offline are simply written.
 */
final class Seek {
  private static final int AT_ONCE = 16;

  private final GatewayClient client;
  private final String group;
  private final String topic;

  Seek(GatewayClient client, String group, String topic) {
    this.client = client;
    this.group = group;
    this.topic = topic;
  }

  Future<Void> to(SeekTarget target) {
    Long timestampMs = target.timestampMs();
    return timestampMs == null ? queueByQueue(target) : byTime(timestampMs, target);
  }

  /** A broker that can't move a group that is offline (206) takes the offsets that it would be moved to. */
  private Future<Void> byTime(long timestampMs, SeekTarget target) {
    return client
        .groups()
        .resetTo(group, topic, timestampMs)
        .<Void>mapEmpty()
        .recover(
            e ->
                e instanceof RequestRefused refused
                        && refused.code() == ResponseCode.CONSUMER_NOT_ONLINE
                    ? commit(target)
                    : Future.failedFuture(e));
  }

  private Future<Void> queueByQueue(SeekTarget target) {
    return Brokers.all(client, this::movesQueues)
        .compose(
            brokers -> {
              if (!brokers.answers().contains(false)) {
                return each(
                    target, each -> client.groups().resetTo(group, each.getKey(), each.getValue()));
              }
              return Members.connections(client, group)
                  .compose(
                      members -> {
                        if (!members.isEmpty()) {
                          throw new Problem(
                              ProblemKind.CONFLICT,
                              "The brokers are RocketMQ's, and can't move single queues of a group"
                                  + " that is online.",
                              "Stop its members, or seek to a time.");
                        }
                        return commit(target);
                      });
            });
  }

  private Future<Void> commit(SeekTarget target) {
    return each(target, each -> client.groups().commit(group, each.getKey(), each.getValue()));
  }

  /** Whether a broker is ours. */
  private Future<Boolean> movesQueues(String address) {
    return client
        .inspection()
        .clients(address, group)
        .map(true)
        .recover(
            e ->
                Inspection.isUnsupported(e)
                    ? Future.succeededFuture(false)
                    : Future.failedFuture(e));
  }

  private static Future<Void> each(
      SeekTarget target, Function<Map.Entry<MessageQueue, Long>, Future<Void>> move) {
    List<Map.Entry<MessageQueue, Long>> queues = new ArrayList<>(target.offsets().entrySet());
    return InTurn.each(queues, AT_ONCE, move).compose(all -> Future.all(all).mapEmpty());
  }
}
