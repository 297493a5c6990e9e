package io.apogeemq.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.protocol.body.BrokerData;
import io.apogeemq.protocol.body.QueueData;
import io.apogeemq.protocol.body.TopicRoute;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PublishQueuesTest {
  private static BrokerData broker(String name, long id) {
    return new BrokerData(Map.of(id, name + ":10911"), name, "c", null);
  }

  private static TopicRoute route(
      @Nullable String order, List<BrokerData> brokers, QueueData... queues) {
    return new TopicRoute(brokers, Map.of(), order, List.of(queues));
  }

  private static List<String> names(PublishQueues queues) {
    return queues.all().stream().map(each -> each.brokerName() + each.queueId()).toList();
  }

  @Test
  void theQueuesOfAllMastersTakeTurnsByBrokerAndNumber() {
    TopicRoute route =
        route(
            null,
            List.of(broker("b", 0), broker("a", 0)),
            new QueueData("b", 6, 9, 0, 2),
            new QueueData("a", 6, 9, 0, 2));
    assertThat(names(PublishQueues.of("t", route, Integer.MAX_VALUE)))
        .containsExactly("a0", "a1", "b0", "b1");
  }

  @Test
  void aBrokerWithoutMasterOrWritePermissionIsLeftOut() {
    TopicRoute route =
        route(
            null,
            List.of(broker("a", 0), broker("slave", 1), broker("readonly", 0)),
            new QueueData("a", 6, 1, 0, 1),
            new QueueData("slave", 6, 1, 0, 1),
            new QueueData("readonly", 4, 1, 0, 1));
    assertThat(names(PublishQueues.of("t", route, Integer.MAX_VALUE))).containsExactly("a0");
  }

  @Test
  void aTopicToBeCreatedGetsNoMoreQueuesThanTheClientWants() {
    TopicRoute template = route(null, List.of(broker("a", 0)), new QueueData("a", 7, 8, 0, 8));
    assertThat(names(PublishQueues.of("t", template, 4))).containsExactly("a0", "a1", "a2", "a3");
  }

  @Test
  void anOrderConfigurationSaysItAll() {
    TopicRoute route = route("b:1;a:2", List.of(broker("a", 0)), new QueueData("a", 6, 8, 0, 8));
    assertThat(names(PublishQueues.of("t", route, Integer.MAX_VALUE)))
        .containsExactly("b0", "a0", "a1");
  }

  @Test
  void turnsGoRoundAlsoWhenTheCounterOverflows() {
    TopicRoute route = route(null, List.of(broker("a", 0)), new QueueData("a", 6, 3, 0, 3));
    PublishQueues queues = PublishQueues.of("t", route, Integer.MAX_VALUE);
    List<Integer> ids = new ArrayList<>();
    int turn = Integer.MAX_VALUE - 1;
    for (int i = 0; i < 300; i++) {
      ids.add(queues.at(turn++).queueId());
    }
    assertThat(ids).containsOnly(0, 1, 2);
  }

  @Test
  void theNextTurnOfAWantedBrokerIsFound() {
    TopicRoute two =
        route(
            null,
            List.of(broker("a", 0), broker("b", 0)),
            new QueueData("a", 6, 4, 0, 4),
            new QueueData("b", 6, 4, 0, 4));
    PublishQueues queues = PublishQueues.of("t", two, Integer.MAX_VALUE);
    for (int turn = -8; turn < 8; turn++) {
      int next = turn + queues.turnsTo(turn, "b"::equals);
      assertThat(next).isBetween(turn, turn + 4);
      assertThat(queues.at(next).brokerName()).isEqualTo("b");
    }
    assertThat(queues.turnsTo(0, "c"::equals)).isNegative();
  }

  @Test
  void aTopicWithoutWritableQueueHasNoTurn() {
    assertThat(PublishQueues.of("t", route(null, List.of()), 4).at(0)).isNull();
  }
}
