package io.apogeemq.protocol.body;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.apogeemq.protocol.remoting.MalformedRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The documents that the official classes of 4.9.7 and 5.5.0 decoded and encoded again. */
class BodyTest {
  /** Official class name to ours. What is not here has no record yet. */
  private static final Map<String, Class<? extends Record>> OURS =
      Map.ofEntries(
          entry("TopicRouteData", TopicRoute.class),
          entry("ClusterInfo", ClusterInfo.class),
          entry("BrokerData", BrokerData.class),
          entry("TopicStatsTable", TopicStatsTable.class),
          entry("ConsumeStats", ConsumeStats.class),
          entry("ConsumeStatsList", ConsumeStatsList.class),
          entry("ResetOffsetBody", ResetOffsetBody.class),
          entry("GetConsumerStatusBody", ConsumerStatusBody.class),
          entry("QueryConsumeTimeSpanBody", QueryConsumeTimeSpan.class),
          entry("QueryCorrectionOffsetBody", CorrectionOffsets.class),
          entry("LockBatchResponseBody", LockBatchAnswer.class),
          entry("GetConsumerListByGroupResponseBody", ConsumerIdList.class),
          entry("ConsumerConnection", ConsumerConnection.class),
          entry("ProducerTableInfo", ProducerTableInfo.class),
          entry("KVTable", KvTable.class),
          entry("TopicList", TopicList.class),
          entry("GroupList", GroupList.class),
          entry("TopicConfig", TopicConfig.class),
          entry("TopicConfigSerializeWrapper", TopicConfigWrapper.class),
          entry("SubscriptionGroupConfig", SubscriptionGroupConfig.class),
          entry("SubscriptionGroupWrapper", SubscriptionGroupWrapper.class),
          entry("BrokerStatsData", BrokerStatsData.class),
          entry("QueryConsumeQueueResponseBody", QueryConsumeQueueBody.class),
          entry("HeartbeatData", HeartbeatData.class),
          entry("DataVersion", DataVersion.class),
          entry("ConsumerOffsetSerializeWrapper", ConsumerOffsetTable.class));

  private static List<Arguments> documents() throws IOException {
    List<Arguments> documents = new ArrayList<>();
    for (String file : List.of("json-decode-4.9.7.txt", "json-decode-5.5.0.txt")) {
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(
                  BodyTest.class.getResourceAsStream("/wire/" + file), StandardCharsets.UTF_8))) {
        String name = "";
        StringBuilder given = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (line.startsWith("[") && line.contains("] in=")) {
            name = line.substring(1, line.indexOf(']'));
            given = new StringBuilder(line.substring(line.indexOf("] in=") + 5));
          } else if (line.startsWith("    -> OK reenc=") && OURS.containsKey(name)) {
            int end = line.contains(" | ") ? line.indexOf(" | ") : line.length();
            documents.add(Arguments.of(file, name, given.toString(), line.substring(16, end)));
          } else if (!line.startsWith("    ->")) {
            given.append('\n').append(line);
          }
        }
      }
    }
    assertThat(documents).hasSizeGreaterThan(60);
    return documents;
  }

  @ParameterizedTest
  @MethodSource("documents")
  void whatAnOfficialClassWritesIsReadAndWrittenTheSame(
      String file, String name, String given, String official) {
    String ours = BodyCodec.write(read(name, official), JsonForm.BARE);
    String theirs = withoutDerivedMembers(official);
    if (!theirs.contains("filterServerTable")) { // null there; a name server always writes it
      ours = ours.replace("\"filterServerTable\":{},", "");
    }
    assertThat(ours).isEqualTo(theirs);
  }

  @ParameterizedTest
  @MethodSource("documents")
  void whatAnOfficialClassReadsIsReadToTheSameValues(
      String file, String name, String given, String official) {
    assumeThat(file).as("4.9.7 drops the members of 5.x").contains("5.5.0");
    Map<String, Json> ours =
        flat("", Json.parse(BodyCodec.write(read(name, given), JsonForm.BARE)));
    Map<String, Json> theirs = flat("", Json.parse(withoutDerivedMembers(official)));
    // the official class also writes the defaults of members that are not there
    assertThat(theirs).containsAllEntriesOf(ours);
  }

  private static Record read(String name, String text) {
    return BodyCodec.of(OURS.get(name)).read(Json.parse(text));
  }

  private static String withoutDerivedMembers(String official) {
    return official.replaceAll("\"[A-Za-z]+Str\":\"[^\"]*\",?", "").replace(",}", "}");
  }

  private static Map<String, Json> flat(String path, Json json) {
    Map<String, Json> values = new LinkedHashMap<>();
    if (json instanceof Json.Obj object) {
      object.members().forEach((name, value) -> values.putAll(flat(path + "/" + name, value)));
    } else if (json instanceof Json.Arr array) {
      for (int i = 0; i < array.items().size(); i++) {
        values.putAll(flat(path + "/" + i, array.items().get(i)));
      }
    } else {
      values.put(path, json);
    }
    return values;
  }

  @Test
  void aMissingMemberIsNamed() {
    assertThatThrownBy(() -> Body.parse(HeartbeatData.class, "{}"))
        .isInstanceOf(MalformedRequest.class)
        .hasMessage("member clientID of HeartbeatData is missing");
  }

  @Test
  void aMemberOfTheWrongKindIsNamed() {
    assertThatThrownBy(
            () ->
                Body.parse(
                    MessageQueue.class, "{\"brokerName\":\"b\",\"queueId\":\"x\",\"topic\":\"T\"}"))
        .isInstanceOf(MalformedRequest.class)
        .hasMessage("member queueId of MessageQueue must be a whole number of 32 bits, not 'x'");
    assertThatThrownBy(() -> Body.parse(TopicList.class, "{\"topicList\":{}}"))
        .isInstanceOf(MalformedRequest.class)
        .hasMessage("member topicList of TopicList must be an array");
    assertThatThrownBy(() -> Body.parse(TopicList.class, "[]"))
        .isInstanceOf(MalformedRequest.class)
        .hasMessage("member TopicList must be an object");
  }

  @Test
  void theRouteIsWrittenAsTheAskingClientReadsIt() {
    TopicRoute route =
        new TopicRoute(
            List.of(new BrokerData(Map.of(0L, "h:1"), "b", "c", null)), Map.of(), null, List.of());
    assertThat(route.toJson(TopicRoute.formFor(399, null))).contains("{0:\"h:1\"}");
    assertThat(route.toJson(TopicRoute.formFor(399, true))).contains("{\"0\":\"h:1\"}");
    assertThat(route.toJson(TopicRoute.formFor(401, null))).contains("{\"0\":\"h:1\"}");
  }

  @Test
  void aCompressedRegistrationIsReadBack() {
    RegisterBrokerBody body = registration();
    for (boolean since5 : new boolean[] {false, true}) {
      ByteBuf bytes = Unpooled.wrappedBuffer(body.compressed(since5));
      RegisterBrokerBody read = RegisterBrokerBody.parse(bytes, true);
      assertThat(read.topicConfigSerializeWrapper().dataVersion())
          .isEqualTo(new DataVersion(3, 0L, 7));
      TopicConfig topic = read.topicConfigSerializeWrapper().topicConfigTable().get("T");
      assertThat(topic.readQueueNums()).isEqualTo(4);
      assertThat(topic.writeQueueNums()).isEqualTo(5);
      assertThat(topic.perm()).isEqualTo(6);
      assertThat(topic.attributes()).isEqualTo(since5 ? Map.of("message.type", "FIFO") : null);
      assertThat(bytes.readableBytes()).isPositive();
    }
  }

  @Test
  void aCompressedRegistrationThatIsCutOrClaimsTooMuchIsRefused() {
    byte[] whole = registration().compressed(true);
    for (int length = 0; length < whole.length - 20; length++) {
      ByteBuf cut = Unpooled.wrappedBuffer(whole, 0, length);
      assertThatThrownBy(() -> RegisterBrokerBody.parse(cut, true))
          .isInstanceOf(MalformedRequest.class);
    }
    assertThatThrownBy(() -> RegisterBrokerBody.parse(Unpooled.wrappedBuffer(new byte[64]), true))
        .isInstanceOf(MalformedRequest.class)
        .hasMessageContaining("can't be inflated");
  }

  private static RegisterBrokerBody registration() {
    TopicConfig topic =
        new TopicConfig(Map.of("message.type", "FIFO"), false, 6, 4, "SINGLE_TAG", "T", 0, 5);
    return new RegisterBrokerBody(
        List.of(), new TopicConfigWrapper(new DataVersion(3, 0L, 7), null, Map.of("T", topic)));
  }
}
