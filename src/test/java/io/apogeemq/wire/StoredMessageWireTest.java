package io.apogeemq.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.protocol.message.BatchBody;
import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.MessageId;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.message.StoredMessage;
import io.apogeemq.protocol.message.TagsCode;
import io.apogeemq.protocol.remoting.MalformedRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stored messages of real brokers, read and written again byte for byte. */
class StoredMessageWireTest {

  @ParameterizedTest
  @ValueSource(strings = {"pull-4.9.7", "view-4.9.7", "pull-5.5.0", "pop-5.5.0", "ipv6"})
  void aCapturedRecordIsEncodedToTheSameBytes(String name) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(sample(name));
    MessageView view = new MessageView();
    for (int at = 0; at < bytes.capacity(); at += view.size()) {
      assertThat(view.open(bytes.clear(), at)).isNull();
      MessageDraft draft = draftOf(view);
      assertThat(StoredMessage.sizeOf(draft)).isEqualTo(view.size());

      ByteBuffer out = ByteBuffer.allocate(view.size() + 7);
      StoredMessage.encode(
          draft,
          out,
          7,
          view.size(),
          view.queueOffset(),
          view.logPosition(),
          view.storeTimestampMs());

      assertThat(out.slice(7, view.size())).isEqualTo(bytes.slice(at, view.size()));
    }
  }

  @Test
  void theFieldsOfACapturedRecordAreWhatTheClientSent() throws IOException {
    MessageView view = new MessageView();
    assertThat(view.open(ByteBuffer.wrap(sample("view-4.9.7")), 0)).isNull();

    assertThat(view.topic()).isEqualTo("TopicTest");
    assertThat(StandardCharsets.UTF_8.decode(view.body()).toString()).isEqualTo("Hello RocketMQ 0");
    assertThat(view.bodyCrc()).isEqualTo(0x248c774f);
    assertThat(view.bodyMatchesCrc()).isTrue();
    assertThat(StoredMessage.crcOf(Unpooled.wrappedBuffer(view.body()))).isEqualTo(0x248c774f);
    assertThat(view.queueId()).isEqualTo(3);
    assertThat(view.bornHost()).isEqualTo(new InetSocketAddress("127.0.0.1", 0x9216));
    assertThat(view.storeHost()).isEqualTo(new InetSocketAddress("127.0.0.1", 20911));
    assertThat(Properties.get(view.properties(), "TAGS")).isEqualTo("TagA");
    assertThat(TagsCode.ofProperties(view.properties())).isEqualTo(2598919);
  }

  @Test
  void anIpv6RecordHasTheLongMessageId() throws IOException {
    MessageView view = new MessageView();
    assertThat(view.open(ByteBuffer.wrap(sample("ipv6")), 0)).isNull();
    String id = MessageId.format(view.storeHost(), view.logPosition());

    assertThat(id).isEqualTo("20010DB800000000000000000000000100002A9F000000000000004D");
    assertThat(MessageId.parse(id)).isEqualTo(new MessageId(view.storeHost(), 0x4d));
  }

  @Test
  void aShortMessageIdNamesHostAndPosition() {
    MessageId id = MessageId.parse("7F000001000051AF0000000000000898");

    assertThat(id.storeHost()).isEqualTo(new InetSocketAddress("127.0.0.1", 20911));
    assertThat(id.logPosition()).isEqualTo(0x898);
    assertThat(id).hasToString("7F000001000051AF0000000000000898");
    assertThatThrownBy(() -> MessageId.parse("7F000001000051AF"))
        .isInstanceOf(MalformedRequest.class);
    assertThatThrownBy(() -> MessageId.parse("ZZ000001000051AF0000000000000898"))
        .isInstanceOf(MalformedRequest.class);
  }

  @Test
  void aVersion2RecordHasATwoByteTopicLength() throws IOException {
    byte[] v1 = sample("view-4.9.7");
    int topicLengthAt = StoredMessage.bodyLengthAt(0) + 4 + 16;
    ByteBuffer v2 = ByteBuffer.allocate(v1.length + 1);
    v2.put(v1, 0, topicLengthAt).put((byte) 0).put(v1, topicLengthAt, v1.length - topicLengthAt);
    v2.putInt(0, v1.length + 1).putInt(4, StoredMessage.MAGIC_V2);

    MessageView view = new MessageView();
    assertThat(view.open(v2.clear(), 0)).isNull();
    assertThat(view.topic()).isEqualTo("TopicTest");
    assertThat(Properties.get(view.properties(), "KEYS")).isEqualTo("key1 key2");
  }

  @Test
  void aRecordCutAnywhereIsRecognised() throws IOException {
    byte[] whole = sample("view-4.9.7");
    MessageView view = new MessageView();
    for (int length = 0; length < whole.length; length++) {
      assertThat(view.open(ByteBuffer.wrap(whole, 0, length).slice(), 0)).isNotNull();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"batch-4.9.7", "batch-5.5.0"})
  void aCapturedBatchIsTakenApart(String name) throws IOException {
    List<BatchBody.Item> items = BatchBody.decode(Unpooled.wrappedBuffer(sample(name)), 100, 1024);

    List<String> bodies = new ArrayList<>();
    for (BatchBody.Item item : items) {
      bodies.add(item.body().toString(StandardCharsets.UTF_8));
      assertThat(Properties.get(item.properties(), "UNIQ_KEY")).isNotEmpty();
    }
    assertThat(bodies).containsExactly("batch0", "batch1", "batch2");
  }

  @Test
  void aBatchCutAnywhereIsRefused() throws IOException {
    byte[] whole = sample("batch-4.9.7");
    int itemBytes = ByteBuffer.wrap(whole).getInt();
    for (int length = 0; length < whole.length; length++) {
      if (length > 0 && length % itemBytes == 0) {
        continue;
      }
      ByteBuf cut = Unpooled.wrappedBuffer(whole, 0, length);
      assertThatThrownBy(() -> BatchBody.decode(cut, 100, 1024))
          .isInstanceOf(MalformedRequest.class);
    }
  }

  @Test
  void aBatchWithMoreThanTheLimitsAllowIsRefused() throws IOException {
    ByteBuf batch = Unpooled.wrappedBuffer(sample("batch-4.9.7"));
    assertThatThrownBy(() -> BatchBody.decode(batch, 2, 1024)).hasMessageContaining("2 messages");
    assertThatThrownBy(() -> BatchBody.decode(batch, 3, 5)).hasMessageContaining("limit is 5");
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 21, 123, Integer.MAX_VALUE})
  void aBatchWithAnImpossibleLengthIsRefused(int length) throws IOException {
    for (int field : new int[] {0, 16}) {
      ByteBuf batch = Unpooled.copiedBuffer(sample("batch-4.9.7"));
      batch.setInt(field, length);
      if (field == 16 && length == 0) {
        continue;
      }
      assertThatThrownBy(() -> BatchBody.decode(batch, 100, 1024))
          .isInstanceOf(MalformedRequest.class);
    }
  }

  private static MessageDraft draftOf(MessageView view) {
    return new MessageDraft(
        view.topic(),
        view.queueId(),
        view.flag(),
        view.sysFlag(),
        view.bornTimestampMs(),
        view.bornHost(),
        view.storeHost(),
        view.reconsumeTimes(),
        view.preparedPosition(),
        Unpooled.wrappedBuffer(view.body()),
        view.bodyCrc(),
        view.topicBytes(),
        view.properties(),
        0);
  }

  private static byte[] sample(String name) throws IOException {
    try (InputStream in = StoredMessageWireTest.class.getResourceAsStream("/wire/messages.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
          .lines()
          .filter(line -> line.startsWith(name + " "))
          .map(line -> HexFormat.of().parseHex(line.substring(name.length() + 1)))
          .findFirst()
          .orElseThrow();
    }
  }
}
