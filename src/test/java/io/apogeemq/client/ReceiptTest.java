package io.apogeemq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.protocol.body.BatchAckBody;
import io.apogeemq.protocol.body.Json;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReceiptTest {
  private static Receipt receipt(String broker, int queueId, long offset) {
    return new Receipt("t", broker, queueId, offset, 10, 1_700, 60_000, 3, 0, 4711);
  }

  @Test
  void itsTextFitsIntoAnAddressAndReadsBack() {
    Receipt receipt = receipt("broker.a@room", 2, 12);
    assertThat(receipt.toString()).matches("[A-Za-z0-9_-]+");
    assertThat(Receipt.parse(receipt.toString())).isEqualTo(receipt);
    assertThat(receipt.handle()).isEqualTo("10 1700 60000 3 0 broker.a@room 2 12");
    assertThat(Receipt.ofHandle("t", receipt.handle(), 4711)).isEqualTo(receipt);
  }

  @Test
  void aMessageOfARetryTopicIsAcknowledgedThere() {
    assertThat(Receipt.ofHandle("t", "0 1 2 3 1 b 0 5", 0).storedTopic("g"))
        .isEqualTo("%RETRY%g_t");
    assertThat(Receipt.ofHandle("t", "0 1 2 3 2 b 0 5", 0).storedTopic("g"))
        .isEqualTo("%RETRY%g+t");
  }

  @Test
  void textThatIsNoReceiptIsRefused() {
    for (String text :
        List.of(
            "",
            "!",
            "bm9uc2Vuc2U",
            Base64.getUrlEncoder().encodeToString("a b c d e f g h i j".getBytes()))) {
      assertThatThrownBy(() -> Receipt.parse(text))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no receipt");
    }
  }

  @Test
  void receiptsOfOneDeliveryAreAcknowledgedTogether() {
    BatchAckBody body =
        BatchAcks.body("g", List.of(receipt("a", 0, 10), receipt("a", 0, 12), receipt("a", 1, 11)));
    assertThat(body.brokerName()).isEqualTo("a");
    List<BatchAckBody.BatchAck> acks = body.acks();
    assertThat(acks).hasSize(2);
    assertThat(acks.get(0).b()).isInstanceOf(Json.Text.class);
    BitSet bits = BitSet.valueOf(Base64.getDecoder().decode(((Json.Text) acks.get(0).b()).value()));
    assertThat(bits.stream()).containsExactly(0, 2);
    assertThat(acks.get(1).q()).isEqualTo(1);
  }

  @Test
  void whatWouldTakeMemoryGoesAlone() {
    for (long offset : new long[] {9, 10 + 1_024, Long.MAX_VALUE, Long.MIN_VALUE}) {
      assertThat(BatchAcks.takes(receipt("a", 0, offset))).as("offset %d", offset).isFalse();
    }
    assertThat(BatchAcks.takes(receipt("a", 0, 10))).isTrue();
    assertThat(BatchAcks.takes(receipt("a", 0, 10 + 1_023))).isTrue();
  }
}
