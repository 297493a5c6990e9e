package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.client.RequestRefused;
import io.apogeemq.gateway.http.BrokerCodes;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What a client is told when it can't be done. */
class ProblemTest {
  private final Api api = SharedNode.api();

  @Test
  void anUnknownTopicIsNotFoundWithTheBrokersCode() {
    Api.Reply reply = api.get("/v1/topics/gw-nobody-made-this");
    assertProblem(reply, 404, "topic-not-found");
    assertThat(reply.json().getInteger("brokerCode")).isEqualTo(17);
  }

  /** The code stands in members of its own, for programs. */
  @Test
  void theDetailIsWhatTheBrokerSaidAndNoMore() {
    api.post("/v1/topics/gw-sql/messages", new JsonObject().put("text", "a"));
    JsonObject problem = api.post("/v1/topics/gw-sql/groups/g/receive?sql=a%20%3E").json();
    assertThat(problem.getString("detail")).isNotBlank().doesNotContain("CODE:", "DESC:", "..");
    assertThat(problem.getInteger("brokerCode")).isEqualTo(23);
    assertThat(problem.getString("brokerCodeName")).isEqualTo("SUBSCRIPTION_PARSE_FAILED");
  }

  @Test
  void aSilentRefusalIsToldByTheNameOfItsCode() {
    Problem problem = Problem.of(new RequestRefused(ResponseCode.SYSTEM_BUSY, ""));
    assertThat(problem).hasMessage("SYSTEM_BUSY");
  }

  @Test
  void aParameterThatBreaksItsRuleIsNamed() {
    Api.Reply reply = api.post("/v1/topics/t/groups/g/receive?max=33");
    assertProblem(reply, 400, "invalid-parameter");
    assertThat(reply.json().getString("parameter")).isEqualTo("max");
    assertThat(reply.json().getString("cure")).contains("from 1 to 32");
    assertProblem(api.post("/v1/topics/t/groups/g/receive?as=xml"), 400, "invalid-parameter");
    assertProblem(api.post("/v1/topics/a%20b/groups/g/receive"), 400, "invalid-parameter");
    assertProblem(api.post("/v1/topics/t/groups/g/receive?tags=a&sql=b"), 400, "invalid-parameter");
  }

  /** A mistyped {@code dryRun} deleted the topic. */
  @Test
  void whatAnOperationDoesNotKnowIsRefusedAndChangesNothing() {
    api.put("/v1/topics/gw-mistyped", new JsonObject().put("queues", 2));
    Api.Reply reply = api.delete("/v1/topics/gw-mistyped?dryRunn");
    assertProblem(reply, 400, "invalid-parameter");
    assertThat(reply.json().getString("parameter")).isEqualTo("dryRunn");
    assertThat(reply.json().getString("cure")).endsWith("one of dryRun.");
    reply = api.put("/v1/topics/gw-mistyped", new JsonObject().put("queus", 4));
    assertProblem(reply, 400, "invalid-parameter");
    assertThat(reply.json().getString("field")).isEqualTo("queus");
    assertThat(reply.json().getString("cure")).contains("permission, queues, readQueues");
    assertThat(api.get("/v1/topics/gw-mistyped").json().getJsonArray("queues")).hasSize(2);
    String seek = "/v1/groups/g/topics/gw-mistyped/seek";
    JsonObject first = new JsonObject().put("to", "first");
    assertProblem(api.post(seek + "?dry-run=true", first), 400, "invalid-parameter");
    reply = api.post(seek, first.copy().put("dryRun", true));
    assertProblem(reply, 400, "invalid-parameter");
    assertThat(reply.json().getString("cure")).contains("query");
    assertProblem(api.get("/v1/topics?limt=1"), 400, "invalid-parameter");
    for (String each : new String[] {"topics", "groups", "clients"}) {
      reply = api.get("/v1/" + each + "?fields=nosuch");
      assertProblem(reply, 400, "invalid-parameter");
      assertThat(reply.json().getString("cure")).contains("all, or some of");
    }
    assertThat(api.get("/livez?at=1").status()).isEqualTo(200); // probes add what they like
  }

  @Test
  void aBodyThatIsNoJsonIsSaidToBeNone() {
    assertProblem(
        api.post("/v1/topics/t/messages", "application/json", "{\"text\": "), 400, "bad-request");
    assertProblem(api.post("/v1/topics/t/messages", "application/json", "[1]"), 400, "bad-request");
  }

  @Test
  void fieldsOfAMessageThatCantBeAreNamed() {
    for (JsonObject each :
        new JsonObject[] {
          new JsonObject().put("text", "a").put("txt", "b"),
          new JsonObject().put("text", "a").put("json", 1),
          new JsonObject().put("text", "a").put("delayMs", 5).put("deliverAt", 5),
          new JsonObject().put("text", "a").put("delayMs", "soon"),
          new JsonObject().put("text", "a").put("delayLevel", 19),
          new JsonObject().put("text", "a").put("deliverAt", 1_795_685_000),
          new JsonObject().put("text", "a").put("keys", "k"),
          new JsonObject().put("text", "a").put("keys", new JsonArray().add("k k")),
          new JsonObject()
              .put("text", "a")
              .put("properties", new JsonObject().put("UNIQ_KEY", "x")),
          new JsonObject().put("text", "a").put("properties", new JsonObject().put("p", "\u0001")),
          new JsonObject().put("base64", "*"),
          new JsonObject()
        }) {
      Api.Reply reply = api.post("/v1/topics/t/messages", each);
      assertProblem(reply, 400, "invalid-parameter");
      assertThat(reply.json().getString("field")).as(each.encode()).isNotEmpty();
    }
  }

  /** They were answered with 403, or with an illegal queue: as if there were a way to do it. */
  @Test
  void topicsThatBrokersFillThemselvesAreSaidToBeThat() {
    for (String each : new String[] {"SCHEDULE_TOPIC_XXXX", "%25DLQ%25g", "rmq_sys_x"}) {
      String path = "/v1/topics/" + each + "/messages";
      Api.Reply reply = api.post(path, new JsonObject().put("text", "a"));
      assertProblem(reply, 400, "invalid-parameter");
      assertThat(reply.json().getString("detail")).contains("Only brokers");
      assertProblem(api.post(path, "text/plain", "a"), 400, "invalid-parameter");
    }
  }

  @Test
  void aPathThatIsNotThereAndAMethodThatIsNotThere() {
    assertProblem(api.get("/v1/nothing"), 404, "not-found");
    Api.Reply reply = api.delete("/v1/topics");
    assertProblem(reply, 405, "method-not-allowed");
    assertThat(reply.whole().headers().firstValue("allow")).contains("GET");
  }

  /** By a socket of our own: the JDK's client would wait for leave to send. */
  @Test
  void aBodyThatIsTooLargeIsRefusedAtItsHead() throws IOException {
    try (Socket socket = new Socket("127.0.0.1", SharedNode.get().gatewayPort())) {
      socket.setSoTimeout(20_000);
      String head =
          "POST /v1/topics/t/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4194305\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer)
          .startsWith("HTTP/1.1 413")
          .contains("/problems/too-large")
          .contains("\"limitBytes\":4194304");
    }
  }

  @Test
  void aBadSqlConditionIsTheBrokersToRefuse() {
    api.post("/v1/topics/gw-sql/messages", new JsonObject().put("text", "a"));
    assertProblem(api.post("/v1/topics/gw-sql/groups/g/receive?sql=a%20%3E"), 400, "bad-request");
  }

  @Test
  void thePageOfTheGatewayHoldsTheTableOfCodes() throws Exception {
    assertThat(Files.readString(Path.of("docs/GATEWAY.md"))).contains(BrokerCodes.markdown());
  }

  private static void assertProblem(Api.Reply reply, int status, String type) {
    assertThat(reply.status()).as(reply.body()).isEqualTo(status);
    assertThat(reply.type()).isEqualTo("application/problem+json");
    assertThat(reply.json().getString("type")).isEqualTo("/problems/" + type);
    assertThat(reply.json().getString("cure")).isNotBlank();
  }
}
