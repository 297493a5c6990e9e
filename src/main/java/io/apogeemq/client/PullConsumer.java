package io.apogeemq.client;

import io.apogeemq.protocol.header.OffsetHeaders;
import io.apogeemq.protocol.header.PullHeaders;
import io.apogeemq.protocol.header.QueueHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads queues on demand and keeps a group's offsets at the broker. Takes part in no sharing of
 * queues: the caller decides what it reads. Made by {@link ApogeeClient#pullConsumer}. Methods may be
 * called from any thread; futures complete on the caller's context and fail with {@link
 * RequestRefused} or the transport's failure.
 */
public final class PullConsumer {
  /** A broker may answer a long poll this much later than it was asked to. */
  private static final long LONG_POLL_GRACE_MS = 10_000;

  /** By this remark a broker tells a group that was moved from an offset outside of the queue. */
  private static final String RESET_REMARK = "OFFSET_RESET";

  private final String group;
  private final Calls calls;
  private final Routes routes;
  private final long requestTimeoutMs;
  private final boolean unpacks;

  PullConsumer(String group, ApogeeClient client) {
    this(group, client.calls(), client.routes(), client.options().getRequestTimeoutMs(), true);
  }

  private PullConsumer(
      String group, Calls calls, Routes routes, long requestTimeoutMs, boolean unpacks) {
    this.group = group;
    this.calls = calls;
    this.routes = routes;
    this.requestTimeoutMs = requestTimeoutMs;
    this.unpacks = unpacks;
  }

  /**
   * The same consumer, to whom bodies are given as they are stored, compressed ones too: for a reader
   * of what anybody sent, who bounds by himself what unpacking makes of it.
   */
  public PullConsumer asStored() {
    return new PullConsumer(group, calls, routes, requestTimeoutMs, false);
  }

  public String group() {
    return group;
  }

  /** The queues of a topic that may be read, sorted. */
  public Future<List<MessageQueue>> queues(String topic) {
    return calls.loop().call(() -> routes.toSubscribe(topic));
  }

  /**
   * Reads from a queue.
   *
   * @param offset queue offset of the first message wanted
   * @param maxMessages the broker may give fewer, also when there are more
   * @param waitMs how long the broker may wait for a message if there is none; 0: not at all
   */
  public Future<PullResult> pull(
      MessageQueue queue, Filter wanted, long offset, int maxMessages, long waitMs) {
    return calls
        .loop()
        .call(() -> pullFrom(queue, wanted, 0, offset, maxMessages, waitMs, NO_COMMIT));
  }

  /** {@link #pullFrom}: leave the group's offset alone. */
  static final long NO_COMMIT = -1;

  /**
   * @param subscriptionVersionMs as in the heartbeat of a consumer that sends one, else 0
   * @param commitOffset becomes the group's offset before the read, unless {@link #NO_COMMIT}
   */
  @RunsOn(ThreadRole.EVENT_LOOP)
  Future<PullResult> pullFrom(
      MessageQueue queue,
      Filter wanted,
      long subscriptionVersionMs,
      long offset,
      int maxMessages,
      long waitMs,
      long commitOffset) {
    int flags =
        PullHeaders.FLAG_SUBSCRIPTION
            | (waitMs > 0 ? PullHeaders.FLAG_SUSPEND : 0)
            | (commitOffset == NO_COMMIT ? 0 : PullHeaders.FLAG_COMMIT_OFFSET);
    return broker(queue)
        .compose(
            address ->
                calls.any(
                    address,
                    RemotingCommand.request(
                        RequestCode.PULL_MESSAGE,
                        new PullHeaders.Pull(
                            group,
                            queue.topic(),
                            queue.queueId(),
                            offset,
                            maxMessages,
                            flags,
                            Math.max(commitOffset, 0),
                            waitMs,
                            wanted.text(),
                            subscriptionVersionMs,
                            wanted.type(),
                            null)),
                    waitMs + LONG_POLL_GRACE_MS,
                    response -> result(queue, wanted, response)));
  }

  private PullResult result(MessageQueue queue, Filter wanted, RemotingCommand response) {
    PullResult.Status status =
        switch (response.code()) {
          case ResponseCode.SUCCESS -> PullResult.Status.FOUND;
          case ResponseCode.PULL_NOT_FOUND -> PullResult.Status.NO_NEW_MSG;
          case ResponseCode.PULL_RETRY_IMMEDIATELY -> PullResult.Status.NO_MATCHED_MSG;
          case ResponseCode.PULL_OFFSET_MOVED ->
              RESET_REMARK.equals(response.remark())
                  ? PullResult.Status.OFFSET_RESET
                  : PullResult.Status.OFFSET_ILLEGAL;
          default -> throw new RequestRefused(response.code(), response.remark());
        };
    PullHeaders.Reply header = response.header(PullHeaders.Reply.class);
    ByteBuffer records = response.body().nioBuffer();
    List<ReceivedMessage> messages =
        status == PullResult.Status.FOUND
            ? wanted.wanted(
                StoredMessages.read(
                    queue.brokerName(), records, header.minOffset(), header.maxOffset(), unpacks))
            : List.of();
    return new PullResult(
        status == PullResult.Status.FOUND && messages.isEmpty()
            ? PullResult.Status.NO_MATCHED_MSG
            : status,
        header.nextBeginOffset(),
        header.minOffset(),
        header.maxOffset(),
        messages);
  }

  /** The queue's first offset. */
  public Future<Long> minOffset(MessageQueue queue) {
    return queueEnd(RequestCode.GET_MIN_OFFSET, queue);
  }

  /** The offset behind the queue's last message. */
  public Future<Long> maxOffset(MessageQueue queue) {
    return queueEnd(RequestCode.GET_MAX_OFFSET, queue);
  }

  private Future<Long> queueEnd(int code, MessageQueue queue) {
    return offset(
        queue,
        RemotingCommand.request(code, new QueueHeaders.Ends(queue.topic(), queue.queueId())));
  }

  /** The offset of the first message stored at this time (ms) or later. */
  public Future<Long> offsetAt(MessageQueue queue, long timestampMs) {
    return offset(
        queue,
        RemotingCommand.request(
            RequestCode.SEARCH_OFFSET_BY_TIMESTAMP,
            new QueueHeaders.Search(queue.topic(), queue.queueId(), timestampMs, null)));
  }

  private Future<Long> offset(MessageQueue queue, RemotingCommand request) {
    return calls
        .loop()
        .call(
            () ->
                broker(queue)
                    .compose(
                        address ->
                            calls.ok(
                                address,
                                request,
                                r -> r.header(QueueHeaders.OffsetReply.class).offset())));
  }

  /**
   * The group's offset in a queue; empty if it never committed one. Brokers of 4.9 say 0 instead while
   * the queue still has its first messages.
   */
  public Future<OptionalLong> committed(MessageQueue queue) {
    return offsetOfGroup(queue, false);
  }

  /**
   * Where the group goes on in a queue: the same, but all brokers say 0 while the queue is young, so
   * that a group misses nothing of a topic that came into being just before it.
   */
  Future<OptionalLong> continuation(MessageQueue queue) {
    return offsetOfGroup(queue, null);
  }

  private Future<OptionalLong> offsetOfGroup(MessageQueue queue, @Nullable Boolean zeroIfYoung) {
    RemotingCommand request =
        RemotingCommand.request(
            RequestCode.QUERY_CONSUMER_OFFSET,
            new OffsetHeaders.Query(group, queue.topic(), queue.queueId(), zeroIfYoung));
    return calls
        .loop()
        .call(
            () ->
                broker(queue)
                    .compose(
                        address ->
                            calls.any(address, request, requestTimeoutMs, PullConsumer::found)));
  }

  private static OptionalLong found(RemotingCommand response) {
    return switch (response.code()) {
      case ResponseCode.SUCCESS ->
          OptionalLong.of(response.header(OffsetHeaders.QueryReply.class).offset());
      case ResponseCode.QUERY_NOT_FOUND -> OptionalLong.empty();
      default -> throw new RequestRefused(response.code(), response.remark());
    };
  }

  /** Makes this the group's offset in a queue; completes when the broker has taken it. */
  public Future<Void> commit(MessageQueue queue, long offset) {
    return calls
        .loop()
        .call(
            () ->
                broker(queue).compose(address -> calls.ok(address, commitRequest(queue, offset))));
  }

  /** The same without waiting for an answer, for a commit that a later one repeats. */
  @RunsOn(ThreadRole.EVENT_LOOP)
  void commitSoon(MessageQueue queue, long offset) {
    String address = routes.master(queue.brokerName());
    if (address != null) {
      calls.oneway(address, commitRequest(queue, offset));
    }
  }

  private RemotingCommand commitRequest(MessageQueue queue, long offset) {
    return RemotingCommand.request(
        RequestCode.UPDATE_CONSUMER_OFFSET,
        new OffsetHeaders.Update(group, queue.topic(), queue.queueId(), offset));
  }

  /** The address of the queue's broker, from the route of its topic. */
  private Future<String> broker(MessageQueue queue) {
    return routes
        .of(queue.topic())
        .compose(
            route -> {
              String address = routes.address(queue.brokerName(), 0);
              return address == null
                  ? Future.failedFuture(
                      new ConnectException("no route gives an address for " + queue))
                  : Future.succeededFuture(address);
            });
  }
}
