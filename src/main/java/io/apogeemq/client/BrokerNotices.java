package io.apogeemq.client;

import io.apogeemq.protocol.header.GroupHeaders;
import io.apogeemq.protocol.header.OffsetHeaders;
import io.apogeemq.protocol.header.ReplyHeaders;
import io.apogeemq.protocol.header.TransactionHeaders;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.remoting.Access;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.Route;
import io.vertx.core.Future;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What brokers ask of a client: the group changed (40), the group was moved (220), how did a
 * transaction end (39), here is a reply (326). Tools' questions come to {@link ToolQuestions}. Called on the connection's loop.
 */
final class BrokerNotices implements RequestFamily {
  private static final Logger log = LoggerFactory.getLogger(BrokerNotices.class);

  private final Loop loop;
  private final Supplier<Membership> members;
  private final Supplier<Requests> requests;

  /** The suppliers, because a client's transport is made before what lies on it. */
  BrokerNotices(Loop loop, Supplier<Membership> members, Supplier<Requests> requests) {
    this.loop = loop;
    this.members = members;
    this.requests = requests;
  }

  @Override
  public List<Route<?>> routes() {
    return List.of(
        Route.on(
            RequestCode.NOTIFY_CONSUMER_IDS_CHANGED,
            Access.OPEN,
            GroupHeaders.IdsChanged.class,
            this::idsChanged),
        Route.on(
            RequestCode.RESET_CONSUMER_CLIENT_OFFSET,
            Access.OPEN,
            OffsetHeaders.ResetInClient.class,
            this::reset),
        Route.on(
            RequestCode.CHECK_TRANSACTION_STATE,
            Access.OPEN,
            TransactionHeaders.Check.class,
            this::check),
        Route.on(
            RequestCode.PUSH_REPLY_MESSAGE_TO_CLIENT,
            Access.OPEN,
            ReplyHeaders.Push.class,
            (from, header) -> requests.get().answered(from, header)));
  }

  private Future<Reply> idsChanged(Exchange from, GroupHeaders.IdsChanged notice) {
    PushConsumer consumer = members.get().consumer(notice.consumerGroup());
    if (consumer != null) {
      loop.run(consumer::groupChanged);
    }
    return Reply.ok().now();
  }

  private Future<Reply> reset(Exchange from, OffsetHeaders.ResetInClient notice) {
    PushConsumer consumer = members.get().consumer(notice.group());
    Map<MessageQueue, Long> offsets = GroupAdmin.offsets(from.request());
    if (consumer != null) {
      loop.run(() -> consumer.offsetsReset(offsets));
    }
    return Reply.ok().now();
  }

  private Future<Reply> check(Exchange from, TransactionHeaders.Check asked) {
    ReceivedMessage half = StoredMessages.read("", from.request().body().nioBuffer()).get(0);
    String group = half.properties().get(TransactionProducer.GROUP);
    TransactionProducer producer = group == null ? null : members.get().transactionProducer(group);
    if (producer == null) {
      log.warn("a broker asks about a transaction of group {}, which is not here", group);
    } else {
      InetSocketAddress broker = from.connection().remoteAddress();
      producer.checked(broker.getAddress().getHostAddress() + ":" + broker.getPort(), asked, half);
    }
    return Reply.ok().now();
  }
}
