package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.client.OpenTransaction;
import io.apogeemq.compat.Ports;
import io.apogeemq.gateway.openapi.ApiDocument;
import io.apogeemq.gateway.openapi.Operation;
import io.apogeemq.gateway.openapi.Parameter;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Refuses that many operations have in common, called forth at each of them by the same flaw of an otherwise
 * good request. {@link Described} ticks off what was answered.
 */
final class Refusals {
  private static final int MAX_BODY_BYTES = 1024;

  /** Takes no more than it is asked for, but from somebody who is signed in. */
  private static final Set<String> OF_TOKENS = Set.of("createToken", "createTicket");

  /** What fails behind the gateway stands in their answers, or they need something that a broker has told. */
  private static final Set<String> NOT_WITHOUT_BROKERS =
      Set.of(
          "ack",
          "nack",
          "deadLetter",
          "extend",
          "putOffsets",
          "subscribe",
          "cancelDelayed",
          "checkTransaction");

  private static final JsonObject PLACE =
      new JsonObject().put("broker", "broker-a").put("queueId", 0).put("offset", 0);
  private static final JsonObject TEXT = new JsonObject().put("text", "a");
  private static final JsonObject RECEIPTS =
      new JsonObject().put("receipts", new JsonArray().add("x"));

  /** A good body of each operation that needs one. */
  private static final Map<String, JsonObject> BODIES =
      Map.ofEntries(
          Map.entry("publish", TEXT),
          Map.entry("request", TEXT),
          Map.entry("beginTransaction", TEXT),
          Map.entry("ack", RECEIPTS),
          Map.entry("nack", RECEIPTS),
          Map.entry("extend", RECEIPTS.copy().put("invisibleMs", 60_000)),
          Map.entry("deadLetter", RECEIPTS),
          Map.entry("putOffsets", new JsonObject().put("offsets", new JsonArray().add(PLACE))),
          Map.entry("seek", new JsonObject().put("to", "first")),
          Map.entry("cloneOffsets", new JsonObject().put("from", "other")),
          Map.entry("replay", new JsonObject().put("messages", new JsonArray().add(PLACE))),
          Map.entry(
              "patchBrokerConfig",
              new JsonObject().put("changes", new JsonObject().put("fileReservedTime", 48))));

  /** All flaws of this kind are told at once. */
  private static final List<String> OTHERWISE = new ArrayList<>();

  private Refusals() {}

  /** All of them. */
  static void each() throws Exception {
    for (Operation each : ApiDocument.ofThisJar().operations()) {
      if (!each.open()) {
        expect(each.id(), 401, ask(AccountNode.api(), each));
        Api foreign = SharedNode.api().with("Origin", "https://evil.example");
        expect(each.id(), 403, ask(foreign, each));
        malformed(each);
      }
    }
    withoutCluster();
    withoutRights();
    assertThat(OTHERWISE).as("were answered otherwise than they should").isEmpty();
  }

  private static void expect(String operation, int status, Api.Reply reply) {
    if (reply.status() != status) {
      OTHERWISE.add(operation + " not " + status + " but " + reply.status() + " " + reply.body());
    }
  }

  /** The first parameter that has a rule breaks it; without such a one the body is no JSON. */
  private static void malformed(Operation operation) {
    for (Parameter each : operation.parameters()) {
      String bad = each.in() == Parameter.Place.HEADER ? null : brokenValue(each);
      if (bad != null) {
        String path =
            each.in() == Parameter.Place.PATH
                ? filled(operation.path().replace("{" + each.name() + "}", bad))
                : path(operation)
                    + (path(operation).contains("?") ? "&" : "?")
                    + each.name()
                    + "="
                    + bad;
        Api.Reply reply = send(SharedNode.api(), operation, path, null);
        expect(operation.id(), 400, reply);
        return;
      }
    }
    if (!operation.consumes().isEmpty()) {
      Api.Reply reply = send(SharedNode.api(), operation, path(operation), "{");
      expect(operation.id(), 400, reply);
    }
  }

  private static @Nullable String brokenValue(Parameter parameter) {
    return parameter.type() != Parameter.Type.STRING
            || parameter.pattern() != null
            || !parameter.values().isEmpty()
        ? "a%20b"
        : null;
  }

  /** A gateway whose name server is not there, and that takes small bodies only. */
  private static void withoutCluster() throws Exception {
    Vertx vertx = Vertx.vertx();
    int port = Ports.one();
    try {
      new Gateway(
              vertx,
              new GatewayOptions(
                  "127.0.0.1", port, "127.0.0.1:1", MAX_BODY_BYTES, false, List.of(), 0, 100),
              1,
              "test")
          .deploy()
          .toCompletionStage()
          .toCompletableFuture()
          .get(20, TimeUnit.SECONDS);
      Api alone = new Api(port);
      for (Operation each : ApiDocument.ofThisJar().operations()) {
        if (each.open()) {
          continue;
        }
        if (!each.consumes().isEmpty()) {
          String large = new JsonObject().put("text", "a".repeat(MAX_BODY_BYTES)).encode();
          Api.Reply reply = send(alone, each, path(each), large);
          expect(each.id(), 413, reply);
        }
        if (!NOT_WITHOUT_BROKERS.contains(each.id()) && !OF_TOKENS.contains(each.id())) {
          Api.Reply reply = ask(alone, each);
          expect(each.id(), 503, reply);
        }
      }
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
  }

  /** An account that may read one topic. */
  private static void withoutRights() {
    Api reader =
        AccountNode.api()
            .with(
                "Authorization",
                "Basic "
                    + Base64.getEncoder()
                        .encodeToString(
                            "readers-account:abcdefgh".getBytes(StandardCharsets.UTF_8)));
    for (String each : List.of("publish", "putTopic", "putGroup", "delayedMessages")) {
      Api.Reply reply = ask(reader, operation(each));
      expect(each, 403, reply);
    }
  }

  private static Operation operation(String id) {
    return ApiDocument.ofThisJar().operations().stream()
        .filter(each -> each.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private static Api.Reply ask(Api api, Operation operation) {
    JsonObject body = BODIES.get(operation.id());
    if (body == null && !operation.consumes().isEmpty()) {
      body = new JsonObject();
    }
    return send(api, operation, path(operation), body == null ? null : body.encode());
  }

  private static Api.Reply send(Api api, Operation operation, String path, @Nullable String body) {
    return body == null
        ? api.send(operation.method(), path, BodyPublishers.noBody())
        : api.send(
            operation.method(),
            path,
            BodyPublishers.ofString(body),
            "Content-Type",
            "application/json");
  }

  private static String path(Operation operation) {
    boolean needsKey =
        operation.parameters().stream()
            .anyMatch(each -> each.required() && each.name().equals("key"));
    return filled(operation.path()) + (needsKey ? "?key=k" : "");
  }

  /** Each name is x; a transaction is one that nobody has begun. */
  private static String filled(String path) {
    return path.replace(
            "{transaction}",
            new OpenTransaction("gw-refusals", "broker-a", 0, 0, "id", null).toString())
        .replaceAll("\\{\\w+}", "x");
  }
}
