package io.apogeemq.gateway.consume;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.client.MessageQueue;
import io.apogeemq.gateway.FakeQueue;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A tail and brokers that come and go. */
class TailQueuesTest {
  private static final MessageQueue HERE = queue("a", 0);
  private static final MessageQueue AWAY = queue("b", 0);
  private static final long BEGAN_MS = 1_000;

  private final List<MessageQueue> read = new ArrayList<>();
  private final List<String> asked = new ArrayList<>();

  private static MessageQueue queue(String broker, int id) {
    return new MessageQueue("t", broker, id);
  }

  private TailQueues tail(String from) {
    return new TailQueues(
        new Places(new TreeMap<>(Map.of(HERE, 5L)), new TreeMap<>(Map.of(AWAY, 7L))),
        from,
        (queue, where) -> {
          asked.add(where);
          return Future.succeededFuture(3L);
        },
        BEGAN_MS);
  }

  @Test
  void aQueueWhoseBrokerIsAwayKeepsItsPlaceAndIsReadWhenItIsBack() {
    TailQueues tail = tail("last");
    assertThat(tail.present()).containsExactly(HERE);
    tail.found(List.of(HERE), read::add);
    assertThat(read).isEmpty();
    assertThat(tail.next).containsEntry(AWAY, 7L);
    tail.found(List.of(HERE, AWAY), read::add);
    tail.found(List.of(HERE, AWAY), read::add);
    assertThat(read).containsExactly(AWAY);
    assertThat(tail.next).containsEntry(AWAY, 7L);
    assertThat(asked).isEmpty();
  }

  @Test
  void aQueueThatABrokerCameBackWithoutIsForgotten() {
    TailQueues tail = tail("last");
    tail.found(List.of(HERE, queue("b", 1)), read::add);
    assertThat(tail.next).containsOnlyKeys(HERE, queue("b", 1));
    assertThat(tail.next).containsEntry(queue("b", 1), 0L);
  }

  @Test
  void aQueueThatATopicHasGotIsReadFromItsFirstMessage() {
    TailQueues tail = tail("last");
    tail.found(List.of(HERE, queue("a", 1)), read::add);
    assertThat(read).containsExactly(queue("a", 1));
    assertThat(tail.next).containsEntry(queue("a", 1), 0L);
    assertThat(
            tail.isOfItsTime(
                queue("a", 1), FakeQueue.message(queue("a", 1), 0, 0, Map.of(), new byte[0])))
        .isTrue();
  }

  @Test
  void aBrokerThatNobodyKnewBeginsWhereTheTailDid() {
    MessageQueue unknown = queue("c", 0);
    TailQueues last = tail("last");
    last.found(List.of(HERE, unknown), read::add);
    assertThat(last.next).containsEntry(unknown, 3L);
    assertThat(last.isOfItsTime(unknown, FakeQueue.message(unknown, 0, 0, Map.of(), new byte[0])))
        .as("stored at 0, before the tail began")
        .isFalse();
    TailQueues offset = tail("offset:9");
    offset.found(List.of(HERE, unknown), read::add);
    assertThat(read).containsExactly(unknown, unknown);
    assertThat(asked).containsExactly("1000", "offset:9");
  }
}
