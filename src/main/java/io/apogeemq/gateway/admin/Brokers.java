package io.apogeemq.gateway.admin;

import io.apogeemq.client.RequestRefused;
import io.apogeemq.gateway.access.GatewayClient;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What the masters of a cluster say about one question. A broker that is down, or does not know the
 * question, leaves a gap instead of failing the whole; one that refuses the account does not.
 *
 * @param answers of those that answered
 * @param complete whether all did
 */
record Brokers<R>(List<R> answers, boolean complete) {
  /** Asks all masters at once; fails if none answers. */
  static <R> Future<Brokers<R>> all(GatewayClient client, Function<String, Future<R>> question) {
    return client
        .admin()
        .masters()
        .compose(
            addresses -> {
              List<Future<R>> asked = addresses.stream().map(question).toList();
              return Future.join(asked).transform(ignored -> outcome(asked));
            });
  }

  /** What brokers that were asked have answered; fails if none has, or one refuses the account. */
  static <R> Future<Brokers<R>> outcome(List<Future<R>> asked) {
    List<R> answers = new ArrayList<>();
    Throwable failure = null;
    for (Future<R> each : asked) {
      if (each.succeeded()) {
        answers.add(each.result());
      } else if (isDenied(each.cause())) {
        return Future.failedFuture(each.cause());
      } else {
        failure = each.cause();
      }
    }
    return answers.isEmpty() && failure != null
        ? Future.failedFuture(failure)
        : Future.succeededFuture(new Brokers<>(answers, failure == null));
  }

  /** Whether the account is refused: RocketMQ says so by SYSTEM_ERROR and its exception's name. */
  static boolean isDenied(Throwable failure) {
    return failure instanceof RequestRefused refused
        && (refused.code() == ResponseCode.NO_PERMISSION
            || refused.code() == ResponseCode.SYSTEM_ERROR
                && refused.getMessage().contains("AclException"));
  }

  /** A question that a missing thing, or a broker that does not know it, answers with a value. */
  static <R> Future<R> orElse(Future<R> asked, R otherwise) {
    return asked.recover(
        e ->
            e instanceof RequestRefused && !isDenied(e)
                ? Future.succeededFuture(otherwise)
                : Future.failedFuture(e));
  }
}
