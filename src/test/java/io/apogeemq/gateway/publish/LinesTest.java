package io.apogeemq.gateway.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.gateway.http.Problem;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinesTest {
  private static final String TEXT = "one\n\n  \r\ntwo\r\nthr\u00e9\u00e9\n\nfour";
  private final List<String> lines = new ArrayList<>();
  private final Lines cut = new Lines(16);

  private void send(String... parts) {
    for (String each : parts) {
      send(Buffer.buffer(each));
    }
  }

  private void send(Buffer part) {
    cut.add(part);
    for (Buffer line = cut.next(); line != null; line = cut.next()) {
      if (!Lines.isBlank(line)) {
        lines.add(line.toString());
      }
    }
  }

  @Test
  void linesAreTheSameHoweverTheirBytesCome() {
    byte[] all = Buffer.buffer(TEXT).getBytes();
    for (int size = 1; size <= all.length; size++) {
      lines.clear();
      for (int from = 0; from < all.length; from += size) {
        send(Buffer.buffer(all).getBuffer(from, Math.min(all.length, from + size)));
      }
      send("\n");
      assertThat(cut.isEmpty()).isTrue();
      assertThat(lines)
          .as("%d at once", size)
          .containsExactly("one", "two\r", "thr\u00e9\u00e9", "four");
    }
  }

  @Test
  void aLineWithoutEndFailsBeforeItFillsTheMemory() {
    send("short\n", "0123456789");
    assertThatThrownBy(() -> send("0123456")).isInstanceOf(Problem.class);
    assertThat(lines).containsExactly("short");
  }

  @Test
  void partsOfALineDoNotReachIntoWhatCameWithThem() {
    Buffer first = Buffer.buffer("a\nbeg");
    send(first);
    send("in\n");
    assertThat(first.toString()).isEqualTo("a\nbeg");
    assertThat(lines).containsExactly("a", "begin");
  }

  @Test
  void linesThatNobodyWantedYetAreThereLater() {
    cut.add(Buffer.buffer("a\nb\nc"));
    assertThat(cut.next()).hasToString("a");
    cut.add(Buffer.buffer("d\n"));
    assertThat(cut.isEmpty()).isFalse();
    assertThat(cut.next()).hasToString("b");
    assertThat(cut.next()).hasToString("cd");
    assertThat(cut.next()).isNull();
    assertThat(cut.isEmpty()).isTrue();
  }
}
