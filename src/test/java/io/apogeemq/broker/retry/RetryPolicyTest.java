package io.apogeemq.broker.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.SubscriptionGroupConfig;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
  @Test
  void aGroupWithoutAPolicyOfItsOwnHasNone() {
    assertThat(policy("")).isNull();
    assertThat(policy("{\"type\":\"CUSTOMIZED\"}")).isNull();
    assertThat(policy("{\"type\":\"EXPONENTIAL\"}")).isNull();
    assertThat(policy("{\"type\":\"CUSTOMIZED\",\"customizedRetryPolicy\":{\"next\":[]}}"))
        .isNull();
  }

  @Test
  void aTableIsReadFromItsThirdStepOnAndItsLastStays() {
    assertThat(
            delays("{\"type\":\"CUSTOMIZED\",\"customizedRetryPolicy\":{\"next\":[1,2,30,40,50]}}"))
        .containsExactly(30L, 40L, 50L, 50L);
    assertThat(delays("{\"type\":\"CUSTOMIZED\",\"customizedRetryPolicy\":{\"next\":[0]}}"))
        .containsOnly(1L);
  }

  @Test
  void aBackOffGrowsUpToItsBound() {
    String given = "{\"initial\":100,\"max\":1000,\"multiplier\":3}";
    assertThat(delays("{\"type\":\"EXPONENTIAL\",\"exponentialRetryPolicy\":" + given + "}"))
        .containsExactly(100L, 300L, 900L, 1000L);
    RetryPolicy endless = policy("{\"type\":\"EXPONENTIAL\",\"exponentialRetryPolicy\":{}}");
    assertThat(endless).isNotNull();
    assertThat(endless.delayMs(0)).isEqualTo(5_000);
    assertThat(endless.delayMs(1_000_000)).isEqualTo(7_200_000);
  }

  private static List<Long> delays(String json) {
    RetryPolicy policy = policy(json);
    assertThat(policy).isNotNull();
    return IntStream.range(0, 4).mapToObj(policy::delayMs).toList();
  }

  private static RetryPolicy policy(String json) {
    String member = json.isEmpty() ? "" : ",\"groupRetryPolicy\":" + json;
    return RetryPolicy.of(
        Body.parse(SubscriptionGroupConfig.class, "{\"groupName\":\"G\"" + member + "}"));
  }
}
