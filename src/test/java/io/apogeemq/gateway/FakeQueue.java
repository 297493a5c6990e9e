package io.apogeemq.gateway;

import io.apogeemq.client.Filter;
import io.apogeemq.client.MessageQueue;
import io.apogeemq.client.PullResult;
import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.gateway.consume.QueueReader;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Queues of so many messages without a broker. Reads end later, as those of a network do. */
public final class FakeQueue implements QueueReader {
  private static final InetSocketAddress HOST = new InetSocketAddress("127.0.0.1", 1);

  private final Vertx vertx;
  private final Map<MessageQueue, Long> sizes;
  private final Map<String, String> properties;

  public FakeQueue(Vertx vertx, Map<MessageQueue, Long> sizes, Map<String, String> properties) {
    this.vertx = vertx;
    this.sizes = new TreeMap<>(sizes);
    this.properties = properties;
  }

  @Override
  public Future<PullResult> read(MessageQueue queue, Filter wanted, long offset, int max) {
    long size = sizes.get(queue);
    long end = Math.min(size, offset + max);
    List<ReceivedMessage> messages = new ArrayList<>();
    for (long i = offset; i < end; i++) {
      messages.add(message(queue, i, 0, properties, new byte[0]));
    }
    Promise<PullResult> later = Promise.promise();
    vertx.runOnContext(
        ignored ->
            later.complete(
                new PullResult(
                    messages.isEmpty() ? PullResult.Status.NO_NEW_MSG : PullResult.Status.FOUND,
                    end,
                    0,
                    size,
                    messages)));
    return later.future();
  }

  public static ReceivedMessage message(
      MessageQueue queue, long offset, int sysFlag, Map<String, String> properties, byte[] body) {
    return new ReceivedMessage(
        queue.brokerName(),
        queue.topic(),
        queue.queueId(),
        offset,
        0,
        0,
        sysFlag,
        offset,
        HOST,
        offset,
        HOST,
        "id-" + offset,
        0,
        0,
        0,
        0,
        properties,
        body,
        null);
  }
}
