package io.apogeemq.broker.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.broker.BrokerIdentity;
import io.apogeemq.broker.TestPeer;
import io.apogeemq.broker.state.StateRecord;
import io.apogeemq.broker.state.Tombstones;
import io.apogeemq.broker.topic.TopicTable;
import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.RegisterBrokerBody;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Connection;
import io.apogeemq.remoting.Transport;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who waits for name servers, and for how long: the answers come when a test gives them. */
class RouteRegistrationTest {
  private static final TopicConfig TOPIC = TopicConfig.of("T", 4, 6);

  private long nowMs = 1_000_000;
  private final TestPeer nameServer = new TestPeer(9876);
  private final Queue<Promise<RemotingCommand>> asked = new ArrayDeque<>();
  private final TopicTable topics =
      new TopicTable(
          new Tombstones(60_000, () -> nowMs), () -> nowMs, record -> Future.succeededFuture());

  /** The topics of the last registration. */
  private Set<String> told = Set.of();

  private RouteRegistration registration;

  @BeforeEach
  void registerForTheFirstTime() {
    nameServer.answering(
        request -> {
          Promise<RemotingCommand> answer = Promise.promise();
          asked.add(answer);
          String body = request.body().toString(StandardCharsets.UTF_8);
          told =
              Body.parse(RegisterBrokerBody.class, body)
                  .topicConfigSerializeWrapper()
                  .topicConfigTable()
                  .keySet();
          return answer.future();
        });
    registration =
        new RouteRegistration(
            new BrokerIdentity("DefaultCluster", "broker-a", 0, "127.0.0.1:10911"),
            "127.0.0.1:10912",
            topics,
            new ToOne(nameServer),
            new RouteRegistration.Options(List.of("127.0.0.1:9876"), 30_000, 24_000),
            () -> nowMs,
            Runnable::run);
    Future<Void> started = registration.start();
    answer();
    assertThat(started.isComplete()).isTrue();
  }

  @Test
  void nobodyWaitsWhenTheNameServerKnowsAll() {
    assertThat(registration.told().isComplete()).isTrue();
  }

  @Test
  void aChangeIsToldWhenTheNameServerHasAnswered() {
    registration.topicPut(TOPIC);
    Future<Void> told = registration.told();
    assertThat(told.isComplete()).isFalse();
    answer();
    assertThat(told.isComplete()).isTrue();
  }

  @Test
  void aChangeDuringARegistrationIsToldWithTheNextOne() {
    registration.topicPut(TOPIC);
    Future<Void> first = registration.told();
    registration.topicPut(TOPIC);
    Future<Void> second = registration.told();
    answer();
    assertThat(first.isComplete()).isTrue();
    assertThat(second.isComplete()).isFalse();
    answer();
    assertThat(second.isComplete()).isTrue();
    assertThat(asked).isEmpty();
  }

  @Test
  void aNameServerThatFallsSilentHoldsNobodyUpForLong() {
    registration.topicPut(TOPIC);
    Future<Void> first = registration.told();
    registration.topicPut(TOPIC);
    Future<Void> second = registration.told();
    nowMs += 1000;
    registration.tick();
    assertThat(first.isComplete()).isTrue();
    assertThat(second.isComplete()).isTrue();
    registration.topicPut(TOPIC);
    assertThat(registration.told().isComplete()).isTrue();
  }

  @Test
  void aNameServerThatFailsHoldsNobodyUp() {
    registration.topicPut(TOPIC);
    Future<Void> told = registration.told();
    asked.remove().fail("gone");
    assertThat(told.isComplete()).isTrue();
    registration.topicPut(TOPIC);
    assertThat(registration.told().isComplete()).isTrue();
  }

  @Test
  void onlyTheTopicsThatWerePutAreToldOfToWhomKnowsTheOthers() {
    put("A");
    assertThat(told).isEqualTo(Set.of("A"));
    put("B");
    assertThat(asked).hasSize(1); // one at a time
    put("C");
    answer();
    assertThat(told).isEqualTo(Set.of("B", "C"));
    answer();
    assertThat(asked).isEmpty();
  }

  @Test
  void allIsToldAfterADeletionAFailureAndALostConnection() {
    put("A");
    answer();
    topics.replay(new StateRecord.DeleteTopic("A"));
    put("B");
    registration.topicDeleted("A");
    answer();
    assertThat(told).isEqualTo(Set.of("B"));
    answer();

    put("C");
    asked.remove().fail("gone");
    registration.tick();
    assertThat(told).isEqualTo(Set.of("B", "C"));
    answer();

    nameServer.close();
    assertThat(told).isEqualTo(Set.of("B", "C"));
  }

  private void put(String name) {
    TopicConfig topic = TopicConfig.of(name, 4, 6);
    topics.replay(new StateRecord.PutTopic(topic));
    registration.topicPut(topic);
  }

  private void answer() {
    asked
        .remove()
        .complete(RemotingCommand.responseTo(RemotingCommand.request(103), ResponseCode.SUCCESS));
  }

  /** Every address leads to the same peer. */
  private record ToOne(TestPeer peer) implements Transport {
    @Override
    public Future<Connection> connect(String address) {
      return Future.succeededFuture(peer);
    }

    @Override
    public Future<RemotingCommand> request(
        String address, RemotingCommand command, long timeoutMs) {
      return peer.request(command, timeoutMs);
    }

    @Override
    public Future<Void> oneway(String address, RemotingCommand command) {
      peer.send(command);
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }
}
