package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Streams of messages: NDJSON in, server-sent events out, WebSockets both ways. */
class StreamTest {
  private static final int MANY = 3_000;

  private final Api api = SharedNode.api();

  @Test
  void everyLineOfAStreamIsAnswered() {
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= MANY; i++) {
      lines.append(i == 7 ? "{\"no\": \"message\"}" : "{\"text\": \"m" + i + "\"}").append('\n');
    }
    Api.Reply reply =
        api.post("/v1/topics/gw-ndjson/messages", "application/x-ndjson", lines.toString());
    assertThat(reply.status()).isEqualTo(200);
    List<JsonObject> answers = reply.body().lines().map(JsonObject::new).toList();
    assertThat(answers).hasSize(MANY + 1);
    assertThat(answers.get(MANY))
        .isEqualTo(new JsonObject().put("lines", MANY).put("stored", MANY - 1).put("failed", 1));
    assertThat(answers.subList(0, MANY).stream().map(each -> each.getInteger("line")))
        .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, MANY).boxed().toList());
    assertThat(answers.stream().filter(each -> each.containsKey("problem")))
        .singleElement()
        .satisfies(each -> assertThat(each.getInteger("line")).isEqualTo(7));
  }

  @Test
  void blankLinesOfAStreamCountAndHaveNoAnswer() {
    String lines = "{\"text\": \"a\"}\n\n \r\nx\n";
    Api.Reply reply = api.post("/v1/topics/gw-blank/messages", "application/x-ndjson", lines);
    List<JsonObject> answers = reply.body().lines().map(JsonObject::new).toList();
    assertThat(answers).hasSize(3);
    assertThat(answers.stream().filter(each -> each.containsKey("problem")))
        .singleElement()
        .satisfies(each -> assertThat(each.getInteger("line")).isEqualTo(4));
    assertThat(answers.get(2))
        .isEqualTo(new JsonObject().put("lines", 2).put("stored", 1).put("failed", 1));
  }

  @Test
  void aTailTellsMessagesAsTheyComeAndGoesOnBehindTheLastOneSeen() throws Exception {
    publish("gw-tail", "before");
    String id;
    try (Events events = Events.open(api, "/v1/topics/gw-tail/tail?from=first")) {
      assertThat(events.next().getString("text")).isEqualTo("before");
      publish("gw-tail", "live");
      assertThat(events.next().getString("text")).isEqualTo("live");
      id = events.lastId();
    }
    publish("gw-tail", "while away");
    try (Events events = Events.open(api, "/v1/topics/gw-tail/tail", "Last-Event-ID", id)) {
      assertThat(events.next().getString("text")).isEqualTo("while away");
    }
  }

  @Test
  void aTailTellsItsPlaceBeforeAnythingComes() throws Exception {
    publish("gw-tail-quiet", "before");
    String id;
    try (Events events = Events.open(api, "/v1/topics/gw-tail-quiet/tail")) {
      id = events.nextId();
    }
    publish("gw-tail-quiet", "while away");
    try (Events events = Events.open(api, "/v1/topics/gw-tail-quiet/tail", "Last-Event-ID", id)) {
      assertThat(events.next().getString("text")).isEqualTo("while away");
    }
  }

  @Test
  void aTailTellsWhatIsWantedAndCountsWhatItsRateLeavesOut() throws Exception {
    for (int i = 0; i < 50; i++) {
      publish("gw-tail-rate", (i % 2 == 0 ? "even" : "odd") + i);
    }
    String path = "/v1/topics/gw-tail-rate/tail?from=first&text=even&rate=5";
    try (Events events = Events.open(api, path)) {
      for (int i = 0; i < 5; i++) {
        assertThat(events.next().getString("text")).startsWith("even");
      }
      // On a slow machine reading takes more than a second, and what comes in the next is told.
      long told = 5;
      long skipped = 0;
      while (told + skipped < 25) {
        JsonObject next = events.next();
        if (next.containsKey("skipped")) {
          skipped += next.getLong("skipped");
          assertThat(next.getLong("skippedInAll")).isEqualTo(skipped);
        } else {
          told++;
        }
      }
      assertThat(skipped).isPositive();
      publish("gw-tail-rate", "even later");
      assertThat(events.next().getString("text")).isEqualTo("even later");
    }
  }

  @Test
  void aReaderThatDoesNotReadMissesNothingWhenItReadsOn() throws Exception {
    String large = "x".repeat(100_000);
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 60; i++) { // 6 MB: more than any socket takes
      publish("gw-slow", i + large);
      expected.add(i + large);
    }
    try (Events events = Events.open(api, "/v1/topics/gw-slow/tail?from=first")) {
      publish("gw-slow", "last");
      expected.add("last");
      List<String> seen = new ArrayList<>();
      for (int i = 0; i < expected.size(); i++) {
        seen.add(events.next().getString("text"));
      }
      assertThat(seen).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void aWebSocketGetsAsManyMessagesAsItGaveCreditsFor() throws Exception {
    for (int i = 0; i < 3; i++) {
      publish("gw-ws", "m" + i);
    }
    try (Frames frames = Frames.open(api, "/v1/topics/gw-ws/groups/gw-ws-group/subscribe")) {
      frames.send(new JsonObject().put("type", "credit").put("messages", 2));
      JsonObject first = frames.next("message");
      JsonObject second = frames.next("message");
      assertThat(frames.none()).isTrue();
      frames.send(
          new JsonObject()
              .put("type", "ack")
              .put("id", 1)
              .put(
                  "receipts",
                  new JsonArray()
                      .add(first.getString("receipt"))
                      .add(second.getString("receipt"))));
      JsonObject result = frames.next("result");
      assertThat(result.getInteger("id")).isEqualTo(1);
      assertThat(result.getJsonArray("results")).hasSize(2);
      frames.send(new JsonObject().put("type", "credit").put("messages", 5));
      assertThat(frames.next("message").getString("text")).startsWith("m");
    }
  }

  @Test
  void aFailureIsToldOnceASecondHoweverManyCreditsCome() throws Exception {
    try (Frames frames = Frames.open(api, "/v1/topics/gw-none/groups/gw-none/subscribe")) {
      for (int i = 0; i < 20; i++) {
        frames.send(new JsonObject().put("type", "credit").put("messages", 1));
      }
      frames.next("problem");
      assertThat(frames.none()).isTrue();
    }
  }

  @Test
  void creditsOfBytesHoldMessagesBackToo() throws Exception {
    for (int i = 0; i < 8; i++) {
      publish("gw-bytes", "0123456789".repeat(30_000));
    }
    try (Frames frames = Frames.open(api, "/v1/topics/gw-bytes/groups/gw-bytes-group/subscribe")) {
      frames.send(new JsonObject().put("type", "credit").put("messages", 8).put("bytes", 1));
      frames.next("message");
      int beyond = 0;
      while (!frames.none()) {
        frames.next("message");
        beyond++;
      }
      assertThat(beyond).as("messages beyond the credits: the rest of one batch").isLessThan(7);
      frames.send(new JsonObject().put("type", "credit").put("bytes", 10_000_000));
      for (int i = beyond + 1; i < 8; i++) {
        frames.next("message");
      }
    }
  }

  @Test
  void whatALostConnectionHadIsAcknowledgedOnTheNextOne() throws Exception {
    publish("gw-resume", "kept");
    String path = "/v1/topics/gw-resume/groups/gw-resume-group/subscribe?invisibleMs=2000";
    JsonObject message;
    try (Frames frames = Frames.open(api, path)) {
      frames.send(new JsonObject().put("type", "credit").put("messages", 1));
      message = frames.next("message");
    }
    try (Frames frames = Frames.open(api, path)) {
      frames.send(
          new JsonObject()
              .put("type", "ack")
              .put("receipts", new JsonArray().add(message.getString("receipt"))));
      assertThat(frames.next("result").getJsonArray("results").getJsonObject(0))
          .isEqualTo(new JsonObject().put("receipt", message.getString("receipt")));
      // Longer than it was invisible: it would come again if it were not acknowledged.
      Api.Reply again = api.post("/v1/topics/gw-resume/groups/gw-resume-group/receive?waitMs=3500");
      assertThat(again.json().getJsonArray("messages")).isEmpty();
    }
  }

  @Test
  void aFrameThatIsNotUnderstoodIsAnsweredByAProblem() throws Exception {
    publish("gw-frames", "any");
    try (Frames frames = Frames.open(api, "/v1/topics/gw-frames/groups/g/subscribe")) {
      for (String each :
          List.of(
              "no json",
              "[]",
              "{\"type\":\"dance\"}",
              "{\"type\":\"credit\",\"messages\":-1}",
              "{\"type\":\"ack\"}",
              "{\"type\":\"extend\",\"receipts\":[\"r\"]}")) {
        frames.sendText(each);
        assertThat(frames.next("problem").getJsonObject("problem").getInteger("status"))
            .as(each)
            .isEqualTo(400);
      }
    }
    assertThat(api.get("/v1/topics/gw-frames/groups/g/subscribe").status()).isEqualTo(400);
  }

  private void publish(String topic, String text) {
    Api.Reply reply =
        api.post("/v1/topics/" + topic + "/messages", new JsonObject().put("text", text));
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
  }
}
