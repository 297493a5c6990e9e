package io.apogeemq.gateway.consume;

import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.client.RequestRefused;
import io.apogeemq.gateway.access.GatewayClient;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.body.BrokerData;
import io.apogeemq.protocol.message.MessageId;
import io.apogeemq.protocol.remoting.MalformedRequest;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds messages by the brokers' indexes. Bodies are as they are stored.
 *
 * <p>An id of a broker holds an address, and whoever asks may have made it up: it is asked only if it is
 * a broker of the cluster.
 */
public final class Lookup {
  private Lookup() {}

  /** Oldest first. */
  static Future<List<ReceivedMessage>> byKey(
      GatewayClient client, String topic, String key, int max, long sinceMs, long untilMs) {
    return client
        .messages()
        .asStored()
        .byKey(topic, key, max, sinceMs, untilMs)
        .map(all -> all.size() <= max ? all : all.subList(all.size() - max, all.size()));
  }

  /**
   * The messages with an id: the one that its producer gave (several if it was sent again), or the one of
   * a broker. Fails as not found if there is none.
   */
  public static Future<List<ReceivedMessage>> byId(GatewayClient client, String topic, String id) {
    return client
        .messages()
        .asStored()
        .byMessageId(topic, id)
        .recover(e -> noneIfUnknown(e, id))
        .compose(
            found ->
                found.isEmpty()
                    ? atBroker(client, topic, id).map(List::of)
                    : Future.succeededFuture(found));
  }

  /** Name servers don't know the internal topics that messages wait in; a broker's id is enough then. */
  private static Future<List<ReceivedMessage>> noneIfUnknown(Throwable failure, String id) {
    boolean unknown =
        failure instanceof RequestRefused refused
            && refused.code() == ResponseCode.TOPIC_NOT_EXIST
            && addressOf(id) != null;
    return unknown ? Future.succeededFuture(List.of()) : Future.failedFuture(failure);
  }

  private static Future<ReceivedMessage> atBroker(GatewayClient client, String topic, String id) {
    String address = addressOf(id);
    if (address == null) {
      return Future.failedFuture(none(topic, id));
    }
    return client
        .admin()
        .clusterInfo()
        .compose(
            cluster -> {
              String broker = nameOf(cluster.brokerAddrTable().values(), address);
              return broker == null
                  ? Future.failedFuture(none(topic, id))
                  : client
                      .messages()
                      .asStored()
                      .byOffsetId(id)
                      .map(found -> checked(found.at(broker), topic, id));
            });
  }

  /** The address in a broker's id, null if it is none. */
  private static @Nullable String addressOf(String id) {
    try {
      MessageId parsed = MessageId.parse(id);
      return parsed.storeHost().getAddress().getHostAddress() + ":" + parsed.storeHost().getPort();
    } catch (MalformedRequest e) {
      return null;
    }
  }

  private static @Nullable String nameOf(Iterable<BrokerData> brokers, String address) {
    for (BrokerData each : brokers) {
      if (each.brokerAddrs().containsValue(address)) {
        return each.brokerName();
      }
    }
    return null;
  }

  /** The place may hold another topic's message by now. Retried ones say where they came from. */
  private static ReceivedMessage checked(ReceivedMessage found, String topic, String id) {
    if (found.topic().equals(topic)
        || topic.startsWith(Names.RETRY)
        || topic.startsWith(Names.DLQ)) {
      return found;
    }
    throw none(topic, id);
  }

  private static Problem none(String topic, String id) {
    return new Problem(
        ProblemKind.NOT_FOUND,
        "No broker has a message " + id + " of the topic " + topic + ".",
        "See that it is the id of a message of this topic, and that it is not deleted by now.");
  }
}
