package io.apogeemq.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.client.RequestRefused;
import io.apogeemq.gateway.admin.BrokerPages.Item;
import io.apogeemq.gateway.admin.BrokerPages.Page;
import io.apogeemq.protocol.body.BrokerData;
import io.apogeemq.protocol.body.ClusterInfo;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Lists of several brokers in one order, page by page. */
class BrokerPagesTest {
  private static final ClusterInfo CLUSTER =
      new ClusterInfo(
          Map.of("a", broker("a"), "b", broker("b")), Map.of("cluster", Set.of("a", "b")));

  private static BrokerData broker(String name) {
    return new BrokerData(Map.of(BrokerData.MASTER_ID, name), name, "cluster", null);
  }

  /** What lies behind a number in steps of two pages' size; the unreadable is passed over. */
  private static Page page(long[] all, int size, @Nullable String after, Set<Long> unreadable) {
    long behind = after == null ? -1 : Long.parseLong(after);
    long[] rest = LongStream.of(all).filter(each -> each > behind).toArray();
    long[] here = Arrays.copyOf(rest, Math.min(size, rest.length));
    List<Item> items =
        LongStream.of(here)
            .filter(each -> !unreadable.contains(each))
            .mapToObj(each -> new Item(each, Long.toString(each), new JsonObject().put("n", each)))
            .toList();
    String next = here.length < rest.length ? Long.toString(here[here.length - 1]) : null;
    return new Page(items, next, new JsonObject());
  }

  private static List<Long> all(int limit, BrokerPages.Asking asking) {
    List<Long> told = new ArrayList<>();
    String after = null;
    for (int pages = 0; pages < 100; pages++) {
      JsonObject page = BrokerPages.page(CLUSTER, "items", limit, after, asking).result();
      page.getJsonArray("items").forEach(each -> told.add(((JsonObject) each).getLong("n")));
      after = page.getString("next");
      if (after == null) {
        return told;
      }
    }
    throw new AssertionError("the list has no end: " + told);
  }

  @Test
  void aPageOfWhichNothingCouldBeReadEndsNoList() {
    long[] a = {1, 4, 5, 8, 9, 10};
    long[] b = {2, 3, 6, 7, 11};
    for (int limit : new int[] {1, 2, 3, 100}) {
      assertThat(
              all(
                  limit,
                  (address, after) ->
                      Future.succeededFuture(
                          page(
                              address.equals("a") ? a : b, 2, after, Set.of(1L, 4L, 9L, 10L, 2L)))))
          .as("limit " + limit)
          .containsExactly(3L, 5L, 6L, 7L, 8L, 11L);
    }
  }

  @Test
  void aBrokerWhoseOrderTurnsBackLosesNothing() {
    // Places are where they stand at the broker, orders are what lists are merged by.
    long[] a = {5, 1, 7, 3};
    long[] b = {2, 6, 4, 8};
    for (int limit : new int[] {1, 2, 3, 100}) {
      for (int size : new int[] {1, 2, 3}) {
        assertThat(
                all(
                    limit,
                    (address, after) ->
                        Future.succeededFuture(byPlace(address.equals("a") ? a : b, size, after))))
            .as("limit " + limit + ", size " + size)
            .containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L)
            .containsSubsequence(5L, 1L, 7L, 3L)
            .containsSubsequence(2L, 6L, 4L, 8L);
      }
    }
  }

  private static Page byPlace(long[] all, int size, @Nullable String after) {
    int from = after == null ? 0 : Integer.parseInt(after);
    int to = Math.min(all.length, from + size);
    List<Item> items = new ArrayList<>();
    for (int i = from; i < to; i++) {
      items.add(new Item(all[i], Integer.toString(i + 1), new JsonObject().put("n", all[i])));
    }
    return new Page(items, to < all.length ? Integer.toString(to) : null, new JsonObject());
  }

  @Test
  void aBrokerThatCanNotTellOfThisPlaceLeavesTheOthersTheirPage() {
    JsonObject page =
        BrokerPages.page(
                CLUSTER,
                "items",
                10,
                null,
                (address, after) ->
                    address.equals("a")
                        ? Future.failedFuture(
                            new RequestRefused(ResponseCode.ILLEGAL_OPERATION, "too far"))
                        : Future.succeededFuture(page(new long[] {1}, 10, after, Set.of())))
            .result();
    assertThat(page.getJsonArray("items")).hasSize(1);
    assertThat(page.getJsonArray("brokers").getJsonObject(0).getBoolean("told")).isFalse();
    assertThat(page.getJsonArray("brokers").getJsonObject(1).getBoolean("told")).isTrue();
  }

  @Test
  void aBrokerThatRefusesTheAccountFailsTheList() {
    assertThat(
            BrokerPages.page(
                    CLUSTER,
                    "items",
                    10,
                    null,
                    (address, after) ->
                        Future.failedFuture(new RequestRefused(ResponseCode.NO_PERMISSION, "no")))
                .failed())
        .isTrue();
  }
}
