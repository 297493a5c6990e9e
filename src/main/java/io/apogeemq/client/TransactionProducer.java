package io.apogeemq.client;

import io.apogeemq.protocol.header.TransactionHeaders;
import io.apogeemq.protocol.message.MessageId;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends messages that are delivered only if a transaction of the application commits:
 *
 * <ol>
 *   <li>The message is stored where nobody sees it (a half message).
 *   <li>The application does its work and says how that ended.
 *   <li>The broker is told: it delivers the message or drops it.
 * </ol>
 *
 * <p>If it hears nothing, it asks the group's {@link TransactionChecker}. Made by {@link
 * ApogeeClient#transactionProducer}; any thread may call the methods.
 */
public final class TransactionProducer {
  private static final Logger log = LoggerFactory.getLogger(TransactionProducer.class);

  private static final String HALF = "TRAN_MSG";
  static final String GROUP = "PGROUP";

  private final Producer producer;
  private final TransactionChecker checker;
  private final Calls calls;
  private final Routes routes;

  /** Where the checker is called: the context that the producer was made on. */
  private final Context context;

  TransactionProducer(Producer producer, TransactionChecker checker, ApogeeClient client) {
    this.producer = producer;
    this.checker = checker;
    calls = client.calls();
    routes = client.routes();
    Context caller = Vertx.currentContext();
    context = caller == null ? calls.loop().context() : caller;
  }

  public String group() {
    return producer.group();
  }

  /**
   * Sends a message with a transaction.
   *
   * @param work the application's part, called when the half message is stored; its failure counts as
   *     unknown, so that the checker is asked
   * @return fails if the half message could not be stored; then the work was not done
   */
  public Future<TransactionResult> send(
      Message message, Function<SendResult, Future<TransactionOutcome>> work) {
    return half(message)
        .compose(
            sent ->
                outcome(() -> work.apply(sent), sent.msgId())
                    .compose(outcome -> told(open(sent), outcome))
                    .map(outcome -> new TransactionResult(sent, outcome)));
  }

  /**
   * Stores a half message and leaves its transaction open, for {@link #end}, by this client or another.
   * Until then the broker asks the checker, as often as it is set to, and drops the message then.
   */
  public Future<OpenTransaction> prepare(Message message) {
    return half(message).map(TransactionProducer::open);
  }

  private Future<SendResult> half(Message message) {
    if (message.isDelayed()) {
      return Future.failedFuture(
          new IllegalArgumentException("a message of a transaction can't be delayed"));
    }
    return producer.sendHalf(message.with(HALF, "true").with(GROUP, group()));
  }

  private static OpenTransaction open(SendResult sent) {
    return new OpenTransaction(
        sent.messageQueue().topic(),
        sent.messageQueue().brokerName(),
        sent.queueOffset(),
        MessageId.parse(sent.offsetMsgId()).logPosition(),
        sent.msgId(),
        sent.transactionId());
  }

  private static Future<TransactionOutcome> outcome(
      Supplier<Future<TransactionOutcome>> work, String messageId) {
    Future<TransactionOutcome> outcome;
    try {
      outcome = Objects.requireNonNull(work.get(), "the outcome's future");
    } catch (Throwable e) { // of the application, which may be an error, too
      outcome = Future.failedFuture(e);
    }
    return outcome
        .map(each -> Objects.requireNonNull(each, "the outcome"))
        .otherwise(
            e -> {
              log.warn("the outcome of transaction {} is unknown", messageId, e);
              return TransactionOutcome.UNKNOWN;
            });
  }

  /** Tells the broker, which confirms; what it didn't confirm is unknown. */
  private Future<TransactionOutcome> told(OpenTransaction open, TransactionOutcome outcome) {
    if (outcome == TransactionOutcome.UNKNOWN) {
      return Future.succeededFuture(outcome);
    }
    return end(open, outcome)
        .map(outcome)
        .otherwise(
            e -> {
              log.warn(
                  "the broker did not confirm the {} of {}: {}",
                  outcome,
                  open.messageId(),
                  e.toString());
              return TransactionOutcome.UNKNOWN;
            });
  }

  /**
   * Ends a transaction. Completes when the broker has confirmed; fails with {@link RequestRefused} or the
   * transport's failure, and then it may have ended or not. Our brokers end each once: afterwards it fails
   * with {@link TransactionEnded}, also if an earlier try of the same was carried out and its answer was
   * lost. Apache's confirm, and deliver a message again that is committed again.
   *
   * @param outcome {@code UNKNOWN} has the broker ask on
   */
  public Future<Void> end(OpenTransaction open, TransactionOutcome outcome) {
    TransactionHeaders.End header =
        new TransactionHeaders.End(
            group(),
            open.queueOffset(),
            open.logPosition(),
            outcome.wire(),
            false,
            open.messageId(),
            open.transactionId(),
            open.topic());
    return calls
        .loop()
        .call(
            () ->
                routes
                    .masterOf(open.topic(), open.brokerName())
                    .compose(
                        address ->
                            calls.ok(
                                address,
                                RemotingCommand.request(RequestCode.END_TRANSACTION, header),
                                response -> confirmed(response, open))));
  }

  private static @Nullable Void confirmed(RemotingCommand response, OpenTransaction open) {
    if (Boolean.TRUE.equals(response.header(TransactionHeaders.EndReply.class).endedBefore())) {
      throw new TransactionEnded(open);
    }
    return null;
  }

  /** A broker asks; the answer goes to the address that the question came from. */
  void checked(String address, TransactionHeaders.Check asked, ReceivedMessage half) {
    context.runOnContext(
        ignored ->
            outcome(() -> checker.check(half), half.messageId())
                .onSuccess(outcome -> calls.loop().run(() -> answer(address, asked, outcome))));
  }

  private void answer(String address, TransactionHeaders.Check asked, TransactionOutcome outcome) {
    calls.oneway(
        address,
        RemotingCommand.request(
            RequestCode.END_TRANSACTION,
            new TransactionHeaders.End(
                group(),
                asked.tranStateTableOffset(),
                asked.commitLogOffset(),
                outcome.wire(),
                true,
                asked.msgId(),
                asked.transactionId(),
                asked.topic())));
  }

  /** Leaves the group. Its open transactions are asked of the other producers of the group. */
  public Future<Void> close() {
    return producer.close();
  }
}
