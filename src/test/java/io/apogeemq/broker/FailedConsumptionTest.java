package io.apogeemq.broker;

import static io.apogeemq.broker.TestBroker.await;
import static io.apogeemq.broker.TestBroker.pulling;
import static io.apogeemq.broker.TestBroker.sending;
import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.LockBatchRequest;
import io.apogeemq.protocol.body.MessageQueue;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.header.RetryHeaders.SendBack;
import io.apogeemq.protocol.header.SendHeaders;
import io.apogeemq.protocol.header.SendHeaders.Send;
import io.apogeemq.protocol.header.TopicHeaders;
import io.apogeemq.protocol.message.MessageId;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages that consumers hand back or send again, seen through the wire. */
class FailedConsumptionTest {
  private static final byte[] BODY = "again".getBytes(StandardCharsets.UTF_8);

  @TempDir Path root;
  private TestBroker broker;

  @BeforeEach
  void start() throws IOException {
    broker = TestBroker.open(root);
    group("G", 1);
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void whatIsGivenUpLiesInTheDeadLetterTopicAndSaysWhereItCameFrom() {
    SendHeaders.Reply sent =
        broker.send("T", "bad", "TAGS\u0001x\u0002UNIQ_KEY\u0001U1\u0002KEYS\u0001k");
    assertThat(back(position(sent), -1, "U1", 16, "broker-a").code()).isZero();
    MessageView dead = only("%DLQ%G");
    assertThat(StandardCharsets.UTF_8.decode(dead.body()).toString()).isEqualTo("bad");
    assertThat(dead.reconsumeTimes()).isEqualTo(1);
    assertThat(dead.bornTimestampMs()).isEqualTo(1_700_000_000_000L);
    assertThat(Properties.parse(dead.properties()))
        .containsEntry("RETRY_TOPIC", "T")
        .containsEntry("ORIGIN_MESSAGE_ID", sent.msgId())
        .containsEntry("DLQ_ORIGIN_TOPIC", "T")
        .containsEntry("DLQ_ORIGIN_MESSAGE_ID", sent.msgId())
        .containsEntry("TAGS", "x")
        .containsEntry("KEYS", "k")
        .containsEntry("UNIQ_KEY", "U1")
        .doesNotContainKeys("DELAY", "WAIT");
    assertThat(topic("%DLQ%G")).isEqualTo(TopicConfig.of("%DLQ%G", 1, 6));
  }

  @Test
  void aMessageThatCameOftenEnoughIsGivenUpAndKeepsItsFirstNames() {
    SendHeaders.Reply sent =
        broker.send("T", "bad", "RETRY_TOPIC\u0001First\u0002ORIGIN_MESSAGE_ID\u0001Id");
    assertThat(back(position(sent), 0, sent.msgId(), 0, null).code()).isZero();
    assertThat(Properties.parse(only("%DLQ%G").properties()))
        .containsEntry("RETRY_TOPIC", "First")
        .containsEntry("ORIGIN_MESSAGE_ID", "Id");
  }

  @Test
  void aPositionThatHoldsAnotherMessageIsRefused() {
    SendHeaders.Reply sent = broker.send("T", "one", "UNIQ_KEY\u0001U1");
    long at = position(sent);
    refused(back(at, -1, "U2", 16, null), "another message starts there, not U2");
    refused(back(at, -1, "U1", 16, "broker-z"), "the message is of broker[broker-z]");
    refused(back(at + 1, -1, "U1", 16, null), "no message starts there");
    refused(back(1L << 40, -1, null, 16, null), "look message by offset failed");
    assertThat(topic("%DLQ%G")).isNull();
    assertThat(back(at, -1, null, 16, null).code()).isZero();
  }

  @Test
  void whoMayNotGetMessagesAgainIsToldSo() {
    SendHeaders.Reply sent = broker.send("T", "one", "");
    RemotingCommand unknown =
        ask(new SendBack(position(sent), "Nobody", 0, null, null, null, null, null));
    assertThat(unknown.code()).isEqualTo(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST);
    group("None", 0);
    RemotingCommand dropped =
        ask(new SendBack(position(sent), "None", -1, null, null, null, null, null));
    assertThat(dropped.code()).isZero();
    assertThat(topic("%DLQ%None")).isNull();
    perm("%RETRY%G", TopicConfig.READ);
    RemotingCommand readOnly = back(position(sent), -1, null, 16, null);
    assertThat(readOnly.code()).isEqualTo(ResponseCode.NO_PERMISSION);
    assertThat(readOnly.remark()).contains("the topic[%RETRY%G] sending message is forbidden");
  }

  @Test
  void whatAConsumerSendsAgainGoesToItsRetryTopicUntilItIsEnough() {
    assertThat(sendAgain(2, 2, "RETRY_TOPIC\u0001T").code()).isZero();
    assertThat(Properties.parse(only("%RETRY%G").properties())).containsEntry("RETRY_TOPIC", "T");
    assertThat(
            sendAgain(
                    3,
                    2,
                    "RETRY_TOPIC\u0001T\u0002ORIGIN_MESSAGE_ID\u0001Id\u0002DELAY\u00015\u0002TRAN_MSG\u0001true")
                .code())
        .isZero();
    MessageView dead = only("%DLQ%G");
    assertThat(dead.reconsumeTimes()).isEqualTo(3);
    assertThat(Properties.parse(dead.properties()))
        .containsEntry("DLQ_ORIGIN_TOPIC", "T")
        .containsEntry("DLQ_ORIGIN_MESSAGE_ID", "Id")
        .doesNotContainKeys("DELAY", "TRAN_MSG");
    Send nobodys = sending("%RETRY%Nobody", 0, "");
    assertThat(broker.send(nobodys, BODY).code())
        .isEqualTo(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST);
  }

  /** Ordered consumers of 4.9 name a number that is not above the maximum when they give up. */
  @Test
  void whatAnOrderedConsumerSendsIsGivenUpAtOnce() {
    broker.send("T", "one", "");
    LockBatchRequest lock =
        new LockBatchRequest("c1", "G", Set.of(new MessageQueue("broker-a", 0, "T")), null);
    assertThat(
            broker
                .ask(RemotingCommand.request(RequestCode.LOCK_BATCH_MQ).body(lock.toJson()))
                .code())
        .isZero();
    assertThat(sendAgain(1, 1, "RETRY_TOPIC\u0001T\u0002DELAY\u00014").code()).isZero();
    assertThat(Properties.parse(only("%DLQ%G").properties()))
        .containsEntry("DLQ_ORIGIN_TOPIC", "T");
  }

  private static void refused(RemotingCommand answer, String remark) {
    assertThat(answer.code()).as("%s", answer).isEqualTo(ResponseCode.SYSTEM_ERROR);
    assertThat(answer.remark()).contains(remark);
  }

  private RemotingCommand back(long position, int level, String id, int max, String brokerName) {
    return ask(new SendBack(position, "G", level, id, "T", false, max, brokerName));
  }

  private RemotingCommand ask(SendBack header) {
    return broker.ask(RemotingCommand.request(RequestCode.CONSUMER_SEND_MSG_BACK, header));
  }

  private RemotingCommand sendAgain(int reconsumeTimes, int max, String properties) {
    Send plain = sending("%RETRY%G", 0, properties);
    Send again =
        new Send(
            plain.producerGroup(),
            plain.topic(),
            plain.defaultTopic(),
            1,
            0,
            0,
            plain.bornTimestamp(),
            0,
            plain.properties(),
            reconsumeTimes,
            false,
            max,
            false);
    return broker.send(again, BODY);
  }

  private static long position(SendHeaders.Reply sent) {
    return MessageId.parse(sent.msgId()).logPosition();
  }

  private void group(String name, int retryQueues) {
    String json =
        "{\"groupName\":\""
            + name
            + "\",\"retryMaxTimes\":16,\"retryQueueNums\":"
            + retryQueues
            + "}";
    RemotingCommand answer =
        broker.ask(
            RemotingCommand.request(RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP)
                .body(json.getBytes(StandardCharsets.UTF_8)));
    assertThat(answer.code()).isZero();
  }

  private void perm(String topic, int perm) {
    RemotingCommand answer =
        broker.ask(
            RemotingCommand.request(
                RequestCode.UPDATE_AND_CREATE_TOPIC,
                new TopicHeaders.Update(topic, null, 1, 1, perm, null, null, null, null, null)));
    assertThat(answer.code()).as("%s", answer).isZero();
  }

  private TopicConfig topic(String name) {
    RemotingCommand answer =
        broker.ask(
            RemotingCommand.request(RequestCode.GET_TOPIC_CONFIG, new TopicHeaders.OfTopic(name)));
    return answer.code() == 0 ? Body.parse(TopicConfig.class, answer.body()) : null;
  }

  /** The only message in queue 0 of a topic. */
  private MessageView only(String topic) {
    RemotingCommand answer = await(broker.pull(pulling(topic, 0, 0, 0, "*")));
    assertThat(answer.code()).as("%s", answer).isZero();
    MessageView view = new MessageView();
    ByteBuffer bytes = ByteBuffer.wrap(answer.bodyBytes());
    assertThat(view.open(bytes, 0)).isNull();
    assertThat(view.size()).as("one record").isEqualTo(bytes.limit());
    return view;
  }
}
