package io.apogeemq.namesrv;

import io.apogeemq.protocol.header.KvHeaders;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Access;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.Route;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import java.util.List;

/** Key/value configuration, used for the queues of ordered topics: 100, 101, 102, 219. */
@RunsOn(ThreadRole.EVENT_LOOP)
final class KvHandlers implements RequestFamily {
  private final KvConfig kv;

  KvHandlers(KvConfig kv) {
    this.kv = kv;
  }

  @Override
  public List<Route<?>> routes() {
    return List.of(
        Route.on(
            RequestCode.PUT_KV_CONFIG,
            Access.ADMIN,
            KvHeaders.Put.class,
            (from, ask) -> saved(kv.put(ask.namespace(), ask.key(), ask.value()))),
        Route.on(RequestCode.GET_KV_CONFIG, Access.OPEN, KvHeaders.Get.class, this::get),
        Route.on(
            RequestCode.DELETE_KV_CONFIG,
            Access.ADMIN,
            KvHeaders.Delete.class,
            (from, ask) -> saved(kv.delete(ask.namespace(), ask.key()))),
        Route.on(
            RequestCode.GET_KVLIST_BY_NAMESPACE,
            Access.OPEN,
            KvHeaders.ListNamespace.class,
            this::list));
  }

  private static Future<Reply> saved(Future<Void> written) {
    return written.map(done -> Reply.ok());
  }

  private Future<Reply> get(Exchange from, KvHeaders.Get ask) {
    String value = kv.get(ask.namespace(), ask.key());
    if (value == null) {
      return Reply.of(
              ResponseCode.QUERY_NOT_FOUND,
              "No config item, Namespace: "
                  + Checked.shortened(ask.namespace())
                  + " Key: "
                  + Checked.shortened(ask.key()))
          .now();
    }
    return Reply.ok(new KvHeaders.GetReply(value)).now();
  }

  private Future<Reply> list(Exchange from, KvHeaders.ListNamespace ask) {
    byte[] pairs = kv.namespaceAsJson(ask.namespace());
    return pairs == null
        ? Reply.of(
                ResponseCode.QUERY_NOT_FOUND,
                "No config item, Namespace: " + Checked.shortened(ask.namespace()))
            .now()
        : Reply.ok().body(pairs).now();
  }
}
