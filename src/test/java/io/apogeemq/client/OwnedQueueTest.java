package io.apogeemq.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class OwnedQueueTest {
  private static final InetSocketAddress HOST = new InetSocketAddress("127.0.0.1", 1);
  private final OwnedQueue queue = new OwnedQueue(new MessageQueue("t", "broker-a", 0), 10);

  /** All messages that were pulled, in order. */
  private final List<WeakReference<ReceivedMessage>> pulled = new ArrayList<>();

  private static ReceivedMessage message(long offset) {
    return new ReceivedMessage(
        "broker-a",
        "t",
        0,
        offset,
        0,
        0,
        0,
        0,
        HOST,
        0,
        HOST,
        "",
        0,
        0,
        0,
        0,
        new HashMap<>(),
        new byte[100],
        null);
  }

  private List<OwnedQueue.Item> pull(long from, int count, long nextOffset) {
    List<ReceivedMessage> messages = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      messages.add(message(from + i));
      pulled.add(new WeakReference<>(messages.get(i)));
    }
    return queue.pulled(new PullResult(PullResult.Status.FOUND, nextOffset, 0, 99, messages));
  }

  @Test
  void nothingCachedMeansTheGroupIsWhereTheNextPullBegins() {
    assertThat(queue.committable()).isEqualTo(10);
    pull(10, 0, 25); // all filtered out
    assertThat(queue.committable()).isEqualTo(25);
  }

  @Test
  void theOffsetWaitsForTheFirstMessageThatIsNotConsumed() {
    List<OwnedQueue.Item> items = pull(10, 3, 13);
    queue.consumed(items.subList(1, 3));
    assertThat(queue.committable()).isEqualTo(10);
    queue.consumed(items.subList(0, 1));
    assertThat(queue.committable()).isEqualTo(13);
  }

  @Test
  void anOffsetIsCommittedOnceUntilItMoves() {
    assertThat(queue.takeCommit()).isTrue();
    assertThat(queue.takeCommit()).isFalse();
    queue.consumed(pull(10, 1, 11));
    assertThat(queue.takeCommit()).isTrue();
  }

  @Test
  void aFullQueueHasRoomOnceWhenMessagesAreConsumed() {
    ConsumerOptions limits = ConsumerOptions.of("g").setMaxCachedMessages(3);
    List<OwnedQueue.Item> items = pull(10, 3, 13);
    assertThat(queue.isFull(limits)).isTrue();
    assertThat(queue.takeRoom(limits)).isFalse();
    queue.consumed(items);
    assertThat(queue.takeRoom(limits)).isTrue();
    assertThat(queue.takeRoom(limits)).isFalse();
  }

  @Test
  void bytesFillAQueueToo() {
    ConsumerOptions limits = ConsumerOptions.of("g").setMaxCachedBytes(250);
    pull(10, 2, 12);
    assertThat(queue.isFull(limits)).isFalse();
    pull(12, 1, 13);
    assertThat(queue.isFull(limits)).isTrue();
  }

  /** As in a stream whose first message is not acknowledged: what is not counted must not be kept. */
  @Test
  void aMessageThatIsConsumedIsForgottenAlthoughOneBeforeItIsNot() {
    List<OwnedQueue.Item> items = pull(10, 3, 13);
    queue.consumed(items.subList(1, 3));
    Awaitility.await()
        .until(
            () -> {
              System.gc();
              return pulled.get(1).get() == null && pulled.get(2).get() == null;
            });
    assertThat(pulled.get(0).get()).isNotNull();
    queue.consumed(items.subList(0, 1));
    assertThat(queue.committable()).isEqualTo(13);
  }
}
