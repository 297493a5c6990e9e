package io.apogeemq.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.protocol.remoting.MalformedRequest;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** Texts that users know from the original, and messages as it sends them. */
class PrintedFormsTest {
  /** A stored message as a 4.9.5 broker keeps it, captured; only the time stamps stand for themselves. */
  private static byte[] stored(byte[] body, String properties, String bodyCrc) {
    byte[] encoded = properties.getBytes(StandardCharsets.UTF_8);
    byte[] topic = "TopicTest".getBytes(StandardCharsets.UTF_8);
    int size = 91 + body.length + topic.length + encoded.length;
    HexFormat hex = HexFormat.of();
    return ByteBuffer.allocate(size)
        .putInt(size)
        .put(hex.parseHex("daa320a7" + bodyCrc))
        .putInt(0) // queue
        .putInt(0) // flag
        .putLong(0) // queue offset
        .putLong(0) // log position
        .putInt(0) // sysFlag
        .putLong(1795348860866L)
        .put(hex.parseHex("7f0000010000d158")) // 127.0.0.1:53592
        .putLong(1795348860913L)
        .put(hex.parseHex("7f00000100002a9f"))
        .putInt(0)
        .putLong(0)
        .putInt(body.length)
        .put(body)
        .put((byte) topic.length)
        .put(topic)
        .putShort((short) encoded.length)
        .put(encoded)
        .array();
  }

  @Test
  void aMessagePrintsAsInTheOriginalsQuickStart() {
    byte[] record =
        stored(
            "Hello RocketMQ 0".getBytes(StandardCharsets.UTF_8),
            "UNIQ_KEY\1FD00000000000000000000000000000271375FFD2B276EB9A7C10000\2"
                + "CLUSTER\1DefaultCluster\2TAGS\1TagA",
            "248c774f");
    List<ReceivedMessage> all =
        StoredMessages.read("broker-a", ByteBuffer.wrap(record), 0, 250, true);
    all.get(0).startedAt(1795348867921L);
    // Verbatim from the output of the official 4.9.5 class.
    assertThat(all)
        .hasToString(
            "[MessageExt [brokerName=broker-a, queueId=0, storeSize=214, queueOffset=0, sysFlag=0, bornTimestamp=1795348860866, bornHost=/127.0.0.1:53592, storeTimestamp=1795348860913, storeHost=/127.0.0.1:10911, msgId=7F00000100002A9F0000000000000000, commitLogOffset=0, bodyCRC=613185359, reconsumeTimes=0, preparedTransactionOffset=0, toString()=Message{topic='TopicTest', flag=0, properties={MIN_OFFSET=0, MAX_OFFSET=250, CONSUME_START_TIME=1795348867921, UNIQ_KEY=FD00000000000000000000000000000271375FFD2B276EB9A7C10000, CLUSTER=DefaultCluster, TAGS=TagA}, body=[72, 101, 108, 108, 111, 32, 82, 111, 99, 107, 101, 116, 77, 81, 32, 48], transactionId='null'}]]");
    assertThat(all.get(0).messageId())
        .isEqualTo("FD00000000000000000000000000000271375FFD2B276EB9A7C10000");
    assertThat(all.get(0).bornHost()).isEqualTo(new InetSocketAddress("127.0.0.1", 53592));
  }

  @Test
  void aSendResultPrintsAsInTheOriginal() {
    assertThat(
            new SendResult(
                SendStatus.SEND_OK,
                "FD00000000000000000000000000000271375FFD2B276EB9A7C10000",
                "7F00000100002A9F0000000000000000",
                new MessageQueue("TopicTest", "broker-a", 0),
                0,
                null,
                null))
        .hasToString(
            "SendResult [sendStatus=SEND_OK, msgId=FD00000000000000000000000000000271375FFD2B276EB9A7C10000, offsetMsgId=7F00000100002A9F0000000000000000, messageQueue=MessageQueue [topic=TopicTest, brokerName=broker-a, queueId=0], queueOffset=0]");
  }

  @Test
  void bytesThatAreNoMessageAreRefusedByName() {
    byte[] record = stored(new byte[3], "", "00000000");
    record[3]++;
    Assertions.assertThatThrownBy(
            () -> StoredMessages.read("broker-a", ByteBuffer.wrap(record), 0, 1, true))
        .isInstanceOf(MalformedRequest.class)
        .hasMessageContaining("a stored message can't be read");
  }
}
