package io.apogeemq.cli;

import io.apogeemq.client.Admin;
import io.apogeemq.client.MessageQueue;
import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.body.BrokerData;
import io.apogeemq.protocol.body.ClusterInfo;
import io.apogeemq.protocol.body.JsonForm;
import io.apogeemq.protocol.body.QueueData;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.body.TopicRoute;
import io.apogeemq.protocol.body.TopicStatsTable;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Commands about topics. */
interface TopicCommands {
  /** topicList: all topics, or with cluster and groups ({@code -c}). */
  @Command
  final class ListTopics extends AdminCommand {
    @Option(
        names = {"-c", "--clusterModel"},
        description = "clusterModel")
    boolean withClusters;

    @Override
    void run(CommandClient client, PrintStream out, PrintStream err) {
      Admin admin = client.client().admin();
      Set<String> topics = Columns.inOriginalOrder(client.await(admin.topics()));
      if (!withClusters) {
        topics.forEach(each -> out.printf("%s%n", each));
        return;
      }
      ClusterInfo clusters = client.await(admin.clusterInfo());
      out.printf("%-20s  %-48s  %-48s%n", "#Cluster Name", "#Topic", "#Consumer Group");
      for (String topic : topics) {
        if (!topic.startsWith(Names.RETRY) && !topic.startsWith(Names.DLQ)) {
          row(client, out, err, clusters, topic);
        }
      }
    }

    private static void row(
        CommandClient client,
        PrintStream out,
        PrintStream err,
        ClusterInfo clusters,
        String topic) {
      Admin admin = client.client().admin();
      String cluster = "";
      List<String> groups = List.of();
      try {
        cluster = clusterOf(client.await(admin.route(topic)), clusters);
        groups = client.await(admin.groupsOf(topic));
      } catch (CommandFailed e) {
        // A topic may have been deleted since the list was made; the others still count.
        err.println("topicList: " + topic + ": " + e.getMessage());
      }
      for (String group : groups.isEmpty() ? List.of("") : Columns.inOriginalOrder(groups)) {
        out.printf(
            "%-20s  %-64s  %-64s%n",
            Columns.cut(cluster, 20), Columns.cut(topic, 64), Columns.cut(group, 64));
      }
    }

    private static String clusterOf(TopicRoute route, ClusterInfo clusters) {
      if (route.brokerDatas().isEmpty()) {
        return "";
      }
      String broker = route.brokerDatas().get(0).brokerName();
      for (Map.Entry<String, Set<String>> each : clusters.clusterAddrTable().entrySet()) {
        if (each.getValue().contains(broker)) {
          return each.getKey();
        }
      }
      return "";
    }
  }

  /** topicStatus: where each queue begins and ends, and when it was written last. */
  @Command
  final class Status extends AdminCommand {
    @Option(
        names = {"-t", "--topic"},
        required = true,
        description = "topic name")
    String topic = "";

    @Override
    void run(CommandClient client, PrintStream out, PrintStream err) {
      TreeMap<MessageQueue, TopicStatsTable.TopicOffset> queues =
          client.await(client.client().admin().topicStats(topic.trim()));
      if (queues.isEmpty()) {
        throw new CommandFailed("Not found the topic stats info");
      }
      out.printf(
          "%-32s  %-4s  %-20s  %-20s    %s%n",
          "#Broker Name", "#QID", "#Min Offset", "#Max Offset", "#Last Updated");
      queues.forEach(
          (queue, ends) ->
              out.printf(
                  "%-32s  %-4d  %-20d  %-20d    %s%n",
                  Columns.cut(queue.brokerName(), 32),
                  queue.queueId(),
                  ends.minOffset(),
                  ends.maxOffset(),
                  ends.lastUpdateTimestamp() > 0
                      ? Columns.millis(ends.lastUpdateTimestamp())
                      : ""));
    }
  }

  /** topicRoute: where a topic is, as JSON or as a table ({@code -l}). */
  @Command
  final class Route extends AdminCommand {
    private static final String ROW = "%-45s %-32s %-50s %-10s %-11s %-5s%n";
    private static final int RULE_SIGNS = 158;

    @Option(
        names = {"-t", "--topic"},
        required = true,
        description = "topic name")
    String topic = "";

    @Option(
        names = {"-l", "--list"},
        description = "Use list format to print data")
    boolean table;

    @Override
    void run(CommandClient client, PrintStream out, PrintStream err) {
      TopicRoute route = client.await(client.client().admin().route(topic.trim()));
      if (table) {
        table(route, out);
      } else {
        out.printf("%s%n", asOf4(route).toJson(JsonForm.FILE));
      }
    }

    /** Without the member that only 5.x has and the 4.9 tool doesn't print. */
    private static TopicRoute asOf4(TopicRoute route) {
      List<BrokerData> brokers = new ArrayList<>();
      for (BrokerData each : route.brokerDatas()) {
        brokers.add(new BrokerData(each.brokerAddrs(), each.brokerName(), each.cluster(), null));
      }
      return new TopicRoute(
          brokers, route.filterServerTable(), route.orderTopicConf(), route.queueDatas());
    }

    private static void table(TopicRoute route, PrintStream out) {
      int readQueues = 0;
      int writeQueues = 0;
      List<QueueData> queues = new ArrayList<>(route.queueDatas());
      queues.sort(Comparator.comparing(QueueData::brokerName));
      out.printf(
          ROW, "#ClusterName", "#BrokerName", "#BrokerAddrs", "#ReadQueue", "#WriteQueue", "#Perm");
      List<BrokerData> brokers = new ArrayList<>(route.brokerDatas());
      brokers.sort(Comparator.comparing(BrokerData::brokerName));
      for (BrokerData broker : brokers) {
        for (QueueData each : queues) {
          if (each.brokerName().equals(broker.brokerName())) {
            readQueues += each.readQueueNums();
            writeQueues += each.writeQueueNums();
            out.printf(
                ROW,
                broker.cluster(),
                broker.brokerName(),
                broker.brokerAddrs(),
                each.readQueueNums(),
                each.writeQueueNums(),
                each.perm());
          }
        }
      }
      out.printf("%s%n", "-".repeat(RULE_SIGNS));
      out.printf(ROW, "Total:", brokers.size(), "", readQueues, writeQueues, "");
    }
  }

  /** updateTopic: creates a topic on one broker or on all masters of a cluster, or changes it. */
  @Command
  final class Update extends AdminCommand {
    private static final int UNIT = 1;
    private static final int UNIT_SUBSCRIBED = 2;

    /** Where: one of the two must be given. */
    static final class Target {
      @Option(
          names = {"-b", "--brokerAddr"},
          description = "create topic to which broker")
      @Nullable String broker;

      @Option(
          names = {"-c", "--clusterName"},
          description = "create topic to which cluster")
      @Nullable String cluster;
    }

    @ArgGroup(multiplicity = "1")
    Target target = new Target();

    @Option(
        names = {"-t", "--topic"},
        required = true,
        description = "topic name")
    String topic = "";

    @Option(
        names = {"-r", "--readQueueNums"},
        description = "set read queue nums")
    int readQueues = 8;

    @Option(
        names = {"-w", "--writeQueueNums"},
        description = "set write queue nums")
    int writeQueues = 8;

    @Option(
        names = {"-p", "--perm"},
        description = "set topic's permission(2|4|6), intro[2:W 4:R; 6:RW]")
    int perm = 6;

    @Option(
        names = {"-o", "--order"},
        arity = "1",
        description = "set topic's order(true|false)")
    boolean order;

    @Option(
        names = {"-u", "--unit"},
        arity = "1",
        description = "is unit topic (true|false)")
    boolean unit;

    @Option(
        names = {"-s", "--hasUnitSub"},
        arity = "1",
        description = "has unit sub (true|false)")
    boolean unitSubscribed;

    @Override
    void run(CommandClient client, PrintStream out, PrintStream err) {
      topic = topic.trim();
      int sysFlag = (unit ? UNIT : 0) | (unitSubscribed ? UNIT_SUBSCRIBED : 0);
      TopicConfig config =
          new TopicConfig(null, order, perm, readQueues, "SINGLE_TAG", topic, sysFlag, writeQueues);
      if (target.broker != null) {
        onBroker(client, out, target.broker.trim(), config);
      } else if (target.cluster != null) {
        onCluster(client, out, target.cluster.trim(), config);
      }
      out.printf(
          "TopicConfig [topicName=%s, readQueueNums=%d, writeQueueNums=%d, perm=%s, "
              + "topicFilterType=SINGLE_TAG, topicSysFlag=%d, order=%s]",
          topic, readQueues, writeQueues, permission(perm), sysFlag, order);
    }

    private void onBroker(
        CommandClient client, PrintStream out, String address, TopicConfig config) {
      Admin admin = client.client().admin();
      client.await(admin.updateTopic(address, config));
      if (order) {
        String queues = nameOf(address, client.await(admin.clusterInfo())) + ":" + writeQueues;
        client.await(admin.updateOrder(topic, queues, false));
        out.printf("set broker orderConf. isOrder=%s, orderConf=[%s]", true, queues);
      }
      out.printf("create topic to %s success.%n", address);
    }

    private static String nameOf(String address, ClusterInfo info) {
      for (BrokerData each : info.brokerAddrTable().values()) {
        if (each.brokerAddrs().containsValue(address)) {
          return each.brokerName();
        }
      }
      throw new CommandFailed("no broker is registered with the address " + address);
    }

    private void onCluster(
        CommandClient client, PrintStream out, String cluster, TopicConfig config) {
      Admin admin = client.client().admin();
      ClusterInfo info = client.await(admin.clusterInfo());
      Set<String> names = info.clusterAddrTable().get(cluster);
      if (names == null) {
        throw new CommandFailed(
            "Make sure the specified clusterName exists or the nameserver which connected is"
                + " correct: there is no cluster "
                + cluster);
      }
      List<String> masters = new ArrayList<>();
      List<String> queues = new ArrayList<>();
      for (String name : names) {
        BrokerData broker = info.brokerAddrTable().get(name);
        queues.add(name + ":" + writeQueues);
        if (broker != null && broker.brokerAddrs().containsKey(BrokerData.MASTER_ID)) {
          masters.add(broker.brokerAddrs().get(BrokerData.MASTER_ID));
        }
      }
      for (String address : Columns.inOriginalOrder(masters)) {
        client.await(admin.updateTopic(address, config));
        out.printf("create topic to %s success.%n", address);
      }
      if (order) {
        String all = String.join(";", queues);
        client.await(admin.updateOrder(topic, all, true));
        out.printf("set cluster orderConf. isOrder=%s, orderConf=[%s]", true, all);
      }
    }

    /** Three signs: may be read, written, inherited. */
    private static String permission(int perm) {
      return ((perm & 4) != 0 ? "R" : "-")
          + ((perm & 2) != 0 ? "W" : "-")
          + ((perm & 1) != 0 ? "X" : "-");
    }
  }
}
