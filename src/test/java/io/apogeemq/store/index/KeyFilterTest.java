package io.apogeemq.store.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyFilterTest {
  private final Random random = new Random(11);

  @ParameterizedTest
  @ValueSource(ints = {1, 41, 42, 43, 1000, 300_000})
  void everyKeyPassesAndAtMostOneInAHundredOthers(int keys) throws IOException {
    long[] hashes = sortedHashes(keys);
    ByteBuffer filter = filterOf(hashes);
    assertThat(filter.capacity()).isEqualTo((keys + 41) / 42 * KeyFilter.BLOCK_BYTES);

    for (long hash : hashes) {
      assertThat(passes(filter, hash)).isTrue();
    }
    int others = 200_000;
    int passing = 0;
    for (int i = 0; i < others; i++) {
      passing += passes(filter, random.nextLong()) ? 1 : 0;
    }
    assertThat((double) passing / others).isLessThan(0.01);
  }

  @Test
  void keysOfTheHashesInUsePassAndOthersSeldomDo() throws IOException {
    long[] hashes = new long[20_000];
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] = hashOf("order-" + i);
    }
    ByteBuffer filter = filterOf(sorted(hashes));
    int passing = 0;
    for (int i = 0; i < hashes.length; i++) {
      assertThat(passes(filter, hashOf("order-" + i))).isTrue();
      passing += passes(filter, hashOf("order-" + (i + hashes.length))) ? 1 : 0;
    }
    assertThat((double) passing / hashes.length).isLessThan(0.01);
  }

  @Test
  void aDamagedBlockHidesNoKey() throws IOException {
    long[] hashes = sortedHashes(40);
    ByteBuffer block = filterOf(hashes);
    for (int bit = 0; bit < KeyFilter.BLOCK_BYTES * Byte.SIZE; bit++) {
      flip(block, bit);
      for (long hash : hashes) {
        assertThat(passes(block, hash)).as("bit %d", bit).isTrue();
      }
      flip(block, bit);
    }
    assertThat(KeyFilter.mayContain(ByteBuffer.allocate(64), 0, 0, hashes[0])).isTrue();
  }

  @Test
  void aBlockInAnotherOnesPlaceHidesNoKey() throws IOException {
    long[] hashes = sortedHashes(84);
    ByteBuffer filter = filterOf(hashes);
    ByteBuffer first = filter.slice(0, KeyFilter.BLOCK_BYTES);
    long ofTheSecond = hashes[83];
    assertThat(KeyFilter.blockOf(ofTheSecond, 2)).isEqualTo(1);
    assertThat(KeyFilter.mayContain(first, 0, 1, ofTheSecond)).isTrue();
  }

  private static void flip(ByteBuffer block, int bit) {
    block.put(bit / 8, (byte) (block.get(bit / 8) ^ 1 << bit % 8));
  }

  private static long hashOf(String key) {
    byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
    return KeyHash.of(4711, bytes, 0, bytes.length);
  }

  private long[] sortedHashes(int count) {
    return sorted(random.longs(count).toArray());
  }

  private static long[] sorted(long[] hashes) {
    return Arrays.stream(hashes)
        .boxed()
        .sorted(Long::compareUnsigned)
        .mapToLong(Long::longValue)
        .toArray();
  }

  private static ByteBuffer filterOf(long[] sorted) throws IOException {
    int blocks = KeyFilter.blocksFor(sorted.length);
    ByteBuffer filter = ByteBuffer.allocate(blocks * KeyFilter.BLOCK_BYTES);
    KeyFilterWriter writer = new KeyFilterWriter(blocks, filter::put);
    for (long hash : sorted) {
      writer.add(hash);
    }
    writer.finish();
    assertThat(filter.hasRemaining()).isFalse();
    return filter;
  }

  private static boolean passes(ByteBuffer filter, long hash) {
    int number = KeyFilter.blockOf(hash, filter.capacity() / KeyFilter.BLOCK_BYTES);
    return KeyFilter.mayContain(filter, number * KeyFilter.BLOCK_BYTES, number, hash);
  }
}
