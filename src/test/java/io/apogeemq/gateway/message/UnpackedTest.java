package io.apogeemq.gateway.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdOutputStream;
import io.apogeemq.protocol.message.SysFlags;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.DeflaterOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnpackedTest {
  private static final String TEXT = "the same again, ".repeat(1000);

  private interface Packing {
    OutputStream open(OutputStream to) throws IOException;
  }

  private static byte[] packed(String compression) throws IOException {
    Packing how =
        switch (compression) {
          case "lz4" -> LZ4FrameOutputStream::new;
          case "zstd" -> ZstdOutputStream::new;
          default -> DeflaterOutputStream::new;
        };
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = how.open(bytes)) {
      out.write(TEXT.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  @ParameterizedTest
  @CsvSource({"zlib, 0", "lz4, 256", "zstd, 512", "zlib, 768"})
  void aCompressedBodyIsShownAsItsSenderMeantIt(String compression, int type) throws IOException {
    byte[] stored = packed(compression);
    assertThat(stored.length).isLessThan(TEXT.length() / 10);
    Unpacked whole = Unpacked.of(SysFlags.COMPRESSED | type, stored, 1 << 20);
    assertThat(new String(whole.bytes(), StandardCharsets.UTF_8)).isEqualTo(TEXT);
    assertThat(whole.compression()).isEqualTo(compression);
    assertThat(whole.whole()).isTrue();
    Unpacked cut = Unpacked.of(SysFlags.COMPRESSED | type, stored, 20);
    assertThat(new String(cut.bytes(), StandardCharsets.UTF_8)).isEqualTo(TEXT.substring(0, 20));
    assertThat(cut.whole()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"zlib, 0", "lz4, 256", "zstd, 512"})
  void aBodyThatOnlySaysItIsCompressedIsShownAsItIs(String compression, int type) {
    byte[] stored = "plain".getBytes(StandardCharsets.UTF_8);
    Unpacked shown = Unpacked.of(SysFlags.COMPRESSED | type, stored, 100);
    assertThat(shown.bytes()).isEqualTo(stored);
    assertThat(shown.flaw()).contains("can't be unpacked");
    assertThat(shown.compression()).isEqualTo(compression);
  }

  @Test
  void aFrameThatAsksForHugeMemoryIsRefused() {
    // A zstd frame whose header demands a window of 512 MiB; no content follows.
    byte[] frame = {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD, 0, (byte) (19 << 3), 0, 0, 0};
    assertThat(Unpacked.of(SysFlags.COMPRESSED | 0x200, frame, 100).flaw()).isNotNull();
  }

  @Test
  void aTextIsFoundWhereverItStands() {
    Unpacked body = Unpacked.of(0, "abcabd".getBytes(StandardCharsets.UTF_8), 100);
    assertThat(body.holds("abd".getBytes(StandardCharsets.UTF_8))).isTrue();
    assertThat(body.holds("abe".getBytes(StandardCharsets.UTF_8))).isFalse();
    assertThat(body.holds(new byte[0])).isTrue();
    assertThat(body.holds(new byte[100])).isFalse();
    Unpacked alike = Unpacked.of(0, "aabaabaaab".getBytes(StandardCharsets.UTF_8), 100);
    assertThat(alike.holds("aabaaa".getBytes(StandardCharsets.UTF_8))).isTrue();
    assertThat(alike.holds("baaab".getBytes(StandardCharsets.UTF_8))).isTrue();
    assertThat(alike.holds("aaaa".getBytes(StandardCharsets.UTF_8))).isFalse();
    assertThat(alike.holds("aabab".getBytes(StandardCharsets.UTF_8))).isFalse();
  }

  @Test
  void theBeginningOfATextMayEndWithinACharacter() {
    byte[] bytes = "aä".getBytes(StandardCharsets.UTF_8);
    assertThat(Payload.kind(Unpacked.of(0, bytes, 2).bytes(), false)).isEqualTo("text");
    assertThat(Payload.kind(Unpacked.of(0, bytes, 2).bytes(), true)).isEqualTo("binary");
    assertThat(Payload.kind("{\"a\": 1}".getBytes(StandardCharsets.UTF_8), true)).isEqualTo("json");
    assertThat(Payload.kind("{a".getBytes(StandardCharsets.UTF_8), true)).isEqualTo("text");
  }
}
