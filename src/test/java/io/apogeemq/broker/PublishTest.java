package io.apogeemq.broker;

import static io.apogeemq.broker.TestBroker.await;
import static io.apogeemq.broker.TestBroker.bodies;
import static io.apogeemq.broker.TestBroker.pulling;
import static io.apogeemq.broker.TestBroker.sending;
import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.config.BrokerKeys;
import io.apogeemq.protocol.header.SendHeaders;
import io.apogeemq.protocol.message.MessageId;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sends through the wire: what is stored, what is answered, what is refused. */
class PublishTest {
  private static final byte[] BODY = "hello".getBytes(StandardCharsets.UTF_8);
  private static final int MAX_BODY = 1024 * 1024;

  @TempDir Path root;
  private TestBroker broker;

  @BeforeEach
  void start() throws IOException {
    broker =
        TestBroker.open(
            root, Map.of(BrokerKeys.MAX_MESSAGE_SIZE_BYTES, Integer.toString(MAX_BODY)));
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  private static void assertRefused(RemotingCommand answer, int code, String... remark) {
    assertThat(answer.code()).as("%s", answer).isEqualTo(code);
    assertThat(answer.remark()).contains(remark);
  }

  private List<String> stored(String topic) {
    return bodies(await(broker.pull(pulling(topic, 0, 0, 0, "*"))));
  }

  @Test
  void theAnswerNamesPlaceOffsetAndUniqueKeyOfTheMessage() {
    SendHeaders.Reply first = broker.send("T", "one", "UNIQ_KEY\u0001AB12");
    SendHeaders.Reply second = broker.send("T", "two", "");
    assertThat(first.queueOffset()).isZero();
    assertThat(second.queueOffset()).isEqualTo(1);
    assertThat(first.transactionId()).isEqualTo("AB12");
    assertThat(second.transactionId()).isNull();
    assertThat(MessageId.parse(first.msgId()).storeHost().getPort()).isEqualTo(broker.port());
    assertThat(stored("T")).containsExactly("one", "two");
  }

  @Test
  void theLongFieldNamesOfOldClientsAreServedToo() {
    RemotingCommand request = RemotingCommand.request(RequestCode.SEND_MESSAGE).body(BODY);
    request
        .ext()
        .put("producerGroup", "p")
        .put("topic", "Old")
        .put("defaultTopic", "TBW102")
        .put("defaultTopicQueueNums", "4")
        .put("queueId", "0")
        .put("sysFlag", "0")
        .put("bornTimestamp", "1")
        .put("flag", "0");
    assertThat(broker.ask(request).code()).isZero();
    assertThat(stored("Old")).containsExactly("hello");
  }

  @Test
  void aMessageIsThereAfterARestartAndOffsetsGoOn() throws IOException {
    broker.send("T", "before", "");
    broker.restart();
    assertThat(broker.send("T", "after", "").queueOffset()).isEqualTo(1);
    assertThat(stored("T")).containsExactly("before", "after");
  }

  @Test
  void aBatchGetsConsecutiveOffsetsAndOneIdEach() {
    ByteBuf batch = Unpooled.buffer();
    for (String each : List.of("a", "b", "c")) {
      byte[] body = each.getBytes(StandardCharsets.UTF_8);
      byte[] properties = "TAGS\u0001T".getBytes(StandardCharsets.UTF_8);
      batch.writeInt(22 + body.length + properties.length).writeInt(0).writeInt(0).writeInt(0);
      batch.writeInt(body.length).writeBytes(body);
      batch.writeShort(properties.length).writeBytes(properties);
    }
    RemotingCommand request = RemotingCommand.request(RequestCode.SEND_BATCH_MESSAGE).body(batch);
    sending("Batch", 0, "").writeV2(request.ext());
    SendHeaders.Reply answer = broker.ask(request).header(SendHeaders.Reply.class);
    assertThat(answer.msgId().split(",")).hasSize(3).doesNotHaveDuplicates();
    assertThat(answer.queueOffset()).isZero();
    assertThat(broker.send("Batch", "d", "").queueOffset()).isEqualTo(3);
    assertThat(stored("Batch")).containsExactly("a", "b", "c", "d");
  }

  @Test
  void aTornBatchIsRefusedWholeAndTheConnectionLivesOn() {
    RemotingCommand request =
        RemotingCommand.request(RequestCode.SEND_BATCH_MESSAGE).body(new byte[30]);
    sending("Torn", 0, "").writeV2(request.ext());
    assertRefused(broker.ask(request), ResponseCode.MESSAGE_ILLEGAL, "batch message 0");
    assertThat(broker.send("Torn", "x", "").queueOffset()).isZero();
  }

  @Test
  void aQueueThatTheTopicDoesNotHaveIsRefusedAndNoQueueIsChosenForIt() {
    broker.send("T", "x", "");
    assertRefused(
        broker.send(sending("T", 4, ""), BODY),
        ResponseCode.INVALID_PARAMETER,
        "queueId[4]",
        "0 to 3");
  }

  @Test
  void anUnwantedQueueIdLetsTheBrokerChoose() {
    RemotingCommand answer = broker.send(sending("T", -1, ""), BODY);
    assertThat(answer.header(SendHeaders.Reply.class).queueId()).isBetween(0, 3);
  }

  @Test
  void aBodyOverTheLimitIsRefusedNamingSizeAndLimit() {
    assertRefused(
        broker.send(sending("Big", 0, ""), new byte[MAX_BODY + 1]),
        ResponseCode.MESSAGE_ILLEGAL,
        Integer.toString(MAX_BODY + 1),
        "maxMessageSize=" + MAX_BODY);
    assertThat(broker.send(sending("Big", 0, ""), new byte[MAX_BODY]).code()).isZero();
  }

  @Test
  void propertiesThatARecordCannotHoldAreRefused() {
    assertRefused(
        broker.send(sending("T", 0, "k\u0001" + "v".repeat(33_000)), BODY),
        ResponseCode.MESSAGE_ILLEGAL,
        "properties",
        "32767");
  }

  @Test
  void namesThatMustNotBeSentToAreRefusedAndNotCreated() {
    assertRefused(
        broker.send(sending("../../etc", 0, ""), BODY), ResponseCode.INVALID_PARAMETER, "illegal");
    assertRefused(
        broker.send(sending("x".repeat(128), 0, ""), BODY), ResponseCode.INVALID_PARAMETER, "127");
    assertRefused(
        broker.send(sending("SCHEDULE_TOPIC_XXXX", 0, ""), BODY),
        ResponseCode.NO_PERMISSION,
        "forbidden");
    assertRefused(
        broker.send(sending("rmq_sys_apogee_state", 0, ""), BODY),
        ResponseCode.NO_PERMISSION,
        "forbidden");
  }

  @Test
  void flagsAndPropertiesThatARecordMustNotCarryAreRefused() {
    SendHeaders.Send plain = sending("T", 0, "");
    SendHeaders.Send innerBatch =
        new SendHeaders.Send(
            "producers",
            "T",
            "TBW102",
            4,
            0,
            0x80,
            1,
            0,
            "INNER_NUM\u00011000".getBytes(StandardCharsets.UTF_8),
            0,
            false,
            null,
            false);
    assertRefused(broker.send(innerBatch, BODY), ResponseCode.MESSAGE_ILLEGAL, "inner batches");
    assertRefused(
        broker.send(sending("T", 0, "k\u0001a\u0000b"), BODY),
        ResponseCode.MESSAGE_ILLEGAL,
        "zero byte");
    assertThat(broker.send(plain, BODY).header(SendHeaders.Reply.class).queueOffset()).isZero();
  }

  @Test
  void aMissingFieldIsNamed() {
    RemotingCommand request = RemotingCommand.request(RequestCode.SEND_MESSAGE_V2).body(BODY);
    assertRefused(
        broker.ask(request), ResponseCode.SYSTEM_ERROR, "the custom field <producerGroup> is null");
  }

  @Test
  void withoutAutoCreationAnUnknownTopicIsRefusedWithTheCure() throws IOException {
    broker.close();
    broker =
        TestBroker.open(
            root.resolve("strict"), Map.of(BrokerKeys.AUTO_CREATE_TOPIC_ENABLE, "false"));
    assertRefused(
        broker.send(sending("Unknown", 0, ""), BODY),
        ResponseCode.TOPIC_NOT_EXIST,
        "topic[Unknown] not exist, apply first please!");
  }
}
