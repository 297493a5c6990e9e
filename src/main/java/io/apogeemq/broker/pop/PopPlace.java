package io.apogeemq.broker.pop;

import io.apogeemq.broker.stats.Rates;
import io.apogeemq.broker.topic.TopicTable;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.header.PopHeaders;
import io.apogeemq.store.Completions;
import io.apogeemq.store.MessageStore;
import io.apogeemq.store.ReadRequest;
import io.apogeemq.store.ReadResult;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of this room need of the broker on one event loop.
 *
 * @param back where the store's results come back to this loop
 * @param wakes reaches the requests that wait on all loops
 * @param wallClockMs time of day: leases outlive the process
 */
record PopPlace(
    PopConfig config,
    TopicTable topics,
    PopTable table,
    MessageStore store,
    Completions back,
    Rates rates,
    PopWakes wakes,
    LongSupplier wallClockMs) {

  PopQueue.Asking asking(boolean ordered, @Nullable String attemptId, long nowMs) {
    return new PopQueue.Asking(ordered, attemptId == null ? "" : attemptId, config.maxOut(), nowMs);
  }

  long maxOffset(QueueKey key) {
    return store.maxOffset(key.topic(), key.queueId());
  }

  /** The queue as the group sees it; a new group starts where {@code initMode} says. */
  PopQueue open(QueueKey key, int initMode) {
    PopQueue known = table.find(key);
    return known != null ? known : table.open(key, () -> firstOffset(key, initMode));
  }

  /**
   * Where a group starts that has committed nothing: of a retry topic at the first message; else as the
   * original does with its defaults, for {@code INIT_MAX} at the newest message unless the queue still
   * has its very first one in reach of the memory.
   */
  private long firstOffset(QueueKey key, int initMode) {
    long min = store.minOffset(key.topic(), key.queueId());
    boolean fromMin =
        initMode == PopHeaders.INIT_MIN
            || PopRetryTopics.kindOf(key.topic()) != PopRetryTopics.NORMAL
            || min <= 0 && isInMemory(key, 0);
    return fromMin ? min : Math.max(min, maxOffset(key) - 1);
  }

  private boolean isInMemory(QueueKey key, long offset) {
    ReadResult result =
        store.readHot(
            new ReadRequest(key.topic(), key.queueId(), offset, 1, 1, ReadRequest.EntryFilter.ALL));
    if (result instanceof ReadResult.Found found) {
      found.records().release();
    }
    return !(result instanceof ReadResult.Cold || result instanceof ReadResult.Failed);
  }

  /** The queues of the group's retry topics of a topic that exist by now. */
  List<QueueKey> retryQueues(String topic, String group, int chance) {
    List<QueueKey> queues = new ArrayList<>(2);
    if (config.retryForm() == PopRetryTopics.FORM_2 && config.readsBothForms()) {
      addQueues(PopRetryTopics.name(topic, group, PopRetryTopics.FORM_1), group, chance, queues);
    }
    addQueues(PopRetryTopics.name(topic, group, config.retryForm()), group, chance, queues);
    return queues;
  }

  private void addQueues(String retryTopic, String group, int chance, List<QueueKey> queues) {
    TopicConfig retry = topics.find(retryTopic);
    if (retry == null) {
      return;
    }
    for (int i = 0; i < retry.readQueueNums(); i++) {
      queues.add(new QueueKey(retryTopic, group, (chance + i) % retry.readQueueNums()));
    }
  }

  /** The names of the group's retry topics of a topic, whether they exist or not. */
  List<String> retryTopics(String topic, String group) {
    String written = PopRetryTopics.name(topic, group, config.retryForm());
    return config.retryForm() == PopRetryTopics.FORM_2 && config.readsBothForms()
        ? List.of(written, PopRetryTopics.name(topic, group, PopRetryTopics.FORM_1))
        : List.of(written);
  }

  /**
   * True if a pop would find something by now, as far as can be told without reading.
   *
   * @param wanted a queue, or with queue id -1 any queue of the topic
   */
  boolean hasMessages(QueueKey wanted, TopicConfig topic, PopQueue.Asking asking) {
    if (wanted.queueId() >= 0 ? has(wanted, asking) : hasAny(wanted, topic, asking)) {
      return true;
    }
    if (!asking.ordered()) {
      for (QueueKey retry : retryQueues(wanted.topic(), wanted.group(), 0)) {
        if (has(retry, asking)) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean hasAny(QueueKey wanted, TopicConfig topic, PopQueue.Asking asking) {
    for (int i = 0; i < topic.readQueueNums(); i++) {
      if (has(new QueueKey(wanted.topic(), wanted.group(), i), asking)) {
        return true;
      }
    }
    return false;
  }

  private boolean has(QueueKey key, PopQueue.Asking asking) {
    PopQueue queue = table.find(key);
    return queue == null
        ? maxOffset(key) > table.committed(key).orElse(0)
        : queue.readiness(asking) == PopQueue.Readiness.READY && maxOffset(key) > queue.next();
  }
}
