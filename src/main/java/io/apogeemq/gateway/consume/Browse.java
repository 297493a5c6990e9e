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
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongBinaryOperator;
import org.jspecify.annotations.Nullable;

/** Looking at the messages of a topic without taking them, page by page. */
public final class Browse {
  /** No group of that name consumes: nothing is committed for it. */
  public static final String READER = "apogee-gateway-reader";

  static final String LAST = "last";

  private static final long MAX_PAGE_BYTES = 8 * 1024 * 1024;

  private static final String FIRST = "first";
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
    String position = call.textOrNull("position");
    String from = call.text("from");
    Future<Places> fronts =
        newest
            ? ends(reader, topic, position, wanted.untilMs())
            : starts(reader, topic, position, from);
    Future<Places> bounds =
        newest
            ? starts(reader, topic, null, from)
            : Future.succeededFuture(new Places(new TreeMap<>(), new TreeMap<>()));
    return Future.all(fronts, bounds)
        .compose(
            ignored ->
                new Scan(
                        cursors(call, vertx, reader, topic, wanted, fronts, bounds),
                        fronts.result().away(),
                        newest,
                        max,
                        Math.min(MAX_PAGE_BYTES, call.options().bodyMemoryBytes() / 4),
                        call.number("scan"),
                        () -> call.request().response().closed())
                    .run())
        .map(Answer::ok);
  }

  /** The page of a topic that is not there though it might be. */
  public static JsonObject nothing() {
    return new Scan(List.of(), Map.of(), false, 0, 0, 0, () -> false).page();
  }

  /** {@code bounds}: how far a reader goes that goes backwards. */
  private static List<QueueCursor> cursors(
      Call call,
      Vertx vertx,
      PullConsumer reader,
      String topic,
      Wanted wanted,
      Future<Places> fronts,
      Future<Places> bounds) {
    TreeMap<MessageQueue, Long> all = chosen(topic, fronts.result().present(), call);
    Shown form = Shown.of(call);
    int batch = form.batch(Math.max(4, Math.min(32, 2 * (int) call.number("max") / all.size())));
    QueueCursor.Look look =
        new QueueCursor.Look(
            vertx, QueueReader.of(reader), wanted, form, batch, call::chargeAnswer);
    List<QueueCursor> queues = new ArrayList<>();
    all.forEach(
        (queue, at) ->
            queues.add(new QueueCursor(look, queue, at, bounds.result().present().get(queue))));
    return queues;
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
   * Where a reader begins: in each queue at its own position, else at the start, the end or a time. A queue
   * that a broker has got since the position was told is read from its first message.
   *
   * @param from {@code first}, {@code last}, {@code offset:N}, {@code -N} for the last N of each queue, or
   *     milliseconds since 1970
   */
  public static Future<Places> starts(
      PullConsumer reader, String topic, @Nullable String position, String from) {
    return starts(reader, topic, position, from, FIRST);
  }

  private static Future<Places> starts(
      PullConsumer reader, String topic, @Nullable String position, String from, String ofNew) {
    TreeMap<MessageQueue, Long> known =
        position == null ? new TreeMap<>() : Positions.read(topic, position);
    Set<String> knownBrokers = Places.brokers(known.keySet());
    return reader
        .queues(topic)
        .compose(
            queues -> {
              TreeMap<MessageQueue, Long> next = new TreeMap<>();
              List<Future<Long>> asked = new ArrayList<>();
              for (MessageQueue each : queues) {
                Long at = known.get(each);
                String where = knownBrokers.contains(each.brokerName()) ? ofNew : from;
                asked.add(
                    (at == null ? start(reader, each, where) : Future.succeededFuture(at))
                        .onSuccess(offset -> next.put(each, offset)));
              }
              // What a broker has no more of is gone; of a broker that has none nobody can tell.
              Set<String> there = Places.brokers(queues);
              known.keySet().removeIf(each -> there.contains(each.brokerName()));
              return Future.all(asked).map(new Places(next, known));
            });
  }

  /** Where a reader begins that goes backwards: behind the last message, or behind those of a time. */
  private static Future<Places> ends(
      PullConsumer reader, String topic, @Nullable String position, long untilMs) {
    String from = untilMs == Long.MAX_VALUE ? LAST : "" + (untilMs + 1);
    return starts(reader, topic, position, from, from)
        .map(
            all -> {
              if (position == null && untilMs != Long.MAX_VALUE) {
                // If nothing is later, the broker has told the last one itself.
                all.present().replaceAll((queue, offset) -> offset + 1);
              }
              return all;
            });
  }

  /** Where a reader begins in one queue; {@code from} as {@link #starts} takes it. */
  static Future<Long> start(PullConsumer reader, MessageQueue queue, String from) {
    if (from.equals(FIRST)) {
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
