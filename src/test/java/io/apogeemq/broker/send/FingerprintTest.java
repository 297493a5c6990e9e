package io.apogeemq.broker.send;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FingerprintTest {
  private static long of(String topic, String key, int crc, int reconsumeTimes, int messages) {
    byte[] properties = ("TAGS\u0001T\u0002UNIQ_KEY\u0001" + key).getBytes(StandardCharsets.UTF_8);
    return Fingerprint.of(
        topic.getBytes(StandardCharsets.UTF_8),
        properties,
        properties.length - key.length(),
        properties.length,
        crc,
        reconsumeTimes,
        messages);
  }

  @Test
  void everythingThatTellsTwoSendsApartCounts() {
    long one = of("T", "0A0B", 1, 0, 1);
    assertThat(of("T", "0A0B", 1, 0, 1)).isEqualTo(one);
    assertThat(
            Set.of(
                one,
                of("U", "0A0B", 1, 0, 1),
                of("T", "0A0C", 1, 0, 1),
                of("T", "0A0B", 2, 0, 1),
                of("T", "0A0B", 1, 1, 1),
                of("T", "0A0B", 1, 0, 2)))
        .hasSize(6);
  }

  @Test
  void theBorderBetweenTopicAndKeyCounts() {
    assertThat(of("TopicA", "BC", 1, 0, 1)).isNotEqualTo(of("TopicAB", "C", 1, 0, 1));
    assertThat(of("T", "a", 1, 0, 1)).isNotEqualTo(of("T", "a\0", 1, 0, 1));
  }

  @Test
  void keysThatCountUpNeverMeet() {
    Set<Long> seen = new HashSet<>();
    for (int i = 0; i < 200_000; i++) {
      seen.add(of("T", String.format("7F0000010D2C2A139A554DF5%08X", i), 77, 0, 1));
    }
    assertThat(seen).hasSize(200_000);
  }

  @Test
  void theyAreSpreadEvenlyOverShardsAndBuckets() {
    int[] shards = new int[16];
    int[] buckets = new int[16];
    for (int i = 0; i < 16_000; i++) {
      long fingerprint = of("T", String.format("7F0000010D2C2A139A554DF5%08X", i), 77, 0, 1);
      shards[(int) (fingerprint >>> 60)]++;
      buckets[(int) fingerprint & 15]++;
    }
    for (int i = 0; i < 16; i++) {
      assertThat(shards[i]).isBetween(800, 1200);
      assertThat(buckets[i]).isBetween(800, 1200);
    }
  }

  @Test
  void noKeyAndTopicsOfTheBrokersOwnPutsHaveNone() {
    assertThat(of("T", "", 1, 0, 1)).isEqualTo(Fingerprint.NONE);
    assertThat(of("%RETRY%g", "0A0B", 1, 0, 1)).isEqualTo(Fingerprint.NONE);
    assertThat(of("%DLQ%g", "0A0B", 1, 0, 1)).isEqualTo(Fingerprint.NONE);
    assertThat(of("%", "0A0B", 1, 0, 1)).isNotEqualTo(Fingerprint.NONE);
  }
}
