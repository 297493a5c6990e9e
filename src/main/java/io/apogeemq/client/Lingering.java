package io.apogeemq.client;

import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Messages that wait a little for more of their topic, to be sent together. A batch leaves when its
 * time is over or it is large enough, and each message gets its own part of the answer.
 *
 * <p>What waits is bounded by the producer's limit of pending sends, which these count among.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class Lingering {
  /** A message and who waits for its answer. */
  private record Waiting(Message message, Promise<SendResult> outcome) {}

  /** The next batch of a topic. */
  private static final class Batch {
    final List<Waiting> waiting = new ArrayList<>();
    int bytes;
    long timer;
  }

  private final ProducerOptions options;
  private final Loop loop;
  private final Function<List<Message>, Future<SendResult>> send;
  private final Map<String, Batch> batches = new HashMap<>();

  /**
   * @param send sends messages of one topic, a single one or a batch
   */
  Lingering(ProducerOptions options, Loop loop, Function<List<Message>, Future<SendResult>> send) {
    this.options = options;
    this.loop = loop;
    this.send = send;
  }

  /** Takes a message for the next batch of its topic. */
  Future<SendResult> add(Message message) {
    int bytes = sizeOf(message);
    Batch open = batches.get(message.topic());
    if (open != null && open.bytes + bytes > options.getMaxBatchBytes()) {
      flush(message.topic());
    }
    Batch batch = batches.computeIfAbsent(message.topic(), this::begin);
    Promise<SendResult> outcome = Promise.promise();
    batch.waiting.add(new Waiting(message, outcome));
    batch.bytes += bytes;
    if (batch.waiting.size() >= options.getMaxBatchMessages()
        || batch.bytes >= options.getMaxBatchBytes()) {
      flush(message.topic());
    }
    return outcome.future();
  }

  private Batch begin(String topic) {
    Batch batch = new Batch();
    batch.timer = loop.after(options.getLingerMs(), () -> flush(topic));
    return batch;
  }

  /** About what the message takes in a batch. */
  private static int sizeOf(Message message) {
    int bytes = message.body().length;
    for (Map.Entry<String, String> each : message.properties().entrySet()) {
      bytes += each.getKey().length() + each.getValue().length() + 2;
    }
    return bytes;
  }

  /** Sends all that waits. */
  void flush() {
    List.copyOf(batches.keySet()).forEach(this::flush);
  }

  private void flush(String topic) {
    Batch batch = batches.remove(topic);
    if (batch == null) {
      return;
    }
    loop.cancel(batch.timer);
    send.apply(batch.waiting.stream().map(Waiting::message).toList())
        .onSuccess(result -> share(result, batch.waiting))
        .onFailure(e -> batch.waiting.forEach(each -> each.outcome().fail(e)));
  }

  /** Gives each message its own part of a batch's answer. */
  private static void share(SendResult all, List<Waiting> waiting) {
    String[] ids = all.msgId().split(",");
    String[] offsetIds = all.offsetMsgId().split(",");
    for (int i = 0; i < waiting.size(); i++) {
      waiting
          .get(i)
          .outcome()
          .complete(
              new SendResult(
                  all.sendStatus(),
                  ids[i],
                  // 5.x gives one id for a batch in a topic of batches
                  offsetIds.length == waiting.size() ? offsetIds[i] : all.offsetMsgId(),
                  all.messageQueue(),
                  all.queueOffset() + i,
                  null,
                  null));
    }
  }
}
