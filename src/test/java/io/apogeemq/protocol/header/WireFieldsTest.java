package io.apogeemq.protocol.header;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.protocol.remoting.ExtFields;
import io.apogeemq.protocol.remoting.RecordCodec;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Records that write their own fields write what their components say, and read back equal. */
class WireFieldsTest {
  private static ExtFields written(Record header) {
    ExtFields out = new ExtFields();
    RecordCodec.writeTo(header, out);
    return out;
  }

  private static List<String> names(ExtFields fields) {
    return IntStream.range(0, fields.size()).mapToObj(fields::name).toList();
  }

  private static List<String> components(Record header) {
    return Arrays.stream(header.getClass().getRecordComponents()).map(c -> c.getName()).toList();
  }

  @Test
  void aSendReplyWritesEachComponentUnderItsName() {
    SendHeaders.Reply reply =
        new SendHeaders.Reply("id", 3, 7, "unique", "region", "true", "handle");
    assertThat(names(written(reply))).isEqualTo(components(reply));
    assertThat(RecordCodec.of(SendHeaders.Reply.class).read(written(reply))).isEqualTo(reply);
  }

  @Test
  void aPullReplyWritesEachComponentUnderItsName() {
    PullHeaders.Reply reply = new PullHeaders.Reply(1, 2, 3, 4);
    assertThat(names(written(reply))).isEqualTo(components(reply));
    assertThat(RecordCodec.of(PullHeaders.Reply.class).read(written(reply))).isEqualTo(reply);
  }
}
