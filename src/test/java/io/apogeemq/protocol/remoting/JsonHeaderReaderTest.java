package io.apogeemq.protocol.remoting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

/** Our reader against Jackson: it takes what Jackson takes, and finds the same in it. */
class JsonHeaderReaderTest {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private static final ObjectMapper ESCAPING =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private static final String WHOLE =
      "{ \"code\":310 ,\"extFields\":{\"a\":\"g\",\"b\":\"t\\u0001\\u00e9\",\"c\":7,\"d\":true,\"e\":null,"
          + "\"f\":-1.5e+3},\"flag\":0,\"language\":\"CPP\",\"opaque\":-5,\"remark\":\"\\\"no\\\"\",\n"
          + "\"x\":[1,{\"y\":[]},{},\"z\"],\"version\":403}";

  private static RemotingCommand read(String json) {
    return new JsonHeaderReader(json.getBytes(StandardCharsets.UTF_8)).read();
  }

  private static List<String> fieldsOf(RemotingCommand command) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < command.ext().size(); i++) {
      all.add(command.ext().name(i) + "=" + command.ext().value(i));
    }
    return all;
  }

  private static List<String> fieldsOf(JsonNode header) {
    List<String> all = new ArrayList<>();
    for (Map.Entry<String, JsonNode> each : header.path("extFields").properties()) {
      if (!each.getValue().isNull()) {
        all.add(each.getKey() + "=" + each.getValue().asText());
      }
    }
    return all;
  }

  @Example
  void allMembersAreFoundInOddForms() {
    RemotingCommand command = read(WHOLE);
    assertThat(command.code()).isEqualTo(310);
    assertThat(command.opaque()).isEqualTo(-5);
    assertThat(command.version()).isEqualTo(403);
    assertThat(command.language()).isEqualTo(LanguageCode.CPP);
    assertThat(command.remark()).isEqualTo("\"no\"");
    assertThat(fieldsOf(command))
        .containsExactly("a=g", "b=t\u0001\u00e9", "c=7", "d=true", "f=-1.5e+3");
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.frequencyOf(
            Tuple.of(4, Arbitraries.integers().between(0, 0x7F).map(Character::toString)),
            Tuple.of(1, Arbitraries.of("\"", "\\", "\u00e9", "\u4e2d", "\ud83d\ude00", "\u2028")))
        .list()
        .ofMaxSize(30)
        .map(all -> String.join("", all));
  }

  @Property
  void whatJacksonWritesIsReadAsItWasMeant(
      @ForAll("texts") String name,
      @ForAll("texts") String value,
      @ForAll int number,
      @ForAll boolean escaped)
      throws JsonProcessingException {
    ObjectNode header = JsonNodeFactory.instance.objectNode();
    header.put("code", number).put("opaque", ~number).put("remark", value);
    header.putObject("extFields").put(name, value).put(name + "2", number).putNull(name + "3");
    header.putArray("other").add(value).addObject().put(value, name);
    RemotingCommand command = read((escaped ? ESCAPING : JSON).writeValueAsString(header));
    assertThat(command.code()).isEqualTo(number);
    assertThat(command.opaque()).isEqualTo(~number);
    assertThat(command.remark()).isEqualTo(header.get("remark").asText());
    assertThat(fieldsOf(command)).isEqualTo(fieldsOf(header));
    assertThat(command.ext().valueBytes(0))
        .isEqualTo(
            fieldsOf(header).get(0).substring(name.length() + 1).getBytes(StandardCharsets.UTF_8));
  }

  private static @Nullable JsonNode jackson(byte[] json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      return null;
    }
  }

  /** One byte of a good header replaced by a sign that means something. */
  @Property(tries = 4000)
  void whatIsNoJsonForJacksonIsNoneForUs(
      @ForAll @IntRange(max = 200) int place, @ForAll("signs") char sign) {
    byte[] json = WHOLE.getBytes(StandardCharsets.UTF_8);
    json[place % json.length] = (byte) sign;
    JsonNode expected = jackson(json.clone());
    RemotingCommand found;
    try {
      found = new JsonHeaderReader(json.clone()).read();
    } catch (MalformedRequest e) {
      // Sound JSON is refused only for the kind of a member's value.
      assertThat(expected == null || e.getMessage().contains("must be"))
          .as(e.getMessage())
          .isTrue();
      return;
    }
    assertThat(expected).as(new String(json, StandardCharsets.UTF_8)).isNotNull();
    assertThat(found.code()).isEqualTo(expected.path("code").asInt());
    assertThat(found.remark()).isEqualTo(expected.path("remark").asText(null));
  }

  @Provide
  Arbitrary<Character> signs() {
    return Arbitraries.of(
        '"', '\\', '{', '}', '[', ']', ',', ':', ' ', '0', '1', '-', '.', 'e', 'n', 't', 'u', '\n',
        '\u0001');
  }

  @Example
  void numbersAreReadFromBytesAndRefusedByName() {
    ExtFields ext =
        read("{\"extFields\":{\"a\":\"12\",\"b\":\"-3\",\"c\":\"\",\"d\":\"99999999999\",\"e\":\"1x\"}}")
            .ext();
    assertThat(ext.number(0, 0, 100)).isEqualTo(12);
    assertThat(ext.number(1, -5, 100)).isEqualTo(-3);
    assertThat(ext.number(3, 0, Long.MAX_VALUE)).isEqualTo(99_999_999_999L);
    for (int i : new int[] {2, 3, 4}) {
      assertThatThrownBy(() -> ext.number(i, Integer.MIN_VALUE, Integer.MAX_VALUE))
          .isInstanceOf(MalformedRequest.class)
          .hasMessageContaining("<" + ext.name(i) + "> is not a number");
    }
  }

  @Example
  void bytesThatAreNotUtf8BecomeReplacements() {
    byte[] json = "{\"extFields\":{\"i\":\"x_y\"}}".getBytes(StandardCharsets.UTF_8);
    json[json.length - 5] = (byte) 0xC3;
    ExtFields ext = new JsonHeaderReader(json).read().ext();
    assertThat(ext.valueBytes(0)).isEqualTo("x\uFFFDy".getBytes(StandardCharsets.UTF_8));
    assertThat(ext.get("i")).isEqualTo("x\uFFFDy");
  }
}
