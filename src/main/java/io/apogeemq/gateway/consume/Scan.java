package io.apogeemq.gateway.consume;

import io.apogeemq.client.MessageQueue;
import io.apogeemq.gateway.message.Shown;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks through the queues of a topic, giving what is wanted in the order of store times, until there is
 * enough or much, all was seen, so many messages were looked at, it took too long, or nobody listens any more.
 * Where it stopped is the position of the next page, so a search through any number of messages is a
 * number of bounded requests.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class Scan {
  private static final long MAX_NS = 10_000_000_000L;

  /** So many queues are read at once. */
  private static final int MAX_READS = 32;

  private final List<QueueCursor> queues;
  private final Map<MessageQueue, Long> away;
  private final boolean newestFirst;
  private final int max;
  private final long maxBytes;
  private final long budget;
  private final BooleanSupplier abandoned;
  private final long startNs = System.nanoTime();
  private final JsonArray messages = new JsonArray();
  private long pageBytes;
  private long scanned;

  /**
   * @param away where the reader is in queues that can't be read now
   * @param maxBytes a page ends when its messages take so much, but has one in any case
   * @param budget messages that may be looked at
   * @param abandoned asked between reads
   */
  Scan(
      List<QueueCursor> queues,
      Map<MessageQueue, Long> away,
      boolean newestFirst,
      int max,
      long maxBytes,
      long budget,
      BooleanSupplier abandoned) {
    this.queues = queues;
    this.away = away;
    this.newestFirst = newestFirst;
    this.max = max;
    this.maxBytes = maxBytes;
    this.budget = budget;
    this.abandoned = abandoned;
  }

  /**
   * Completes with the page:
   *
   * <pre>
   *   { "messages": […], "position": where the next page begins,
   *     "scanned": messages looked at, "complete": true if there is no more for now,
   *     "away": [brokers that are away; the position remembers their queues], if there are any }
   * </pre>
   */
  Future<JsonObject> run() {
    return Repeat.whileTrue(this::step).map(ignored -> page());
  }

  /** Reads the queues of which nothing is known, or gives what is; tells whether to go on. */
  private Future<Boolean> step() {
    List<QueueCursor> toRead =
        queues.stream().filter(QueueCursor::mustRead).limit(MAX_READS).toList();
    if (!toRead.isEmpty() && !isSpent()) {
      List<Future<Long>> reads = toRead.stream().map(QueueCursor::read).toList();
      return Future.all(reads)
          .map(
              ignored -> {
                reads.forEach(each -> scanned += each.result());
                return true;
              });
    }
    give();
    boolean over = isFull() || isSpent() || queues.stream().noneMatch(QueueCursor::mustRead);
    return Future.succeededFuture(!over);
  }

  private boolean isFull() {
    return messages.size() >= max || pageBytes >= maxBytes;
  }

  private boolean isSpent() {
    return scanned >= budget || System.nanoTime() - startNs > MAX_NS || abandoned.getAsBoolean();
  }

  /** Gives what is found, in order, until a queue must be read again to know what comes next. */
  private void give() {
    boolean all = isSpent();
    for (QueueCursor next = next(); next != null && !isFull(); next = next()) {
      JsonObject message = next.peek().json();
      messages.add(message);
      pageBytes += Shown.takenBytes(message);
      next.pass();
      if (next.mustRead() && !all) {
        return;
      }
    }
  }

  private @Nullable QueueCursor next() {
    Comparator<QueueCursor> byTime = Comparator.comparingLong(each -> each.peek().storedAtMs());
    return queues.stream()
        .filter(each -> each.peek() != null)
        .min(newestFirst ? byTime.reversed() : byTime)
        .orElse(null);
  }

  /** As far as it has come. */
  JsonObject page() {
    TreeMap<MessageQueue, Long> next = new TreeMap<>(away);
    queues.forEach(each -> next.put(each.queue(), each.position()));
    JsonObject page =
        new JsonObject()
            .put("messages", messages)
            .put("position", Positions.write(next))
            .put("scanned", scanned)
            .put("complete", queues.stream().allMatch(QueueCursor::isExhausted));
    return away.isEmpty()
        ? page
        : page.put("away", new JsonArray(List.copyOf(Places.brokers(away.keySet()))));
  }
}
