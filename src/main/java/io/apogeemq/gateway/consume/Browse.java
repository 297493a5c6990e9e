package io.apogeemq.gateway.consume;

import io.apogeemq.client.Filter;
import io.apogeemq.client.MessageQueue;
import io.apogeemq.client.PullConsumer;
import io.apogeemq.client.PullResult;
import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.apogeemq.gateway.message.Incoming;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Looking at the messages of a topic without taking them, page by page, one queue after the other. */
public final class Browse {
  /** No group of that name consumes: nothing is committed for it. */
  public static final String READER = "apogee-gateway-reader";

  private Browse() {}

  /**
   * A page, by the parameters {@code position}, {@code from}, {@code max} and {@code as}.
   *
   * <pre>
   *   { "messages": […], "position": where the next page begins }
   * </pre>
   */
  public static Future<Answer> page(Call call, String topic, Filter wanted) {
    PullConsumer reader = call.client().reader(READER);
    String position = call.textOrNull("position");
    return starts(reader, topic, position, call.text("from"))
        .compose(
            next ->
                fill(reader, wanted, next, (int) call.number("max"), new ArrayList<>())
                    .map(
                        found -> {
                          JsonArray messages = new JsonArray();
                          found.forEach(each -> messages.add(Incoming.json(each, call.text("as"))));
                          return Answer.ok(
                              new JsonObject()
                                  .put("messages", messages)
                                  .put("position", Positions.write(next)));
                        }));
  }

  /** The queue itself; fails as not found if its topic has none of that broker and number. */
  public static Future<MessageQueue> existing(PullConsumer reader, MessageQueue queue) {
    return reader
        .queues(queue.topic())
        .map(
            all -> {
              if (all.contains(queue)) {
                return queue;
              }
              throw new Problem(
                  ProblemKind.NOT_FOUND,
                  "The topic "
                      + queue.topic()
                      + " has no queue "
                      + queue.queueId()
                      + " at a broker "
                      + queue.brokerName()
                      + ".",
                  "GET /v1/topics/… lists its queues.");
            });
  }

  /**
   * Where a reader begins: in each queue at its own position, else at the start, the end or a time.
   *
   * @param from {@code first}, {@code last}, or milliseconds since 1970
   */
  static Future<TreeMap<MessageQueue, Long>> starts(
      PullConsumer reader, String topic, @Nullable String position, String from) {
    TreeMap<MessageQueue, Long> known =
        position == null ? new TreeMap<>() : Positions.read(topic, position);
    return reader
        .queues(topic)
        .compose(
            queues -> {
              TreeMap<MessageQueue, Long> next = new TreeMap<>();
              List<Future<Long>> asked = new ArrayList<>();
              for (MessageQueue each : queues) {
                Long at = known.get(each);
                asked.add(
                    (at == null ? start(reader, each, from) : Future.succeededFuture(at))
                        .onSuccess(offset -> next.put(each, offset)));
              }
              return Future.all(asked).map(next);
            });
  }

  private static Future<Long> start(PullConsumer reader, MessageQueue queue, String from) {
    return switch (from) {
      case "first" -> reader.minOffset(queue);
      case "last" -> reader.maxOffset(queue);
      default -> reader.offsetAt(queue, Long.parseLong(from));
    };
  }

  /** Reads the queues one after the other until there are enough; {@code next} moves on. */
  private static Future<List<ReceivedMessage>> fill(
      PullConsumer reader,
      Filter wanted,
      TreeMap<MessageQueue, Long> next,
      int max,
      List<ReceivedMessage> found) {
    return fill(reader, wanted, next, List.copyOf(next.keySet()).iterator(), max, found);
  }

  private static Future<List<ReceivedMessage>> fill(
      PullConsumer reader,
      Filter wanted,
      TreeMap<MessageQueue, Long> next,
      Iterator<MessageQueue> queues,
      int max,
      List<ReceivedMessage> found) {
    if (found.size() >= max || !queues.hasNext()) {
      return Future.succeededFuture(found);
    }
    MessageQueue queue = queues.next();
    return read(reader, wanted, queue, next, max, found)
        .compose(ignored -> fill(reader, wanted, next, queues, max, found));
  }

  private static Future<Void> read(
      PullConsumer reader,
      Filter wanted,
      MessageQueue queue,
      TreeMap<MessageQueue, Long> next,
      int max,
      List<ReceivedMessage> found) {
    return reader
        .pull(queue, wanted, next.get(queue), max - found.size(), 0)
        .compose(
            result -> {
              found.addAll(result.messages());
              next.put(queue, result.nextOffset());
              boolean atEnd =
                  result.status() == PullResult.Status.NO_NEW_MSG
                      || result.nextOffset() >= result.maxOffset();
              return found.size() >= max || atEnd
                  ? Future.succeededFuture()
                  : read(reader, wanted, queue, next, max, found);
            });
  }
}
