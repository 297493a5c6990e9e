package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

/** CloudEvents in both modes, in and out. */
class CloudEventTest {
  private final Api api = SharedNode.api();

  @Test
  void aStructuredEventComesOutInBothModes() {
    JsonObject event =
        new JsonObject()
            .put("specversion", "1.0")
            .put("id", "e-1")
            .put("source", "/shop")
            .put("type", "order.made")
            .put("region", "eu")
            .put("data", new JsonObject().put("total", 12));
    String path = "/v1/topics/gw-ce/messages";
    Api.Reply sent = api.post(path, "application/cloudevents+json", event.encode());
    assertThat(sent.status()).as(sent.body()).isEqualTo(200);

    Api.Reply structured =
        api.post("/v1/topics/gw-ce/groups/ce-1/receive?as=cloudevents&waitMs=5000");
    JsonObject seen =
        structured.json().getJsonArray("messages").getJsonObject(0).getJsonObject("cloudEvent");
    event.forEach(each -> assertThat(seen.getValue(each.getKey())).isEqualTo(each.getValue()));
    assertThat(seen.getString("datacontenttype")).isEqualTo("application/json");

    Api.Reply binary = api.post("/v1/topics/gw-ce/groups/ce-2/receive?as=raw&waitMs=5000");
    assertThat(binary.body()).isEqualTo("{\"total\":12}");
    assertThat(binary.type()).isEqualTo("application/json");
    assertThat(binary.whole().headers().firstValue("ce-id")).contains("e-1");
    assertThat(binary.whole().headers().firstValue("ce-region")).contains("eu");
    String receipt = binary.whole().headers().firstValue("x-receipt").orElseThrow();
    assertThat(
            api.post(
                    "/v1/groups/ce-2/ack",
                    new JsonObject().put("receipts", new JsonArray().add(receipt)))
                .status())
        .isEqualTo(200);
    assertThat(api.post("/v1/topics/gw-ce/groups/ce-2/receive?as=raw").status()).isEqualTo(204);
  }

  @Test
  void aBinaryEventKeepsBytesAndTexts() {
    Api.Reply sent =
        api.post(
            "/v1/topics/gw-ce-binary/messages",
            "text/plain",
            "plain data",
            "ce-specversion",
            "1.0",
            "ce-id",
            "e-2",
            "ce-source",
            "/b%C3%BCro",
            "ce-type",
            "note");
    assertThat(sent.status()).as(sent.body()).isEqualTo(200);
    Api.Reply raw = api.post("/v1/topics/gw-ce-binary/groups/g/receive?as=raw&waitMs=5000");
    assertThat(raw.body()).isEqualTo("plain data");
    assertThat(raw.whole().headers().firstValue("ce-source")).contains("/b%C3%BCro");
    Api.Reply browsed = api.get("/v1/topics/gw-ce-binary/messages?as=cloudevents");
    JsonObject event =
        browsed.json().getJsonArray("messages").getJsonObject(0).getJsonObject("cloudEvent");
    assertThat(event.getString("source")).isEqualTo("/büro");
    assertThat(event.getString("data")).isEqualTo("plain data");
  }

  @Test
  void whatCanBeNoHeaderIsLeftOutAndNamed() {
    JsonObject event =
        new JsonObject()
            .put("specversion", "1.0")
            .put("id", "e-9\nx")
            .put("source", "/s")
            .put("type", "t")
            .put("two words", "a")
            .put("größe", "b")
            .put("datacontenttype", "text/plain\r\nX-Evil: 1")
            .put("data", "plain");
    Api.Reply sent =
        api.post("/v1/topics/gw-ce-odd/messages", "application/cloudevents+json", event.encode());
    assertThat(sent.status()).as(sent.body()).isEqualTo(200);
    Api.Reply raw = api.post("/v1/topics/gw-ce-odd/groups/g/receive?as=raw&waitMs=5000");
    assertThat(raw.status()).isEqualTo(200);
    assertThat(raw.body()).isEqualTo("plain");
    assertThat(raw.type()).isEqualTo("application/octet-stream");
    assertThat(raw.whole().headers().firstValue("ce-id")).contains("e-9%0Ax");
    assertThat(raw.whole().headers().firstValue("x-evil")).isEmpty();
    assertThat(raw.whole().headers().firstValue("x-left-out").orElseThrow().split(", "))
        .containsExactlyInAnyOrder("content-type", "ce-two%20words", "ce-gr%C3%B6%C3%9Fe");
  }

  @Test
  void aTypeOfDataIsNoWayToOtherProperties() {
    JsonObject event =
        new JsonObject()
            .put("specversion", "1.0")
            .put("id", "e-10")
            .put("source", "/s")
            .put("type", "t")
            .put("datacontenttype", "text/plain\u0002DELAY\u00013");
    Api.Reply sent =
        api.post("/v1/topics/gw-ce-odd/messages", "application/cloudevents+json", event.encode());
    assertThat(sent.status()).isEqualTo(400);
  }

  @Test
  void aContentTypeKeepsItsParameters() {
    Api.Reply sent = api.post("/v1/topics/gw-ce-type/messages", "text/plain; charset=GBK", "plain");
    assertThat(sent.status()).as(sent.body()).isEqualTo(200);
    Api.Reply raw = api.post("/v1/topics/gw-ce-type/groups/g/receive?as=raw&waitMs=5000");
    assertThat(raw.type()).isEqualTo("text/plain; charset=GBK");
  }

  @Test
  void aBatchHasAResultForEachEvent() {
    JsonObject good =
        new JsonObject()
            .put("specversion", "1.0")
            .put("id", "e-3")
            .put("source", "/s")
            .put("type", "t");
    JsonObject bad = good.copy();
    bad.remove("type");
    Api.Reply sent =
        api.post(
            "/v1/topics/gw-ce-batch/messages",
            "application/cloudevents-batch+json",
            new JsonArray().add(good).add(bad).encode());
    assertThat(sent.status()).isEqualTo(207);
    assertThat(sent.result(0).getString("status")).isEqualTo("SEND_OK");
    assertThat(sent.result(1).getJsonObject("problem").getString("field")).isEqualTo("type");
  }
}
