package io.apogeemq.broker.send;

import io.apogeemq.broker.send.Detour.Parked;
import io.apogeemq.broker.stats.Rates;
import io.apogeemq.broker.topic.SystemTopics;
import io.apogeemq.broker.topic.TopicTable;
import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.header.SendHeaders;
import io.apogeemq.protocol.header.SendHeaders.Send;
import io.apogeemq.protocol.message.BatchBody;
import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.message.SysFlags;
import io.apogeemq.protocol.remoting.MalformedRequest;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Refused;
import io.apogeemq.store.AppendResult;
import io.apogeemq.store.Completions;
import io.apogeemq.store.MessageStore;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The one validated path of client messages into the log: is the broker writable, is the name good,
 * is the topic known (or may it be created), does the queue exist, is the size within the limit, does
 * the message ask for nothing that is not built yet. Then it becomes one draft, or a batch of them,
 * and the store's.
 *
 * <p>One instance per broker verticle.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class MessageIntake {
  /** More messages than this in one batch is nonsense: 4 MiB hold fewer useful ones. */
  private static final int MAX_BATCH_MESSAGES = 65_536;

  private static final byte[] NO_PROPERTIES = {};

  private final IntakeConfig config;
  private final TopicTable topics;
  private final SystemTopics system;
  private final MessageStore store;
  private final Completions back;
  private final Rates rates;
  private final Detours detours;
  private final RetryWindow retries;
  private final RetryAnswers retryAnswers;
  private final UnaryOperator<Send> retrySends;
  private final byte[] ownProperties;
  private final byte[] ownIfTraced;
  private final CRC32 crc = new CRC32();

  /**
   * @param back where the store's results come back to this loop
   * @param detours where messages go that ask for something special
   * @param retries the broker's, shared by all loops
   * @param retrySends where consumers' own sends to their retry topics go
   */
  public MessageIntake(
      IntakeConfig config,
      TopicTable topics,
      SystemTopics system,
      MessageStore store,
      Completions back,
      Rates rates,
      Detours detours,
      RetryWindow retries,
      UnaryOperator<Send> retrySends) {
    this.config = config;
    this.topics = topics;
    this.system = system;
    this.store = store;
    this.back = back;
    this.rates = rates;
    this.detours = detours;
    this.retries = retries;
    this.retrySends = retrySends;
    retryAnswers = new RetryAnswers(retries, store, back, rates);
    String cluster = "CLUSTER" + (char) Properties.NAME_END + config.clusterName();
    ownProperties = cluster.getBytes(StandardCharsets.UTF_8);
    ownIfTraced =
        (cluster
                + (char) Properties.VALUE_END
                + "MSG_REGION"
                + (char) Properties.NAME_END
                + SendHeaders.Reply.DEFAULT_REGION)
            .getBytes(StandardCharsets.UTF_8);
  }

  /**
   * What an accepted send came to; a recognised retry: what its first try came to.
   *
   * @param queueId the queue that was written to, also if the client left the choice to us
   * @param uniqueKey the client's message id, null if it gave none or for a batch
   * @param recallHandle what takes it back before it is delivered, null if nothing does
   */
  public record Stored(
      AppendResult result,
      int queueId,
      @Nullable String uniqueKey,
      @Nullable String recallHandle) {}

  /**
   * Takes in one message or, if {@code send.batch()}, a batch.
   *
   * @param from the request that brings it; its body must not change until the future completes
   * @param then makes what the future completes with, on this loop
   * @throws Refused if nothing was handed to the store; also as the future's failure
   */
  public <T> Future<T> take(Exchange from, Send asked, Function<Stored, T> then) {
    Send send = asked.topic().startsWith(Names.RETRY) ? retrySends.apply(asked) : asked;
    ByteBuf body = from.request().body();
    checkBroker(send);
    checkTopicName(send.topic());
    if (body.readableBytes() > config.maxBodyBytes()) {
      throw new Refused(
          ResponseCode.MESSAGE_ILLEGAL,
          "the message body has "
              + body.readableBytes()
              + " bytes, the limit is maxMessageSize="
              + config.maxBodyBytes()
              + ". Send less or raise the limit.");
    }
    TopicConfig topic = topics.find(send.topic());
    return topic != null
        ? store(from, send, topic, then)
        : topics
            .createOnSend(send.topic(), send.defaultTopic(), send.defaultTopicQueueNums(), 0)
            .compose(created -> store(from, send, created, then));
  }

  /**
   * Takes in a message that the broker made of a stored one; what it asks for leads it by a detour, too.
   *
   * @param copy its body must not change until the future completes
   * @return what became of it, on this loop; nobody waits for less than the store's mode promises
   * @throws Refused as {@link #take}
   */
  public Future<AppendResult> takeCopy(MessageDraft copy) {
    MessageDraft draft = detours.park(copy, Detours.asksOf(copy.properties())).draft();
    checkLength(draft.properties());
    Promise<AppendResult> done = Promise.promise();
    store.append(
        List.of(draft),
        true,
        back,
        result -> {
          if (result instanceof AppendResult.Refused) {
            rates.putFailed();
          } else {
            rates.putMessages(draft.topic(), 1, draft.body().readableBytes());
          }
          done.complete(result);
        });
    return done.future();
  }

  private void checkBroker(Send send) {
    if (!config.writable()) {
      throw new Refused(
          ResponseCode.NO_PERMISSION,
          "the broker["
              + config.brokerName()
              + "] sending message is forbidden (brokerPermission); send to another broker.");
    }
    if ((send.sysFlag() & (SysFlags.INNER_BATCH | SysFlags.NEED_UNWRAP)) != 0) {
      throw notYet("inner batches (the sysFlag says so)");
    }
  }

  private void checkTopicName(String topic) {
    Refused.unlessTopic(topic);
    if (system.refusesSends(topic)) {
      throw new Refused(
          ResponseCode.NO_PERMISSION,
          "Sending message to topic[" + topic + "] is forbidden. It is the broker's own.");
    }
  }

  /** Not stored as an ordinary message: that would make visible what must not be, or too early. */
  private static Refused notYet(String what) {
    return new Refused(
        ResponseCode.MESSAGE_ILLEGAL,
        "this version does not serve "
            + what
            + " yet; the message was not stored. Send it without, or to another broker.");
  }

  private <T> Future<T> store(
      Exchange from, Send send, TopicConfig topic, Function<Stored, T> then) {
    int queueId = send.queueId();
    try {
      int queues = Math.max(topic.writeQueueNums(), topic.readQueueNums());
      if (queueId >= queues) {
        throw new Refused(
            ResponseCode.INVALID_PARAMETER,
            "request queueId["
                + queueId
                + "] is illegal, topic["
                + topic.topicName()
                + "] has queues 0 to "
                + (queues - 1)
                + " here. Refresh the route.");
      }
      if (queueId < 0) {
        queueId = ThreadLocalRandom.current().nextInt(Math.max(1, topic.writeQueueNums()));
      }
      return send.batch()
          ? storeBatch(from, send, queueId, then)
          : storeOne(from, send, queueId, then);
    } catch (MalformedRequest e) {
      throw new Refused(ResponseCode.MESSAGE_ILLEGAL, e.getMessage());
    }
  }

  private <T> Future<T> storeOne(Exchange from, Send send, int queueId, Function<Stored, T> then) {
    IncomingProperties properties = readProperties(propertiesOf(send));
    MessageDraft given =
        draft(
            send,
            queueId,
            send.flag(),
            from.request().body(),
            from.connection().remoteAddress(),
            send.topic().getBytes(StandardCharsets.UTF_8),
            properties);
    Parked parked =
        properties.asks() == 0 ? Parked.not(given) : detours.park(given, properties.asks());
    MessageDraft draft = parked.draft();
    checkLength(draft.properties());
    checkNoTransaction(draft.sysFlag());
    return append(
        from,
        // Of what is stored: that is what a restart finds.
        fingerprint(from, draft, properties, draft.bodyCrc(), 1),
        List.of(draft),
        properties.waitForDurability(),
        queueId,
        properties.uniqueKey(),
        parked.recallHandle(),
        then);
  }

  /**
   * By what a retry of this send is recognised. Nobody retries what nobody answers, so a one-way
   * request has none.
   *
   * @param first the first message
   * @param properties of it
   */
  private long fingerprint(
      Exchange from, MessageDraft first, IncomingProperties properties, int bodyCrc, int messages) {
    return retries.isOn() && !from.request().isOneway()
        ? Fingerprint.of(
            first.topicBytes(),
            properties.stored(),
            properties.uniqueKeyFrom(),
            properties.uniqueKeyTo(),
            bodyCrc,
            first.reconsumeTimes(),
            messages)
        : Fingerprint.NONE;
  }

  private static byte[] propertiesOf(Send send) {
    byte[] given = send.properties();
    return given == null ? NO_PROPERTIES : given;
  }

  private <T> Future<T> storeBatch(
      Exchange from, Send send, int queueId, Function<Stored, T> then) {
    checkNoTransaction(send.sysFlag());
    boolean wait = readProperties(propertiesOf(send)).waitForDurability();
    byte[] topic = send.topic().getBytes(StandardCharsets.UTF_8);
    ByteBuf body = from.request().body();
    int bodyCrc = retries.isOn() ? crcOf(body) : 0; // of all messages, for the fingerprint
    List<BatchBody.Item> items = BatchBody.decode(body, MAX_BATCH_MESSAGES, config.maxBodyBytes());
    List<MessageDraft> drafts = new ArrayList<>(items.size());
    long fingerprint = Fingerprint.NONE;
    for (BatchBody.Item item : items) {
      IncomingProperties properties = readProperties(item.properties());
      if (properties.asks() != 0) {
        throw new Refused(
            ResponseCode.MESSAGE_ILLEGAL,
            "a message of a batch has the property "
                + Asks.name(properties.asks())
                + "; nothing was stored. Send such messages one by one.");
      }
      MessageDraft draft =
          draft(
              send,
              queueId,
              item.flag(),
              item.body(),
              from.connection().remoteAddress(),
              topic,
              properties);
      if (drafts.isEmpty()) {
        fingerprint = fingerprint(from, draft, properties, bodyCrc, items.size());
      }
      drafts.add(draft);
    }
    return append(from, fingerprint, drafts, wait, queueId, null, null, then);
  }

  private IncomingProperties readProperties(byte[] encoded) {
    IncomingProperties properties =
        IncomingProperties.of(encoded, topics.traced() ? ownIfTraced : ownProperties);
    if (Properties.hasZero(properties.stored())) {
      throw new Refused(
          ResponseCode.MESSAGE_ILLEGAL,
          "the message properties hold a zero byte, which a record can't; put such data into the body");
    }
    checkLength(properties.stored());
    return properties;
  }

  /** A half message has lost this flag when it is parked; without TRAN_MSG nobody would ever end it. */
  private static void checkNoTransaction(int sysFlag) {
    if ((sysFlag & SysFlags.TRANSACTION_MASK) != 0) {
      throw new Refused(
          ResponseCode.MESSAGE_ILLEGAL,
          "the sysFlag says that the message is part of a transaction, but its properties don't"
              + " (TRAN_MSG=true); it was not stored. Send it by a TransactionMQProducer.");
    }
  }

  private static void checkLength(byte[] properties) {
    if (properties.length > Properties.MAX_BYTES) {
      throw new Refused(
          ResponseCode.MESSAGE_ILLEGAL,
          "the message properties have "
              + properties.length
              + " bytes, the limit is "
              + Properties.MAX_BYTES
              + ". Move data into the body.");
    }
  }

  private MessageDraft draft(
      Send send,
      int queueId,
      int flag,
      ByteBuf body,
      InetSocketAddress born,
      byte[] topic,
      IncomingProperties properties) {
    return new MessageDraft(
        send.topic(),
        queueId,
        flag,
        SysFlags.withHosts(send.sysFlag(), born, config.storeHost()),
        send.bornTimestamp(),
        born,
        config.storeHost(),
        send.reconsumeTimes(),
        0,
        body,
        crcOf(body),
        topic,
        properties.stored(),
        properties.tagsCode());
  }

  private int crcOf(ByteBuf body) {
    crc.reset();
    // The buffer's own view, used on this loop only: a new one per body costs as much as the
    // checksum.
    crc.update(body.internalNioBuffer(body.readerIndex(), body.readableBytes()));
    return (int) crc.getValue() & Integer.MAX_VALUE;
  }

  private <T> Future<T> append(
      Exchange from,
      long fingerprint,
      List<MessageDraft> drafts,
      boolean wait,
      int queueId,
      @Nullable String uniqueKey,
      @Nullable String recallHandle,
      Function<Stored, T> then) {
    long startedNanos = System.nanoTime();
    long ticket =
        fingerprint == Fingerprint.NONE
            ? RetryWindow.NOT_WATCHED
            : retries.enter(fingerprint, millis(startedNanos), from.connection().liveness());
    if (ticket < 0 && ticket != RetryWindow.NOT_WATCHED) {
      return retryAnswers.answer(
          ~ticket,
          from.connection().liveness(),
          millis(startedNanos),
          drafts,
          wait,
          uniqueKey,
          recallHandle,
          then,
          () -> append(from, fingerprint, drafts, wait, queueId, uniqueKey, recallHandle, then));
    }
    Promise<T> done = Promise.promise();
    try {
      store.append(
          drafts,
          wait,
          back,
          result -> {
            long nowNanos = System.nanoTime();
            if (result instanceof AppendResult.Refused) {
              rates.putFailed();
            } else {
              rates.putMessages(drafts.get(0).topic(), drafts.size(), bodyBytes(drafts));
              rates.putTook(nowNanos - startedNanos);
            }
            Stored stored = new Stored(result, queueId, uniqueKey, recallHandle);
            T outcome;
            try {
              outcome = then.apply(stored);
            } catch (RuntimeException | Error e) { // whoever asked gets an answer
              settle(ticket, result, queueId, millis(nowNanos), false);
              done.fail(e);
              return;
            }
            settle(ticket, result, queueId, millis(nowNanos), true);
            done.complete(outcome);
          });
    } catch (RuntimeException | Error e) {
      if (ticket != RetryWindow.NOT_WATCHED) {
        retries.notStored(ticket);
      }
      throw e;
    }
    return done.future();
  }

  /** {@code answerable}: false if the answer will be an error whatever the store says. */
  private void settle(
      long ticket, AppendResult result, int queueId, long nowMs, boolean answerable) {
    if (ticket == RetryWindow.NOT_WATCHED) {
      return;
    }
    if (result instanceof AppendResult.Appended at) {
      retries.stored(ticket, at.logPosition(), at.queueOffset(), queueId, nowMs, answerable);
    } else if (result instanceof AppendResult.Unknown unknown) {
      AppendResult.Appended at = unknown.at();
      retries.stored(ticket, at.logPosition(), at.queueOffset(), queueId, nowMs, false);
    } else {
      retries.notStored(ticket);
    }
  }

  private static long millis(long nanos) {
    return nanos / 1_000_000;
  }

  private static int bodyBytes(List<MessageDraft> drafts) {
    int bytes = 0;
    for (MessageDraft each : drafts) {
      bytes += each.body().readableBytes();
    }
    return bytes;
  }
}
