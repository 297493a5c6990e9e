package io.apogeemq.client;

import io.apogeemq.protocol.remoting.ResponseCode;
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
  private record Waiting(Outgoing.Item item, Promise<SendResult> outcome) {}

  /** The next batch of a topic. */
  private static final class Batch {
    final List<Waiting> waiting = new ArrayList<>();
    int bytes;
    long timer;
  }

  private final ProducerOptions options;
  private final Loop loop;
  private final Function<Outgoing, Future<SendResult>> send;
  private final Map<String, Batch> batches = new HashMap<>();

  /**
   * @param send sends a message or a batch
   */
  Lingering(ProducerOptions options, Loop loop, Function<Outgoing, Future<SendResult>> send) {
    this.options = options;
    this.loop = loop;
    this.send = send;
  }

  /** Takes a message for the next batch of its topic. */
  Future<SendResult> add(Outgoing.Item item) {
    String topic = item.message().topic();
    Batch open = batches.get(topic);
    if (open != null && open.bytes + item.bytes() > options.getMaxBatchBytes()) {
      flush(topic);
    }
    Batch batch = batches.computeIfAbsent(topic, this::begin);
    Promise<SendResult> outcome = Promise.promise();
    batch.waiting.add(new Waiting(item, outcome));
    batch.bytes += item.bytes();
    if (batch.waiting.size() >= options.getMaxBatchMessages()
        || batch.bytes >= options.getMaxBatchBytes()) {
      flush(topic);
    }
    return outcome.future();
  }

  private Batch begin(String topic) {
    Batch batch = new Batch();
    batch.timer = loop.after(options.getLingerMs(), () -> flush(topic));
    return batch;
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
    if (batch.waiting.size() == 1) {
      alone(batch.waiting.get(0));
      return;
    }
    send.apply(Outgoing.ofBatch(batch.waiting.stream().map(Waiting::item).toList()))
        .onSuccess(result -> share(result, batch.waiting))
        .onFailure(e -> failed(e, batch.waiting));
  }

  private void alone(Waiting one) {
    send.apply(Outgoing.of(one.item(), 0, Integer.MAX_VALUE)).onComplete(one.outcome());
  }

  /** A batch is refused as a whole for one message of it: the others shall not fail for that. */
  private void failed(Throwable failure, List<Waiting> waiting) {
    if (failure instanceof RequestRefused refused
        && refused.code() == ResponseCode.MESSAGE_ILLEGAL) {
      waiting.forEach(this::alone);
    } else {
      waiting.forEach(each -> each.outcome().fail(failure));
    }
  }

  /** Gives each message its own part of a batch's answer. */
  private static void share(SendResult all, List<Waiting> waiting) {
    String[] offsetIds = all.offsetMsgId().split(",");
    for (int i = 0; i < waiting.size(); i++) {
      waiting
          .get(i)
          .outcome()
          .complete(
              new SendResult(
                  all.sendStatus(),
                  waiting.get(i).item().id(),
                  // 5.x gives one id for a batch in a topic of batches
                  offsetIds.length == waiting.size() ? offsetIds[i] : all.offsetMsgId(),
                  all.messageQueue(),
                  all.queueOffset() + i,
                  null,
                  null));
    }
  }
}
