package io.apogeemq.broker.offset;

import static io.apogeemq.protocol.remoting.RequestCode.GET_ALL_CONSUMER_OFFSET;
import static io.apogeemq.protocol.remoting.RequestCode.QUERY_CONSUMER_OFFSET;
import static io.apogeemq.protocol.remoting.RequestCode.UPDATE_CONSUMER_OFFSET;

import io.apogeemq.broker.group.GroupTable;
import io.apogeemq.broker.topic.TopicTable;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.header.OffsetHeaders;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Access;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.Route;
import io.apogeemq.store.Completions;
import io.apogeemq.store.MessageStore;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.OptionalLong;

/**
 * Answers the consumer-offset requests: query (14), update (15), all of them (43).
 *
 * <p>An offset counts messages from the start of a queue; it is never a byte position.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class OffsetHandlers implements RequestFamily {
  private final OffsetTable offsets;
  private final TopicTable topics;
  private final GroupTable groups;
  private final MessageStore store;
  private final Completions back;
  private final long youngBytes;

  /**
   * @param youngBytes a queue is young while its first message lies no further from the log's end
   */
  public OffsetHandlers(
      OffsetTable offsets,
      TopicTable topics,
      GroupTable groups,
      MessageStore store,
      Completions back,
      long youngBytes) {
    this.offsets = offsets;
    this.topics = topics;
    this.groups = groups;
    this.store = store;
    this.back = back;
    this.youngBytes = youngBytes;
  }

  @Override
  public List<Route<?>> routes() {
    return List.of(
        Route.on(QUERY_CONSUMER_OFFSET, Access.SUB, OffsetHeaders.Query.class, this::query)
            .topic(OffsetHeaders.Query::topic)
            .group(OffsetHeaders.Query::consumerGroup),
        Route.on(UPDATE_CONSUMER_OFFSET, Access.SUB, OffsetHeaders.Update.class, this::update)
            .topic(OffsetHeaders.Update::topic)
            .group(OffsetHeaders.Update::consumerGroup),
        Route.on(GET_ALL_CONSUMER_OFFSET, Access.PEER, this::all));
  }

  private Future<Reply> query(Exchange from, OffsetHeaders.Query ask) {
    OptionalLong committed = offsets.find(ask.consumerGroup(), ask.topic(), ask.queueId());
    if (committed.isPresent()) {
      return Reply.ok(new OffsetHeaders.QueryReply(committed.getAsLong())).now();
    }
    if (Boolean.FALSE.equals(ask.setZeroIfNotFound()) || !hasItsBeginning(ask)) {
      return notFound(ask).now();
    }
    MessageStore.Status log = store.status();
    if (log.appendedPosition() - log.minPosition() <= youngBytes) {
      return Reply.ok(new OffsetHeaders.QueryReply(0)).now();
    }
    Promise<Reply> answer = Promise.promise();
    store.entries(
        ask.topic(),
        ask.queueId(),
        0,
        1,
        back,
        first ->
            answer.complete(
                first.isEmpty() || log.appendedPosition() - first.get(0).logPosition() <= youngBytes
                    ? Reply.ok(new OffsetHeaders.QueryReply(0))
                    : notFound(ask)));
    return answer.future();
  }

  /** Not an error: it tells a new group to start from its own consumeFromWhere setting. */
  private static Reply notFound(OffsetHeaders.Query ask) {
    return Reply.of(
        ResponseCode.QUERY_NOT_FOUND,
        "Not found, group "
            + ask.consumerGroup()
            + " has committed no offset in this queue, maybe this group consumer boot first");
  }

  /**
   * The original lets a new group start from the beginning of a young queue, whatever the group's own
   * setting: one that still has its first message, not far behind the log's end (4.9; 5.x asks the
   * system instead whether it is in memory). A queue of an unknown topic has no beginning (as 5.x).
   */
  private boolean hasItsBeginning(OffsetHeaders.Query ask) {
    TopicConfig topic = topics.find(ask.topic());
    return topic != null
        && ask.queueId() >= 0
        && ask.queueId() < queuesOf(topic)
        && store.minOffset(ask.topic(), ask.queueId()) <= 0;
  }

  private Future<Reply> update(Exchange from, OffsetHeaders.Update ask) {
    TopicConfig topic = topics.find(ask.topic());
    if (topic == null) {
      return Reply.of(
              ResponseCode.TOPIC_NOT_EXIST,
              "topic["
                  + ask.topic()
                  + "] does not exist on this broker, so nothing was committed. Create it first.")
          .now();
    }
    if (ask.commitOffset() < 0 || ask.queueId() < 0) {
      return Reply.of(
              ResponseCode.INVALID_PARAMETER,
              "queueId and commitOffset must not be negative: "
                  + ask.queueId()
                  + ", "
                  + ask.commitOffset())
          .now();
    }
    if (ask.queueId() >= queuesOf(topic)) {
      // Else a client could fill the table, and every record and file of it, with queues of no
      // topic.
      return Reply.of(
              ResponseCode.INVALID_PARAMETER,
              "topic["
                  + ask.topic()
                  + "] has "
                  + queuesOf(topic)
                  + " queues here, none with id "
                  + ask.queueId()
                  + ". Ask for the route again.")
          .now();
    }
    return groups
        .onUse(ask.consumerGroup())
        .map(
            group -> {
              offsets.commit(ask.consumerGroup(), ask.topic(), ask.queueId(), ask.commitOffset());
              return Reply.ok();
            });
  }

  private static int queuesOf(TopicConfig topic) {
    return Math.max(topic.readQueueNums(), topic.writeQueueNums());
  }

  private Future<Reply> all(Exchange from, Route.NoFields none) {
    return Reply.ok().body(offsets.current().toJson()).now();
  }
}
