package io.apogeemq.broker.pop;

import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.header.PopHeaders;
import io.apogeemq.store.ReadRequest;
import io.apogeemq.store.ReadResult;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;

/** Reads what a pop would get, and takes none of it (200052). Retry topics show under their own name. */
@RunsOn(ThreadRole.EVENT_LOOP)
final class PeekRun {
  private static final int MAX_ANSWER_BYTES = 256 * 1024;

  private final PopPlace place;
  private final PopHeaders.Pop asked;
  private final PopAnswer answer;
  private final List<QueueKey> route = new ArrayList<>();
  private final Promise<PopAnswer> done = Promise.promise();
  private int step;

  PeekRun(PopPlace place, PopHeaders.Pop asked, TopicConfig topic, int chance) {
    this.place = place;
    this.asked = asked;
    answer = new PopAnswer(asked, place.config().brokerName(), 0);
    for (int i = 0; i < topic.readQueueNums(); i++) {
      int queueId = (chance + i) % topic.readQueueNums();
      if (asked.queueId() < 0 || asked.queueId() == queueId) {
        route.add(new QueueKey(asked.topic(), asked.consumerGroup(), queueId));
      }
    }
    route.addAll(place.retryQueues(asked.topic(), asked.consumerGroup(), chance));
  }

  Future<PopAnswer> start() {
    next();
    return done.future();
  }

  private void next() {
    if (step == route.size()
        || answer.messages() >= asked.maxMsgNums()
        || answer.bytes() >= MAX_ANSWER_BYTES) {
      done.complete(answer);
      return;
    }
    QueueKey key = route.get(step++);
    PopQueue queue = place.table().find(key);
    long from =
        Math.max(
            place.store().minOffset(key.topic(), key.queueId()),
            queue != null ? queue.next() : place.table().committed(key).orElse(0));
    place
        .store()
        .read(
            new ReadRequest(
                key.topic(),
                key.queueId(),
                from,
                asked.maxMsgNums() - answer.messages(),
                MAX_ANSWER_BYTES - answer.bytes(),
                ReadRequest.EntryFilter.ALL),
            place.back(),
            result -> take(key, from, result));
  }

  private void take(QueueKey key, long from, ReadResult result) {
    answer.addRest(result.maxOffset() - from);
    if (result instanceof ReadResult.Found found) {
      answer.addAsStored(key.topic(), key.queueId(), from, PopRun.offsets(found), found.records());
    }
    next();
  }
}
