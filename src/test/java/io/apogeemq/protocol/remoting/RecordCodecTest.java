package io.apogeemq.protocol.remoting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecordCodecTest {
  record Sample(
      String topic,
      @Nullable String note,
      int queueId,
      @Nullable Integer count,
      long offset,
      @Nullable Long timeout,
      boolean order,
      @Nullable Boolean force,
      double rate,
      @Nullable Double share) {}

  record WithList(List<String> names) {}

  private static ExtFields required() {
    return new ExtFields()
        .put("topic", "T")
        .put("queueId", "-3")
        .put("offset", "9223372036854775807")
        .put("order", "true")
        .put("rate", "1.5");
  }

  @Test
  void absentOptionalFieldsAreNull() {
    assertThat(RecordCodec.of(Sample.class).read(required()))
        .isEqualTo(new Sample("T", null, -3, null, Long.MAX_VALUE, null, true, null, 1.5, null));
  }

  @Test
  void aRecordComesBackAsItWasWritten() {
    Sample sample = new Sample("T", "n", 1, 2, 3, 4L, false, true, 0.5, 0.25);
    ExtFields fields = new ExtFields();
    RecordCodec.writeTo(sample, fields);
    assertThat(fields.size()).isEqualTo(10);
    assertThat(RecordCodec.of(Sample.class).read(fields)).isEqualTo(sample);
  }

  @Test
  void nullComponentsAreNotWritten() {
    ExtFields fields = new ExtFields();
    RecordCodec.writeTo(new Sample("T", null, 1, null, 3, null, false, null, 0, null), fields);
    assertThat(fields.toString())
        .isEqualTo("{topic=T, queueId=1, offset=3, order=false, rate=0.0}");
  }

  @Test
  void unknownFieldsAreLeftAlone() {
    assertThat(RecordCodec.of(Sample.class).read(required().put("bname", "x")).topic())
        .isEqualTo("T");
  }

  @Test
  void theLaterOfTwoEqualNamesCounts() {
    assertThat(RecordCodec.of(Sample.class).read(required().put("topic", "U")).topic())
        .isEqualTo("U");
  }

  @Test
  void aMissingFieldIsNamedAsTheOriginalNamesIt() {
    assertThatThrownBy(() -> RecordCodec.of(Sample.class).read(new ExtFields()))
        .isInstanceOf(MalformedRequest.class)
        .hasMessage("the custom field <topic> is null");
  }

  @Test
  void whatIsNoNumberIsNamedAndShortened() {
    assertThatThrownBy(() -> RecordCodec.of(Sample.class).read(required().put("queueId", "x")))
        .hasMessage("the custom field <queueId> is not a number: 'x'");
    assertThatThrownBy(
            () -> RecordCodec.of(Sample.class).read(required().put("offset", "9".repeat(500))))
        .hasMessage("the custom field <offset> is not a number: '" + "9".repeat(40) + "...'");
    assertThatThrownBy(
            () -> RecordCodec.of(Sample.class).read(required().put("queueId", "2147483648")))
        .isInstanceOf(MalformedRequest.class);
  }

  @Test
  void aComponentThatHasNoWireFormIsAMistakeOfOurs() {
    assertThatThrownBy(() -> RecordCodec.of(WithList.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("interface java.util.List");
  }

  @Test
  void manyFieldsKeepTheirOrder() {
    ExtFields fields = new ExtFields();
    for (int i = 0; i < 100; i++) {
      fields.put("k" + i, "v" + i);
    }
    assertThat(fields.size()).isEqualTo(100);
    assertThat(fields.name(99)).isEqualTo("k99");
    assertThat(fields.get("k0")).isEqualTo("v0");
    assertThat(fields.get("none")).isNull();
  }
}
