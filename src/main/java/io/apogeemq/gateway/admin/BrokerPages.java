package io.apogeemq.gateway.admin;

import io.apogeemq.client.RequestRefused;
import io.apogeemq.gateway.http.ItemResults;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.apogeemq.protocol.body.BrokerData;
import io.apogeemq.protocol.body.ClusterInfo;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.vertx.core.Future;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Merges what the masters of a cluster list in order, page by page. Each broker has its own place; all of
 * them together, as base64url of JSON, are the place of the next page. A broker that can't tell is said to
 * be so beside the list; one that refuses the account fails it.
 */
final class BrokerPages {
  private BrokerPages() {}

  /**
   * What one broker lists.
   *
   * @param items in order; {@link Item#after} of the last that is told is where it goes on
   * @param next where it goes on once all of them are told, also if there are none; null: nowhere
   * @param about figures of the broker, for people
   */
  record Page(List<Item> items, @Nullable String next, JsonObject about) {}

  /**
   * One thing. {@code order}: lists are merged by it; one that is less than that of an item before it counts
   * as that.
   */
  record Item(long order, String after, JsonObject json) {}

  /** Asks one master. {@code after}: null from the start. */
  interface Asking {
    Future<Page> ask(String address, @Nullable String after);
  }

  private record Told(String broker, @Nullable Page page, @Nullable Throwable failure) {}

  /** The masters by their brokers' names. */
  static TreeMap<String, String> masters(ClusterInfo cluster) {
    TreeMap<String, String> all = new TreeMap<>();
    for (BrokerData each : cluster.brokerAddrTable().values()) {
      String master = each.brokerAddrs().get(BrokerData.MASTER_ID);
      if (master != null) {
        all.put(each.brokerName(), master);
      }
    }
    return all;
  }

  /** The master of a broker's name; fails as not found if there is none. */
  static String master(ClusterInfo cluster, String broker) {
    String address = masters(cluster).get(broker);
    if (address == null) {
      throw new Problem(
          ProblemKind.NOT_FOUND,
          "The cluster has no master of a broker " + broker + ".",
          "Take the broker's name as the list told it.");
    }
    return address;
  }

  /**
   * One page of all masters.
   *
   * @param what name of the array
   * @param after the place that the last page told, or null
   */
  static Future<JsonObject> page(
      ClusterInfo cluster, String what, int limit, @Nullable String after, Asking asking) {
    Map<String, String> places = places(after);
    List<Future<Told>> answers = new ArrayList<>();
    masters(cluster)
        .forEach(
            (broker, address) ->
                answers.add(
                    asking
                        .ask(address, places.get(broker))
                        .map(page -> new Told(broker, page, null))
                        .recover(e -> untold(broker, e))));
    return Future.all(answers)
        .map(
            ignored -> {
              List<Told> told = answers.stream().map(Future::result).toList();
              return merged(what, limit, places, told);
            });
  }

  /**
   * A broker that doesn't know the question, can't answer it for this place, or doesn't answer, is left
   * out; one that forbids it is not.
   */
  private static Future<Told> untold(String broker, Throwable failure) {
    boolean refused =
        failure instanceof RequestRefused why
            && why.code() != ResponseCode.REQUEST_CODE_NOT_SUPPORTED
            && why.code() != ResponseCode.ILLEGAL_OPERATION;
    return refused
        ? Future.failedFuture(failure)
        : Future.succeededFuture(new Told(broker, null, failure));
  }

  /** {@code item}: null stands for what a broker tells only when it is asked again. */
  private record Candidate(String broker, @Nullable Item item, long order, String after) {}

  private static JsonObject merged(
      String what, int limit, Map<String, String> places, List<Told> told) {
    List<Candidate> all = new ArrayList<>();
    JsonArray brokers = new JsonArray();
    for (Told each : told) {
      JsonObject about =
          new JsonObject().put("broker", each.broker()).put("told", each.page() != null);
      Page page = each.page();
      if (page != null) {
        about.mergeIn(page.about());
        addAll(all, each.broker(), page);
      } else if (each.failure() != null) {
        about.mergeIn(ItemResults.problem(each.failure()));
      }
      brokers.add(about);
    }
    all.sort(Comparator.comparingLong(Candidate::order));
    JsonArray items = new JsonArray();
    boolean more = false;
    for (Candidate each : all) {
      Item item = each.item();
      more = item == null || items.size() == limit;
      if (item != null && !more) {
        items.add(item.json().put("broker", each.broker()));
      }
      if (item == null || !more) {
        places.put(each.broker(), each.after());
      }
      if (more) {
        break; // what comes next is not clear, or has no room
      }
    }
    JsonObject json = new JsonObject().put(what, items).put("brokers", brokers);
    return more ? json.put("next", text(places)) : json;
  }

  /**
   * The items in the broker's order, and behind them what isn't known yet. Its place goes forward only, so
   * none may stand behind what comes after it there.
   */
  private static void addAll(List<Candidate> all, String broker, Page page) {
    long order = Long.MIN_VALUE;
    for (Item each : page.items()) {
      order = Math.max(order, each.order());
      all.add(new Candidate(broker, each, order, each.after()));
    }
    if (page.next() != null) {
      all.add(new Candidate(broker, null, order, page.next()));
    }
  }

  private static String text(Map<String, String> places) {
    JsonObject json = new JsonObject();
    places.forEach(json::put);
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.encode().getBytes(StandardCharsets.UTF_8));
  }

  private static Map<String, String> places(@Nullable String text) {
    Map<String, String> places = new TreeMap<>();
    if (text == null || text.isEmpty()) {
      return places;
    }
    try {
      String json = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
      new JsonObject(json).forEach(each -> places.put(each.getKey(), each.getValue().toString()));
      return places;
    } catch (IllegalArgumentException | DecodeException | NullPointerException e) {
      throw new Problem(
          ProblemKind.INVALID_PARAMETER,
          "The parameter after is no place in this list.",
          "Give what an earlier answer told as next, or leave it out.");
    }
  }

  /** Makes the items of a page. */
  static <T> List<Item> items(List<T> all, Function<T, Item> item) {
    return all.stream().map(item).toList();
  }
}
