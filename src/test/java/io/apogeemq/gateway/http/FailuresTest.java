package io.apogeemq.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

class FailuresTest {
  @Test
  void whatNobodyForesawIsToldWithTheMarkOfItsLineInTheLog() {
    JsonObject first = Failures.problem(new IllegalStateException("secret detail")).toJson();
    JsonObject second = Failures.problem(new IllegalStateException("secret detail")).toJson();
    assertThat(first.getInteger("status")).isEqualTo(500);
    assertThat(first.getString("failure")).matches("[0-9a-f]{16}");
    assertThat(second.getString("failure")).isNotEqualTo(first.getString("failure"));
    assertThat(first.encode()).doesNotContain("secret detail");
  }
}
