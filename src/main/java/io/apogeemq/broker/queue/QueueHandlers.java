package io.apogeemq.broker.queue;

import static io.apogeemq.protocol.remoting.RequestCode.GET_EARLIEST_MSG_STORETIME;
import static io.apogeemq.protocol.remoting.RequestCode.GET_MAX_OFFSET;
import static io.apogeemq.protocol.remoting.RequestCode.GET_MIN_OFFSET;
import static io.apogeemq.protocol.remoting.RequestCode.QUERY_CONSUME_QUEUE;
import static io.apogeemq.protocol.remoting.RequestCode.SEARCH_OFFSET_BY_TIMESTAMP;

import io.apogeemq.broker.group.ClientTable;
import io.apogeemq.broker.topic.TopicTable;
import io.apogeemq.protocol.body.QueryConsumeQueueBody;
import io.apogeemq.protocol.body.SubscriptionData;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.header.QueueHeaders;
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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers the requests about a queue's ends and entries: by time (29), maximum (30), minimum (31),
 * time of the first message (32), entries (321). An unknown queue is answered as an empty one, as the
 * original does.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class QueueHandlers implements RequestFamily {
  /** Most entries of one answer to 321. */
  private static final int MAX_ENTRIES = 1000;

  private final MessageStore store;
  private final TopicTable topics;
  private final ClientTable clients;
  private final Completions back;

  /** {@code back}: that of the event loop that this instance serves. */
  public QueueHandlers(
      MessageStore store, TopicTable topics, ClientTable clients, Completions back) {
    this.store = store;
    this.topics = topics;
    this.clients = clients;
    this.back = back;
  }

  @Override
  public List<Route<?>> routes() {
    return List.of(
        Route.on(
                SEARCH_OFFSET_BY_TIMESTAMP,
                Access.ANY,
                QueueHeaders.Search.class,
                this::searchByTime)
            .topic(QueueHeaders.Search::topic),
        Route.on(GET_MAX_OFFSET, Access.ANY, QueueHeaders.Ends.class, this::max)
            .topic(QueueHeaders.Ends::topic),
        Route.on(GET_MIN_OFFSET, Access.ANY, QueueHeaders.Ends.class, this::min)
            .topic(QueueHeaders.Ends::topic),
        Route.on(GET_EARLIEST_MSG_STORETIME, Access.ANY, QueueHeaders.Ends.class, this::firstTime)
            .topic(QueueHeaders.Ends::topic),
        Route.on(QUERY_CONSUME_QUEUE, Access.ADMIN, QueueHeaders.Entries.class, this::entries));
  }

  private Future<Reply> searchByTime(Exchange from, QueueHeaders.Search ask) {
    Promise<Long> offset = Promise.promise();
    store.offsetByTime(
        ask.topic(),
        ask.queueId(),
        ask.timestamp(),
        "upper".equalsIgnoreCase(ask.boundaryType()),
        back,
        offset::complete);
    return offset.future().map(found -> Reply.ok(new QueueHeaders.OffsetReply(found)));
  }

  private Future<Reply> max(Exchange from, QueueHeaders.Ends ask) {
    return Reply.ok(new QueueHeaders.OffsetReply(store.maxOffset(ask.topic(), ask.queueId())))
        .now();
  }

  private Future<Reply> min(Exchange from, QueueHeaders.Ends ask) {
    return Reply.ok(new QueueHeaders.OffsetReply(store.minOffset(ask.topic(), ask.queueId())))
        .now();
  }

  private Future<Reply> firstTime(Exchange from, QueueHeaders.Ends ask) {
    Promise<Long> time = Promise.promise();
    store.storeTime(
        ask.topic(),
        ask.queueId(),
        store.minOffset(ask.topic(), ask.queueId()),
        back,
        found -> time.complete(found.orElse(-1)));
    return time.future().map(ms -> Reply.ok(new QueueHeaders.TimestampReply(ms)));
  }

  private Future<Reply> entries(Exchange from, QueueHeaders.Entries ask) {
    TopicConfig topic = topics.find(ask.topic());
    if (topic == null
        || ask.queueId() < 0
        || ask.queueId() >= Math.max(topic.readQueueNums(), topic.writeQueueNums())) {
      return Reply.of(
              ResponseCode.SYSTEM_ERROR,
              ask.queueId() + "@" + ask.topic() + " is not exist! Look at topicStatus.")
          .now();
    }
    SubscriptionData subscription = subscription(from, ask);
    Promise<List<MessageStore.Entry>> entries = Promise.promise();
    long first = Math.max(ask.index(), store.minOffset(ask.topic(), ask.queueId()));
    store.entries(
        ask.topic(),
        ask.queueId(),
        first,
        Math.max(0, Math.min(ask.count(), MAX_ENTRIES)),
        back,
        entries::complete);
    return entries
        .future()
        .map(
            found -> {
              List<QueryConsumeQueueBody.Entry> rows = new ArrayList<>();
              for (MessageStore.Entry each : found) {
                rows.add(row(each, subscription));
              }
              return Reply.ok()
                  .body(
                      new QueryConsumeQueueBody(
                              null,
                              store.maxOffset(ask.topic(), ask.queueId()),
                              store.minOffset(ask.topic(), ask.queueId()),
                              rows,
                              subscription)
                          .toJson());
            });
  }

  private @Nullable SubscriptionData subscription(Exchange from, QueueHeaders.Entries ask) {
    String group = ask.consumerGroup();
    return group == null || group.isEmpty()
        ? null
        : clients.subscription(group, ask.topic(), from.connection());
  }

  /** {@code eval}: whether the group's tags let the message through; false without a group. */
  private static QueryConsumeQueueBody.Entry row(
      MessageStore.Entry entry, @Nullable SubscriptionData subscription) {
    boolean wanted =
        subscription != null
            && (subscription.codeSet().isEmpty()
                || subscription.codeSet().contains((int) entry.tagsCode()));
    return new QueryConsumeQueueBody.Entry(
        null, wanted, null, null, entry.logPosition(), entry.sizeBytes(), entry.tagsCode());
  }
}
