package io.apogeemq.client;

import io.apogeemq.protocol.header.SendHeaders;
import io.apogeemq.protocol.message.BatchBody;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.remoting.ExtFields;
import io.apogeemq.protocol.remoting.MalformedRequest;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages of one producer group. Made by {@link ApogeeClient#producer}. Methods may be called
 * from any thread; futures complete on the client's loop.
 *
 * <p>Queues are taken in turn. A send that failed in a way that another broker may not repeat is
 * tried again there, until the retries or the time of {@link ProducerOptions} are used up; the message
 * keeps its id, so that a consumer can recognise what was stored twice.
 */
public final class Producer {
  /** Refusals that another try may not meet: the original's list, with the two that 5.x added. */
  private static final Set<Integer> RETRYABLE =
      Set.of(
          ResponseCode.SYSTEM_ERROR,
          ResponseCode.SYSTEM_BUSY,
          ResponseCode.SERVICE_NOT_AVAILABLE,
          ResponseCode.NO_PERMISSION,
          ResponseCode.TOPIC_NOT_EXIST,
          ResponseCode.NO_BUYER_ID,
          ResponseCode.NOT_IN_CURRENT_UNIT,
          ResponseCode.GO_AWAY);

  /** A time-out below this is not worth another try. */
  private static final long MIN_TRY_MS = 1;

  private final String group;
  private final ApogeeClient client;
  private final Calls calls;
  private final Routes routes;
  private final ProducerOptions options;
  private final UniqueIds ids;

  private int turn = ThreadLocalRandom.current().nextInt();
  private int pending;
  private boolean closed;

  Producer(ProducerOptions options, ApogeeClient client, UniqueIds ids) {
    this.options = new ProducerOptions(options);
    group = options.getGroup();
    this.client = client;
    this.ids = ids;
    calls = client.calls();
    routes = client.routes();
  }

  public String group() {
    return group;
  }

  /**
   * Sends a message to the next queue of its topic. Fails with the last try's reason: {@link
   * RequestRefused}, a {@code ConnectException}, a {@code ClosedChannelException} or a {@code
   * TimeoutException}; after the last two the message may be stored all the same.
   */
  public Future<SendResult> send(Message message) {
    return calls.loop().call(() -> admitted(new Attempt(message, null)));
  }

  /** Sends a message to this queue and no other. */
  public Future<SendResult> send(Message message, MessageQueue queue) {
    return calls.loop().call(() -> admitted(new Attempt(message, queue)));
  }

  /**
   * Sends messages of one topic together. All or none are stored; they get neighbouring places in one
   * queue.
   */
  public Future<SendResult> sendBatch(List<Message> messages) {
    if (messages.isEmpty()) {
      return Future.failedFuture(new IllegalArgumentException("a batch needs a message"));
    }
    for (Message each : messages) {
      if (!each.topic().equals(messages.get(0).topic())) {
        return Future.failedFuture(
            new IllegalArgumentException("the messages of a batch must have one topic"));
      }
      if (each.properties().containsKey(Message.DELAY_LEVEL)) {
        return Future.failedFuture(
            new IllegalArgumentException("a message of a batch can't be delayed"));
      }
    }
    return calls.loop().call(() -> admitted(new Attempt(List.copyOf(messages))));
  }

  /** Sends a message without waiting for an answer. Completes when it was handed to the socket. */
  public Future<Void> sendOneway(Message message) {
    return calls.loop().call(() -> onewayNow(new Attempt(message, null)));
  }

  private Future<Void> onewayNow(Attempt attempt) {
    if (closed) {
      return Future.failedFuture(new IllegalStateException("the producer is closed"));
    }
    return attempt
        .nextQueueInTime()
        .compose(
            queue -> {
              String address = routes.master(queue.brokerName());
              return address == null
                  ? Future.failedFuture(noAddress(queue))
                  : calls.onewayOrFail(address, attempt.command(queue));
            });
  }

  @RunsOn(ThreadRole.EVENT_LOOP)
  private Future<SendResult> admitted(Attempt attempt) {
    if (closed) {
      return Future.failedFuture(new IllegalStateException("the producer is closed"));
    }
    if (pending >= options.getMaxPendingSends()) {
      return Future.failedFuture(
          new IllegalStateException(
              "already " + pending + " sends are waiting for an answer; the limit is that"));
    }
    pending++;
    return attempt.next().onComplete(ignored -> pending--);
  }

  /** Leaves the group at all brokers. Sends that are under way still get their answers. */
  public Future<Void> close() {
    return calls
        .loop()
        .call(
            () -> {
              closed = true;
              return client.leave(this);
            });
  }

  private static IllegalStateException noAddress(MessageQueue queue) {
    return new IllegalStateException("no route gives an address for " + queue);
  }

  /** One message or batch on its way, over all its tries. Lives on the loop. */
  private final class Attempt {
    private final String topic;
    private final @Nullable MessageQueue fixed;
    private final String msgId;
    private final byte[] body;
    private final byte @Nullable [] properties;
    private final int flag;
    private final boolean batch;
    private final long startMs = System.currentTimeMillis();
    private final long deadlineNs = System.nanoTime() + options.getSendTimeoutMs() * 1_000_000;
    private int tries;
    private @Nullable String lastBroker;

    Attempt(Message message, @Nullable MessageQueue fixed) {
      Map<String, String> named = identified(message);
      topic = message.topic();
      this.fixed = fixed;
      msgId = named.get(Message.UNIQUE_KEY);
      body = message.body();
      properties = Properties.encode(named);
      flag = message.flag();
      batch = false;
    }

    Attempt(List<Message> messages) {
      List<String> all = new ArrayList<>();
      ByteBuf bytes = Unpooled.buffer();
      for (Message each : messages) {
        Map<String, String> named = identified(each);
        all.add(named.get(Message.UNIQUE_KEY));
        writeItem(each, Properties.encode(named), bytes);
      }
      topic = messages.get(0).topic();
      fixed = null;
      msgId = String.join(",", all);
      body = ByteBufUtil.getBytes(bytes);
      properties = null;
      flag = 0;
      batch = true;
    }

    /** One message of a batch body ({@link BatchBody} draws it). */
    private static void writeItem(Message message, byte[] encoded, ByteBuf out) {
      int bodyBytes = message.body().length;
      out.writeInt(BatchBody.MIN_ITEM_BYTES + bodyBytes + encoded.length);
      out.writeInt(0).writeInt(0).writeInt(message.flag());
      out.writeInt(bodyBytes).writeBytes(message.body());
      out.writeShort(encoded.length).writeBytes(encoded);
    }

    private Map<String, String> identified(Message message) {
      Map<String, String> named = new LinkedHashMap<>(message.properties());
      named.computeIfAbsent(Message.UNIQUE_KEY, ignored -> ids.next());
      return named;
    }

    private Future<MessageQueue> nextQueue() {
      if (fixed != null) {
        MessageQueue queue = fixed;
        return routes.toPublish(topic, options.getNewTopicQueues()).map(ignored -> queue);
      }
      return routes
          .toPublish(topic, options.getNewTopicQueues())
          .compose(
              queues -> {
                MessageQueue queue = queues.at(turn++, lastBroker);
                return queue == null
                    ? Future.failedFuture(
                        new RequestRefused(
                            ResponseCode.TOPIC_NOT_EXIST,
                            "topic " + topic + " has no queue that may be written to"))
                    : Future.succeededFuture(queue);
              });
    }

    Future<SendResult> next() {
      tries++;
      return nextQueueInTime().compose(this::sendTo).recover(this::again);
    }

    /** Name servers that are silent don't make a send longer than it may take. */
    Future<MessageQueue> nextQueueInTime() {
      return calls.loop().within(leftMs(), nextQueue(), this::timedOut);
    }

    private long leftMs() {
      return (deadlineNs - System.nanoTime()) / 1_000_000;
    }

    private TimeoutException timedOut() {
      return new TimeoutException(
          "no answer to a send within " + options.getSendTimeoutMs() + " ms");
    }

    private Future<SendResult> sendTo(MessageQueue queue) {
      lastBroker = queue.brokerName();
      String address = routes.master(queue.brokerName());
      if (address == null) {
        return Future.failedFuture(noAddress(queue));
      }
      long leftMs = leftMs();
      if (leftMs < MIN_TRY_MS) {
        return Future.failedFuture(timedOut());
      }
      return calls.any(address, command(queue), leftMs, response -> result(queue, response));
    }

    private Future<SendResult> again(Throwable failure) {
      boolean last =
          tries > options.getRetries()
              || deadlineNs - System.nanoTime() < MIN_TRY_MS * 1_000_000
              || failure instanceof RequestRefused refused && !RETRYABLE.contains(refused.code());
      if (lastBroker != null) { // a broker was asked, so its route may be old
        if (Routes.isUnknownTopic(failure)) {
          routes.forget(topic);
        } else if (!(failure instanceof RequestRefused)) {
          routes.refresh(topic);
        }
      } else if (!last && Routes.isUnknownTopic(failure)) {
        return Future.failedFuture(failure); // no name server knows a place for it
      }
      return last ? Future.failedFuture(failure) : next();
    }

    RemotingCommand command(MessageQueue queue) {
      RemotingCommand command =
          RemotingCommand.request(
              batch ? RequestCode.SEND_BATCH_MESSAGE : RequestCode.SEND_MESSAGE_V2);
      new SendHeaders.Send(
              group,
              topic,
              Routes.TEMPLATE_TOPIC,
              options.getNewTopicQueues(),
              queue.queueId(),
              0,
              startMs,
              flag,
              properties,
              0,
              false,
              null,
              batch)
          .writeV2(command.ext());
      return command.body(Unpooled.wrappedBuffer(body));
    }

    private SendResult result(MessageQueue asked, RemotingCommand response) {
      SendStatus status = SendStatus.of(response.code());
      if (status == null) {
        throw new RequestRefused(response.code(), response.remark());
      }
      // Read field by field: region and trace switch are there only in answers of newer brokers.
      ExtFields fields = response.ext();
      return new SendResult(
          status,
          msgId,
          field("msgId", fields),
          new MessageQueue(topic, asked.brokerName(), Integer.parseInt(field("queueId", fields))),
          Long.parseLong(field("queueOffset", fields)),
          fields.get("transactionId"));
    }

    private static String field(String name, ExtFields fields) {
      String value = fields.get(name);
      if (value == null) {
        throw new MalformedRequest("the answer to a send has no field " + name);
      }
      return value;
    }
  }
}
