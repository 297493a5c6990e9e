package io.apogeemq.gateway.consume;

import io.apogeemq.client.MessageQueue;
import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queues that a tail reads, and where it is in each:
 *
 * <ul>
 *   <li>One of a broker that is away keeps its place until the broker is back.
 *   <li>One that a broker has got meanwhile is read from its first message.
 *   <li>Those of a broker that was not there when all others began begin as these did; with {@code last},
 *       when the tail began.
 * </ul>
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class TailQueues {
  private static final Logger log = LoggerFactory.getLogger(TailQueues.class);

  /** Queue → the offset that is read next. */
  final TreeMap<MessageQueue, Long> next;

  private final Set<MessageQueue> away;

  /** Queues of which nothing is told that was there before the tail began. */
  private final Set<MessageQueue> late = new HashSet<>();

  private final String from;
  private final BiFunction<MessageQueue, String, Future<Long>> start;
  private final long beganMs;

  /**
   * @param from where queues begin, as {@link Browse#start} takes it
   * @param start asks for the offset in a queue that {@code from} means
   * @param beganMs when the tail began
   */
  TailQueues(
      Places places,
      String from,
      BiFunction<MessageQueue, String, Future<Long>> start,
      long beganMs) {
    next = places.all();
    away = new HashSet<>(places.away().keySet());
    this.from = from;
    this.start = start;
    this.beganMs = beganMs;
  }

  /** Those that can be read now. */
  List<MessageQueue> present() {
    return next.keySet().stream().filter(each -> !away.contains(each)).toList();
  }

  /** Whether a message is of the time that the tail tells. */
  boolean isOfItsTime(MessageQueue queue, ReceivedMessage message) {
    return message.storeTimestampMs() >= beganMs || !late.contains(queue);
  }

  /**
   * Takes what queues there are now.
   *
   * @param read called with each that is to be read from now on
   */
  void found(List<MessageQueue> all, Consumer<MessageQueue> read) {
    Set<String> known = Places.brokers(next.keySet());
    for (MessageQueue each : all) {
      if (away.remove(each)) {
        read.accept(each);
      } else if (!next.containsKey(each)) {
        if (known.contains(each.brokerName())) {
          next.put(each, 0L);
          read.accept(each);
        } else {
          beginLate(each, read);
        }
      }
    }
    // What a broker that is back has no more of is nothing to wait for.
    Set<String> there = Places.brokers(all);
    away.removeIf(each -> there.contains(each.brokerName()) && next.remove(each) != null);
  }

  private void beginLate(MessageQueue queue, Consumer<MessageQueue> read) {
    boolean last = from.equals(Browse.LAST);
    start
        .apply(queue, last ? Long.toString(beganMs) : from)
        .onSuccess(
            offset -> {
              if (next.putIfAbsent(queue, offset) == null) {
                if (last) {
                  late.add(queue); // where nothing is later, brokers tell the last one before
                }
                read.accept(queue);
              }
            })
        .onFailure(e -> log.debug("{} is not read yet: {}", queue, e.toString()));
  }
}
