package io.apogeemq.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import io.apogeemq.protocol.remoting.Frame;
import io.apogeemq.protocol.remoting.FrameDecoder;
import io.apogeemq.protocol.remoting.FrameEncoder;
import io.apogeemq.protocol.remoting.HeaderForm;
import io.apogeemq.protocol.remoting.MalformedRequest;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * Whatever the bytes are: the decoder answers a command or throws {@link MalformedRequest}, allocates
 * in proportion to the frame and not to what the frame claims, and gives its buffer back.
 */
class FrameDecoderFuzzTest {
  private static final int[] CLAIMS = {
    -1,
    0,
    1,
    2,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    0xFFFF,
    0xFFFFFF,
    Frame.MAX_HEADER_BYTES,
    Frame.MAX_HEADER_BYTES + 1,
    Frame.MAX_LENGTH,
    Frame.MAX_LENGTH + 1
  };

  /** Parser, exception and its text, lists of fields: what a frame may cost however short it is. */
  private static final long FIXED_ALLOCATION_BYTES = 64 * 1024;

  /** Text objects around the few bytes of a name and a value. */
  private static final long ALLOCATION_PER_FRAME_BYTE = 48;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static byte[] whole(HeaderForm form) {
    RemotingCommand command =
        RemotingCommand.request(310)
            .form(form)
            .remark("why \"not\" \n 中")
            .opaque(77)
            .body("body".getBytes(StandardCharsets.US_ASCII));
    command.ext().put("a", "group").put("b", "topic").put("longerName", "v".repeat(40));
    ByteBuf frame = FrameEncoder.whole(command, UnpooledByteBufAllocator.DEFAULT);
    frame.skipBytes(Frame.LENGTH_FIELD_BYTES);
    byte[] bytes = new byte[frame.readableBytes()];
    frame.readBytes(bytes);
    frame.release();
    return bytes;
  }

  /** Decodes a frame (without its length) and checks every promise; true if it was accepted. */
  private static boolean decodeAll(byte[] bytes) {
    long bound = FIXED_ALLOCATION_BYTES + ALLOCATION_PER_FRAME_BYTE * bytes.length;
    Outcome outcome = decodeOnce(bytes);
    if (outcome.heapBytes
        >= bound) { // a class was loaded or a call site linked: not the frame's cost
      outcome = decodeOnce(bytes);
    }
    assertThat(outcome.heapBytes).as("heap").isLessThan(bound);
    return outcome.accepted;
  }

  private record Outcome(boolean accepted, long heapBytes) {}

  private static Outcome decodeOnce(byte[] bytes) {
    CountingAllocator allocator = new CountingAllocator();
    ByteBuf frame = allocator.heapBuffer(Math.max(1, bytes.length)).writeBytes(bytes);
    allocator.allocatedBytes = 0;
    long before = THREADS.getCurrentThreadAllocatedBytes();
    String refusal = null;
    try {
      FrameDecoder.decode(frame).release();
    } catch (MalformedRequest e) {
      refusal = e.getMessage();
    }
    long heapBytes = THREADS.getCurrentThreadAllocatedBytes() - before;
    if (refusal != null) {
      assertThat(refusal).isNotBlank().hasSizeLessThan(1000);
    }
    assertThat(allocator.allocatedBytes).as("buffers").isZero();
    assertThat(frame.refCnt()).as("references").isZero();
    return new Outcome(refusal == null, heapBytes);
  }

  /** Counts what is taken from it; buffers it hands out have the usual reference count. */
  private static final class CountingAllocator extends AbstractByteBufAllocator {
    long allocatedBytes;

    CountingAllocator() {
      super(false);
    }

    @Override
    public boolean isDirectBufferPooled() {
      return false;
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
      allocatedBytes += Math.max(1, initialCapacity);
      return UnpooledByteBufAllocator.DEFAULT.heapBuffer(initialCapacity, maxCapacity);
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
      allocatedBytes += Math.max(1, initialCapacity);
      return UnpooledByteBufAllocator.DEFAULT.directBuffer(initialCapacity, maxCapacity);
    }
  }

  @Example
  void aFrameCutAtAnyByteIsRefusedOrKeepsItsMeaning() {
    for (HeaderForm form : HeaderForm.values()) {
      byte[] whole = whole(form);
      int header = (whole[1] & 0xFF) << 16 | (whole[2] & 0xFF) << 8 | whole[3] & 0xFF;
      for (int length = 0; length < whole.length; length++) {
        boolean accepted = decodeAll(Arrays.copyOf(whole, length));
        // A cut in the body can't be seen here: the frame's own length tells where it ends.
        assertThat(accepted).as("%s cut at %d", form, length).isEqualTo(length >= 4 + header);
      }
    }
  }

  @Example
  void noLengthFieldIsBelieved() {
    byte[] json = whole(HeaderForm.JSON);
    byte[] binary = whole(HeaderForm.ROCKETMQ);
    for (int claim : CLAIMS) {
      for (HeaderForm form : HeaderForm.values()) {
        byte[] frame = form == HeaderForm.JSON ? json.clone() : binary.clone();
        put(frame, 0, Frame.mark(form, claim & 0xFFFFFF), 4);
        decodeAll(frame);
        if ((claim & 0xFFFFFF) >= frame.length) {
          assertThat(decodeAll(frame)).isFalse();
        }
      }
      int remark = 4 + 13;
      int remarkBytes = "why \"not\" \n 中".getBytes(StandardCharsets.UTF_8).length;
      int ext = remark + 4 + remarkBytes;
      int name = ext + 4;
      int value = name + 2 + 1;
      for (int at : new int[] {remark, ext, value}) {
        byte[] frame = binary.clone();
        put(frame, at, claim, 4);
        boolean accepted = decodeAll(frame);
        if (claim < 0 || claim > frame.length) {
          assertThat(accepted).as("claim %d at %d", claim, at).isFalse();
        }
      }
      byte[] frame = binary.clone();
      put(frame, name, claim, 2);
      decodeAll(frame);
    }
  }

  private static void put(byte[] bytes, int at, int value, int width) {
    for (int i = 0; i < width; i++) {
      bytes[at + i] = (byte) (value >> 8 * (width - 1 - i));
    }
  }

  private static byte[] jsonFrame(String header) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    byte[] frame = new byte[4 + text.length];
    put(frame, 0, Frame.mark(HeaderForm.JSON, text.length), 4);
    System.arraycopy(text, 0, frame, 4, text.length);
    return frame;
  }

  @Example
  void aHeaderOverItsLimitIsRefused() {
    String padding = "x".repeat(Frame.MAX_HEADER_BYTES - "{\"remark\":\"\"}".length());
    assertThat(decodeAll(jsonFrame("{\"remark\":\"" + padding + "\"}"))).isTrue();
    assertThat(decodeAll(jsonFrame("{\"remark\":\"x" + padding + "\"}"))).isFalse();
  }

  @Example
  void aThousandFieldsAreAcceptedAndNotOneMore() {
    for (HeaderForm form : HeaderForm.values()) {
      for (int count : new int[] {Frame.MAX_EXT_FIELDS, Frame.MAX_EXT_FIELDS + 1}) {
        RemotingCommand command = RemotingCommand.request(1).form(form);
        for (int i = 0; i < count; i++) {
          command.ext().put("k" + i, "v");
        }
        ByteBuf frame = FrameEncoder.whole(command, UnpooledByteBufAllocator.DEFAULT);
        byte[] bytes = new byte[frame.readableBytes() - 4];
        frame.skipBytes(4).readBytes(bytes);
        frame.release();
        assertThat(decodeAll(bytes)).as("%d fields in %s", count, form).isEqualTo(count <= 1000);
      }
    }
  }

  @Example
  void depthBombsAreRefused() {
    int depth = 10_000;
    for (String bomb :
        new String[] {
          "{\"x\":" + "[".repeat(depth),
          "{\"x\":".repeat(depth),
          "{\"extFields\":" + "{\"x\":".repeat(depth),
          "{\"x\":" + "[".repeat(depth) + "]".repeat(depth) + "}",
          "[".repeat(depth)
        }) {
      assertThat(decodeAll(jsonFrame(bomb))).isFalse();
    }
  }

  @Example
  void headersThatAreNoHeadersAreRefusedByReason() {
    Map<String, String> reasons =
        Map.ofEntries(
            Map.entry("[]", "must be an object"),
            Map.entry("7", "must be an object"),
            Map.entry("{\"code\":1}{}", "nothing behind it"),
            Map.entry("{\"code\":1.5}", "member code of a JSON header must be a whole number"),
            Map.entry("{\"code\":99999999999}", "must be a whole number"),
            Map.entry("{\"opaque\":\"x\"}", "member opaque"),
            Map.entry("{\"remark\":{\"code\":5}}", "member remark of a JSON header must be text"),
            Map.entry("{\"language\":[\"JAVA\"]}", "member language of a JSON header must be text"),
            Map.entry("{\"extFields\":[]}", "member extFields of a JSON header must be an object"),
            Map.entry("{\"extFields\":{\"a\":{}}}", "field a of a JSON header must be text"),
            Map.entry("{\"extFields\":{\"a\":", "can't be read"),
            Map.entry("\uFEFF{}", "must be an object"));
    reasons.forEach(
        (header, reason) ->
            assertThatThrownBy(() -> FrameDecoder.decode(Unpooled.wrappedBuffer(jsonFrame(header))))
                .as(header)
                .isInstanceOf(MalformedRequest.class)
                .hasMessageContaining(reason));
    assertThat(decodeAll(new byte[] {0, 0, 0, 0})).as("an empty JSON header").isFalse();
    assertThat(decodeAll(new byte[] {2, 0, 0, 0})).as("an unknown form").isFalse();
  }

  @Example
  void aHeaderInAnotherUnicodeFormIsRefused() {
    byte[] text = "{\"code\":105}".getBytes(StandardCharsets.UTF_16BE);
    byte[] frame = new byte[4 + text.length];
    put(frame, 0, Frame.mark(HeaderForm.JSON, text.length), 4);
    System.arraycopy(text, 0, frame, 4, text.length);
    assertThat(decodeAll(frame)).isFalse();
  }

  @Example
  void whatOfficialDecodersTolerateIsTolerated() {
    for (String header :
        new String[] {
          "{}",
          "{\"code\":0,\"extFields\":{\"a\":1,\"b\":\"2\",\"c\":true,\"d\":null},\"flag\":1}",
          "{\"extFields\":null,\"remark\":null,\"language\":null,\"serializeTypeCurrentRPC\":\"JSON\"}",
          "{\"language\":\"KLINGON\"}",
          "{\"language\":0}",
          "{ \"opaque\" : 5 , \"code\" : 0,\n \"flag\":1 , \"zzz\":[1,{\"q\":2}]}"
        }) {
      assertThat(decodeAll(jsonFrame(header))).as(header).isTrue();
    }
  }

  @Property(tries = 2000)
  void randomBytesAreRefusedOrRead(@ForAll @Size(max = 300) byte[] bytes) {
    decodeAll(bytes);
  }

  @Property(tries = 2000)
  void aDamagedFrameIsRefusedOrRead(
      @ForAll HeaderForm form,
      @ForAll @IntRange(max = 200) int at,
      @ForAll @Size(min = 1, max = 6) byte[] damage) {
    byte[] frame = whole(form);
    for (int i = 0; i < damage.length; i++) {
      frame[(at + i) % frame.length] = damage[i];
    }
    decodeAll(frame);
  }

  @Property(tries = 500)
  void everyCommandComesBackAsItWas(@ForAll("commands") RemotingCommand command) {
    String sent = describe(command);
    ByteBuf frame = FrameEncoder.whole(command, UnpooledByteBufAllocator.DEFAULT);
    assertThat(frame.readInt()).isEqualTo(frame.readableBytes());
    RemotingCommand received = FrameDecoder.decode(frame);
    assertThat(describe(received)).isEqualTo(sent);
    received.release();
    assertThat(frame.refCnt()).isZero();
  }

  private static String describe(RemotingCommand command) {
    return command.form()
        + " "
        + command.code()
        + " "
        + command.language()
        + " "
        + command.version()
        + " "
        + command.opaque()
        + " "
        + command.flag()
        + " "
        + command.remark()
        + " "
        + IntStream.range(0, command.ext().size())
            .mapToObj(i -> command.ext().name(i) + "=" + command.ext().value(i))
            .collect(Collectors.joining("|"))
        + " "
        + Arrays.toString(command.bodyBytes());
  }

  @Provide
  Arbitrary<RemotingCommand> commands() {
    // Half of a surrogate pair has no UTF-8, and an empty text is an absent one in the binary form.
    Arbitrary<String> texts =
        Arbitraries.strings().excludeChars(surrogates()).ofMinLength(1).ofMaxLength(30);
    return Combinators.combine(
            Arbitraries.of(HeaderForm.class),
            Arbitraries.of(10, 11, 105, 310, 200050, 200151),
            Arbitraries.integers(),
            texts.injectNull(0.3),
            Arbitraries.maps(texts, texts).ofMaxSize(20),
            Arbitraries.bytes().array(byte[].class).ofMaxSize(50))
        .as(
            (form, code, opaque, remark, fields, body) -> {
              RemotingCommand command =
                  RemotingCommand.request(code).form(form).opaque(opaque).remark(remark).body(body);
              fields.forEach(command.ext()::put);
              return command;
            });
  }

  private static char[] surrogates() {
    char[] all = new char[0xE000 - 0xD800];
    for (int i = 0; i < all.length; i++) {
      all[i] = (char) (0xD800 + i);
    }
    return all;
  }

  @Example
  void aFrameOverTheLimitIsNotWritten() {
    RemotingCommand command =
        RemotingCommand.request(1).body(Unpooled.wrappedBuffer(new byte[Frame.MAX_LENGTH]));
    try {
      FrameEncoder.whole(command, UnpooledByteBufAllocator.DEFAULT);
      fail("a frame over the limit was written");
    } catch (MalformedRequest e) {
      assertThat(e.getMessage()).contains("over the limit of " + Frame.MAX_LENGTH);
    }
    assertThat(command.body().refCnt()).isZero();
  }
}
