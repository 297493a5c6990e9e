package io.apogeemq.cli;

import io.apogeemq.client.Admin;
import io.apogeemq.protocol.body.BrokerData;
import io.apogeemq.protocol.body.ClusterInfo;
import java.io.PrintStream;
import java.util.Map;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Commands about clusters and their brokers. */
interface ClusterCommands {
  /** clusterList: all brokers with their load, or with how many messages passed ({@code -m}). */
  @Command
  final class ListBrokers extends AdminCommand {
    private static final String LOAD_ROW =
        "%-16s  %-22s  %-4s  %-22s %-16s %19s %19s %10s %5s %6s%n";
    private static final String TOTALS_HEAD = "%-16s  %-32s %14s %14s %14s %14s%n";
    private static final String TOTALS_ROW = "%-16s  %-32s %14d %14d %14d %14d%n";
    private static final double MS_PER_HOUR = 3_600_000;

    @Option(
        names = {"-m", "--moreStats"},
        description = "Print more stats")
    boolean totals;

    @Override
    void run(CommandClient client, PrintStream out, PrintStream err) {
      Admin admin = client.client().admin();
      ClusterInfo info = client.await(admin.clusterInfo());
      if (totals) {
        out.printf(
            TOTALS_HEAD,
            "#Cluster Name",
            "#Broker Name",
            "#InTotalYest",
            "#OutTotalYest",
            "#InTotalToday",
            "#OutTotalToday");
      } else {
        out.printf(
            LOAD_ROW,
            "#Cluster Name",
            "#Broker Name",
            "#BID",
            "#Addr",
            "#Version",
            "#InTPS(LOAD)",
            "#OutTPS(LOAD)",
            "#PCWait(ms)",
            "#Hour",
            "#SPACE");
      }
      for (String cluster : Columns.inOriginalOrder(info.clusterAddrTable().keySet())) {
        for (String name : new TreeSet<>(info.clusterAddrTable().get(cluster))) {
          BrokerData broker = info.brokerAddrTable().get(name);
          if (broker != null) {
            broker
                .brokerAddrs()
                .forEach((id, address) -> row(client, out, err, cluster, name, id, address));
          }
        }
      }
    }

    private void row(
        CommandClient client,
        PrintStream out,
        PrintStream err,
        String cluster,
        String name,
        long id,
        String address) {
      Map<String, String> figures;
      try {
        figures = client.await(client.client().admin().brokerFigures(address));
      } catch (CommandFailed e) {
        err.println("clusterList: " + address + ": " + e.getMessage());
        figures = Map.of();
      }
      if (totals) {
        long putMorning = count(figures, "msgPutTotalTodayMorning");
        long getMorning = count(figures, "msgGetTotalTodayMorning");
        out.printf(
            TOTALS_ROW,
            cluster,
            name,
            putMorning - count(figures, "msgPutTotalYesterdayMorning"),
            getMorning - count(figures, "msgGetTotalYesterdayMorning"),
            count(figures, "msgPutTotalTodayNow") - putMorning,
            count(figures, "msgGetTotalTodayNow") - getMorning);
        return;
      }
      out.printf(
          LOAD_ROW,
          cluster,
          name,
          id,
          address,
          figures.getOrDefault("brokerVersionDesc", ""),
          load(figures, "putTps", "send"),
          load(figures, "getTransferedTps", "pull"),
          figures.getOrDefault("pageCacheLockTimeMills", ""),
          String.format("%2.2f", hours(figures)),
          String.format("%.4f", number(figures, "commitLogDiskRatio")));
    }

    /** Rate of the last seconds, and length and waiting time (ms) of the queue behind it. */
    private static String load(Map<String, String> figures, String rate, String queue) {
      return String.format(
          "%9.2f(%s,%sms)",
          number(figures, rate),
          figures.getOrDefault(queue + "ThreadPoolQueueSize", ""),
          figures.getOrDefault(queue + "ThreadPoolQueueHeadWaitTimeMills", ""));
    }

    /** The first number of a figure: rates are three, over 10 s, 1 min and 10 min. */
    private static double number(Map<String, String> figures, String name) {
      String text = figures.getOrDefault(name, "").trim();
      try {
        return text.isEmpty() ? 0 : Double.parseDouble(text.split(" ")[0]);
      } catch (NumberFormatException e) {
        throw new CommandFailed("a broker's figure " + name + " is no number: '" + text + "'");
      }
    }

    private static long count(Map<String, String> figures, String name) {
      return (long) number(figures, name);
    }

    /** How far back the oldest message lies. */
    private static double hours(Map<String, String> figures) {
      String oldest = figures.getOrDefault("earliestMessageTimeStamp", "");
      return oldest.isEmpty()
          ? 0
          : (System.currentTimeMillis() - count(figures, "earliestMessageTimeStamp")) / MS_PER_HOUR;
    }
  }
}
