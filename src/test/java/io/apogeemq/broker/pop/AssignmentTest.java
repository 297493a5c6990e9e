package io.apogeemq.broker.pop;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.protocol.body.MessageQueue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class AssignmentTest {
  private static final List<String> CLIENTS = List.of("c3", "c1", "c2");

  private static List<MessageQueue> queues(int ofA, int ofB) {
    List<MessageQueue> queues = new ArrayList<>();
    for (int i = 0; i < ofA; i++) {
      queues.add(new MessageQueue("a", i, "T"));
    }
    for (int i = 0; i < ofB; i++) {
      queues.add(new MessageQueue("b", i, "T"));
    }
    Collections.shuffle(queues);
    return queues;
  }

  private static List<String> names(List<MessageQueue> queues) {
    return queues.stream().map(queue -> queue.brokerName() + queue.queueId()).toList();
  }

  private static Assignment of(String strategy, List<MessageQueue> queues) {
    return requireNonNull(Assignment.of(strategy, queues, CLIENTS));
  }

  @Test
  void pulledQueuesAreSharedInRuns() {
    Assignment assignment = of("AVG", queues(4, 4));
    assertThat(names(assignment.pulled("c1"))).containsExactly("a0", "a1", "a2");
    assertThat(names(assignment.pulled("c2"))).containsExactly("a3", "b0", "b1");
    assertThat(names(assignment.pulled("c3"))).containsExactly("b2", "b3");
    assertThat(assignment.pulled("stranger")).isEmpty();
  }

  @Test
  void orInTurn() {
    assertThat(names(of("AVG_BY_CIRCLE", queues(4, 1)).pulled("c2"))).containsExactly("a1", "b0");
  }

  @Test
  void aStrategyThatTheServerDoesNotKnowSaysNothing() {
    assertThat(Assignment.of("CONFIG", queues(1, 0), CLIENTS)).isNull();
    assertThat(Assignment.of("AVG", queues(1, 0), List.of())).isNull();
  }

  @Test
  void whoPopsTakesFromAnyQueueOfEachBroker() {
    assertThat(names(of("AVG", queues(4, 4)).popped("c1", 0))).containsExactly("a-1", "b-1");
    assertThat(names(of("AVG", queues(4, 4)).popped("c1", 2))).containsExactly("a-1", "b-1");
  }

  @Test
  void orFromItsOwnAndThoseOfAFewOthers() {
    assertThat(names(of("AVG", queues(6, 0)).popped("c3", 1)))
        .containsExactly("a4", "a5", "a0", "a1");
    assertThat(names(of("AVG", queues(2, 0)).popped("c3", 1)))
        .as("more clients than queues")
        .containsExactly("a0");
  }
}
