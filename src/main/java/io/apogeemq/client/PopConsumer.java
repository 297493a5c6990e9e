package io.apogeemq.client;

import io.apogeemq.protocol.body.TopicRoute;
import io.apogeemq.protocol.header.PopHeaders;
import io.apogeemq.protocol.header.RetryHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Takes messages out of a topic for a while and acknowledges each by a {@link Receipt}, from wherever.
 * The brokers keep account of what is out, so that there are no queues to share and nothing to start;
 * what is not acknowledged in time is given to the next who asks. Made by {@link
 * ApogeeClient#popConsumer}. Needs brokers of 5.x or ours: others answer with code 3.
 *
 * <p>Any thread may call the methods. Futures fail with {@link RequestRefused} or the transport's
 * failure.
 */
public final class PopConsumer {
  /** A broker may answer this much later than it was asked to. */
  private static final long GRACE_MS = 10_000;

  /** A message is given up within this time, or comes again after it. */
  private static final long BURIAL_MS = 30_000;

  /** For a connection while other brokers may have messages. */
  private static final long CONNECT_MS = 2_000;

  /** Before a broker is asked again that had told of messages and gave none. */
  private static final long AFTER_FALSE_NOTICE_MS = 50;

  private final String group;
  private final Calls calls;
  private final Routes routes;
  private final PopWaits waits;
  private final Acks acks;
  private final ClientMetrics metrics;
  private final boolean unpacks;
  private final SilentBrokers silent = new SilentBrokers(System::nanoTime);
  private int turn = ThreadLocalRandom.current().nextInt();

  PopConsumer(String group, ApogeeClient client) {
    this.group = group;
    unpacks = true;
    calls = client.calls();
    routes = client.routes();
    metrics = client.options().getMetrics();
    waits = new PopWaits(group, calls);
    acks = new Acks(group, calls, routes);
  }

  private PopConsumer(PopConsumer same) {
    group = same.group;
    calls = same.calls;
    routes = same.routes;
    waits = same.waits;
    acks = same.acks;
    metrics = same.metrics;
    unpacks = false;
  }

  /**
   * The same consumer, to whom bodies are given as they are stored, compressed ones too: for one who bounds
   * by himself what {@link PoppedMessage#unpacked} makes of them.
   */
  public PopConsumer asStored() {
    return new PopConsumer(this);
  }

  public String group() {
    return group;
  }

  /**
   * Takes messages. Brokers are asked in turn, beginning with another one each time. One that did not
   * answer is left out for a while if there are others; finding that out takes longer than the options
   * say, as it may have taken messages out for us.
   *
   * @return empty if no message came in time
   */
  public Future<List<PoppedMessage>> receive(String topic, ReceiveOptions options) {
    long deadlineMs = System.currentTimeMillis() + options.getWaitMs();
    return calls.loop().call(() -> receive(topic, options, deadlineMs, false));
  }

  /** {@code noticed}: a broker has just told that it has messages. */
  @RunsOn(ThreadRole.EVENT_LOOP)
  private Future<List<PoppedMessage>> receive(
      String topic, ReceiveOptions options, long deadlineMs, boolean noticed) {
    return routes
        .of(topic)
        .compose(
            route -> {
              List<Place> places = places(topic, route);
              if (places.isEmpty()) {
                return Future.failedFuture(
                    new RequestRefused(
                        ResponseCode.TOPIC_NOT_EXIST,
                        "topic " + topic + " has no queue that may be read"));
              }
              if (places.size() == 1) {
                return pop(places.get(0), topic, options, leftMs(deadlineMs));
              }
              Collections.rotate(places, turn++);
              List<Place> answering = answering(places);
              return first(answering, 0, topic, options)
                  .compose(
                      found ->
                          !found.isEmpty() || leftMs(deadlineMs) <= 0
                              ? Future.succeededFuture(found)
                              : pause(noticed ? AFTER_FALSE_NOTICE_MS : 0)
                                  .compose(
                                      ignored -> later(answering, topic, options, deadlineMs)));
            });
  }

  /** What there is when a broker tells that it has messages. */
  private Future<List<PoppedMessage>> later(
      List<Place> places, String topic, ReceiveOptions options, long deadlineMs) {
    return waits
        .anyOf(places, topic, options, leftMs(deadlineMs))
        .compose(
            some ->
                some
                    ? receive(topic, options, deadlineMs, true)
                    : Future.succeededFuture(List.of()));
  }

  private Future<Void> pause(long ms) {
    if (ms == 0) {
      return Future.succeededFuture();
    }
    Promise<Void> over = Promise.promise();
    calls.loop().after(ms, over::complete);
    return over.future();
  }

  /** Those that answer, as far as we know; all if there is no such. */
  private List<Place> answering(List<Place> places) {
    List<Place> some = places.stream().filter(each -> silent.mayAsk(each.brokerName())).toList();
    return some.isEmpty() ? places : some;
  }

  private static long leftMs(long deadlineMs) {
    return Math.max(0, deadlineMs - System.currentTimeMillis());
  }

  /** A broker that has readable queues of a topic. */
  record Place(String brokerName, String address) {}

  private List<Place> places(String topic, TopicRoute route) {
    List<Place> all = new ArrayList<>();
    for (MessageQueue each : Routes.readable(topic, route)) {
      String master = Routes.masterOf(route, each.brokerName());
      if (master != null) {
        Place place = new Place(each.brokerName(), master);
        if (!all.contains(place)) {
          all.add(place);
        }
      }
    }
    return all;
  }

  /** What the first of these brokers that has messages gives; fails if none of them answers. */
  private Future<List<PoppedMessage>> first(
      List<Place> places, int index, String topic, ReceiveOptions options) {
    Place place = places.get(index);
    silent.asking(place.brokerName());
    Future<List<PoppedMessage>> here =
        calls
            .connected(place.address(), CONNECT_MS)
            .compose(ignored -> pop(place, topic, options, 0))
            .onSuccess(ignored -> silent.answered(place.brokerName()))
            .onFailure(
                e -> {
                  if (e instanceof IOException || e instanceof TimeoutException) {
                    silent.failed(place.brokerName());
                  }
                });
    if (index + 1 == places.size()) {
      return here;
    }
    return here.transform(
        found ->
            found.succeeded() && !found.result().isEmpty()
                ? here
                : first(places, index + 1, topic, options)
                    .recover(e -> found.succeeded() ? here : Future.failedFuture(e)));
  }

  private Future<List<PoppedMessage>> pop(
      Place place, String topic, ReceiveOptions options, long waitMs) {
    PopHeaders.Pop header =
        new PopHeaders.Pop(
            group,
            topic,
            -1,
            options.getMaxMessages(),
            options.getInvisibleMs(),
            waitMs,
            System.currentTimeMillis(),
            options.isFromFirst() ? PopHeaders.INIT_MIN : PopHeaders.INIT_MAX,
            options.getWanted().type(),
            options.getWanted().text(),
            options.isOrdered(),
            options.getAttemptId());
    return calls.any(
        place.address(),
        RemotingCommand.request(RequestCode.POP_MESSAGE, header),
        waitMs + GRACE_MS,
        response ->
            switch (response.code()) {
              case ResponseCode.SUCCESS ->
                  counted(topic, PopAnswer.read(topic, place.brokerName(), response, unpacks));
              case ResponseCode.POLLING_TIMEOUT, ResponseCode.PULL_NOT_FOUND -> List.of();
              default -> throw new RequestRefused(response.code(), response.remark());
            });
  }

  private List<PoppedMessage> counted(String topic, List<PoppedMessage> messages) {
    if (!messages.isEmpty()) {
      metrics.received(topic, group, messages.size());
    }
    return messages;
  }

  /**
   * Says that a message was consumed. A second time does no harm; neither does it help when the
   * message's time was over: then it may have been given to somebody else. Many at once travel together.
   */
  public Future<Void> ack(Receipt receipt) {
    return calls.loop().call(() -> acks.add(receipt));
  }

  /** Acknowledges many messages; fails if it failed for one, but not before all are answered. */
  public Future<Void> ackAll(List<Receipt> receipts) {
    return calls
        .loop()
        .call(() -> Future.join(receipts.stream().map(acks::add).toList()).mapEmpty());
  }

  /**
   * From now on the message stays invisible for another time: longer for work that takes its time,
   * short to have it delivered again soon.
   *
   * @return what the message is acknowledged by from now on; the old receipt has lost its meaning
   */
  public Future<Receipt> changeInvisibleTime(Receipt receipt, long invisibleMs) {
    return about(
        receipt,
        address ->
            calls.ok(
                address,
                RemotingCommand.request(
                    RequestCode.CHANGE_MESSAGE_INVISIBLETIME,
                    new PopHeaders.ChangeInvisibleTime(
                        group,
                        receipt.storedTopic(group),
                        receipt.queueId(),
                        receipt.handle(),
                        receipt.queueOffset(),
                        invisibleMs)),
                response -> {
                  PopHeaders.ChangeInvisibleTimeReply reply =
                      response.header(PopHeaders.ChangeInvisibleTimeReply.class);
                  return receipt.renewed(reply.popTime(), reply.invisibleTime(), reply.reviveQid());
                }));
  }

  /**
   * Gives a message up: it goes to the group's dead-letter topic, and this delivery is acknowledged. Refused
   * if the message is not out by this receipt any more, as our brokers tell: it was acknowledged, or given up
   * before, or its time is over. If this fails in between, the receipt has lost its meaning and the message
   * comes again.
   *
   * @param messageId the message's id, by which tools find it there
   */
  public Future<Void> deadLetter(Receipt receipt, String messageId) {
    return changeInvisibleTime(receipt, BURIAL_MS)
        .compose(
            held ->
                held.invisibleMs() == 0
                    ? Future.failedFuture(
                        new RequestRefused(
                            ResponseCode.ILLEGAL_OPERATION,
                            "the message is settled already, or its time is over"))
                    : bury(held, messageId));
  }

  private Future<Void> bury(Receipt receipt, String messageId) {
    return about(
            receipt,
            address ->
                calls.ok(
                    address,
                    RemotingCommand.request(
                        RequestCode.CONSUMER_SEND_MSG_BACK,
                        new RetryHeaders.SendBack(
                            receipt.logPosition(),
                            group,
                            -1,
                            messageId,
                            receipt.topic(),
                            false,
                            0,
                            receipt.brokerName()))))
        .compose(ignored -> ack(receipt));
  }

  /** Does something at the broker that a receipt is of. */
  private <T> Future<T> about(Receipt receipt, Function<String, Future<T>> action) {
    return calls
        .loop()
        .call(() -> routes.masterOf(receipt.topic(), receipt.brokerName()).compose(action::apply));
  }
}
