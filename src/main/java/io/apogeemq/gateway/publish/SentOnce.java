package io.apogeemq.gateway.publish;

import io.apogeemq.client.SendResult;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Remembers sends by their idempotency keys, so that a request that is sent again gets the first answer
 * instead of storing its message again. A send that failed is forgotten, for it may be tried again; one
 * that timed out may be stored all the same, and then the broker recognises its message id.
 *
 * <p>A key belongs to an account and a topic. Another message under it is refused, or it would be lost
 * without a word; it is known by a hash, so that no message is kept.
 *
 * <p>Bounded by number and age: keys that were used first go first. One for all event loops of this
 * process; other gateways don't know them. Safe for any thread.
 */
public final class SentOnce {
  private final int maxKeys;
  private final long lifeMs;
  private final LongSupplier clockMs;

  /** By the ids of their messages, which say whose key of which topic it is, and are short. */
  private final Map<String, Send> sends = new LinkedHashMap<>();

  private record Send(String fingerprint, Future<SendResult> result, long atMs) {}

  /**
   * @param clockMs milliseconds, never jumps
   */
  public SentOnce(int maxKeys, long lifeMs, LongSupplier clockMs) {
    this.maxKeys = maxKeys;
    this.lifeMs = lifeMs;
    this.clockMs = clockMs;
  }

  /**
   * What the first send under this name led to; sends if this is the first. Fails with a problem (422) if the
   * first was another message.
   *
   * @param name the message's id
   * @param key as the client knows it
   * @param fingerprint of the message
   */
  Future<SendResult> once(
      String name, String key, String fingerprint, Supplier<Future<SendResult>> send) {
    Promise<SendResult> result = Promise.promise();
    synchronized (this) {
      Send known = sends.get(name);
      if (known != null && clockMs.getAsLong() - known.atMs() < lifeMs) {
        return known.fingerprint().equals(fingerprint)
            ? here(known.result())
            : Future.failedFuture(reused(key));
      }
      sends.remove(name);
      makeRoom();
      sends.put(name, new Send(fingerprint, result.future(), clockMs.getAsLong()));
    }
    attempt(send)
        .onFailure(ignored -> forget(name, result.future())) // before others hear of the failure
        .onComplete(result);
    return result.future();
  }

  private Problem reused(String key) {
    return new Problem(
        ProblemKind.KEY_REUSED,
        "Another message was sent under the idempotency key '"
            + key
            + "' within the last "
            + TimeUnit.MILLISECONDS.toSeconds(lifeMs)
            + " s.");
  }

  private static Future<SendResult> attempt(Supplier<Future<SendResult>> send) {
    try {
      return send.get();
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  /** The outcome of another loop's send, brought to the caller's. */
  private static Future<SendResult> here(Future<SendResult> elsewhere) {
    Context context = Vertx.currentContext();
    if (context == null) {
      return elsewhere;
    }
    Promise<SendResult> outcome = Promise.promise();
    elsewhere.onComplete(done -> context.runOnContext(ignored -> outcome.handle(done)));
    return outcome.future();
  }

  private synchronized void forget(String name, Future<SendResult> result) {
    sends.computeIfPresent(name, (n, each) -> each.result() == result ? null : each);
  }

  private void makeRoom() {
    var oldestFirst = sends.values().iterator();
    while (oldestFirst.hasNext()) {
      Send each = oldestFirst.next();
      if (sends.size() < maxKeys && clockMs.getAsLong() - each.atMs() < lifeMs) {
        return;
      }
      oldestFirst.remove();
    }
  }
}
