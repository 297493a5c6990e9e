package io.apogeemq.broker.send;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.protocol.message.Properties;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class IncomingPropertiesTest {
  private static final byte[] CLUSTER = bytes("CLUSTER\u0001c1");

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static IncomingProperties read(String encoded) {
    return IncomingProperties.of(bytes(encoded), CLUSTER);
  }

  @Test
  void tagUniqueKeyAndWaitAreFoundInOnePass() {
    IncomingProperties found =
        read("TAGS\u0001TagA\u0002UNIQ_KEY\u00010A0B\u0002WAIT\u0001false\u0002KEYS\u0001k1 k2");
    assertThat(found.tagsCode()).isEqualTo("TagA".hashCode());
    assertThat(found.uniqueKey()).isEqualTo("0A0B");
    assertThat(found.waitForDurability()).isFalse();
    assertThat(found.asks()).isZero();
  }

  @Test
  void theUniqueKeysBytesAreNamedInWhatIsStored() {
    IncomingProperties found = read("WAIT\u0001true\u0002UNIQ_KEY\u00010A0B\u0002k\u0001v");
    int from = found.uniqueKeyFrom();
    assertThat(found.stored()).startsWith(bytes("UNIQ_KEY\u00010A0B\u0002"));
    assertThat(new String(found.stored(), from, found.uniqueKeyTo() - from, StandardCharsets.UTF_8))
        .isEqualTo("0A0B");
    assertThat(read("k\u0001v").uniqueKeyTo()).isEqualTo(read("k\u0001v").uniqueKeyFrom());
  }

  @Test
  void waitIsNotStoredAndTheClusterComesLast() {
    assertThat(read("WAIT\u0001true\u0002TAGS\u0001T").stored())
        .isEqualTo(bytes("TAGS\u0001T\u0002CLUSTER\u0001c1"));
  }

  @Test
  void aClusterGivenByTheClientIsReplacedByOurs() {
    assertThat(read("CLUSTER\u0001theirs\u0002a\u0001b\u0002").stored())
        .isEqualTo(bytes("a\u0001b\u0002CLUSTER\u0001c1"));
  }

  @Test
  void theRegionOfAnEarlierSendIsReplacedByOurs() {
    byte[] own = bytes("CLUSTER\u0001c1\u0002MSG_REGION\u0001here");
    assertThat(IncomingProperties.of(bytes("MSG_REGION\u0001there\u0002a\u0001b"), own).stored())
        .isEqualTo(bytes("a\u0001b\u0002CLUSTER\u0001c1\u0002MSG_REGION\u0001here"));
  }

  @Test
  void noPropertiesLeaveTheClusterAlone() {
    assertThat(read("").stored()).isEqualTo(CLUSTER);
  }

  @Test
  void whatIsAskedForBesidesIsABitEach() {
    assertThat(read("DELAY\u00013").asks()).isEqualTo(Asks.DELAY_LEVEL);
    assertThat(read("DELAY\u00010").asks()).isZero();
    assertThat(read("TRAN_MSG\u0001true").asks()).isEqualTo(Asks.TRANSACTION);
    assertThat(read("TRAN_MSG\u0001false").asks()).isZero();
    assertThat(read("TIMER_DELIVER_MS\u000117").asks()).isEqualTo(Asks.TIMER);
    assertThat(read("TIMER_DELAY_SEC\u000117").asks()).isEqualTo(Asks.TIMER);
    assertThat(read("TIMER_DELAY_MS\u000117\u0002DELAY\u00013").asks())
        .isEqualTo(Asks.TIMER | Asks.DELAY_LEVEL);
  }

  @Property
  void everyOtherPropertyIsStoredAsItCame(
      @ForAll @Size(max = 8)
          Map<@CharRange(from = 'a', to = 'z') String, @CharRange(from = ' ', to = '\u3000') String>
              given) {
    Map<String, String> named = new LinkedHashMap<>(given);
    named.remove("");
    byte[] stored = IncomingProperties.of(Properties.encode(named), CLUSTER).stored();
    named.put("CLUSTER", "c1");
    assertThat(Properties.parse(stored)).isEqualTo(named);
  }
}
