package io.apogeemq.gateway.figures;

import io.apogeemq.protocol.body.BrokerData;
import io.apogeemq.protocol.body.ClusterInfo;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one broker told about itself at one moment, and how that differs from the moment before. Names of
 * the runtime information are the original's where it has them; what a broker doesn't tell is NaN or
 * null.
 *
 * @param address {@code host:port}
 * @param atMs when it answered
 * @param table its runtime information; empty if it did not answer
 * @param failure why it did not answer, null if it did
 * @param before what it told a moment ago, if it did; rates are the differences
 */
record BrokerFigures(
    String cluster,
    String name,
    long id,
    String address,
    long atMs,
    Map<String, String> table,
    @Nullable String failure,
    @Nullable BrokerFigures before) {

  /** Every broker that the name server names, with nothing but its name yet. */
  static List<BrokerFigures> named(ClusterInfo info) {
    List<BrokerFigures> all = new ArrayList<>();
    for (BrokerData broker : info.brokerAddrTable().values()) {
      broker
          .brokerAddrs()
          .forEach(
              (id, address) ->
                  all.add(
                      new BrokerFigures(
                          Objects.requireNonNullElse(broker.cluster(), ""),
                          broker.brokerName(),
                          id,
                          address,
                          0,
                          Map.of(),
                          null,
                          null)));
    }
    all.sort(
        Comparator.comparing(BrokerFigures::cluster)
            .thenComparing(BrokerFigures::name)
            .thenComparingLong(BrokerFigures::id));
    return all;
  }

  boolean isMaster() {
    return id == BrokerData.MASTER_ID;
  }

  /**
   * The same broker after it was asked, now.
   *
   * @param told empty if it did not answer
   */
  BrokerFigures answered(
      Map<String, String> told, @Nullable String why, @Nullable BrokerFigures earlier) {
    return new BrokerFigures(
        cluster, name, id, address, System.currentTimeMillis(), told, why, earlier);
  }

  /** The same without what was before that, so that no chain grows. */
  BrokerFigures alone() {
    return new BrokerFigures(cluster, name, id, address, atMs, table, failure, null);
  }

  /** NaN if the broker doesn't tell it. */
  double number(String key) {
    String text = table.get(key);
    if (text == null || text.isEmpty()) {
      return Double.NaN;
    }
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN; // a broker of another kind means something else by it
    }
  }

  /** How fast a count grows, per second; NaN across a restart. */
  double rate(String key) {
    if (before == null || before.number("bootTimestamp") != number("bootTimestamp")) {
      return Double.NaN;
    }
    double grown = number(key) - before.number(key);
    long tookMs = atMs - before.atMs();
    return tookMs <= 0 || grown < 0 ? Double.NaN : grown * 1000 / tookMs;
  }

  double in() {
    return rate("msgPutTotalTodayNow");
  }

  double out() {
    return rate("msgGetTotalTodayNow");
  }

  /** Time of a store in ms; NaN while nothing is stored, for there is none then. */
  double putMs(String key) {
    return in() > 0 ? number(key) : Double.NaN;
  }

  /** The same of a read for consumers. */
  double pullMs(String key) {
    return out() > 0 ? number(key) : Double.NaN;
  }

  double memory() {
    double bytes = number("residentBytes");
    return bytes > 0 ? bytes : number("heapUsedBytes");
  }

  /** Size of the commit log; NaN if the broker doesn't tell it. */
  double logBytes() {
    return number("commitLogMaxOffset") - number("commitLogMinOffset");
  }

  /** Why it takes no sends, empty if it does or doesn't say. */
  String readOnlyBecause() {
    return table.getOrDefault("sendsRefusedBecause", "");
  }

  /** Whether it has given its log up after an error of its disk, until it is started anew. */
  boolean hasGivenUpItsLog() {
    return table.getOrDefault("sendsRefusedKind", "").equals("READ_ONLY");
  }

  JsonObject json() {
    double bytes = logBytes();
    return new JsonObject()
        .put("cluster", cluster)
        .put("broker", name)
        .put("brokerId", id)
        .put("role", isMaster() ? "master" : "slave")
        .put("address", address)
        .put("failure", failure)
        .put("version", table.get("brokerVersionDesc"))
        .put("apogeeVersion", table.get("apogeeVersion"))
        .put("startedAt", whole("bootTimestamp"))
        .put("flushDiskType", table.get("flushDiskType"))
        .put(
            "aclEnable",
            table.containsKey("aclEnable") ? table.get("aclEnable").equals("true") : null)
        .put("readOnlyBecause", readOnlyBecause())
        .put("diskUsedRatio", FigureRing.number(number("commitLogDiskRatio")))
        .put("diskCapacity", table.get("commitLogDirCapacity"))
        .put("logBytes", Double.isNaN(bytes) ? null : (long) bytes)
        .put("oldestMessageAt", whole("earliestMessageTimeStamp"))
        .put("messagesInPerSecond", FigureRing.number(in()))
        .put("messagesOutPerSecond", FigureRing.number(out()))
        .put("bytesInPerSecond", FigureRing.number(rate("putMessageSizeTotal")))
        .put("bytesOutPerSecond", FigureRing.number(rate("getMessageSizeTotal")))
        .put("putP50Ms", FigureRing.number(putMs("putLatency50")))
        .put("putP99Ms", FigureRing.number(putMs("putLatency99")))
        .put("pullP50Ms", FigureRing.number(pullMs("getLatency50")))
        .put("pullP99Ms", FigureRing.number(pullMs("getLatency99")))
        .put("memoryBytes", FigureRing.number(memory()))
        .put("heapUsedBytes", FigureRing.number(number("heapUsedBytes")))
        .put("heapMaxBytes", FigureRing.number(number("heapMaxBytes")))
        .put("connections", whole("clientConnections"))
        .put("topics", whole("topics"))
        .put("groups", whole("groups"));
  }

  private @Nullable Long whole(String key) {
    double value = number(key);
    return Double.isNaN(value) ? null : (Long) (long) value;
  }
}
