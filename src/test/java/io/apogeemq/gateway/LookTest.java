package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.Message;
import io.apogeemq.client.Producer;
import io.apogeemq.client.ProducerOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Looking at messages: filters, order, pages, by key and by id. */
class LookTest {
  private static final String ID_OF_NOBODY = "7F000001000000010000000000000000"; // 127.0.0.1:1

  private final Api api = SharedNode.api();

  @Test
  void whatIsWantedIsFoundByEachOfItsParts() throws Exception {
    String topic = "gw-look";
    publish(topic, new JsonObject().put("text", "plain").put("tag", "a"));
    publish(topic, new JsonObject().put("text", "keyed").put("keys", new JsonArray().add("k-1")));
    JsonObject colours = new JsonObject().put("colour", "red").put("size", "7");
    publish(topic, new JsonObject().put("text", "coloured").put("properties", colours));
    publishCompressed(topic, "needle " + "hay ".repeat(2000));
    assertThat(texts(topic, "tags=a")).containsExactly("plain");
    assertThat(texts(topic, "key=k-1")).containsExactly("keyed");
    assertThat(texts(topic, "property=colour")).containsExactly("coloured");
    assertThat(texts(topic, "property=colour%3Dred&sql=" + encoded("size > 6")))
        .containsExactly("coloured");
    assertThat(texts(topic, "property=colour%3Dblue")).isEmpty();
    assertThat(texts(topic, "text=olour")).containsExactly("coloured");
    JsonObject found =
        page(topic, "text=needle&bodyLimit=6").getJsonArray("messages").getJsonObject(0);
    assertThat(found.getString("text")).isEqualTo("needle");
    assertThat(found.getBoolean("truncated")).isTrue();
    assertThat(found.getString("compression")).isEqualTo("zlib");
    assertThat(found.getString("bodyKind")).isEqualTo("text");
    assertThat(found.getString("bornHost")).startsWith("127.0.0.1:");
  }

  @Test
  void messagesOfAllQueuesComeInTheOrderOfTime() {
    List<String> sent = publishMany("gw-order-look", 40);
    assertThat(pages("gw-order-look", "max=7")).containsExactlyElementsOf(sent);
    List<String> newest = new ArrayList<>(sent);
    java.util.Collections.reverse(newest);
    assertThat(pages("gw-order-look", "max=7&order=newest")).containsExactlyElementsOf(newest);
    assertThat(pages("gw-order-look", "max=100&order=newest&from=-1")).hasSizeLessThan(40);
    assertThat(pages("gw-order-look", "max=9&scan=1")).hasSameElementsAs(sent);
  }

  @Test
  void aTimeRangeAQueueAndAnOffsetNarrowIt() {
    String topic = "gw-range";
    api.put("/v1/topics/" + topic, new JsonObject().put("queues", 2));
    publishMany(topic, 20);
    JsonArray all = page(topic, "").getJsonArray("messages");
    long from = all.getJsonObject(5).getLong("storedAt");
    long until = all.getJsonObject(14).getLong("storedAt");
    List<String> inRange = new ArrayList<>();
    all.forEach(
        each -> {
          long at = ((JsonObject) each).getLong("storedAt");
          if (at >= from && at <= until) {
            inRange.add(((JsonObject) each).getString("text"));
          }
        });
    String range = "from=" + from + "&until=" + until;
    assertThat(texts(topic, range)).containsExactlyElementsOf(inRange);
    assertThat(texts(topic, range + "&order=newest")).containsExactlyInAnyOrderElementsOf(inRange);
    assertThat(texts(topic, "from=" + (System.currentTimeMillis() + 60_000))).isEmpty();
    JsonArray queue = page(topic, "queue=broker-a:1").getJsonArray("messages");
    assertThat(queue).isNotEmpty();
    assertThat(queue).allMatch(each -> ((JsonObject) each).getInteger("queueId") == 1);
    assertThat(page(topic, "queue=broker-a:1&from=offset:2").getJsonArray("messages"))
        .hasSize(queue.size() - 2);
    assertThat(api.get("/v1/topics/" + topic + "/messages?queue=broker-a:9").status())
        .isEqualTo(404);
  }

  @Test
  void aSearchThatFindsNothingSaysHowFarItWentAndGoesOn() {
    publishMany("gw-budget", 30);
    String query = "text=nowhere&scan=10&queue=broker-a:0";
    JsonObject first = page("gw-budget", query);
    assertThat(first.getJsonArray("messages")).isEmpty();
    JsonObject rest = first;
    int requests = 1;
    while (!rest.getBoolean("complete")) {
      assertThat(rest.getLong("scanned")).isPositive();
      rest = page("gw-budget", query + "&position=" + rest.getString("position"));
      assertThat(++requests).isLessThan(40);
    }
  }

  @Test
  void aMessageIsFoundByItsKeyAndByBothOfItsIds() {
    JsonObject message =
        new JsonObject()
            .put("json", new JsonObject().put("a", 1))
            .put("keys", new JsonArray().add("order/7"));
    JsonObject sent = publish("gw-find", message);
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(
                        api.get("/v1/topics/gw-find/search?key=" + encoded("order/7"))
                            .json()
                            .getJsonArray("messages"))
                    .hasSize(1));
    assertThat(api.get("/v1/topics/gw-find/search?key=x").json().getJsonArray("messages"))
        .isEmpty();
    for (String id : List.of(sent.getString("messageId"), sent.getString("offsetMessageId"))) {
      Api.Reply reply = api.get("/v1/topics/gw-find/messages/" + id + "?as=json");
      assertThat(reply.status()).as(reply.body()).isEqualTo(200);
      JsonObject found = reply.json().getJsonArray("messages").getJsonObject(0);
      assertThat(found.getJsonObject("json").getInteger("a")).isEqualTo(1);
      assertThat(found.getString("broker")).isEqualTo("broker-a");
      assertThat(found.getString("bodyKind")).isEqualTo("json");
    }
    String id = sent.getString("offsetMessageId");
    publish("gw-find-other", new JsonObject().put("text", "x"));
    assertThat(api.get("/v1/topics/gw-find-other/messages/" + id).status()).isEqualTo(404);
    assertThat(api.get("/v1/topics/gw-find/messages/no-id").status()).isEqualTo(404);
  }

  /** Else whoever asks could have us connect to any address. */
  @Test
  void anIdOfAnAddressThatIsNoBrokerIsNotAsked() {
    publish("gw-stranger", new JsonObject().put("text", "x"));
    Api.Reply reply = api.get("/v1/topics/gw-stranger/messages/" + ID_OF_NOBODY);
    assertThat(reply.status()).isEqualTo(404);
  }

  /** The gateway compresses nothing; clients do. */
  private static void publishCompressed(String topic, String text) throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      ApogeeClient client =
          ApogeeClient.create(vertx, ClientOptions.of(SharedNode.get().nameServer()));
      Producer producer =
          client.producer(ProducerOptions.of("gw-look-producer").setCompressFromBytes(100));
      await(producer.send(Message.of(topic, text)));
      await(client.close());
    } finally {
      await(vertx.close());
    }
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private List<String> publishMany(String topic, int count) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      texts.add("m" + i);
      publish(topic, new JsonObject().put("text", "m" + i));
      long stored = System.currentTimeMillis();
      while (System.currentTimeMillis() == stored) { // so that store times differ
        Thread.onSpinWait();
      }
    }
    return texts;
  }

  /** The result of the send. */
  private JsonObject publish(String topic, JsonObject message) {
    Api.Reply reply = api.post("/v1/topics/" + topic + "/messages", message);
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    return reply.result(0);
  }

  private List<String> pages(String topic, String query) {
    List<String> texts = new ArrayList<>();
    JsonObject page = page(topic, query);
    while (true) {
      page.getJsonArray("messages")
          .forEach(each -> texts.add(((JsonObject) each).getString("text")));
      if (page.getBoolean("complete")) {
        return texts;
      }
      page = page(topic, query + "&position=" + page.getString("position"));
    }
  }

  private List<String> texts(String topic, String query) {
    List<String> texts = new ArrayList<>();
    JsonObject page = page(topic, query);
    assertThat(page.getBoolean("complete")).isTrue();
    page.getJsonArray("messages").forEach(each -> texts.add(((JsonObject) each).getString("text")));
    return texts;
  }

  private JsonObject page(String topic, String query) {
    Api.Reply reply = api.get("/v1/topics/" + topic + "/messages?" + query);
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    return reply.json();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
