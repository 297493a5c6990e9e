package io.apogeemq.broker.offset;

import static io.apogeemq.protocol.remoting.RequestCode.CLONE_GROUP_OFFSET;
import static io.apogeemq.protocol.remoting.RequestCode.INVOKE_BROKER_TO_RESET_OFFSET;
import static io.apogeemq.protocol.remoting.RequestCode.QUERY_CORRECTION_OFFSET;

import io.apogeemq.broker.group.ClientTable;
import io.apogeemq.broker.group.ClientTable.ConsumerGroup;
import io.apogeemq.broker.group.GroupTable;
import io.apogeemq.broker.topic.TopicTable;
import io.apogeemq.protocol.body.CorrectionOffsets;
import io.apogeemq.protocol.body.MessageQueue;
import io.apogeemq.protocol.body.ResetOffsetBody;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.header.OffsetHeaders;
import io.apogeemq.protocol.remoting.LanguageCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Access;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Refused;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.Route;
import io.apogeemq.store.Completions;
import io.apogeemq.store.MessageStore;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Answers what people do to the offsets of groups: move one to a time or an offset (222), copy them to
 * another group (314), and how far behind the others one is (308).
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class ResetHandlers implements RequestFamily {
  private final String brokerName;
  private final OffsetTable offsets;
  private final OffsetReset resets;
  private final TopicTable topics;
  private final GroupTable groups;
  private final ClientTable clients;
  private final MessageStore store;
  private final Completions back;

  /** {@code back}: that of the event loop that this instance serves. */
  public ResetHandlers(
      String brokerName,
      OffsetTable offsets,
      OffsetReset resets,
      TopicTable topics,
      GroupTable groups,
      ClientTable clients,
      MessageStore store,
      Completions back) {
    this.brokerName = brokerName;
    this.offsets = offsets;
    this.resets = resets;
    this.topics = topics;
    this.groups = groups;
    this.clients = clients;
    this.store = store;
    this.back = back;
  }

  @Override
  public List<Route<?>> routes() {
    return List.of(
        Route.on(
            INVOKE_BROKER_TO_RESET_OFFSET, Access.ADMIN, OffsetHeaders.Reset.class, this::reset),
        Route.on(CLONE_GROUP_OFFSET, Access.ADMIN, OffsetHeaders.Clone.class, this::copy),
        Route.on(
            QUERY_CORRECTION_OFFSET,
            Access.ADMIN,
            OffsetHeaders.Correction.class,
            this::correction));
  }

  private Future<Reply> reset(Exchange from, OffsetHeaders.Reset ask) {
    TopicConfig topic = topic(ask.topic());
    requireGroup(ask.group());
    List<Integer> queues = queues(topic, ask.queueId());
    Map<MessageQueue, Long> targets = new ConcurrentHashMap<>();
    List<Future<?>> found = new ArrayList<>();
    for (int queueId : queues) {
      found.add(
          target(ask, queueId)
              .onSuccess(
                  offset ->
                      targets.put(new MessageQueue(brokerName, queueId, ask.topic()), offset)));
    }
    return Future.all(found)
        .map(
            all -> {
              resets.move(ask.group(), ask.topic(), ask.timestamp(), targets);
              boolean list = from.request().language() == LanguageCode.CPP;
              return Reply.ok()
                  .body(list ? OffsetReset.asList(targets) : new ResetOffsetBody(targets).toJson());
            });
  }

  private static List<Integer> queues(TopicConfig topic, @Nullable Integer queueId) {
    if (queueId == null || queueId < 0) {
      return IntStream.range(0, topic.readQueueNums()).boxed().toList();
    }
    if (queueId >= topic.readQueueNums()) {
      throw new Refused(
          ResponseCode.INVALID_PARAMETER,
          "topic["
              + topic.topicName()
              + "] has "
              + topic.readQueueNums()
              + " queues to read here, none with id "
              + queueId
              + ".");
    }
    return List.of(queueId);
  }

  /** Where one queue goes; not forward unless that is wanted. */
  private Future<Long> target(OffsetHeaders.Reset ask, int queueId) {
    boolean named =
        ask.queueId() != null && ask.queueId() >= 0 && ask.offset() != null && ask.offset() >= 0;
    Future<Long> wanted = named ? named(ask, queueId) : byTime(ask, queueId);
    if (!Boolean.FALSE.equals(ask.isForce())) {
      return wanted;
    }
    return wanted.map(
        offset -> Math.min(offset, offsets.find(ask.group(), ask.topic(), queueId).orElse(offset)));
  }

  private Future<Long> named(OffsetHeaders.Reset ask, int queueId) {
    long offset = ask.offset() == null ? 0 : ask.offset();
    long min = store.minOffset(ask.topic(), queueId);
    long max = store.maxOffset(ask.topic(), queueId);
    if (offset < min || offset > max) {
      return new Refused(
              ResponseCode.SYSTEM_ERROR,
              "Target offset "
                  + offset
                  + " not in consume queue range ["
                  + min
                  + "-"
                  + max
                  + "]. Look at topicStatus.")
          .now();
    }
    return Future.succeededFuture(offset);
  }

  /** The first message stored at or after the time; the end of the queue if there is none. */
  private Future<Long> byTime(OffsetHeaders.Reset ask, int queueId) {
    if (ask.timestamp() < 0) {
      return Future.succeededFuture(store.maxOffset(ask.topic(), queueId));
    }
    Promise<Long> target = Promise.promise();
    store.offsetByTime(
        ask.topic(),
        queueId,
        ask.timestamp(),
        false,
        back,
        // The store names the last one, too, if all are older.
        offset ->
            store.storeTime(
                ask.topic(),
                queueId,
                offset,
                back,
                time ->
                    target.complete(
                        time.isPresent() && time.getAsLong() < ask.timestamp()
                            ? offset + 1
                            : offset)));
    return target.future();
  }

  private Future<Reply> copy(Exchange from, OffsetHeaders.Clone ask) {
    requireGroup(ask.srcGroup());
    boolean oneTopic = ask.topic() != null && !ask.topic().isBlank();
    Set<String> wanted = oneTopic ? Set.of(ask.topic()) : offsets.topicsOf(ask.srcGroup());
    ConsumerGroup online = clients.consumerGroup(ask.srcGroup());
    return groups
        .onUse(ask.destGroup())
        .map(
            ready -> {
              for (String topic : wanted) {
                boolean given =
                    Boolean.TRUE.equals(ask.offline())
                        || online == null
                        || online.subscriptions().containsKey(topic);
                if (given && topics.find(topic) != null) {
                  offsets
                      .ofTopic(ask.srcGroup(), topic)
                      .forEach((queue, at) -> offsets.commit(ask.destGroup(), topic, queue, at));
                }
              }
              return Reply.ok();
            });
  }

  /**
   * Per queue the lowest offset of all groups but the filtered ones; the largest number where the
   * compared group is behind that.
   */
  private Future<Reply> correction(Exchange from, OffsetHeaders.Correction ask) {
    Set<String> left =
        ask.filterGroups() == null ? Set.of() : Set.of(ask.filterGroups().split(","));
    Map<Integer, Long> lowest = new TreeMap<>();
    for (String group : offsets.groupsOf(ask.topic())) {
      if (!left.contains(group)) {
        offsets
            .ofTopic(group, ask.topic())
            .forEach((queue, at) -> lowest.merge(queue, at, Math::min));
      }
    }
    offsets
        .ofTopic(ask.compareGroup(), ask.topic())
        .forEach(
            (queue, at) ->
                lowest.computeIfPresent(queue, (id, low) -> low > at ? Long.MAX_VALUE : low));
    return Reply.ok().body(new CorrectionOffsets(lowest).toJson()).now();
  }

  private TopicConfig topic(String name) {
    TopicConfig topic = topics.find(name);
    if (topic == null) {
      throw new Refused(
          ResponseCode.TOPIC_NOT_EXIST,
          "Topic " + name + " does not exist on this broker. Look at topicList.");
    }
    return topic;
  }

  private void requireGroup(String name) {
    if (groups.find(name) == null) {
      throw new Refused(
          ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST,
          "Group " + name + " does not exist on this broker. Create it with updateSubGroup.");
    }
  }
}
