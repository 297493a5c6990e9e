package io.apogeemq.client;

import static io.apogeemq.client.ScriptedNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AcksTest {
  private static final int NOT_ORDERED = 0;
  private static final int ORDERED = 999;

  private final Vertx vertx = Vertx.vertx();
  private final ScriptedNode node = new ScriptedNode(vertx);
  private final Context context = vertx.getOrCreateContext();
  private PopConsumer consumer;

  @BeforeEach
  void setUp() {
    node.routes.put("t", ScriptedNode.on(1, Map.of("a", node)));
    consumer =
        onLoop(() -> ApogeeClient.create(vertx, ClientOptions.of(node.address())).popConsumer("g"));
  }

  @AfterEach
  void tearDown() {
    node.close();
    await(vertx.close());
  }

  private static Receipt receipt(long offset, int reviveQueueId) {
    return new Receipt("t", "a", 0, offset, 10, 1_700, 60_000, reviveQueueId, 0, 4711);
  }

  /** Calls an action on the client's own event loop. */
  private <T> T onLoop(Supplier<T> action) {
    return await(Future.future(done -> context.runOnContext(now -> done.complete(action.get()))));
  }

  /** Acknowledges in one turn. */
  private List<Future<Void>> ack(int reviveQueueId, long... offsets) {
    List<Future<Void>> all =
        onLoop(
            () ->
                LongStream.of(offsets)
                    .mapToObj(each -> consumer.ack(receipt(each, reviveQueueId)))
                    .toList());
    await(Future.join(all).otherwiseEmpty());
    return all;
  }

  @Test
  void thoseOfOneTurnAreOneRequest() {
    assertThat(ack(NOT_ORDERED, 10, 11, 12)).allMatch(Future::succeeded);
    assertThat(node.batchAcks).hasSize(1);
    assertThat(node.acks).isEmpty();
  }

  @Test
  void oneAloneIsAskedForAlone() {
    await(consumer.ack(receipt(10, NOT_ORDERED)));
    assertThat(node.acks).containsExactly(10L);
    assertThat(node.batchAcks).isEmpty();
  }

  @Test
  void nobodyFailsForAnothersSake() {
    node.refusedOffset = 11;
    List<Future<Void>> all = ack(NOT_ORDERED, 10, 11, 12);
    assertThat(all).extracting(Future::succeeded).containsExactly(true, false, true);
    assertThat(node.acks).containsExactly(10L, 12L);
    assertThatThrownBy(
            () ->
                await(consumer.ackAll(List.of(receipt(11, NOT_ORDERED), receipt(12, NOT_ORDERED)))))
        .hasRootCauseInstanceOf(RequestRefused.class);
  }

  @Test
  void aForgedReceiptIsTheBrokersToRefuse() {
    node.refusedOffset = 9; // below the first of its delivery
    List<Future<Void>> all = ack(NOT_ORDERED, 9, 10, 10_000_000);
    assertThat(all).extracting(Future::succeeded).containsExactly(false, true, true);
    assertThat(node.acks).containsExactlyInAnyOrder(10L, 10_000_000L);
    assertThat(node.batchAcks).isEmpty();
  }

  @Test
  void inOrderEachGoesAlone() {
    assertThat(ack(ORDERED, 10, 11)).allMatch(Future::succeeded);
    assertThat(node.acks).containsExactly(10L, 11L);
    assertThat(node.batchAcks).isEmpty();
  }
}
