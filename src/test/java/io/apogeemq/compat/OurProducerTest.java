package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientCounters;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.ConsumerOptions;
import io.apogeemq.client.Filter;
import io.apogeemq.client.MessageQueue;
import io.apogeemq.client.MessageSink;
import io.apogeemq.client.Producer;
import io.apogeemq.client.ProducerOptions;
import io.apogeemq.client.PullConsumer;
import io.apogeemq.client.PushConsumer;
import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.client.SendResult;
import io.apogeemq.client.TransactionOutcome;
import io.apogeemq.client.TransactionProducer;
import io.apogeemq.client.TransactionResult;
import io.apogeemq.protocol.body.ConsumeFromWhere;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Our client sends in all its ways, to two brokers. */
class OurProducerTest extends OurClientCase {
  private final ClientCounters counters = new ClientCounters();

  private ApogeeClient client() {
    Cluster cluster = Cluster.shared(Shape.TWO_BROKERS);
    ApogeeClient made = client(ClientOptions.of(cluster.namesrvAddr()).setMetrics(counters));
    await(made.admin().createTopic(topic, 4));
    return made;
  }

  /** All that is in the topic now, by queue. */
  private Map<MessageQueue, List<ReceivedMessage>> stored(ApogeeClient client) {
    PullConsumer reading = client.pullConsumer("GRead-" + topic);
    return await(reading.queues(topic)).stream()
        .collect(
            Collectors.toMap(
                queue -> queue,
                queue -> await(reading.pull(queue, Filter.ALL, 0, 32, 0)).messages()));
  }

  @Test
  void messagesOfOneKeyLieInOneQueueInTheirOrder() {
    ApogeeClient client = client();
    Producer producer = client.producer("GP-" + topic);
    List<Future<SendResult>> sends = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      for (String key : List.of("a", "b", "c")) {
        sends.add(producer.send(message(topic, key + i).orderedBy(key)));
      }
    }
    await(Future.all(sends));
    List<List<String>> queues =
        stored(client).values().stream()
            .map(all -> all.stream().map(OurClientCase::body).toList())
            .toList();
    for (String key : List.of("a", "b", "c")) {
      assertThat(
              queues.stream()
                  .map(all -> all.stream().filter(each -> each.startsWith(key)).toList())
                  .filter(all -> !all.isEmpty()))
          .containsExactly(numbered(10, key));
    }
  }

  @Test
  void messagesThatLingerAreSentTogetherAndAnsweredOneByOne() {
    ApogeeClient client = client();
    Producer producer =
        client.producer(ProducerOptions.of("GP-" + topic).setLingerMs(50).setMaxBatchMessages(10));
    List<Future<SendResult>> sends = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      sends.add(producer.send(message(topic, "m" + i)));
    }
    await(Future.all(sends));
    Map<MessageQueue, List<ReceivedMessage>> stored = stored(client);
    assertThat(stored.values().stream().map(List::size).filter(size -> size > 0))
        .containsExactlyInAnyOrder(10, 10, 5);
    for (int i = 0; i < sends.size(); i++) {
      SendResult result = sends.get(i).result();
      ReceivedMessage message = stored.get(result.messageQueue()).get((int) result.queueOffset());
      assertThat(body(message)).isEqualTo("m" + i);
      assertThat(message.messageId()).isEqualTo(result.msgId());
      assertThat(message.offsetMsgId()).isEqualTo(result.offsetMsgId());
    }
    assertThat(counters.snapshot()).containsEntry("sent", 25L).containsEntry("sendsFailed", 0L);
  }

  @Test
  void aSinkIsFullUntilBrokersHaveStoredWhatItTook() {
    ApogeeClient client = client();
    MessageSink sink = client.producer("GP-" + topic).sink().setWriteQueueMaxSize(4);
    ConcurrentLinkedQueue<Integer> drained = new ConcurrentLinkedQueue<>();
    sink.drainHandler(ignored -> drained.add(1));
    for (int i = 0; i < 4; i++) {
      sink.write(message(topic, "m" + i));
    }
    assertThat(sink.writeQueueFull()).isTrue();
    await(sink.end());
    assertThat(sink.writeQueueFull()).isFalse();
    assertThat(drained).hasSize(1);
    assertThat(stored(client).values().stream().mapToInt(List::size).sum()).isEqualTo(4);
    assertThatThrownBy(() -> await(sink.write(message(topic, "late"))))
        .rootCause()
        .hasMessageContaining("has ended");
  }

  @Test
  void delayedCompressedAndOnewayMessagesArrive() {
    ApogeeClient client = client();
    Producer producer =
        client.producer(ProducerOptions.of("GP-" + topic).setCompressFromBytes(1_000));
    String large = "large".repeat(1_000);
    await(producer.send(message(topic, large)));
    await(producer.sendOneway(message(topic, "oneway")));
    long sentMs = System.currentTimeMillis();
    await(producer.send(message(topic, "late").withDelayLevel(1)));
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> stored(client).values().stream().mapToInt(List::size).sum() == 3);
    List<ReceivedMessage> all = stored(client).values().stream().flatMap(List::stream).toList();
    assertThat(all.stream().map(OurClientCase::body))
        .containsExactlyInAnyOrder(large, "oneway", "late");
    for (ReceivedMessage each : all) {
      if (body(each).equals(large)) {
        assertThat(each.storeSizeBytes()).isLessThan(1_000);
      }
      if (body(each).equals("late")) {
        assertThat(each.storeTimestampMs() - sentMs).isBetween(900L, 10_000L);
      }
    }
  }

  @Test
  void aRequestIsAnsweredByWhoeverConsumesIt() {
    ApogeeClient client = client();
    ApogeeClient answering = client(Cluster.shared(Shape.TWO_BROKERS));
    Producer replies = answering.producer("GR-" + topic);
    PushConsumer consumer =
        answering.pushConsumer(
            ConsumerOptions.of("G-" + topic)
                .subscribe(topic)
                .setStartFrom(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET),
            delivery -> {
              ReceivedMessage request = delivery.messages().get(0);
              return body(request).equals("ignored")
                  ? Future.succeededFuture()
                  : replies.reply(
                      request, ("re: " + body(request)).getBytes(StandardCharsets.UTF_8));
            });
    await(consumer.start());
    Producer asking = client.producer("GP-" + topic);
    for (int i = 0; i < 4; i++) {
      assertThat(body(await(asking.request(message(topic, "q" + i), 20_000))))
          .isEqualTo("re: q" + i);
    }
    assertThatThrownBy(() -> await(asking.request(message(topic, "ignored"), 500)))
        .rootCause()
        .isInstanceOf(TimeoutException.class);
    ReceivedMessage plain =
        stored(client).values().stream().flatMap(List::stream).findFirst().orElseThrow();
    plain.properties().remove("CORRELATION_ID");
    assertThatThrownBy(() -> await(asking.reply(plain, new byte[0])))
        .rootCause()
        .hasMessageContaining("is no request");
  }

  @Test
  void onlyWhatATransactionCommitsIsDelivered() {
    ApogeeClient client = client();
    TransactionProducer producer =
        client.transactionProducer(
            ProducerOptions.of("GP-" + topic),
            half -> Future.succeededFuture(TransactionOutcome.UNKNOWN));
    TransactionResult committed =
        await(
            producer.send(
                message(topic, "yes"), sent -> Future.succeededFuture(TransactionOutcome.COMMIT)));
    assertThat(committed.outcome()).isEqualTo(TransactionOutcome.COMMIT);
    TransactionResult dropped =
        await(
            producer.send(
                message(topic, "no"), sent -> Future.succeededFuture(TransactionOutcome.ROLLBACK)));
    assertThat(dropped.outcome()).isEqualTo(TransactionOutcome.ROLLBACK);
    assertThat(
            await(producer.send(message(topic, "maybe"), sent -> Future.failedFuture("broken")))
                .outcome())
        .isEqualTo(TransactionOutcome.UNKNOWN);
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> stored(client).values().stream().mapToInt(List::size).sum() == 1);
    ReceivedMessage only =
        stored(client).values().stream().flatMap(List::stream).findFirst().orElseThrow();
    assertThat(body(only)).isEqualTo("yes");
    assertThat(only.messageId()).isEqualTo(committed.sent().msgId());
  }
}
