package io.apogeemq.gateway.consume;

import io.apogeemq.client.MessageQueue;
import io.apogeemq.client.PullConsumer;
import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.apogeemq.gateway.message.Shown;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongBinaryOperator;
import org.jspecify.annotations.Nullable;

/** Looking at the messages of a topic without taking them, page by page. */
public final class Browse {
  /** No group of that name consumes: nothing is committed for it. */
  public static final String READER = "apogee-gateway-reader";

  private static final String LAST = "last";
  private static final String OFFSET = "offset:";

  private Browse() {}

  /**
   * A page, by the parameters {@code position}, {@code from}, {@code order}, {@code queue}, {@code max},
   * {@code scan}, {@code as} and {@code bodyLimit}; {@link Scan} says what is in it.
   */
  public static Future<Answer> page(Call call, Vertx vertx, String topic, Wanted wanted) {
    PullConsumer reader = call.client().reader(READER).asStored();
    boolean newest = call.text("order").equals("newest");
    int max = (int) call.number("max");
    return cursors(call, vertx, reader, topic, wanted, newest)
        .compose(
            queues ->
                new Scan(
                        queues,
                        newest,
                        max,
                        call.number("scan"),
                        () -> call.request().response().closed())
                    .run())
        .map(Answer::ok);
  }

  private static Future<List<QueueCursor>> cursors(
      Call call, Vertx vertx, PullConsumer reader, String topic, Wanted wanted, boolean newest) {
    String position = call.textOrNull("position");
    String from = call.text("from");
    Future<TreeMap<MessageQueue, Long>> fronts =
        newest
            ? ends(reader, topic, position, wanted.untilMs())
            : starts(reader, topic, position, from);
    Future<TreeMap<MessageQueue, Long>> bounds =
        newest ? starts(reader, topic, null, from) : Future.succeededFuture(new TreeMap<>());
    return Future.all(fronts, bounds)
        .map(
            ignored -> {
              TreeMap<MessageQueue, Long> all = chosen(topic, fronts.result(), call);
              int batch = Math.max(4, Math.min(32, 2 * (int) call.number("max") / all.size()));
              QueueCursor.Look look =
                  new QueueCursor.Look(
                      vertx, QueueReader.of(reader), wanted, Shown.of(call), batch);
              List<QueueCursor> queues = new ArrayList<>();
              all.forEach(
                  (queue, at) ->
                      queues.add(new QueueCursor(look, queue, at, bounds.result().get(queue))));
              return queues;
            });
  }

  /** All queues, or the one that the parameter {@code queue} names. */
  private static TreeMap<MessageQueue, Long> chosen(
      String topic, TreeMap<MessageQueue, Long> all, Call call) {
    String name = call.textOrNull("queue");
    if (name != null) {
      int colon = name.lastIndexOf(':');
      MessageQueue queue =
          new MessageQueue(
              topic, name.substring(0, colon), Integer.parseInt(name.substring(colon + 1)));
      all.keySet().retainAll(List.of(queue));
      if (all.isEmpty()) {
        throw noQueue(queue);
      }
    }
    if (all.isEmpty()) {
      throw new Problem(
          ProblemKind.NOT_FOUND,
          "No queue of the topic " + topic + " may be read.",
          "Give the topic permission to be read.");
    }
    return all;
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
              throw noQueue(queue);
            });
  }

  private static Problem noQueue(MessageQueue queue) {
    return new Problem(
        ProblemKind.NOT_FOUND,
        "The topic "
            + queue.topic()
            + " has no queue "
            + queue.queueId()
            + " at a broker "
            + queue.brokerName()
            + ".",
        "GET /v1/topics/… lists its queues.");
  }

  /**
   * Where a reader begins: in each queue at its own position, else at the start, the end or a time.
   *
   * @param from {@code first}, {@code last}, {@code offset:N}, {@code -N} for the last N of each queue, or
   *     milliseconds since 1970
   */
  public static Future<TreeMap<MessageQueue, Long>> starts(
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

  /** Where a reader begins that goes backwards: behind the last message, or behind those of a time. */
  private static Future<TreeMap<MessageQueue, Long>> ends(
      PullConsumer reader, String topic, @Nullable String position, long untilMs) {
    return starts(reader, topic, position, untilMs == Long.MAX_VALUE ? LAST : "" + (untilMs + 1))
        .map(
            all -> {
              if (position == null && untilMs != Long.MAX_VALUE) {
                // If nothing is later, the broker has told the last one itself.
                all.replaceAll((queue, offset) -> offset + 1);
              }
              return all;
            });
  }

  private static Future<Long> start(PullConsumer reader, MessageQueue queue, String from) {
    if (from.equals("first")) {
      return reader.minOffset(queue);
    }
    if (from.equals(LAST)) {
      return reader.maxOffset(queue);
    }
    if (from.startsWith(OFFSET)) {
      long wanted = Long.parseLong(from.substring(OFFSET.length()));
      return inside(reader, queue, (min, max) -> wanted);
    }
    long number = Long.parseLong(from);
    return number < 0
        ? inside(reader, queue, (min, max) -> max + number)
        : reader.offsetAt(queue, number);
  }

  /** An offset that is computed from the queue's ends and lies between them. */
  private static Future<Long> inside(
      PullConsumer reader, MessageQueue queue, LongBinaryOperator offset) {
    Future<Long> min = reader.minOffset(queue);
    Future<Long> max = reader.maxOffset(queue);
    return Future.all(min, max)
        .map(
            ignored ->
                Math.max(
                    min.result(),
                    Math.min(max.result(), offset.applyAsLong(min.result(), max.result()))));
  }
}
