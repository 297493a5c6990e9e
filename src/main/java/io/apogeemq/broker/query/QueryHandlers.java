package io.apogeemq.broker.query;

import static io.apogeemq.protocol.remoting.RequestCode.QUERY_MESSAGE;
import static io.apogeemq.protocol.remoting.RequestCode.VIEW_MESSAGE_BY_ID;

import io.apogeemq.protocol.header.QueryHeaders;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Access;
import io.apogeemq.remoting.Caller;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Refused;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.Route;
import io.apogeemq.store.Completions;
import io.apogeemq.store.MessageStore;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.function.LongSupplier;

/** Answers the requests for single messages: by key (12) and by log position (33). */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class QueryHandlers implements RequestFamily {
  /** Most messages of one answer, and of one that asks by unique key (the original's figures). */
  private static final int MAX_MESSAGES = 64;

  private static final int UNIQUE_KEY_MESSAGES = 32;

  private final MessageStore store;
  private final Completions back;
  private final LongSupplier clockMs;

  /** {@code back}: that of the event loop that this instance serves. */
  public QueryHandlers(MessageStore store, Completions back, LongSupplier clockMs) {
    this.store = store;
    this.back = back;
    this.clockMs = clockMs;
  }

  @Override
  public List<Route<?>> routes() {
    return List.of(
        Route.on(QUERY_MESSAGE, Access.SUB, QueryHeaders.ByKey.class, this::byKey)
            .topic(QueryHeaders.ByKey::topic),
        Route.on(VIEW_MESSAGE_BY_ID, Access.SUB, QueryHeaders.ById.class, this::byPosition)
            .about("the message's topic", QueryHandlers::askLater));
  }

  /** What the message is about is known when it has been read: see {@link #askForTopic}. */
  private static void askLater(Caller caller, QueryHeaders.ById ask, RemotingCommand request) {}

  private Future<Reply> byKey(Exchange from, QueryHeaders.ByKey ask) {
    boolean unique = Boolean.TRUE.equals(ask._UNIQUE_KEY_QUERY()) || "U".equals(ask.indexType());
    int max = unique ? UNIQUE_KEY_MESSAGES : Math.max(1, Math.min(ask.maxNum(), MAX_MESSAGES));
    Promise<ByteBuf> records = Promise.promise();
    store.recordsByKey(
        ask.topic(),
        ask.key(),
        unique,
        ask.beginTimestamp(),
        ask.endTimestamp(),
        max,
        back,
        records::complete);
    return records
        .future()
        .map(
            found -> {
              QueryHeaders.ByKeyReply reached =
                  new QueryHeaders.ByKeyReply(
                      clockMs.getAsLong(), store.status().readablePosition());
              if (!found.isReadable()) {
                found.release();
                return Reply.of(
                    ResponseCode.QUERY_NOT_FOUND,
                    "can not find message, maybe time range not correct",
                    reached);
              }
              return Reply.ok(reached).body(found);
            });
  }

  private Future<Reply> byPosition(Exchange from, QueryHeaders.ById ask) {
    Promise<ByteBuf> record = Promise.promise();
    store.recordAt(ask.offset(), back, record::complete);
    return record
        .future()
        .map(
            found -> {
              if (!found.isReadable()) {
                found.release();
                return Reply.of(
                    ResponseCode.SYSTEM_ERROR,
                    "can not find message by the offset, " + ask.offset());
              }
              Caller caller = from.caller();
              if (caller != null) {
                askForTopic(caller, found);
              }
              return Reply.ok().body(found);
            });
  }

  /** Whose message lies at a log position is known only now. */
  private static void askForTopic(Caller caller, ByteBuf record) {
    MessageView view = new MessageView();
    String broken = view.open(record.nioBuffer(), 0);
    try {
      if (broken != null) {
        throw new Refused(ResponseCode.SYSTEM_ERROR, broken);
      }
      caller.mayConsume(view.topic());
    } catch (Refused e) {
      record.release();
      throw e;
    }
  }
}
