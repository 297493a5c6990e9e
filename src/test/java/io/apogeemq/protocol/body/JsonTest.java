package io.apogeemq.protocol.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.protocol.remoting.MalformedRequest;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTest {

  @Test
  void standardJsonComesBackAsItWas() {
    String text = "{\"a\":[1,-2.5e+3,true,false,null,\"x\"],\"b\":{\"c\":{}},\"d\":[]}";
    assertThat(Json.parse(text).compact()).isEqualTo(text);
  }

  @Test
  void whiteSpaceIsSkipped() {
    assertThat(Json.parse(" {\n\"a\" :\t[ 1 , 2 ] \r\n} ").compact()).isEqualTo("{\"a\":[1,2]}");
  }

  @Test
  void escapesBecomeCharacters() {
    assertThat(Json.parse("\"a\\n\\t\\\"\\\\\\/\\u4e2d\\x1F\""))
        .isEqualTo(new Json.Text("a\n\t\"\\/中\u001F"));
  }

  @Test
  void integersAndWordsAreNames() {
    assertThat(Json.parse("{0:\"h:1\",-1:2,name:3,$x:4}").compact())
        .isEqualTo("{\"0\":\"h:1\",\"-1\":2,\"name\":3,\"$x\":4}");
  }

  @Test
  void anObjectAsNameReadsTheSameQuotedAndUnquoted() {
    Json unquoted = Json.parse("{{ \"queueId\" : 0, \"topic\":\"T\" }:7}");
    Json quoted = Json.parse("{\"{\\\"queueId\\\":0,\\\"topic\\\":\\\"T\\\"}\":7}");
    assertThat(unquoted).isEqualTo(quoted);
  }

  @Test
  void theLastOfTwoEqualNamesCounts() {
    assertThat(Json.parse("{\"a\":1,\"a\":2}").compact()).isEqualTo("{\"a\":2}");
  }

  @Test
  void aReferenceBecomesWhatItNames() {
    assertThat(
            Json.parse("{\"a\":[{\"x\":1},{\"$ref\":\"$.a[0]\"}],\"b\":{\"$ref\":\"$.a[0].x\"}}")
                .compact())
        .isEqualTo("{\"a\":[{\"x\":1},{\"x\":1}],\"b\":1}");
  }

  @Test
  void aReferenceReachesANameWithSigns() {
    assertThat(
            Json.parse("{\"%RETRY%g\":{\"x\":1},\"b\":{\"$ref\":\"$.\\\\%RETRY\\\\%g\"}}")
                .compact())
        .isEqualTo("{\"%RETRY%g\":{\"x\":1},\"b\":{\"x\":1}}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"$ref\":\"$\"}|names an enclosing object",
        "{\"a\":{\"$ref\":\"..\"}}|names an enclosing object",
        "{\"a\":{\"$ref\":\"$.a\"}}|leads to itself",
        "{\"a\":{\"$ref\":\"$.b\"},\"b\":{\"$ref\":\"$.a\"}}|leads to itself",
        "{\"a\":{\"$ref\":\"$.c\"}}|leads nowhere",
        "{\"a\":{\"$ref\":\"$.a[9\"}}|leads nowhere",
        "[{\"$ref\":\"$[7]\"}]|leads nowhere",
      })
  void aReferenceThatCannotBeFollowedIsRefused(String text, String reason) {
    assertThatThrownBy(() -> Json.parse(text))
        .isInstanceOf(MalformedRequest.class)
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{|ends inside an object",
        "[1|ends inside an array",
        "{\"a\"|a ':' is missing after the name a",
        "{\"a\":|ends where a value should be",
        "\"abc|ends inside a string",
        "\"abc\\|ends inside a string",
        "\"\\u12|ends inside an escape",
        "\"\\uZZZZ\"|not hexadecimal",
        "\"\\q\"|unknown escape '\\q'",
        "[1 2]|neither ',' nor ']' in an array",
        "{} {}|something follows",
        "nil|no value starts with 'n'",
        "-|a number without digits",
        "1.|a number without digits",
        "{:1}|a member has no name",
        "11111111111111111111111111111111111111111111111111111111111111111|more than 64 characters",
      })
  void brokenTextIsRefusedWithItsPlace(String text, String reason) {
    assertThatThrownBy(() -> Json.parse(text))
        .isInstanceOf(MalformedRequest.class)
        .hasMessageMatching("a JSON body can't be read at character \\d+: .*")
        .hasMessageContaining(reason);
  }

  @Test
  void anEmptyBodyIsRefused() {
    assertThatThrownBy(() -> Json.parse("")).hasMessageContaining("ends where a value should be");
  }

  @Test
  void nestingEndsAtTheLimit() {
    Json.parse("[".repeat(64) + "]".repeat(64));
    for (String bomb : new String[] {"[", "{\"a\":", "[{1:"}) {
      assertThatThrownBy(() -> Json.parse(bomb.repeat(100_000)))
          .isInstanceOf(MalformedRequest.class)
          .hasMessage("a JSON body is nested deeper than 64");
    }
  }

  @Test
  void referencesCannotBeUsedToGrowADocument() {
    StringBuilder laughs = new StringBuilder("{\"a0\":[1,1,1,1,1,1,1,1,1,1]");
    for (int i = 1; i < 12; i++) {
      laughs.append(",\"a").append(i).append("\":[");
      laughs.append(("{\"$ref\":\"$.a" + (i - 1) + "\"},").repeat(9));
      laughs.append("{\"$ref\":\"$.a").append(i - 1).append("\"}]");
    }
    assertThatThrownBy(() -> Json.parse(laughs + "}"))
        .isInstanceOf(MalformedRequest.class)
        .hasMessageContaining("more than 1500000 values behind its references");
  }

  @Test
  void aTypeNameIsAMemberLikeAnyOther() {
    assertThat(Json.parse("{\"@type\":\"java.lang.Runtime\"}"))
        .isEqualTo(new Json.Obj(Map.of("@type", new Json.Text("java.lang.Runtime"))));
  }

  @Test
  void aFileIsWrittenWithTabsAndBareIntegers() {
    ConsumerOffsetTable table =
        new ConsumerOffsetTable(null, Map.of("T@G", new java.util.TreeMap<>(Map.of(0, 3L, 1, 4L))));
    assertThat(table.toJson(JsonForm.FILE))
        .isEqualTo("{\n\t\"offsetTable\":{\n\t\t\"T@G\":{0:3,1:4\n\t\t}\n\t}\n}");
  }

  @Test
  void theAsciiFormEscapesAllElse() {
    assertThat(new TopicList(null, java.util.Set.of("中é\u0001")).toJson(JsonForm.ASCII))
        .isEqualTo("{\"topicList\":[\"\\u4E2D\\u00E9\\u0001\"]}");
  }
}
