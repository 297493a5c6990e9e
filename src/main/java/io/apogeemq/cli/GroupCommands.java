package io.apogeemq.cli;

import io.apogeemq.client.Admin;
import io.apogeemq.client.GroupAdmin;
import io.apogeemq.client.GroupProgress;
import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.body.ClientConnection;
import io.apogeemq.protocol.body.ConsumeType;
import io.apogeemq.protocol.body.ConsumerConnection;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Commands about consumer groups. */
interface GroupCommands {
  /** consumerProgress: all groups and how far behind they are, or the queues of one ({@code -g}). */
  @Command
  final class Progress extends AdminCommand {
    private static final String QUEUE_HEAD = "%-64s  %-32s  %-4s  %-20s  %-20s  %-20s  %s%n";
    private static final String QUEUE_ROW = "%-64s  %-32s  %-4d  %-20d  %-20d  %-20d  %s%n";
    private static final String GROUP_HEAD = "%-64s  %-6s  %-24s %-5s  %-14s  %-7s  %s%n";
    private static final String GROUP_ROW = "%-64s  %-6d  %-24s %-5s  %-14s  %-7d  %d%n";

    @Option(
        names = {"-g", "--groupName"},
        description = "consumer group name")
    @Nullable String group;

    @Override
    void run(CommandClient client, PrintStream out, PrintStream err) {
      if (group != null) {
        queues(client, out, group.trim());
      } else {
        groups(client, out);
      }
    }

    private static void queues(CommandClient client, PrintStream out, String group) {
      GroupProgress progress = client.await(client.client().groupAdmin().progress(group));
      if (progress.queues().isEmpty()) {
        throw new CommandFailed(
            "group " + group + " has no offset on any broker: it never consumed");
      }
      out.printf(
          QUEUE_HEAD,
          "#Topic",
          "#Broker Name",
          "#QID",
          "#Broker Offset",
          "#Consumer Offset",
          "#Diff",
          "#LastTime");
      progress
          .queues()
          .forEach(
              (queue, offsets) ->
                  out.printf(
                      QUEUE_ROW,
                      Columns.cut(queue.topic(), 64),
                      Columns.cut(queue.brokerName(), 32),
                      queue.queueId(),
                      offsets.brokerOffset(),
                      offsets.consumerOffset(),
                      offsets.brokerOffset() - offsets.consumerOffset(),
                      offsets.lastTimestamp() > 0
                          ? Columns.seconds(offsets.lastTimestamp())
                          : "N/A"));
      out.printf("%n");
      out.printf("Consume TPS: %.2f%n", progress.consumeTps());
      out.printf("Diff Total: %d%n", progress.lag());
    }

    private record Group(
        String name, @Nullable GroupProgress progress, @Nullable ConsumerConnection members) {
      int count() {
        return members == null ? 0 : members.connectionSet().size();
      }

      long lag() {
        return progress == null ? 0 : progress.lag();
      }

      String version() {
        return members == null || count() == 0
            ? "OFFLINE"
            : VersionName.of(
                members.connectionSet().stream()
                    .mapToInt(ClientConnection::version)
                    .min()
                    .orElse(0));
      }

      String type() {
        if (members == null || count() == 0 || members.consumeType() == null) {
          return "";
        }
        return switch (members.consumeType()) {
          case CONSUME_ACTIVELY -> "PULL";
          case CONSUME_PASSIVELY, CONSUME_POP -> "PUSH";
        };
      }

      /** Only pushed groups have one that matters. */
      String model() {
        return members == null
                || count() == 0
                || members.consumeType() != ConsumeType.CONSUME_PASSIVELY
                || members.messageModel() == null
            ? ""
            : members.messageModel().name();
      }
    }

    /** Of a retry topic's name: what a group has popped is retried in a topic for each topic. */
    private static String group(String name, Set<String> known, Collection<String> topics) {
      if (known.contains(name)) {
        return name;
      }
      return known.stream()
          .filter(name::startsWith)
          .filter(
              each ->
                  topics.stream()
                      .flatMap(topic -> Names.popRetryTopics(each, topic).stream())
                      .anyMatch((Names.RETRY + name)::equals))
          .findFirst()
          .orElse(name);
    }

    private static void groups(CommandClient client, PrintStream out) {
      Admin admin = client.client().admin();
      GroupAdmin groupAdmin = client.client().groupAdmin();
      List<Group> groups = new ArrayList<>();
      Collection<String> topics = Columns.inOriginalOrder(client.await(admin.topics()));
      Set<String> known = client.await(groupAdmin.groups()).keySet();
      Set<String> listed = new LinkedHashSet<>();
      for (String topic : topics) {
        if (topic.startsWith(Names.RETRY)) {
          listed.add(group(topic.substring(Names.RETRY.length()), known, topics));
        }
      }
      Set<String> all = new LinkedHashSet<>(listed);
      all.addAll(known);
      for (String name : all) {
        // Either may be refused: a group without offsets, or without a member that is there now.
        GroupProgress progress = client.await(groupAdmin.progress(name).otherwiseEmpty());
        // One that only pops has no retry topic while nothing is retried; others never consumed.
        if (listed.contains(name) || progress != null && !progress.queues().isEmpty()) {
          groups.add(
              new Group(name, progress, client.await(groupAdmin.members(name).otherwiseEmpty())));
        }
      }
      groups.sort(
          Comparator.comparingInt(Group::count)
              .reversed()
              .thenComparing(Comparator.comparingLong(Group::lag).reversed()));
      out.printf(
          GROUP_HEAD, "#Group", "#Count", "#Version", "#Type", "#Model", "#TPS", "#Diff Total");
      for (Group each : groups) {
        out.printf(
            GROUP_ROW,
            Columns.cut(each.name(), 64),
            each.count(),
            each.version(),
            each.type(),
            each.model(),
            each.progress() == null ? 0 : (int) each.progress().consumeTps(),
            each.lag());
      }
    }
  }
}
