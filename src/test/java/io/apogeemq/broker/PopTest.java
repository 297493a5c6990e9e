package io.apogeemq.broker;

import static io.apogeemq.broker.TestBroker.await;
import static io.apogeemq.broker.TestBroker.bodies;
import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.protocol.header.OffsetHeaders;
import io.apogeemq.protocol.header.PopHeaders;
import io.apogeemq.protocol.header.TopicHeaders;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pop, acknowledge, and what comes back, through the wire. */
class PopTest {
  private static final String TOPIC = "T";
  private static final String GROUP = "consumers";
  private static final String RETRY = "%RETRY%consumers_T";
  private static final long LONG_MS = 60_000;
  private static final long SHORT_MS = 50;

  @TempDir Path root;
  private TestBroker broker;

  @BeforeEach
  void start() throws IOException {
    broker = TestBroker.open(root);
    TopicHeaders.Update one =
        new TopicHeaders.Update(TOPIC, "TBW102", 1, 1, 6, "SINGLE_TAG", 0, false, null, null);
    assertThat(broker.ask(RemotingCommand.request(RequestCode.UPDATE_AND_CREATE_TOPIC, one)).code())
        .isZero();
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  // ---- requests ---------------------------------------------------------------------------------

  private void send(String... bodies) {
    for (String body : bodies) {
      broker.send(TOPIC, body, "UNIQ_KEY\u0001" + body);
    }
  }

  private Future<RemotingCommand> popping(
      int max, long invisibleMs, long pollMs, String expression, boolean order, String attempt) {
    PopHeaders.Pop header =
        new PopHeaders.Pop(
            GROUP,
            TOPIC,
            -1,
            max,
            invisibleMs,
            pollMs,
            System.currentTimeMillis(),
            PopHeaders.INIT_MIN,
            "TAG",
            expression,
            order,
            attempt);
    return broker.asking(RemotingCommand.request(RequestCode.POP_MESSAGE, header));
  }

  private RemotingCommand pop(int max, long invisibleMs) {
    return await(popping(max, invisibleMs, 0, "*", false, null));
  }

  /** Waits, if need be, for what comes back. */
  private RemotingCommand popWaiting(long invisibleMs) {
    return await(popping(32, invisibleMs, 10_000, "*", false, null));
  }

  private RemotingCommand popInOrder(long invisibleMs, String attempt) {
    return await(popping(2, invisibleMs, 0, "*", true, attempt));
  }

  private static PopHeaders.PopReply header(RemotingCommand answer) {
    return answer.header(PopHeaders.PopReply.class);
  }

  /** As a client makes it of the answer's header. */
  private static String handle(PopHeaders.PopReply reply, int kind, long offset) {
    return "0 %d %d %d %d broker-a 0 %d"
        .formatted(reply.popTime(), reply.invisibleTime(), reply.reviveQid(), kind, offset);
  }

  private RemotingCommand ack(String topic, long offset, String handle) {
    return broker.ask(
        RemotingCommand.request(
            RequestCode.ACK_MESSAGE, new PopHeaders.Ack(GROUP, topic, 0, handle, offset)));
  }

  private void acked(RemotingCommand popped, long offset) {
    assertThat(ack(TOPIC, offset, handle(header(popped), 0, offset)).code()).isZero();
  }

  private long committed(String topic) {
    RemotingCommand answer =
        broker.ask(
            RemotingCommand.request(
                RequestCode.QUERY_CONSUMER_OFFSET,
                new OffsetHeaders.Query(GROUP, topic, 0, false)));
    assertThat(answer.code()).as("%s", answer).isZero();
    return answer.header(OffsetHeaders.QueryReply.class).offset();
  }

  private static MessageView first(RemotingCommand answer) {
    MessageView view = new MessageView();
    assertThat(view.open(ByteBuffer.wrap(answer.bodyBytes()), 0)).isNull();
    return view;
  }

  // ---- taking and acknowledging -----------------------------------------------------------------

  @Test
  void aPopSaysWhereItsMessagesLieAndTheNextOneGetsOthers() {
    send("a", "b", "c");
    RemotingCommand two = pop(2, LONG_MS);
    assertThat(bodies(two)).containsExactly("a", "b");
    assertThat(header(two).startOffsetInfo()).isEqualTo("0 0 0");
    assertThat(header(two).msgOffsetInfo()).isEqualTo("0 0 0,1");
    assertThat(header(two).restNum()).isEqualTo(1);
    assertThat(bodies(pop(2, LONG_MS))).containsExactly("c");
    RemotingCommand none = pop(2, LONG_MS);
    assertThat(none.code()).isEqualTo(ResponseCode.POLLING_TIMEOUT);
    assertThat(header(none).msgOffsetInfo()).isEmpty();
  }

  @Test
  void theCommittedOffsetIsTheLowestMessageThatIsOut() {
    send("a", "b", "c");
    RemotingCommand popped = pop(3, LONG_MS);
    assertThat(committed(TOPIC)).isZero();
    acked(popped, 1);
    assertThat(committed(TOPIC)).isZero();
    acked(popped, 0);
    assertThat(committed(TOPIC)).isEqualTo(2);
    acked(popped, 2);
    assertThat(committed(TOPIC)).isEqualTo(3);
  }

  @Test
  void onlyTheWantedTagIsHandedOutAndTheOthersAreDone() {
    broker.send(TOPIC, "red", "TAGS\u0001red");
    broker.send(TOPIC, "blue", "TAGS\u0001blue");
    broker.send(TOPIC, "red too", "TAGS\u0001red");
    RemotingCommand popped = await(popping(32, LONG_MS, 0, "blue", false, null));
    assertThat(bodies(popped)).containsExactly("blue");
    acked(popped, 1);
    RemotingCommand none = await(popping(32, LONG_MS, 0, "blue", false, null));
    assertThat(none.code()).isEqualTo(ResponseCode.POLLING_TIMEOUT);
    assertThat(committed(TOPIC)).isEqualTo(3);
  }

  @Test
  void whatWasAcknowledgedAndWhatIsOutIsKnownAfterARestart() throws IOException {
    send("a", "b", "c");
    RemotingCommand popped = pop(2, LONG_MS);
    acked(popped, 0);
    broker.restart();
    assertThat(committed(TOPIC)).isEqualTo(1);
    assertThat(bodies(pop(32, LONG_MS))).containsExactly("c");
    acked(popped, 1);
    assertThat(committed(TOPIC)).isEqualTo(2);
  }

  @Test
  void manyAreAcknowledgedByOneRequest() {
    send("a", "b", "c", "d");
    RemotingCommand popped = pop(4, LONG_MS);
    BitSet bits = new BitSet();
    bits.set(0);
    bits.set(1);
    bits.set(3);
    byte[] body =
        "{\"brokerName\":\"broker-a\",\"acks\":[{\"c\":\"%s\",\"t\":\"%s\",\"r\":\"0\",\"so\":0,\"q\":0,\"rq\":0,\"pt\":%d,\"it\":%d,\"b\":\"%s\"}]}"
            .formatted(
                GROUP,
                TOPIC,
                header(popped).popTime(),
                LONG_MS,
                Base64.getEncoder().encodeToString(bits.toByteArray()))
            .getBytes(StandardCharsets.UTF_8);
    RemotingCommand answer =
        broker.ask(RemotingCommand.request(RequestCode.BATCH_ACK_MESSAGE).body(body));
    assertThat(answer.code()).as("%s", answer).isZero();
    assertThat(committed(TOPIC)).isEqualTo(2);
    acked(popped, 2);
    assertThat(committed(TOPIC)).isEqualTo(4);
  }

  @Test
  void aHandleThatNamesNoLeaseHasNoEffectAndABrokenOneIsRefused() {
    send("a");
    PopHeaders.PopReply reply = header(pop(1, LONG_MS));
    String forged = "0 %d %d 0 0 broker-a 0 0".formatted(reply.popTime() - 1, LONG_MS);
    assertThat(ack(TOPIC, 0, forged).code()).isZero();
    assertThat(committed(TOPIC)).isZero();
    assertThat(ack(TOPIC, 0, "nonsense").code()).isEqualTo(ResponseCode.SYSTEM_ERROR);
    assertThat(ack(TOPIC, 99, handle(reply, 0, 99)).code()).isEqualTo(ResponseCode.NO_MESSAGE);
    assertThat(ack("Unknown", 0, handle(reply, 0, 0)).code())
        .isEqualTo(ResponseCode.TOPIC_NOT_EXIST);
  }

  @Test
  void moreMessagesThan32AreRefused() {
    assertThat(pop(33, LONG_MS).code()).isEqualTo(ResponseCode.INVALID_PARAMETER);
  }

  // ---- what comes back --------------------------------------------------------------------------

  @Test
  void whatIsNotAcknowledgedComesBackThroughTheRetryTopicAndCanBeAcknowledgedThere() {
    send("a");
    pop(1, SHORT_MS);
    RemotingCommand again = popWaiting(LONG_MS);
    assertThat(bodies(again)).containsExactly("a");
    assertThat(header(again).msgOffsetInfo()).isEqualTo("1 0 0");
    MessageView view = first(again);
    assertThat(view.topic()).as("the topic that was asked for").isEqualTo(TOPIC);
    assertThat(view.reconsumeTimes()).isEqualTo(1);
    String handle = Properties.get(view.properties(), "POP_CK");
    assertThat(handle).isEqualTo(handle(header(again), 1, 0));
    assertThat(committed(TOPIC)).isEqualTo(1);
    assertThat(committed(RETRY)).isZero();
    assertThat(ack(RETRY, 0, handle).code()).isZero();
    assertThat(committed(RETRY)).isEqualTo(1);
  }

  @Test
  void anAcknowledgementInTimeKeepsAMessageFromComingBack() {
    send("a", "b");
    RemotingCommand popped = pop(2, 1000);
    acked(popped, 0);
    assertThat(bodies(popWaiting(LONG_MS))).containsExactly("b");
    assertThat(pop(32, LONG_MS).code()).isEqualTo(ResponseCode.POLLING_TIMEOUT);
  }

  @Test
  void anotherInvisibleTimeGivesAnotherHandle() {
    send("a");
    PopHeaders.PopReply popped = header(pop(1, LONG_MS));
    PopHeaders.ChangeInvisibleTime change =
        new PopHeaders.ChangeInvisibleTime(GROUP, TOPIC, 0, handle(popped, 0, 0), 0, SHORT_MS);
    RemotingCommand changed =
        broker.ask(RemotingCommand.request(RequestCode.CHANGE_MESSAGE_INVISIBLETIME, change));
    assertThat(changed.code()).isZero();
    assertThat(changed.header(PopHeaders.ChangeInvisibleTimeReply.class).popTime())
        .isGreaterThan(popped.popTime());
    assertThat(ack(TOPIC, 0, handle(popped, 0, 0)).code()).isZero();
    assertThat(bodies(popWaiting(LONG_MS))).as("the old handle was stale").containsExactly("a");
  }

  @Test
  void aMessageThatFailedOftenEnoughIsPutAmongTheDead() {
    byte[] body =
        "{\"groupName\":\"consumers\",\"retryMaxTimes\":1}".getBytes(StandardCharsets.UTF_8);
    assertThat(
            broker
                .ask(
                    RemotingCommand.request(RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP)
                        .body(body))
                .code())
        .isZero();
    send("a");
    pop(1, SHORT_MS);
    assertThat(bodies(popWaiting(SHORT_MS))).containsExactly("a");
    assertThat(pulled("%DLQ%consumers")).isEqualTo("a");
  }

  /** The first message of a topic that is there in a while. */
  private String pulled(String topic) {
    return bodies(
            Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(50))
                .until(
                    () -> await(broker.pull(TestBroker.pulling(topic, 0, 0, 0, "*"))),
                    answer -> answer.code() == 0))
        .get(0);
  }

  @Test
  void leasesEndWhileTheBrokerIsDown() throws IOException {
    send("a");
    pop(1, SHORT_MS);
    broker.restart();
    assertThat(bodies(popWaiting(LONG_MS))).containsExactly("a");
    assertThat(pop(32, LONG_MS).code()).isEqualTo(ResponseCode.POLLING_TIMEOUT);
  }

  @Test
  void aDeletedTopicTakesItsRetryTopicAlong() {
    send("a");
    pop(1, SHORT_MS);
    popWaiting(LONG_MS);
    TopicHeaders.OfTopic topic = new TopicHeaders.OfTopic(TOPIC);
    assertThat(
            broker.ask(RemotingCommand.request(RequestCode.DELETE_TOPIC_IN_BROKER, topic)).code())
        .isZero();
    TopicHeaders.OfTopic retry = new TopicHeaders.OfTopic(RETRY);
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(
            () ->
                broker.ask(RemotingCommand.request(RequestCode.GET_TOPIC_CONFIG, retry)).code()
                    == ResponseCode.TOPIC_NOT_EXIST);
  }

  // ---- offsets that others set ------------------------------------------------------------------

  private void commit(long offset) {
    RemotingCommand answer =
        broker.ask(
            RemotingCommand.request(
                RequestCode.UPDATE_CONSUMER_OFFSET,
                new OffsetHeaders.Update(GROUP, TOPIC, 0, offset)));
    assertThat(answer.code()).isZero();
  }

  @Test
  void aGroupThatIsSetBackGetsTheMessagesAgain() throws IOException {
    send("a", "b");
    RemotingCommand popped = pop(2, LONG_MS);
    acked(popped, 0);
    acked(popped, 1);
    commit(0);
    assertThat(bodies(pop(2, LONG_MS))).containsExactly("a", "b");
    broker.restart();
    assertThat(committed(TOPIC)).isZero();
  }

  /** The copy of the delivery before is none of the delivery after the group was set back. */
  @Test
  void whatWasCopiedBeforeTheGroupWasSetBackIsCopiedAgainAfterARestart() throws IOException {
    send("a");
    pop(1, SHORT_MS);
    RemotingCommand copy = popWaiting(LONG_MS);
    assertThat(bodies(copy)).containsExactly("a");
    assertThat(ack(RETRY, 0, handle(header(copy), 1, 0)).code()).isZero();
    commit(0);
    assertThat(bodies(pop(1, SHORT_MS))).containsExactly("a");
    broker.restart();
    assertThat(bodies(popWaiting(LONG_MS))).containsExactly("a");
  }

  @Test
  void whatAPullingConsumerCommitsIsNotHandedOutAgain() {
    send("a", "b", "c");
    pop(1, SHORT_MS);
    commit(2);
    RemotingCommand popped = popWaiting(LONG_MS);
    assertThat(bodies(popped)).containsExactly("c");
    acked(popped, 2);
    assertThat(committed(TOPIC)).isEqualTo(3);
    assertThat(pop(32, LONG_MS).code()).isEqualTo(ResponseCode.POLLING_TIMEOUT);
  }

  // ---- waiting ----------------------------------------------------------------------------------

  @Test
  void aWaitingPopIsAnsweredByTheNextMessage() {
    Future<RemotingCommand> waiting = popping(32, LONG_MS, 15_000, "*", false, null);
    untilWaiting();
    send("a");
    assertThat(bodies(await(waiting))).containsExactly("a");
  }

  @Test
  void aWaitingPopEndsAtItsTime() {
    RemotingCommand answer = await(popping(32, LONG_MS, 300, "*", false, null));
    assertThat(answer.code()).isEqualTo(ResponseCode.POLLING_TIMEOUT);
  }

  @Test
  void oneMessageWakesOneOfTwoThatWait() {
    Future<RemotingCommand> one = popping(32, LONG_MS, 15_000, "*", false, null);
    Future<RemotingCommand> other = popping(32, LONG_MS, 15_000, "*", false, null);
    untilWaiting();
    send("a");
    await(Future.any(one, other));
    send("b");
    assertThat(List.of(bodies(await(one)).get(0), bodies(await(other)).get(0)))
        .containsExactlyInAnyOrder("a", "b");
  }

  private void untilWaiting() {
    PopHeaders.PollingInfo ask = new PopHeaders.PollingInfo(GROUP, TOPIC, -1);
    int waiting = 0;
    while (waiting == 0) {
      RemotingCommand answer = broker.ask(RemotingCommand.request(RequestCode.POLLING_INFO, ask));
      waiting = answer.header(PopHeaders.PollingInfoReply.class).pollingNum();
    }
  }

  @Test
  void aNotificationTellsOfMessagesAndTakesNone() {
    PopHeaders.Notification ask =
        new PopHeaders.Notification(
            GROUP, TOPIC, -1, 15_000, System.currentTimeMillis(), null, null);
    Future<RemotingCommand> waiting =
        broker.asking(RemotingCommand.request(RequestCode.NOTIFICATION, ask));
    pop(1, LONG_MS);
    assertThat(waiting.isComplete()).isFalse();
    send("a");
    assertThat(await(waiting).header(PopHeaders.NotificationReply.class).hasMsg()).isTrue();
    RemotingCommand peeked =
        broker.ask(
            RemotingCommand.request(
                RequestCode.PEEK_MESSAGE, new PopHeaders.Peek(GROUP, TOPIC, -1, 32)));
    assertThat(bodies(peeked)).containsExactly("a");
    assertThat(bodies(pop(1, LONG_MS))).containsExactly("a");
  }

  // ---- in order ---------------------------------------------------------------------------------

  @Test
  void inOrderOneBatchIsOutAtATime() throws IOException {
    send("a", "b", "c");
    RemotingCommand first = popInOrder(LONG_MS, "one");
    assertThat(bodies(first)).containsExactly("a", "b");
    assertThat(header(first).reviveQid()).isEqualTo(999);
    assertThat(header(first).orderCountInfo()).isEqualTo("0 0 0");
    assertThat(popInOrder(LONG_MS, "two").code()).isEqualTo(ResponseCode.POLLING_TIMEOUT);
    assertThat(bodies(popInOrder(LONG_MS, "one")))
        .as("the same attempt gets the same batch")
        .containsExactly("a", "b");
    first = popInOrder(LONG_MS, "one");
    acked(first, 0);
    broker.restart();
    assertThat(popInOrder(LONG_MS, "two").code()).isEqualTo(ResponseCode.POLLING_TIMEOUT);
    assertThat(committed(TOPIC)).isEqualTo(1);
    acked(first, 1);
    assertThat(bodies(popInOrder(LONG_MS, "two"))).containsExactly("c");
  }

  @Test
  void inOrderWhatIsNotAcknowledgedComesAgainInItsPlaceWithItsCount() {
    send("a", "b");
    popInOrder(SHORT_MS, "one");
    RemotingCommand again = await(popping(2, LONG_MS, 10_000, "*", true, "two"));
    assertThat(bodies(again)).containsExactly("a", "b");
    assertThat(header(again).orderCountInfo()).isEqualTo("0 qo0%0 1;0 qo0%1 1;0 0 1");
  }

  @Test
  void inOrderAnUnknownMessageIsRefusedAndAStaleHandleHasNoEffect() {
    send("a", "b", "c");
    PopHeaders.PopReply reply = header(popInOrder(LONG_MS, "one"));
    assertThat(ack(TOPIC, 2, handle(reply, 0, 2)).code()).isEqualTo(ResponseCode.MESSAGE_ILLEGAL);
    String stale = "0 %d %d 999 0 broker-a 0 0".formatted(reply.popTime() - 1, LONG_MS);
    assertThat(ack(TOPIC, 0, stale).code()).isZero();
    assertThat(committed(TOPIC)).isZero();
  }

  // ---- sharing ----------------------------------------------------------------------------------

  private RemotingCommand json(int code, String body) {
    return broker.ask(RemotingCommand.request(code).body(body.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void aModeIsKeptAndToldToClients() throws IOException {
    send("a");
    pop(1, LONG_MS); // the group is known now
    String mode =
        "{\"consumerGroup\":\"consumers\",\"mode\":\"POP\",\"popShareQueueNum\":0,\"topic\":\"T\"}";
    assertThat(json(RequestCode.SET_MESSAGE_REQUEST_MODE, mode).code()).isZero();
    assertThat(json(RequestCode.SET_MESSAGE_REQUEST_MODE, mode.replace("\"T\"", "\"X\"")).code())
        .isEqualTo(ResponseCode.TOPIC_NOT_EXIST);
    broker.restart();
    assertThat(
            new String(
                json(RequestCode.GET_ALL_MESSAGE_REQUEST_MODE, "").bodyBytes(),
                StandardCharsets.UTF_8))
        .isEqualTo("{\"messageRequestModeMap\":{\"T\":{\"consumers\":" + mode + "}}}");
    String ask =
        "{\"clientId\":\"c1\",\"consumerGroup\":\"consumers\",\"messageModel\":\"CLUSTERING\",\"strategyName\":\"AVG\",\"topic\":\"T\"}";
    assertThat(
            new String(json(RequestCode.QUERY_ASSIGNMENT, ask).bodyBytes(), StandardCharsets.UTF_8))
        .as("not registered yet")
        .isEqualTo("{}");
    heartbeat();
    assertThat(
            new String(json(RequestCode.QUERY_ASSIGNMENT, ask).bodyBytes(), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"messageQueueAssignments\":[{\"messageQueue\":{\"brokerName\":\"broker-a\",\"queueId\":-1,\"topic\":\"T\"},\"mode\":\"POP\"}]}");
  }

  private void heartbeat() {
    String body =
        "{\"clientID\":\"c1\",\"producerDataSet\":[],\"consumerDataSet\":[{\"groupName\":\"consumers\",\"consumeType\":\"CONSUME_PASSIVELY\",\"messageModel\":\"CLUSTERING\",\"consumeFromWhere\":\"CONSUME_FROM_LAST_OFFSET\",\"subscriptionDataSet\":[]}]}";
    assertThat(json(RequestCode.HEART_BEAT, body).code()).isZero();
  }
}
