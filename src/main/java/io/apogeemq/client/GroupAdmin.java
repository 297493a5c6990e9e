package io.apogeemq.client;

import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.ClientConnection;
import io.apogeemq.protocol.body.ConsumeDirectlyResult;
import io.apogeemq.protocol.body.ConsumeStats;
import io.apogeemq.protocol.body.ConsumerConnection;
import io.apogeemq.protocol.body.ConsumerRunningInfo;
import io.apogeemq.protocol.body.ResetOffsetBody;
import io.apogeemq.protocol.body.SubscriptionData;
import io.apogeemq.protocol.body.SubscriptionGroupConfig;
import io.apogeemq.protocol.body.SubscriptionGroupWrapper;
import io.apogeemq.protocol.header.GroupHeaders;
import io.apogeemq.protocol.header.OffsetHeaders;
import io.apogeemq.protocol.header.StatsHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What administrators ask about consumer groups and change in them. Threads and failures as in {@link
 * Admin}.
 */
public final class GroupAdmin {
  private static final Function<RemotingCommand, ConsumeStats> READ_PROGRESS =
      r -> Body.parse(ConsumeStats.class, r.body());

  /** Brokers wait 10 s for a member's answer; it comes to us a moment later. */
  private static final long MEMBER_WAIT_MS = 12_000;

  private final Nodes nodes;
  private final ApogeeClient client;

  GroupAdmin(Nodes nodes, ApogeeClient client) {
    this.nodes = nodes;
    this.client = client;
  }

  /** All groups that any master knows, by name, sorted; system groups included. */
  public Future<TreeMap<String, SubscriptionGroupConfig>> groups() {
    return nodes
        .masters()
        .compose(
            masters ->
                nodes.fromAll(
                    masters,
                    () -> RemotingCommand.request(RequestCode.GET_ALL_SUBSCRIPTIONGROUP_CONFIG),
                    r -> Body.parse(SubscriptionGroupWrapper.class, r.body())))
        .map(
            all -> {
              TreeMap<String, SubscriptionGroupConfig> groups = new TreeMap<>();
              all.forEach(each -> groups.putAll(each.subscriptionGroupTable()));
              return groups;
            });
  }

  /** Creates a group on all masters, or changes it. */
  public Future<Void> createGroup(SubscriptionGroupConfig config) {
    return nodes.toMasters(
        () ->
            RemotingCommand.request(RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP)
                .body(config.toJson()));
  }

  /**
   * Deletes a group from all masters.
   *
   * @param withOffsets true: a new group of the name begins anew
   */
  public Future<Void> deleteGroup(String group, boolean withOffsets) {
    return nodes.toMasters(
        () ->
            RemotingCommand.request(
                RequestCode.DELETE_SUBSCRIPTIONGROUP,
                new GroupHeaders.DeleteGroup(group, withOffsets, withOffsets)));
  }

  /**
   * Who consumes in a group, as all of its brokers that answer know it; code 206 if nobody does. A broker
   * that has just started may know some members only.
   */
  public Future<ConsumerConnection> members(String group) {
    return brokersOf(group)
        .compose(
            addresses -> {
              List<Future<ConsumerConnection>> answers = new ArrayList<>();
              for (String each : addresses) {
                answers.add(
                    nodes.from(
                        each,
                        RemotingCommand.request(
                            RequestCode.GET_CONSUMER_CONNECTION_LIST,
                            new GroupHeaders.OfConsumers(group)),
                        r -> Body.parse(ConsumerConnection.class, r.body())));
              }
              return Future.join(answers).transform(ignored -> united(answers));
            });
  }

  /** The brokers that a group's members tell of themselves; nobody has ever if it has no retry topic. */
  private Future<List<String>> brokersOf(String group) {
    return nodes
        .brokersOf(Names.retryTopic(group))
        .recover(
            e ->
                Future.failedFuture(
                    Routes.isUnknownTopic(e)
                        ? new RequestRefused(
                            ResponseCode.CONSUMER_NOT_ONLINE,
                            "no broker knows a member of group " + group)
                        : e));
  }

  /** The first broker's members, and those that only others know. */
  private static Future<ConsumerConnection> united(List<Future<ConsumerConnection>> answers) {
    ConsumerConnection all = null;
    Throwable refusal = null;
    Throwable silence = null;
    for (Future<ConsumerConnection> each : answers) {
      if (each.succeeded()) {
        all = all == null ? each.result() : united(all, each.result());
      } else if (each.cause() instanceof RequestRefused) {
        refusal = each.cause();
      } else {
        silence = each.cause(); // who is silent may know somebody
      }
    }
    return all != null
        ? Future.succeededFuture(all)
        : Future.failedFuture(Objects.requireNonNull(silence == null ? refusal : silence));
  }

  private static ConsumerConnection united(ConsumerConnection known, ConsumerConnection more) {
    Set<String> ids = new HashSet<>();
    known.connectionSet().forEach(each -> ids.add(each.clientId()));
    Set<ClientConnection> members = new LinkedHashSet<>(known.connectionSet());
    more.connectionSet().stream()
        .filter(each -> !ids.contains(each.clientId()))
        .forEach(members::add);
    Map<String, SubscriptionData> subscriptions = new LinkedHashMap<>(known.subscriptionTable());
    more.subscriptionTable().forEach(subscriptions::putIfAbsent);
    return new ConsumerConnection(
        members,
        known.consumeFromWhere(),
        known.consumeType(),
        known.messageModel(),
        subscriptions);
  }

  /**
   * What a member says of itself: its settings, queues and figures. Code 1 if it is not online.
   *
   * @param clientId as {@link #members} tells it
   * @param withStacks true: what its threads do, too ({@link ConsumerRunningInfo#jstack})
   */
  public Future<ConsumerRunningInfo> runningInfo(
      String group, String clientId, boolean withStacks) {
    return brokersOf(group)
        .compose(addresses -> runningInfo(addresses, 0, group, clientId, withStacks));
  }

  /** From the first broker that knows the member. */
  private Future<ConsumerRunningInfo> runningInfo(
      List<String> addresses, int index, String group, String clientId, boolean withStacks) {
    return nodes
        .from(
            addresses.get(index),
            RemotingCommand.request(
                RequestCode.GET_CONSUMER_RUNNING_INFO,
                new GroupHeaders.RunningInfo(group, clientId, withStacks)),
            MEMBER_WAIT_MS,
            r -> Body.parse(ConsumerRunningInfo.class, r.body()))
        .recover(
            e ->
                index + 1 < addresses.size()
                    ? runningInfo(addresses, index + 1, group, clientId, withStacks)
                    : Future.failedFuture(e));
  }

  /**
   * Has a member consume a stored message once more, beside what it reads: no offset moves. Code 1 if
   * the member is not online or the message is gone, 207 if its listener needs more than 10 s.
   *
   * @param topic the message's
   * @param offsetMsgId {@link ReceivedMessage#offsetMsgId}
   */
  public Future<ConsumeDirectlyResult> consumeDirectly(
      String group, String clientId, String topic, String offsetMsgId) {
    String address;
    try {
      address = MessageQuery.storedAt(offsetMsgId);
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(e);
    }
    return nodes.from(
        address,
        RemotingCommand.request(
            RequestCode.CONSUME_MESSAGE_DIRECTLY,
            new GroupHeaders.ConsumeDirectly(
                group, clientId, offsetMsgId, null, topic, null, null)),
        MEMBER_WAIT_MS,
        r -> Body.parse(ConsumeDirectlyResult.class, r.body()));
  }

  /**
   * How far a group is in all its topics, from all brokers that have its retry topic, or else from all: a group
   * that pops has none of that name. One that nobody knows is in no topic.
   */
  public Future<GroupProgress> progress(String group) {
    return progress(group, Names.retryTopic(group), null)
        .recover(
            e ->
                e instanceof RequestRefused refused
                        && refused.code() == ResponseCode.TOPIC_NOT_EXIST
                    ? nodes
                        .masters()
                        .compose(all -> nodes.fromAll(all, () -> asked(group, null), READ_PROGRESS))
                        .map(GroupProgress::of)
                    : Future.failedFuture(e));
  }

  /** How far a group is in a topic. Its retry topic is told as well by some brokers. */
  public Future<GroupProgress> progress(String group, String topic) {
    return progress(group, topic, topic);
  }

  private Future<GroupProgress> progress(String group, String routed, @Nullable String topic) {
    return nodes
        .fromBrokersOf(routed, () -> asked(group, topic), READ_PROGRESS)
        .map(GroupProgress::of);
  }

  private static RemotingCommand asked(String group, @Nullable String topic) {
    return RemotingCommand.request(
        RequestCode.GET_CONSUME_STATS, new StatsHeaders.ConsumeStats(group, topic, null));
  }

  /**
   * Where a group would be in a topic's queues if it were moved to this time: a preview of {@link
   * #resetTo}.
   *
   * @param timestampMs negative: the end
   */
  public Future<TreeMap<MessageQueue, Long>> offsetsAt(String topic, long timestampMs) {
    PullConsumer asking = new PullConsumer("TOOLS_CONSUMER", client);
    return asking
        .queues(topic)
        .compose(
            queues -> {
              List<Future<Long>> offsets = new ArrayList<>();
              for (MessageQueue each : queues) {
                offsets.add(
                    timestampMs < 0 ? asking.maxOffset(each) : asking.offsetAt(each, timestampMs));
              }
              return Future.all(offsets)
                  .map(
                      ignored -> {
                        TreeMap<MessageQueue, Long> all = new TreeMap<>();
                        for (int i = 0; i < queues.size(); i++) {
                          all.put(queues.get(i), offsets.get(i).result());
                        }
                        return all;
                      });
            });
  }

  /**
   * Moves a group, forwards or backwards, to what was stored at a time or later. Members that are
   * online follow. Brokers of 4.9 refuse it for a group that is offline (code 206); {@link #commit}
   * moves that.
   *
   * @param timestampMs negative: to the end
   * @return the new offsets
   */
  public Future<TreeMap<MessageQueue, Long>> resetTo(String group, String topic, long timestampMs) {
    return nodes
        .fromBrokersOf(
            topic,
            () ->
                RemotingCommand.request(
                    RequestCode.INVOKE_BROKER_TO_RESET_OFFSET,
                    new OffsetHeaders.Reset(topic, group, timestampMs, true, -1, -1L)),
            GroupAdmin::offsets)
        .map(
            tables -> {
              TreeMap<MessageQueue, Long> all = new TreeMap<>();
              tables.forEach(all::putAll);
              return all;
            });
  }

  /**
   * Moves a group in one queue; members that are online follow. Brokers before 5.0 move the whole
   * topic to its end instead: use {@link #commit} with them, while the group is offline.
   */
  public Future<Void> resetTo(String group, MessageQueue queue, long offset) {
    return nodes
        .route(queue.topic())
        .compose(
            route -> {
              String master = Routes.masterOf(route, queue.brokerName());
              return master == null
                  ? Future.failedFuture(
                      new RequestRefused(
                          ResponseCode.BROKER_NOT_EXIST, "no route gives a master for " + queue))
                  : nodes.to(
                      master,
                      RemotingCommand.request(
                          RequestCode.INVOKE_BROKER_TO_RESET_OFFSET,
                          new OffsetHeaders.Reset(
                              queue.topic(), group, -1, true, queue.queueId(), offset)));
            });
  }

  /**
   * Gives a group the offsets that another has in a topic. Members of the group that are online go on
   * where they are and commit that.
   */
  public Future<Void> cloneOffsets(String from, String to, String topic) {
    return nodes
        .fromBrokersOf(
            topic,
            () ->
                RemotingCommand.request(
                    RequestCode.CLONE_GROUP_OFFSET, new OffsetHeaders.Clone(from, to, topic, true)),
            r -> null)
        .mapEmpty();
  }

  /** The table in the body of 220 and of the answer to 222. */
  static Map<MessageQueue, Long> offsets(RemotingCommand response) {
    Map<MessageQueue, Long> all = new TreeMap<>();
    if (response.body().isReadable()) {
      Body.parse(ResetOffsetBody.class, response.body())
          .offsetTable()
          .forEach((queue, offset) -> all.put(MessageQueue.of(queue), offset));
    }
    return all;
  }

  /** The group's offset in a queue as a broker keeps it; members that are online overwrite it. */
  public Future<Void> commit(String group, MessageQueue queue, long offset) {
    return new PullConsumer(group, client).commit(queue, offset);
  }
}
