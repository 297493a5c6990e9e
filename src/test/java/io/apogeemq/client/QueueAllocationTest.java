package io.apogeemq.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class QueueAllocationTest {
  private static List<MessageQueue> queues(int count) {
    return IntStream.range(0, count).mapToObj(i -> new MessageQueue("t", "broker-a", i)).toList();
  }

  private static List<String> members(int count) {
    return IntStream.range(0, count).mapToObj(i -> String.format("c%03d", i)).toList();
  }

  private static List<Integer> share(int queues, int members, int index) {
    return QueueAllocation.average(queues(queues), members(members), members(members).get(index))
        .stream()
        .map(MessageQueue::queueId)
        .toList();
  }

  /** What a member of the official client takes for itself; ours must leave it exactly that. */
  @Test
  void eightQueuesAndThreeMembersAreSharedAsInTheOriginal() {
    assertThat(share(8, 3, 0)).containsExactly(0, 1, 2);
    assertThat(share(8, 3, 1)).containsExactly(3, 4, 5);
    assertThat(share(8, 3, 2)).containsExactly(6, 7);
  }

  @Test
  void theMembersBehindTheLastQueueGetNothing() {
    assertThat(share(2, 4, 1)).containsExactly(1);
    assertThat(share(2, 4, 2)).isEmpty();
    assertThat(share(2, 4, 3)).isEmpty();
  }

  @Test
  void whoIsNoMemberGetsNothing() {
    assertThat(QueueAllocation.average(queues(4), members(2), "stranger")).isEmpty();
    assertThat(QueueAllocation.average(queues(4), List.of(), "stranger")).isEmpty();
  }

  @Property
  void everyQueueGoesToOneMemberAndSharesDifferByOneAtMost(
      @ForAll @IntRange(max = 64) int queues, @ForAll @IntRange(min = 1, max = 40) int members) {
    List<MessageQueue> all = new ArrayList<>();
    int smallest = Integer.MAX_VALUE;
    int largest = 0;
    for (String each : members(members)) {
      List<MessageQueue> mine = QueueAllocation.average(queues(queues), members(members), each);
      all.addAll(mine);
      smallest = Math.min(smallest, mine.size());
      largest = Math.max(largest, mine.size());
    }
    assertThat(all).containsExactlyElementsOf(queues(queues));
    assertThat(largest - smallest).isLessThanOrEqualTo(1);
  }
}
