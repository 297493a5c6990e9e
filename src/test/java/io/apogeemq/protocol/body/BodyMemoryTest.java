package io.apogeemq.protocol.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.protocol.remoting.MalformedRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No body, whatever is in it, takes the heap. */
class BodyMemoryTest {
  @TempDir Path folder;

  @Test
  void aSmallHeapOutlivesEveryBody() throws Exception {
    File output = folder.resolve("output").toFile();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                SmallHeap.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(output)
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(output).content().contains("outlived").doesNotContain("OutOfMemoryError");
    } finally {
      process.destroyForcibly();
    }
  }

  /** Reads hostile bodies of many sizes while a part of its heap is in use. */
  static final class SmallHeap {
    private static final List<String> ITEMS =
        List.of("0,", "{},", "[],", "'',", "{a:0},", "[[{}]],", "{'':'\u20ac'},", "\"\\\"\",");

    private SmallHeap() {}

    public static void main(String[] args) {
      byte[] inUse = new byte[12 << 20];
      int refused = 0;
      for (String item : ITEMS) {
        for (int size = 200_000; size <= 15_000_000; size = size * 3 / 2) {
          ByteBuf body = body(item, size);
          try {
            Body.parse(RegisterBrokerBody.class, body);
          } catch (MalformedRequest tooMuch) {
            refused++;
          }
          body.release();
        }
      }
      System.out.println("outlived " + refused + " refused, " + inUse.length + " in use");
    }

    /** A document that has these values in a member that nobody knows; outside of the heap. */
    private static ByteBuf body(String item, int size) {
      byte[] bytes = item.getBytes(StandardCharsets.UTF_8);
      ByteBuf body = Unpooled.directBuffer(size + 100);
      body.writeCharSequence("{unknown:[", StandardCharsets.US_ASCII);
      while (body.readableBytes() < size) {
        body.writeBytes(bytes);
      }
      body.writeCharSequence("0]}", StandardCharsets.US_ASCII);
      return body;
    }
  }

  @Test
  void manyTopicsAreReadInBothForms() {
    Map<String, TopicConfig> topics = new LinkedHashMap<>();
    for (int i = 0; i < 20_000; i++) {
      String name = "a-topic-with-a-name-of-usual-length-" + i;
      topics.put(name, new TopicConfig(Map.of(), false, 6, 8, "SINGLE_TAG", name, 0, 8));
    }
    RegisterBrokerBody body =
        new RegisterBrokerBody(
            List.of(), new TopicConfigWrapper(new DataVersion(1, null, 1), null, topics));
    assertThat(
            RegisterBrokerBody.parse(Unpooled.wrappedBuffer(body.toJson()), false)
                .topicConfigSerializeWrapper()
                .topicConfigTable())
        .hasSize(20_000);
    assertThat(
            RegisterBrokerBody.parse(Unpooled.wrappedBuffer(body.compressed(true)), true)
                .topicConfigSerializeWrapper()
                .topicConfigTable())
        .hasSize(20_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[0,0,0,0,0,0,0]", "{a:1,b:2}", "'abcdefghijklmnopqrstuvwxyz'", "[{},{}]"})
  void theLimitIsKept(String document) {
    assertThatCode(() -> new JsonReader(document, new BodyMemory(2_000)).document())
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> new JsonReader(document, new BodyMemory(100)).document())
        .isInstanceOf(MalformedRequest.class)
        .hasMessageContaining("more than 100 bytes of memory");
  }

  @Test
  void whatReferencesMultiplyCounts() {
    String document = "{a:[{},{},{},{}],b:[{$ref:'$.a'},{$ref:'$.a'},{$ref:'$.a'}]}";
    assertThatThrownBy(() -> new JsonReader(document, new BodyMemory(4_500)).document())
        .hasMessageContaining("bytes of memory");
    assertThatCode(() -> new JsonReader(document, new BodyMemory(10_000)).document())
        .doesNotThrowAnyException();
  }

  @Test
  @Timeout(10)
  void namesWithinNamesDoNotDouble() {
    String document = "{".repeat(40) + "\"a\":1" + "}:1".repeat(39) + "}";
    assertThatThrownBy(() -> Json.parse(document)).hasMessageContaining("has such a name itself");
    assertThatThrownBy(() -> Json.parse("{{a:'" + "\\u0001".repeat(2_000) + "'}:1}"))
        .hasMessageContaining("more than 4096 characters");
  }

  @Test
  void aCompressedBodyIsBoundedAsAWhole() throws IOException {
    // each text is allowed
    String rest = "  " + "x".repeat(60_000);
    assertThatThrownBy(() -> RegisterBrokerBody.parse(compressed(300, rest), true))
        .hasMessageContaining("more than 16777216 bytes in all");
    assertThat(
            RegisterBrokerBody.parse(compressed(3, rest), true)
                .topicConfigSerializeWrapper()
                .topicConfigTable())
        .hasSize(3);
    assertThatThrownBy(
            () -> RegisterBrokerBody.parse(compressed(1, " {" + "x".repeat(66_000)), true))
        .hasMessageContaining("over the limit of 65536");
  }

  private static ByteBuf compressed(int topics, String end) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(new DeflaterOutputStream(bytes))) {
      List<String> items = new ArrayList<>();
      for (int i = 0; i < topics; i++) {
        items.add("T" + i + " 4 4 6 SINGLE_TAG" + end);
      }
      write("{}", out);
      out.writeInt(topics);
      for (String each : items) {
        write(each, out);
      }
      write("[]", out);
    }
    return Unpooled.wrappedBuffer(bytes.toByteArray());
  }

  private static void write(String text, DataOutputStream out) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(utf8.length);
    out.write(utf8);
  }
}
