package io.apogeemq.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PropertiesTest {

  @Example
  void bothGenerationsOfClientsAreRead() {
    assertThat(Properties.parse(bytes("A\u00011\u0002B\u00012")))
        .containsExactly(Map.entry("A", "1"), Map.entry("B", "2"));
    assertThat(Properties.parse(bytes("A\u00011\u0002B\u00012\u0002"))).hasSize(2);
    assertThat(Properties.parse(bytes("no split\u0002B\u00012\u0002"))).containsOnlyKeys("B");
    assertThat(Properties.parse(new byte[0])).isEmpty();
  }

  @Example
  void theLastOfANameThatComesTwiceCountsEverywhere() {
    byte[] twice = bytes("TAGS\u0001A\u0002K\u00011\u0002TAGS\u0001B\u0002");

    assertThat(Properties.get(twice, "TAGS")).isEqualTo("B");
    assertThat(Properties.parse(twice)).containsEntry("TAGS", "B");
    assertThat(TagsCode.ofProperties(twice)).isEqualTo(TagsCode.of("B"));
  }

  @Example
  void aNameIsNotFoundInsideAnotherNameOrValue() {
    byte[] encoded = bytes("AWAIT\u0001x\u0002B\u0001WAIT\u0002WAIT\u0001true\u0002");

    assertThat(Properties.get(encoded, "WAIT")).isEqualTo("true");
  }

  @Example
  void aZeroByteIsFoundWherever() {
    for (int length = 1; length < 20; length++) {
      for (int at = 0; at < length; at++) {
        byte[] encoded =
            "\u00fcabcdefghijklmnopqrstuvwxyz"
                .substring(0, length)
                .getBytes(StandardCharsets.ISO_8859_1);
        assertThat(Properties.hasZero(encoded)).isFalse();
        encoded[at] = 0;
        assertThat(Properties.hasZero(encoded)).isTrue();
      }
    }
  }

  @Property(tries = 300)
  void whatIsEncodedIsParsedAndFound(@ForAll("tables") Map<String, String> table) {
    byte[] encoded = Properties.encode(table);

    assertThat(Properties.parse(encoded)).isEqualTo(table);
    table.forEach((name, value) -> assertThat(Properties.get(encoded, name)).isEqualTo(value));
  }

  @Property(tries = 300)
  void anyBytesAreReadWithoutAFault(@ForAll byte[] bytes) {
    Map<String, String> all = Properties.parse(bytes);
    all.keySet().forEach(name -> Properties.get(bytes, name));
    TagsCode.ofProperties(bytes);
  }

  @Provide
  Arbitrary<Map<String, String>> tables() {
    Arbitrary<String> text = Arbitraries.strings().withCharRange('\u0003', '\u2000').ofMaxLength(8);
    return Arbitraries.maps(text.filter(name -> !name.isEmpty()), text)
        .ofMaxSize(6)
        .map(LinkedHashMap::new);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
