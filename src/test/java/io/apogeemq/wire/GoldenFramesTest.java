package io.apogeemq.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apogeemq.protocol.remoting.FrameDecoder;
import io.apogeemq.protocol.remoting.FrameEncoder;
import io.apogeemq.protocol.remoting.HeaderForm;
import io.apogeemq.protocol.remoting.LanguageCode;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Frames between official clients and servers of 4.9.7 and 5.5.0, as they were on the wire. */
class GoldenFramesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final List<String> FILES =
      List.of(
          "frames-4.9.7.jsonl",
          "frames-4.9.7-acl.jsonl",
          "frames-5.5.0.jsonl",
          "frames-5.5.0-auth.jsonl",
          "frames-5.5.0-binary-header.jsonl",
          "raw-4.9.7.jsonl",
          "raw-5.5.0.jsonl");

  /** {@code name}: request or response of what; {@code header} as the capture shows it. */
  private record Sample(String name, String header, String hex) {}

  static List<String> files() {
    return FILES;
  }

  private static List<Sample> samples(String file) throws IOException {
    List<Sample> samples = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                GoldenFramesTest.class.getResourceAsStream("/wire/" + file),
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode sample = JSON.readTree(line);
        for (String side : List.of("request", "response")) {
          JsonNode hex = sample.get(side + "FrameHex");
          if (hex != null && hex.asText().matches("[0-9a-f]+")) { // two large ones are left out
            samples.add(
                new Sample(
                    side + " " + sample.path("name").asText(),
                    sample.path(side + "Header").asText(),
                    hex.asText()));
          }
        }
      }
    }
    assertThat(samples).hasSizeGreaterThan(15);
    return samples;
  }

  private static ByteBuf bytes(String hex) {
    return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex));
  }

  private static RemotingCommand decode(String hex) {
    ByteBuf frame = bytes(hex);
    assertThat(frame.readInt()).isEqualTo(frame.readableBytes());
    return FrameDecoder.decode(frame);
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyFrameIsReadAndWrittenByteForByte(String file) throws IOException {
    for (Sample sample : samples(file)) {
      ByteBuf again = FrameEncoder.whole(decode(sample.hex), UnpooledByteBufAllocator.DEFAULT);
      assertThat(ByteBufUtil.hexDump(again))
          .as(sample.name)
          .isEqualTo(withoutEmptyFields(sample.hex));
      again.release();
    }
  }

  /** The original writes {@code "extFields":{}} where a header class has no value to give; we don't. */
  private static String withoutEmptyFields(String hex) {
    String empty = ByteBufUtil.hexDump("\"extFields\":{},".getBytes(StandardCharsets.US_ASCII));
    if (!hex.contains(empty)) {
      return hex;
    }
    ByteBuf frame = bytes(hex.replaceFirst(empty, ""));
    frame.setInt(0, frame.getInt(0) - empty.length() / 2);
    frame.setInt(4, frame.getInt(4) - empty.length() / 2);
    return ByteBufUtil.hexDump(frame);
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyHeaderSaysWhatTheCaptureShows(String file) throws IOException {
    for (Sample sample : samples(file)) {
      RemotingCommand command = decode(sample.hex);
      if (command.form() == HeaderForm.JSON && sample.header.startsWith("{")) {
        assertShown(command, JSON.readTree(sample.header));
      }
      command.release();
    }
  }

  private static void assertShown(RemotingCommand command, JsonNode shown) {
    assertThat(command.code()).isEqualTo(shown.path("code").asInt());
    assertThat(command.opaque()).isEqualTo(shown.path("opaque").asInt());
    assertThat(command.flag()).isEqualTo(shown.path("flag").asInt());
    assertThat(command.version()).isEqualTo(shown.path("version").asInt());
    assertThat(command.language()).isEqualTo(LanguageCode.valueOf(shown.path("language").asText()));
    assertThat(command.remark())
        .isEqualTo(shown.hasNonNull("remark") ? shown.get("remark").asText() : null);
    Set<Map.Entry<String, JsonNode>> fields = shown.path("extFields").properties();
    for (Map.Entry<String, JsonNode> field : fields) {
      assertThat(command.ext().get(field.getKey())).isEqualTo(field.getValue().asText());
    }
    assertThat(command.ext().size()).isEqualTo(fields.size());
  }

  @Test
  void aPopCodeThatWasCutTo16BitsIsReadAsWhatWasMeant() throws IOException {
    Sample pop =
        samples("frames-5.5.0-binary-header.jsonl").stream()
            .filter(each -> each.name.equals("request POP_MESSAGE"))
            .findFirst()
            .orElseThrow();
    RemotingCommand command = decode(pop.hex);
    assertThat(command.code()).isEqualTo(200050);
    command.release();
  }
}
