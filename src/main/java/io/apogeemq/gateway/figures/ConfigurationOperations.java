package io.apogeemq.gateway.figures;

import io.apogeemq.client.Admin;
import io.apogeemq.config.BrokerKeys;
import io.apogeemq.config.Key;
import io.apogeemq.config.ValueType;
import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.OperationFamily;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A broker's configuration: look at it, and change those keys that it takes over while it runs.
 * Each change is a line of the log with the account, the old and the new value.
 */
public final class ConfigurationOperations implements OperationFamily {
  private static final Logger log = LoggerFactory.getLogger(ConfigurationOperations.class);

  private static final int MAX_CHANGES = 20;
  private static final int MAX_VALUE_CHARS = 1_000;

  /** What Apache's brokers take over at once, and what loses nothing and stops nobody. */
  private static final Set<String> SAFE_OF_APACHE =
      Set.of(
          "fileReservedTime",
          "deleteWhen",
          "diskMaxUsedSpaceRatio",
          "autoCreateTopicEnable",
          "autoCreateSubscriptionGroup",
          "defaultTopicQueueNums",
          "maxMessageSize",
          "longPollingEnable",
          "shortPollingTimeMills",
          "notifyConsumerIdsChangedEnable",
          "slaveReadEnable",
          "waitTimeMillsInSendQueue");

  /**
   * @param ours whether it is a broker of ours
   */
  private record Place(String address, boolean ours) {
    private boolean changeable(String key) {
      return ours
          ? BrokerKeys.TABLE.find(key).map(Key::isChangeableLive).orElse(false)
          : SAFE_OF_APACHE.contains(key);
    }
  }

  @Override
  public Map<String, Handling> operations() {
    return Map.of("getBrokerConfig", this::get, "patchBrokerConfig", this::patch);
  }

  private Future<Answer> get(Call call) {
    Admin admin = call.client().admin();
    return place(call)
        .compose(
            place ->
                admin
                    .brokerConfig(place.address())
                    .map(
                        config -> {
                          JsonArray keys = new JsonArray();
                          config.forEach((key, value) -> keys.add(key(place, key, value)));
                          return Answer.ok(
                              new JsonObject()
                                  .put("broker", call.text("broker"))
                                  .put("address", place.address())
                                  .put("keys", keys));
                        }));
  }

  private static JsonObject key(Place place, String key, String value) {
    JsonObject json =
        new JsonObject()
            .put("key", key)
            .put("value", value)
            .put("changeable", place.changeable(key));
    if (place.ours()) {
      BrokerKeys.TABLE
          .find(key)
          .ifPresent(known -> json.put("about", known.about()).put("unit", known.unit().symbol()));
    }
    return json;
  }

  private Future<Answer> patch(Call call) {
    Admin admin = call.client().admin();
    return call.json()
        .compose(
            body ->
                place(call)
                    .compose(
                        place -> {
                          Map<String, String> changes = changes(body, place);
                          return admin
                              .brokerConfig(place.address())
                              .compose(before -> change(call, place, changes, before));
                        }));
  }

  private static Map<String, String> changes(JsonObject body, Place place) {
    if (!(body.getValue("changes") instanceof JsonObject wanted)
        || wanted.isEmpty()
        || wanted.size() > MAX_CHANGES) {
      throw Problem.badField(
          "changes",
          "is lacking, empty or too long",
          "Give an object of 1 to " + MAX_CHANGES + " keys and their values.");
    }
    Map<String, String> changes = new TreeMap<>();
    for (String key : wanted.fieldNames()) {
      if (!place.changeable(key)) {
        throw Problem.badField(
            "changes." + key,
            "can't be changed from here",
            "Change it in the broker's file and start the broker again; GET tells which keys can be"
                + " changed.");
      }
      String value = Objects.toString(wanted.getValue(key), "").strip();
      if (value.length() > MAX_VALUE_CHARS || value.chars().anyMatch(Character::isISOControl)) {
        throw Problem.badField(
            "changes." + key,
            "is no line of at most " + MAX_VALUE_CHARS + " characters",
            "Give one line.");
      }
      if (place.ours()) {
        BrokerKeys.TABLE.find(key).ifPresent(known -> requireAllowed(known, value));
      }
      changes.put(key, value);
    }
    return changes;
  }

  /** So that a dry run tells it, too; what two keys together must not be only the broker knows. */
  private static void requireAllowed(Key<?> key, String value) {
    try {
      key.type().parse(value);
    } catch (ValueType.BadValue wrong) {
      throw Problem.badField(
          "changes." + key.name(),
          "can't be '" + value + "'",
          ("Give " + key.type().allowed() + " " + key.unit().symbol()).strip() + ".");
    }
  }

  private static Future<Answer> change(
      Call call, Place place, Map<String, String> changes, Map<String, String> before) {
    JsonArray told = new JsonArray();
    changes.forEach(
        (key, value) ->
            told.add(
                new JsonObject().put("key", key).put("from", before.get(key)).put("to", value)));
    JsonObject json =
        new JsonObject()
            .put("broker", call.text("broker"))
            .put("dryRun", call.flag("dryRun"))
            .put("untilRestart", place.ours())
            .put("changes", told);
    if (call.flag("dryRun")) {
      return Future.succeededFuture(Answer.ok(json));
    }
    return call.client()
        .admin()
        .updateBrokerConfig(place.address(), changes)
        .map(
            done -> {
              changes.forEach(
                  (key, value) ->
                      log.info(
                          "{} at {} changed {} of {} from {} to {}",
                          call.account() == null ? "somebody without account" : call.account(),
                          call.request().remoteAddress().hostAddress(),
                          key,
                          place.address(),
                          before.get(key),
                          value));
              return Answer.ok(json);
            });
  }

  private static Future<Place> place(Call call) {
    String broker = call.text("broker");
    long id = call.number("brokerId");
    Admin admin = call.client().admin();
    return admin
        .clusterInfo()
        .compose(
            info -> {
              String address =
                  info.brokerAddrTable().values().stream()
                      .filter(each -> each.brokerName().equals(broker))
                      .map(each -> each.brokerAddrs().get(id))
                      .filter(Objects::nonNull)
                      .findFirst()
                      .orElseThrow(
                          () ->
                              new Problem(
                                  ProblemKind.NOT_FOUND,
                                  "No broker is named " + broker + " and has the id " + id + ".",
                                  "GET /v1/brokers lists them."));
              return admin
                  .brokerFigures(address)
                  .map(figures -> new Place(address, figures.containsKey("apogeeVersion")));
            });
  }
}
