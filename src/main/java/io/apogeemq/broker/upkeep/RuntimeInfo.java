package io.apogeemq.broker.upkeep;

import io.apogeemq.broker.group.ClientTable;
import io.apogeemq.broker.group.ClientTable.Client;
import io.apogeemq.broker.group.ClientTable.ConsumerGroup;
import io.apogeemq.broker.group.SubscriptionMismatch;
import io.apogeemq.broker.stats.PutTimes;
import io.apogeemq.broker.stats.Rates;
import io.apogeemq.broker.stats.Rates.Figures;
import io.apogeemq.broker.stats.Rates.Sum;
import io.apogeemq.broker.stats.RecentTimes;
import io.apogeemq.protocol.body.KvTable;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.remoting.Connection;
import io.apogeemq.store.MessageStore;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The broker's state in figures, under the names that tools and dashboards of 4.9 and 5.x read (both
 * spellings where they differ). Safe to share.
 *
 * <p>The original's thread pools and dispatch lag have no counterpart here: requests are answered on
 * the event loop and the index is written with the record. Their sizes and waits are truly 0.
 */
public final class RuntimeInfo {
  private static final Logger log = LoggerFactory.getLogger(RuntimeInfo.class);

  private static final String OUR_VERSION_NAME = "V4_9_5";

  /** Groups or clients that one line names at most. */
  private static final int MAX_LISTED = 20;

  private static final double GIB = 1024.0 * 1024 * 1024;

  private final MessageStore store;
  private final Rates rates;
  private final ClientTable clients;
  private final Path commitLog;
  private final LongSupplier clockMs;
  private final long bootMs;
  private final List<Consumer<Map<String, String>>> others = new ArrayList<>();
  private volatile String capacity = "";
  private volatile long residentBytes;

  /** {@code commitLog}: the folder whose disk is looked at. */
  public RuntimeInfo(
      MessageStore store, Rates rates, ClientTable clients, Path commitLog, LongSupplier clockMs) {
    this.clients = clients;
    this.store = store;
    this.rates = rates;
    this.commitLog = commitLog;
    this.clockMs = clockMs;
    this.bootMs = clockMs.getAsLong();
  }

  /** Looks how full the disk is, and how large this process. Waits for the file system. */
  @RunsOn({ThreadRole.UPKEEP, ThreadRole.CALLER})
  public void refreshCapacity() {
    residentBytes = ProcessMemory.residentBytes();
    try {
      FileStore disk = Files.getFileStore(commitLog);
      capacity =
          String.format(
              Locale.ROOT,
              "Total : %.1f GiB, Free : %.1f GiB.",
              disk.getTotalSpace() / GIB,
              disk.getUsableSpace() / GIB);
    } catch (IOException e) {
      log.warn("can't see how full the disk of {} is", commitLog, e);
    }
  }

  /** Adds figures of another room, which may be asked for on any thread. Before the broker starts. */
  public void also(Consumer<Map<String, String>> figures) {
    others.add(figures);
  }

  /** When the broker was started, ms. */
  public long bootMs() {
    return bootMs;
  }

  /** All figures as of now. */
  public KvTable table() {
    Map<String, String> table = new TreeMap<>();
    identity(table);
    disk(table);
    memory(table);
    traffic(table);
    consumers(table);
    absent(table);
    others.forEach(each -> each.accept(table));
    return new KvTable(table);
  }

  private void identity(Map<String, String> table) {
    long upSeconds = Math.max(0, (clockMs.getAsLong() - bootMs) / 1000);
    table.put("brokerVersionDesc", OUR_VERSION_NAME);
    table.put("brokerVersion", Integer.toString(RemotingCommand.OUR_VERSION));
    table.put("brokerActive", "true");
    table.put("bootTimestamp", Long.toString(bootMs));
    table.put("startAcceptSendRequestTimeStamp", "0");
    table.put(
        "runtime",
        String.format(
            Locale.ROOT,
            "[ %d days, %d hours, %d minutes, %d seconds ]",
            upSeconds / 86_400,
            upSeconds / 3600 % 24,
            upSeconds / 60 % 60,
            upSeconds % 60));
  }

  private void disk(Map<String, String> table) {
    MessageStore.Status status = store.status();
    String ratio = String.format(Locale.ROOT, "%.4f", status.diskUsedRatio());
    table.put("commitLogDiskRatio", ratio);
    table.put("commitLogDiskRatio_" + commitLog, ratio);
    table.put("consumeQueueDiskRatio", ratio);
    table.put("commitLogDirCapacity", capacity);
    table.put("commitLogMinOffset", Long.toString(status.minPosition()));
    table.put("commitLogMaxOffset", Long.toString(status.appendedPosition()));
    table.put("earliestMessageTimeStamp", Long.toString(status.earliestTimestampMs()));
    table.put(
        "remainHowManyDataToFlush",
        Math.max(0, status.appendedPosition() - status.flushedPosition()) + " B");
    table.put("dispatchBehindBytes", "0");
    table.put("dispatchMaxBuffer", Long.toString(status.waitingBytes()));
    table.put("pageCacheLockTimeMills", "0");
    // Names of ours: tools print what they don't know. Empty while sends are taken.
    table.put("sendsRefusedBecause", status.readOnlyReason());
    table.put("sendsRefusedKind", status.refusal() == null ? "" : status.refusal().name());
  }

  /** Names of ours. */
  private void memory(Map<String, String> table) {
    Runtime java = Runtime.getRuntime();
    table.put("heapUsedBytes", Long.toString(java.totalMemory() - java.freeMemory()));
    table.put("heapMaxBytes", Long.toString(java.maxMemory()));
    table.put("residentBytes", Long.toString(residentBytes));
  }

  private void traffic(Map<String, String> table) {
    Figures figures = rates.figures();
    table.put("putTps", perSecond(figures.perSecond().get(Sum.PUT_MESSAGES)));
    String transferred = perSecond(figures.perSecond().get(Sum.GOT_MESSAGES));
    table.put("getTransferedTps", transferred); // 4.9
    table.put("getTransferredTps", transferred); // 5.x
    double[] found = figures.perSecond().get(Sum.FOUND);
    double[] missed = figures.perSecond().get(Sum.MISSED);
    double[] pulls = new double[found.length];
    for (int i = 0; i < pulls.length; i++) {
      pulls[i] = found[i] + missed[i];
    }
    table.put("getFoundTps", perSecond(found));
    table.put("getMissTps", perSecond(missed));
    table.put("getTotalTps", perSecond(pulls));
    totals(table, "msgPutTotal", figures, Sum.PUT_MESSAGES);
    totals(table, "msgGetTotal", figures, Sum.GOT_MESSAGES);
    long messages = rates.sum(Sum.PUT_MESSAGES);
    long bytes = rates.sum(Sum.PUT_BYTES);
    table.put("putMessageTimesTotal", Long.toString(messages));
    table.put("putMessageSizeTotal", Long.toString(bytes));
    table.put(
        "putMessageAverageSize", Double.toString(messages == 0 ? 0 : bytes / (double) messages));
    table.put("getMessageSizeTotal", Long.toString(rates.sum(Sum.GOT_BYTES))); // ours
    table.put("putMessageFailedTimes", Long.toString(rates.sum(Sum.PUT_FAILED)));
    table.put("putMessageRetriedTimes", Long.toString(rates.sum(Sum.PUT_RETRIED))); // ours
    PutTimes puts = rates.putTimes();
    table.put("putMessageDistributeTime", puts.distribution());
    times(table, "putMessageEntireTimeMax", "putLatency", "%.2f", puts.recent());
    // Most take microseconds.
    times(table, "getMessageEntireTimeMax", "getLatency", "%.3f", rates.getTimes());
  }

  /** Names of percentiles are ours for gets, and for the median. */
  private static void times(
      Map<String, String> table, String max, String name, String format, RecentTimes times) {
    table.put(max, Long.toString(times.maxMs()));
    table.put(name + "50", String.format(Locale.ROOT, format, times.percentileMs(0.5)));
    table.put(name + "99", String.format(Locale.ROOT, format, times.percentileMs(0.99)));
    table.put(name + "999", String.format(Locale.ROOT, format, times.percentileMs(0.999)));
  }

  /** Names of ours, for what makes messages go unread; empty where all is well. */
  private void consumers(Map<String, String> table) {
    List<String> mismatches = new ArrayList<>();
    List<String> twins = new ArrayList<>();
    Set<Connection> connections = new HashSet<>();
    for (ConsumerGroup group : clients.consumerGroups()) {
      SubscriptionMismatch mismatch = group.mismatch();
      if (mismatch != null) {
        mismatches.add(group.name() + ", " + mismatch);
      }
      for (Client each : group.members().keySet()) {
        connections.add(each.connection());
        Client twin = each.twin();
        if (twin != null && group.members().containsKey(twin)) {
          twins.add(group.name() + ", " + each + " and at " + twin.connection().remoteAddress());
        }
      }
    }
    for (Set<Client> producers : clients.producerGroups().values()) {
      producers.forEach(each -> connections.add(each.connection()));
    }
    table.put("clientConnections", Integer.toString(connections.size()));
    table.put("groupsWithDifferentSubscriptions", Integer.toString(mismatches.size()));
    table.put("differentSubscriptions", listed(mismatches));
    table.put("clientIdsUsedTwice", Integer.toString(twins.size()));
    table.put("twoClientsWithOneId", listed(twins));
  }

  private static String listed(List<String> all) {
    return all.stream().sorted().limit(MAX_LISTED).collect(Collectors.joining("; "));
  }

  private void totals(Map<String, String> table, String name, Figures figures, Sum sum) {
    table.put(name + "TodayNow", Long.toString(rates.sum(sum)));
    table.put(name + "TodayMorning", Long.toString(figures.atMidnight().get(sum)));
    table.put(name + "YesterdayMorning", Long.toString(figures.atMidnightBefore().get(sum)));
  }

  /** What the original has and we have not; tools fail on a missing name. */
  private static void absent(Map<String, String> table) {
    for (String pool : new String[] {"send", "pull", "query", "ack", "litePull"}) {
      table.put(pool + "ThreadPoolQueueSize", "0");
      table.put(pool + "ThreadPoolQueueCapacity", "0");
      table.put(pool + "ThreadPoolQueueHeadWaitTimeMills", "0");
    }
    table.put("EndTransactionQueueSize", "0");
    table.put("EndTransactionThreadPoolQueueCapacity", "0");
    table.put("remainTransientStoreBufferNumbs", "0");
    table.put("timerReadBehind", "0");
    table.put("timerOffsetBehind", "0");
    table.put("timerCongestNum", "0");
    table.put("timerEnqueueTps", "0.0");
    table.put("timerDequeueTps", "0.0");
  }

  /** Three averages as the original prints them; tools take the first. */
  private static String perSecond(double[] averages) {
    StringBuilder text = new StringBuilder();
    for (double each : averages) {
      text.append(each).append(' ');
    }
    return text.toString();
  }
}
