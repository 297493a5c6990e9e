package io.apogeemq.broker.transaction;

import io.apogeemq.protocol.header.TransactionHeaders.End;
import io.apogeemq.protocol.header.TransactionHeaders.Open;
import io.apogeemq.protocol.header.TransactionHeaders.Resume;
import io.apogeemq.protocol.message.MessageId;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.remoting.Access;
import io.apogeemq.remoting.Caller;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.Route;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import java.util.List;

/**
 * Answers the requests about transactions: the producer's decision (37, nearly always one-way), and the
 * administrator's wishes to have one that was given up checked again (323) and to know which are open
 * (30003). One instance per broker
 * verticle; all of them share the broker's {@link Transactions}.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class TransactionHandlers implements RequestFamily {
  private final Transactions transactions;

  public TransactionHandlers(Transactions transactions) {
    this.transactions = transactions;
  }

  @Override
  public List<Route<?>> routes() {
    return List.of(
        Route.on(RequestCode.END_TRANSACTION, Access.OPEN, End.class, this::end)
            .about("publish to the half message's topic", TransactionHandlers::askLater),
        Route.on(RequestCode.RESUME_CHECK_HALF_MESSAGE, Access.ADMIN, Resume.class, this::resume),
        Route.on(RequestCode.APOGEE_GET_OPEN_TRANSACTIONS, Access.ADMIN, Open.class, this::list));
  }

  /** What the decision is about is known when the half message has been read: see {@link Decisions}. */
  private static void askLater(Caller caller, End end, RemotingCommand request) {}

  private Future<Reply> end(Exchange from, End end) {
    if (from.request().isOneway()) {
      transactions.endUnanswered(end, from.caller());
      return Reply.ok().now();
    }
    return transactions.end(end, from.caller());
  }

  private Future<Reply> list(Exchange from, Open ask) {
    Long after = ask.after();
    return transactions
        .list(ask.max(), after == null ? -1 : after)
        .map(all -> Reply.ok().body(all.toJson()));
  }

  private Future<Reply> resume(Exchange from, Resume resume) {
    return transactions.resume(MessageId.parse(resume.msgId()).logPosition());
  }
}
