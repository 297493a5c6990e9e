package io.apogeemq.broker.stats;

import static io.apogeemq.protocol.remoting.RequestCode.APOGEE_GET_CLIENTS;
import static io.apogeemq.protocol.remoting.RequestCode.APOGEE_GET_GROUP_FIGURES;
import static io.apogeemq.protocol.remoting.RequestCode.APOGEE_GET_TOPIC_FIGURES;

import io.apogeemq.broker.group.ClientTable;
import io.apogeemq.broker.group.ClientTable.Client;
import io.apogeemq.broker.group.ClientTable.ConsumerGroup;
import io.apogeemq.broker.group.GroupTable;
import io.apogeemq.broker.topic.TopicTable;
import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.body.ConnectedClients;
import io.apogeemq.protocol.body.GroupFigures;
import io.apogeemq.protocol.body.SubscriptionData;
import io.apogeemq.protocol.body.SubscriptionGroupConfig;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.body.TopicFigures;
import io.apogeemq.protocol.header.GroupHeaders;
import io.apogeemq.remoting.Access;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.Route;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Answers, in one request each, what a list of all topics, groups or clients shows: codes of our own, so
 * that whoever lists 10,000 topics does not ask 10,000 times. Everything comes from memory.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class OverviewHandlers implements RequestFamily {
  private static final String MESSAGE_TYPE = "message.type";

  private final TopicTable topics;
  private final GroupTable groups;
  private final ClientTable clients;
  private final Lag lag;
  private final Rates rates;

  public OverviewHandlers(
      TopicTable topics, GroupTable groups, ClientTable clients, Lag lag, Rates rates) {
    this.topics = topics;
    this.groups = groups;
    this.clients = clients;
    this.lag = lag;
    this.rates = rates;
  }

  @Override
  public List<Route<?>> routes() {
    return List.of(
        Route.on(APOGEE_GET_TOPIC_FIGURES, Access.OPEN, this::topics),
        Route.on(APOGEE_GET_GROUP_FIGURES, Access.OPEN, this::groups),
        Route.on(APOGEE_GET_CLIENTS, Access.OPEN, GroupHeaders.Clients.class, this::clients));
  }

  private Future<Reply> topics(Exchange from, Route.NoFields none) {
    Map<String, Set<String>> groupsOf = groupsByTopic();
    List<TopicFigures.Row> rows = new ArrayList<>();
    for (TopicConfig each : topics.all()) {
      String name = each.topicName();
      Rates.Tally put = rates.putInto(name);
      rows.add(
          new TopicFigures.Row(
              name,
              each.perm(),
              each.readQueueNums(),
              each.writeQueueNums(),
              each.order(),
              each.attributes() == null ? null : each.attributes().get(MESSAGE_TYPE),
              lag.stored(each),
              put == null ? 0 : put.minute().messagesPerSecond(),
              rates.gotPerSecond(name),
              groupsOf.getOrDefault(name, Set.of()).size()));
    }
    return Reply.ok().body(new TopicFigures(rows).toJson()).now();
  }

  private Map<String, Set<String>> groupsByTopic() {
    Map<String, Set<String>> groupsOf = new HashMap<>();
    lag.topicsByGroup().forEach((group, names) -> addAll(groupsOf, group, names));
    for (ConsumerGroup each : clients.consumerGroups()) {
      addAll(groupsOf, each.name(), each.subscriptions().keySet());
    }
    return groupsOf;
  }

  private static void addAll(Map<String, Set<String>> groupsOf, String group, Set<String> names) {
    names.forEach(name -> groupsOf.computeIfAbsent(name, topic -> new HashSet<>()).add(group));
  }

  private Future<Reply> groups(Exchange from, Route.NoFields none) {
    Map<String, Set<String>> topicsOf = lag.topicsByGroup();
    List<GroupFigures.Row> rows = new ArrayList<>();
    for (SubscriptionGroupConfig each : groups.all()) {
      rows.add(figures(each, topicsOf.getOrDefault(each.groupName(), Set.of())));
    }
    return Reply.ok().body(new GroupFigures(rows).toJson()).now();
  }

  private GroupFigures.Row figures(SubscriptionGroupConfig config, Set<String> names) {
    String group = config.groupName();
    long behind = 0;
    long retries = 0;
    double perSecond = 0;
    for (String name : names) {
      TopicConfig topic = topics.find(name);
      if (topic == null) {
        continue; // deleted in between
      }
      long ofTopic = lag.behind(group, topic);
      behind += ofTopic;
      retries += name.startsWith(Names.RETRY) ? ofTopic : 0;
      Rates.Tally got = rates.gotFrom(name, group);
      perSecond += got == null ? 0 : got.minute().messagesPerSecond();
    }
    TopicConfig dead = topics.find(Names.dlqTopic(group));
    ConsumerGroup online = clients.consumerGroup(group);
    return new GroupFigures.Row(
        group,
        config.consumeEnable(),
        online == null ? 0 : online.members().size(),
        online == null ? null : online.consumeType(),
        online == null ? null : online.messageModel(),
        names.size(),
        behind,
        retries,
        dead == null ? 0 : lag.stored(dead),
        perSecond,
        online == null || online.mismatch() == null ? null : online.mismatch().toString(),
        online != null && online.clientIds().size() < online.members().size());
  }

  private Future<Reply> clients(Exchange from, GroupHeaders.Clients ask) {
    Map<Client, Parts> all = new LinkedHashMap<>();
    if (ask.group() == null) {
      new TreeMap<>(clients.producerGroups())
          .forEach(
              (group, members) -> members.forEach(each -> parts(all, each).producers.add(group)));
      clients.consumerGroups().forEach(each -> addMembers(all, each, false));
    } else {
      ConsumerGroup one = clients.consumerGroup(ask.group());
      if (one != null) {
        addMembers(all, one, true);
      }
    }
    List<ConnectedClients.Row> rows = new ArrayList<>();
    all.forEach((client, parts) -> rows.add(row(client, parts)));
    return Reply.ok().body(new ConnectedClients(rows).toJson()).now();
  }

  /** What one client takes part in. */
  private record Parts(List<String> producers, List<ConnectedClients.Membership> memberships) {}

  private static Parts parts(Map<Client, Parts> all, Client client) {
    return all.computeIfAbsent(client, one -> new Parts(new ArrayList<>(), new ArrayList<>()));
  }

  private static void addMembers(
      Map<Client, Parts> all, ConsumerGroup group, boolean withSubscriptions) {
    group
        .members()
        .forEach(
            (client, member) ->
                parts(all, client)
                    .memberships
                    .add(
                        new ConnectedClients.Membership(
                            group.name(), withSubscriptions ? subscriptions(member) : List.of())));
  }

  private static List<ConnectedClients.Subscription> subscriptions(ClientTable.Member member) {
    List<ConnectedClients.Subscription> all = new ArrayList<>();
    for (SubscriptionData each : new TreeMap<>(member.subscriptions()).values()) {
      all.add(
          new ConnectedClients.Subscription(each.topic(), each.expressionType(), each.subString()));
    }
    return all;
  }

  private static ConnectedClients.Row row(Client client, Parts parts) {
    return new ConnectedClients.Row(
        client.clientId(),
        address(client.connection().remoteAddress()),
        client.language(),
        client.version(),
        client.lastSeenMs(),
        parts.producers,
        parts.memberships);
  }

  private static String address(InetSocketAddress remote) {
    return (remote.getAddress() == null
            ? remote.getHostString()
            : remote.getAddress().getHostAddress())
        + ":"
        + remote.getPort();
  }
}
