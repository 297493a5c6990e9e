package io.apogeemq.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.BrokerMemberGroup;
import io.apogeemq.protocol.body.BrokerStatsData;
import io.apogeemq.protocol.body.CheckClientConfig;
import io.apogeemq.protocol.body.ClusterInfo;
import io.apogeemq.protocol.body.ConsumeStats;
import io.apogeemq.protocol.body.ConsumeStatsList;
import io.apogeemq.protocol.body.ConsumerConnection;
import io.apogeemq.protocol.body.ConsumerIdList;
import io.apogeemq.protocol.body.ConsumerStatusBody;
import io.apogeemq.protocol.body.CorrectionOffsets;
import io.apogeemq.protocol.body.GroupList;
import io.apogeemq.protocol.body.HeartbeatData;
import io.apogeemq.protocol.body.JsonForm;
import io.apogeemq.protocol.body.KvTable;
import io.apogeemq.protocol.body.LockBatchAnswer;
import io.apogeemq.protocol.body.LockBatchRequest;
import io.apogeemq.protocol.body.ProducerConnection;
import io.apogeemq.protocol.body.ProducerTableInfo;
import io.apogeemq.protocol.body.QueryAssignmentRequest;
import io.apogeemq.protocol.body.QueryConsumeQueueBody;
import io.apogeemq.protocol.body.ResetOffsetBody;
import io.apogeemq.protocol.body.SubscriptionGroupConfig;
import io.apogeemq.protocol.body.SubscriptionGroupList;
import io.apogeemq.protocol.body.SubscriptionGroupWrapper;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.body.TopicConfigList;
import io.apogeemq.protocol.body.TopicConfigWrapper;
import io.apogeemq.protocol.body.TopicList;
import io.apogeemq.protocol.body.TopicRoute;
import io.apogeemq.protocol.body.TopicStatsTable;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON bodies as official peers sent them: read into our records and written again, byte for byte. */
class GoldenBodiesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Map<Integer, Class<?>> ASKED =
      Map.ofEntries(
          Map.entry(18, TopicConfigList.class),
          Map.entry(34, HeartbeatData.class),
          Map.entry(41, LockBatchRequest.class),
          Map.entry(42, LockBatchRequest.class),
          Map.entry(46, CheckClientConfig.class),
          Map.entry(200, SubscriptionGroupConfig.class),
          Map.entry(220, ResetOffsetBody.class),
          Map.entry(225, SubscriptionGroupList.class),
          Map.entry(400, QueryAssignmentRequest.class));

  private static final Map<Integer, Class<?>> ANSWERED =
      Map.ofEntries(
          Map.entry(21, TopicConfigWrapper.class),
          Map.entry(28, KvTable.class),
          Map.entry(38, ConsumerIdList.class),
          Map.entry(41, LockBatchAnswer.class),
          Map.entry(105, TopicRoute.class),
          Map.entry(106, ClusterInfo.class),
          Map.entry(201, SubscriptionGroupWrapper.class),
          Map.entry(202, TopicStatsTable.class),
          Map.entry(203, ConsumerConnection.class),
          Map.entry(204, ProducerConnection.class),
          Map.entry(206, TopicList.class),
          Map.entry(208, ConsumeStats.class),
          Map.entry(219, KvTable.class),
          Map.entry(221, ConsumerStatusBody.class),
          Map.entry(222, ResetOffsetBody.class),
          Map.entry(223, ConsumerStatusBody.class),
          Map.entry(224, TopicList.class),
          Map.entry(300, GroupList.class),
          Map.entry(304, TopicList.class),
          Map.entry(305, TopicList.class),
          Map.entry(308, CorrectionOffsets.class),
          Map.entry(315, BrokerStatsData.class),
          Map.entry(317, ConsumeStatsList.class),
          Map.entry(321, QueryConsumeQueueBody.class),
          Map.entry(328, ProducerTableInfo.class),
          Map.entry(343, TopicList.class),
          Map.entry(351, TopicConfig.class),
          Map.entry(352, SubscriptionGroupConfig.class),
          Map.entry(901, BrokerMemberGroup.Answer.class));

  /** Which codes a capture has to show, so that a renamed member can't empty this test. */
  private static final Set<Integer> SEEN_IN_ALL_FRAMES =
      Set.of(21, 28, 34, 105, 106, 200, 201, 202, 203, 208, 222, 315, 317, 321, 328);

  @ParameterizedTest
  @ValueSource(
      strings = {"frames-4.9.7.jsonl", "frames-5.5.0.jsonl", "raw-4.9.7.jsonl", "raw-5.5.0.jsonl"})
  void everyBodyIsReadAndWrittenByteForByte(String file) throws IOException {
    Set<Integer> seen = new HashSet<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                GoldenBodiesTest.class.getResourceAsStream("/wire/" + file),
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode sample = JSON.readTree(line);
        int code = sample.path("code").asInt();
        for (String body : List.of("requestBodyText", "responseBodyText", "responseBody")) {
          Class<?> type = (body.startsWith("request") ? ASKED : ANSWERED).get(code);
          String text = sample.path(body).asText();
          if (type != null && text.startsWith("{") && text.endsWith("}")) {
            assertThat(again(type, text)).as("%s of %d", body, code).contains(known(text));
            seen.add(code);
          }
        }
      }
    }
    if (file.startsWith("frames")) {
      assertThat(seen).containsAll(SEEN_IN_ALL_FRAMES);
    }
  }

  /** Without the static topics of 5.x, which we don't have. */
  private static String known(String text) {
    return text.replaceAll(",\"topicQueueMapping(Detail|Info)Map\":\\{\\}", "");
  }

  /** In the form in which it came: bare or quoted integers as names. */
  private static List<String> again(Class<?> type, String text) {
    Body body = read(type, text);
    return List.of(body.toJson(JsonForm.BARE), body.toJson(JsonForm.STANDARD));
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // all classes of the maps are records and bodies
  private static Body read(Class<?> type, String text) {
    return (Body) Body.parse((Class) type, text);
  }
}
