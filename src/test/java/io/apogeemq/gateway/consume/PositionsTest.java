package io.apogeemq.gateway.consume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.client.MessageQueue;
import io.apogeemq.gateway.http.Problem;
import java.util.Arrays;
import java.util.Base64;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written comes back, and fits into a URL for a great many queues. */
class PositionsTest {
  @Test
  void thousandsOfQueuesFitIntoAUrl() {
    TreeMap<MessageQueue, Long> next = new TreeMap<>();
    for (int broker = 0; broker < 40; broker++) {
      for (int queue = 0; queue < 100; queue++) {
        next.put(new MessageQueue("t", "a-long-name-of-a-broker-" + broker, queue), 100_000_000L);
      }
    }
    String text = Positions.write(next);
    assertThat(text).hasSizeLessThan(32 * 1024);
    assertThat(Positions.read("t", text)).isEqualTo(next);
  }

  @Test
  void anyOffsetAndNameComesBack() {
    TreeMap<MessageQueue, Long> next = new TreeMap<>();
    next.put(new MessageQueue("t", "b:;ä", 0), 0L);
    next.put(new MessageQueue("t", "b:;ä", Integer.MAX_VALUE), Long.MAX_VALUE);
    next.put(new MessageQueue("t", "c", 127), 127L);
    next.put(new MessageQueue("t", "c", 128), 128L);
    next.put(new MessageQueue("t", "d", 5), -1L);
    assertThat(Positions.read("t", Positions.write(next))).isEqualTo(next);
    assertThat(Positions.read("t", Positions.write(new TreeMap<>()))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "***",
        "Yjox", // "b:1"
        "AQ8", // a name of 15 bytes that lacks
        "AQFi_____w8", // 2^32 queues that lack
        "AQFiAf________8_AA", // a queue of a number too large
        "Af______________________" // a number without end
      })
  void whatIsNoPositionIsRefused(String text) {
    assertThatThrownBy(() -> Positions.read("t", text))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("is none");
  }

  @Test
  void everyCutIsRefusedOrShorter() {
    TreeMap<MessageQueue, Long> next = new TreeMap<>();
    next.put(new MessageQueue("t", "b", 300), 100_000L);
    byte[] whole = Base64.getUrlDecoder().decode(Positions.write(next));
    for (int length = 2; length < whole.length; length++) {
      String cut =
          Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> Positions.read("t", cut)).isInstanceOf(Problem.class);
    }
  }
}
