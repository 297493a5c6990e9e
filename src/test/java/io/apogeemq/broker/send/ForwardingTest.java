package io.apogeemq.broker.send;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.message.StoredMessage;
import io.apogeemq.protocol.message.SysFlags;
import io.apogeemq.store.TestStore;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ForwardingTest {
  private static final Map<String, String> GIVEN = new LinkedHashMap<>();

  static {
    GIVEN.put("TAGS", "red");
    GIVEN.put("DELAY", "3");
    GIVEN.put("UNIQ_KEY", "0A0B");
  }

  private final MessageDraft message =
      TestStore.draft("T", 2, "body".getBytes(StandardCharsets.UTF_8), GIVEN);

  @Test
  void aParkedMessageKeepsAllButItsPlace() {
    MessageDraft parked =
        Forwarding.of(message)
            .set("REAL_TOPIC", "T")
            .set("REAL_QID", "2")
            .to("PARKED", 7)
            .tagsCode(1234)
            .draft();

    assertThat(parked.topic()).isEqualTo("PARKED");
    assertThat(parked.topicBytes()).isEqualTo("PARKED".getBytes(StandardCharsets.UTF_8));
    assertThat(parked.queueId()).isEqualTo(7);
    assertThat(parked.tagsCode()).isEqualTo(1234);
    assertThat(Properties.parse(parked.properties()))
        .containsExactlyEntriesOf(with(GIVEN, "REAL_TOPIC", "T", "REAL_QID", "2"));
    assertThat(parked.body()).isEqualTo(message.body());
    assertThat(parked.bornTimestampMs()).isEqualTo(message.bornTimestampMs());
  }

  @Test
  void aStoredRecordBecomesAMessageOfItsRealTopic() {
    MessageDraft parked =
        Forwarding.of(message).to("PARKED", 7).reconsumeTimes(4).preparedPosition(99).draft();
    MessageView record = record(parked);

    MessageDraft delivered =
        Forwarding.of(record, TestStore.STORE)
            .to("T", 2)
            .remove("DELAY")
            .transactionType(SysFlags.TRANSACTION_COMMIT)
            .draft();

    assertThat(delivered.topic()).isEqualTo("T");
    assertThat(delivered.queueId()).isEqualTo(2);
    assertThat(delivered.body()).isEqualTo(message.body());
    assertThat(delivered.bodyCrc()).isEqualTo(message.bodyCrc());
    assertThat(delivered.bornHost()).isEqualTo(TestStore.BORN);
    assertThat(delivered.storeHost()).isEqualTo(TestStore.STORE);
    assertThat(delivered.reconsumeTimes()).isEqualTo(4);
    assertThat(delivered.preparedPosition()).as("a mark isn't inherited").isZero();
    assertThat(delivered.sysFlag()).isEqualTo(SysFlags.TRANSACTION_COMMIT);
    assertThat(delivered.tagsCode()).as("of the tag").isEqualTo("red".hashCode());
    assertThat(Properties.parse(delivered.properties())).doesNotContainKey("DELAY");
  }

  private static Map<String, String> with(Map<String, String> given, String... more) {
    Map<String, String> all = new LinkedHashMap<>(given);
    for (int i = 0; i < more.length; i += 2) {
      all.put(more[i], more[i + 1]);
    }
    return all;
  }

  private static MessageView record(MessageDraft draft) {
    int size = (int) StoredMessage.sizeOf(draft);
    ByteBuffer bytes = ByteBuffer.allocate(size);
    StoredMessage.encode(draft, bytes, 0, size, 5, 0, 17);
    MessageView view = new MessageView();
    assertThat(view.open(bytes.clear(), 0)).isNull();
    return view;
  }
}
