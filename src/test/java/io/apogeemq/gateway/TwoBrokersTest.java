package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a gateway makes of a topic that lies on two brokers. Each topic has one queue on each of them. */
class TwoBrokersTest {
  private static final List<String> BOTH = List.of("broker-a", "broker-b");
  private static final JsonObject ONE_QUEUE = new JsonObject().put("queues", 1);

  @RegisterExtension static final TestPair PAIR = new TestPair();

  private static Api api() {
    return PAIR.api();
  }

  @Test
  void messagesAreTakenFromBothAndReceiptsSettledAtBoth() {
    fill("pair-take", 10);
    List<JsonObject> taken = take(api(), "pair-take", "g", 10);
    assertThat(texts(taken)).containsExactlyInAnyOrderElementsOf(bodies(10));
    settle(api(), "g", taken, "ack");
    assertThat(receive(api(), "pair-take", "g", 0)).isEmpty();
    Awaitility.await().until(() -> lag("g", "pair-take") == 0);
  }

  @Test
  void pagesGoThroughBothInTheOrderOfStoreTimes() {
    fill("pair-browse", 20);
    List<JsonObject> oldest = pages("pair-browse", "oldest");
    assertThat(texts(oldest)).containsExactlyInAnyOrderElementsOf(bodies(20));
    assertThat(brokers(oldest)).containsExactlyElementsOf(BOTH);
    assertThat(oldest).isSortedAccordingTo(Comparator.comparing(each -> each.getLong("storedAt")));
    List<JsonObject> newest = pages("pair-browse", "newest");
    assertThat(texts(newest)).containsExactlyInAnyOrderElementsOf(bodies(20));
    assertThat(newest)
        .isSortedAccordingTo(
            Comparator.<JsonObject, Long>comparing(each -> each.getLong("storedAt")).reversed());
  }

  /** All pages, of few messages each. */
  private static List<JsonObject> pages(String topic, String order) {
    List<JsonObject> all = new ArrayList<>();
    String at = "";
    for (boolean complete = false; !complete; ) {
      Api.Reply reply = api().get("/v1/topics/" + topic + "/messages?max=3&order=" + order + at);
      assertThat(reply.status()).as(reply.body()).isEqualTo(200);
      all.addAll(objects(reply.json().getJsonArray("messages")));
      at = "&position=" + reply.json().getString("position");
      complete = reply.json().getBoolean("complete");
      assertThat(all).hasSizeLessThanOrEqualTo(20);
    }
    return all;
  }

  @Test
  void aTailTellsBothAndGoesOnInBothWhereItWasCutOff() {
    fill("pair-tail", 6);
    String path = "/v1/topics/pair-tail/tail?from=first";
    String id;
    try (Events events = Events.open(api(), path)) {
      List<JsonObject> seen = next(events, 4);
      id = events.lastId();
      List<JsonObject> rest = next(events, 2);
      assertThat(texts(Stream.of(seen, rest).flatMap(List::stream).toList()))
          .containsExactlyInAnyOrderElementsOf(bodies(6));
      publish("pair-tail", "live");
      assertThat(texts(next(events, 1))).containsExactly("live");
    }
    publish("pair-tail", "while away");
    try (Events events = Events.open(api(), path, "Last-Event-ID", id)) {
      List<JsonObject> again = next(events, 4);
      assertThat(texts(again)).contains("live", "while away");
      assertThat(again.stream().map(each -> each.getString("text")).distinct()).hasSize(4);
      assertThat(brokers(again)).containsExactlyElementsOf(BOTH);
    }
  }

  private static List<JsonObject> next(Events events, int count) {
    return IntStream.range(0, count).mapToObj(i -> events.next()).toList();
  }

  @Test
  void aGroupIsMovedInTheQueuesOfBoth() {
    fill("pair-seek", 8);
    settle(api(), "g-seek", take(api(), "pair-seek", "g-seek", 8), "ack");
    Awaitility.await().until(() -> lag("g-seek", "pair-seek") == 0);
    String path = "/v1/groups/g-seek/topics/pair-seek/seek";
    Api.Reply moved = api().post(path, new JsonObject().put("to", "first"));
    assertThat(moved.status()).as(moved.body()).isEqualTo(200);
    List<JsonObject> queues = objects(moved.json().getJsonArray("queues"));
    assertThat(brokers(queues)).containsExactlyElementsOf(BOTH);
    assertThat(queues.stream().mapToLong(each -> each.getLong("change")).sum()).isEqualTo(-8);
    assertThat(lag("g-seek", "pair-seek")).isEqualTo(8);
    assertThat(texts(take(api(), "pair-seek", "g-seek", 8)))
        .containsExactlyInAnyOrderElementsOf(bodies(8));
  }

  @Test
  void deadLettersOfBothAreShownCountedAndSentAgain() {
    fill("pair-dead", 6);
    settle(api(), "g-dead", take(api(), "pair-dead", "g-dead", 6), "dead-letter");
    List<JsonObject> dead = browse(api(), "/v1/groups/g-dead/dead-letters");
    assertThat(texts(dead)).containsExactlyInAnyOrderElementsOf(bodies(6));
    assertThat(brokers(dead)).containsExactlyElementsOf(BOTH);
    JsonObject counted =
        api().get("/v1/dead-letters?q=g-dead").json().getJsonArray("groups").getJsonObject(0);
    assertThat(counted.getLong("messages")).isEqualTo(6);
    assertThat(replayed("g-dead", new JsonObject()).getLong("sent")).isEqualTo(6);
    List<JsonObject> again = take(api(), "pair-dead", "g-dead", 6);
    assertThat(texts(again)).containsExactlyInAnyOrderElementsOf(bodies(6));
    assertThat(replayed("g-dead", new JsonObject().put("to", "topic")).getLong("sent"))
        .isEqualTo(6);
    assertThat(browse(api(), "/v1/topics/pair-dead/messages")).hasSize(12);
  }

  private static JsonObject replayed(String group, JsonObject body) {
    Api.Reply reply = api().post("/v1/groups/" + group + "/dead-letters/replay-all", body);
    List<String> lines = reply.body().lines().toList();
    JsonObject report = new JsonObject(lines.get(lines.size() - 1)).getJsonObject("report");
    assertThat(report.getBoolean("complete")).as(reply.body()).isTrue();
    return report;
  }

  @Test
  void listsAndLagAreSumsOverBoth() {
    fill("pair-sums", 10); // five to each, in turn
    assertThat(receive(api(), "pair-sums", "g-sums", 5_000)).hasSize(5);
    assertThat(lag("g-sums", "pair-sums")).isEqualTo(10);
    Awaitility.await() // a list may be a second old
        .until(() -> row("/v1/topics", "topics", "pair-sums").getLong("messages") == 10);
    JsonObject topic = row("/v1/topics", "topics", "pair-sums");
    assertThat(topic.getInteger("brokers")).isEqualTo(2);
    assertThat(topic.getInteger("readQueues")).isEqualTo(2);
    // A broker that has given nothing to the group yet does not know that it is behind.
    take(api(), "pair-sums", "g-sums", 5);
    Awaitility.await().until(() -> row("/v1/groups", "groups", "g-sums").getLong("lag") == 10);
    JsonObject whole = api().get("/v1/topics/pair-sums").json();
    assertThat(whole.getLong("messages")).isEqualTo(10);
    assertThat(brokers(objects(whole.getJsonArray("queues")))).containsExactlyElementsOf(BOTH);
    JsonArray brokers = api().get("/v1/brokers").json().getJsonArray("brokers");
    assertThat(brokers(objects(brokers))).containsExactlyElementsOf(BOTH);
  }

  /** The one row of a list whose names hold this text. */
  private static JsonObject row(String path, String member, String name) {
    JsonArray rows = api().get(path + "?fields=all&q=" + name).json().getJsonArray(member);
    assertThat(rows).hasSize(1);
    return rows.getJsonObject(0);
  }

  @Test
  void whatOneBrokerHasGoesOnWhenTheOtherEnds() {
    try (TestPair own = TestPair.started()) {
      Api there = own.api();
      fill(there, "pair-end", 8);
      List<JsonObject> taken = take(there, "pair-end", "g", 8);
      List<JsonObject> ofFirst = of("broker-a", taken);
      own.stopSecond();
      Awaitility.await()
          .ignoreExceptions() // a send may still meet the broker that has gone
          .until(() -> publish(there, "pair-end", "later").equals("broker-a"));
      settle(there, "g", ofFirst, "ack");
      Api.Reply lost = there.post("/v1/groups/g/ack", receipts(of("broker-b", taken)));
      assertThat(lost.status()).as(lost.body()).isEqualTo(207);
      JsonObject problem = lost.result(0).getJsonObject("problem");
      assertThat(problem.getInteger("status")).as(problem.encode()).isEqualTo(503);
      assertThat(problem.getString("cure")).isNotBlank();
      // More than one if a send got no answer and was stored: one that was under way, say.
      int later = there.get("/v1/topics/pair-end").json().getInteger("messages") - ofFirst.size();
      assertThat(later).isPositive();
      assertThat(texts(take(there, "pair-end", "g", later))).containsOnly("later");
      JsonObject whole = there.get("/v1/topics/pair-end").json();
      assertThat(brokers(objects(whole.getJsonArray("queues")))).containsExactly("broker-a");
      assertThat(whole.getInteger("messages")).isEqualTo(ofFirst.size() + later);
      JsonObject gone =
          new JsonObject().put("broker", "broker-b").put("queueId", 0).put("offset", 0);
      JsonObject offsets = new JsonObject().put("offsets", new JsonArray().add(gone));
      Api.Reply moved = there.put("/v1/groups/g/topics/pair-end/offsets", offsets);
      assertThat(moved.status()).as(moved.body()).isEqualTo(207);
      assertThat(moved.result(0).getJsonObject("problem").getInteger("status")).isIn(404, 503);
    }
  }

  private static List<JsonObject> of(String broker, List<JsonObject> messages) {
    return messages.stream().filter(each -> broker.equals(each.getString("broker"))).toList();
  }

  /** Publishes m0, m1, …, some to each broker. */
  private static void fill(String topic, int count) {
    fill(api(), topic, count);
  }

  private static void fill(Api at, String topic, int count) {
    assertThat(at.put("/v1/topics/" + topic, ONE_QUEUE).status()).isEqualTo(204);
    Awaitility.await()
        .until(() -> at.get("/v1/topics/" + topic).json().getJsonArray("queues").size() == 2);
    List<String> used = bodies(count).stream().map(each -> publish(at, topic, each)).toList();
    assertThat(used).contains("broker-a", "broker-b");
  }

  private static void publish(String topic, String text) {
    publish(api(), topic, text);
  }

  /** Returns the broker that has it. */
  private static String publish(Api at, String topic, String text) {
    Api.Reply reply =
        at.post("/v1/topics/" + topic + "/messages", new JsonObject().put("text", text));
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    return reply.result(0).getString("broker");
  }

  private static List<String> bodies(int count) {
    return IntStream.range(0, count).mapToObj(i -> "m" + i).toList();
  }

  private static List<JsonObject> take(Api at, String topic, String group, int count) {
    List<JsonObject> all = new ArrayList<>();
    for (int tries = 0; all.size() < count && tries < 20; tries++) {
      all.addAll(receive(at, topic, group, 5_000));
    }
    assertThat(all).hasSize(count);
    return all;
  }

  private static List<JsonObject> receive(Api at, String topic, String group, int waitMs) {
    Api.Reply reply =
        at.post("/v1/topics/" + topic + "/groups/" + group + "/receive?waitMs=" + waitMs);
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    return objects(reply.json().getJsonArray("messages"));
  }

  private static void settle(Api at, String group, List<JsonObject> messages, String how) {
    Api.Reply reply = at.post("/v1/groups/" + group + "/" + how, receipts(messages));
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
  }

  private static JsonObject receipts(List<JsonObject> messages) {
    JsonArray receipts = new JsonArray();
    messages.forEach(each -> receipts.add(each.getString("receipt")));
    return new JsonObject().put("receipts", receipts);
  }

  private static List<JsonObject> browse(Api at, String path) {
    Api.Reply reply = at.get(path + "?max=100");
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    return objects(reply.json().getJsonArray("messages"));
  }

  private static long lag(String group, String topic) {
    return api().get("/v1/groups/" + group + "/lag?topic=" + topic).json().getLong("lag");
  }

  private static List<String> texts(List<JsonObject> messages) {
    return values(messages, each -> each.getString("text"));
  }

  /** Each once, sorted. */
  private static List<String> brokers(List<JsonObject> all) {
    return values(all, each -> each.getString("broker")).stream().distinct().sorted().toList();
  }

  private static List<String> values(List<JsonObject> all, Function<JsonObject, String> value) {
    return all.stream().map(value).toList();
  }

  private static List<JsonObject> objects(JsonArray array) {
    return array.stream().map(JsonObject.class::cast).toList();
  }
}
