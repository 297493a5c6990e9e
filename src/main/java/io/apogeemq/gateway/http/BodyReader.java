package io.apogeemq.gateway.http;

import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.TimeUnit;

/**
 * Reads one body of bounded size into memory. The request must be paused until then. What has come is
 * charged to the request; a body that is too large (413), finds no room (503), or comes too slowly (408)
 * fails, and then what still comes of it is thrown away.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class BodyReader {
  private static final int SMALL_BYTES = 64 * 1024;

  /** Who sends slower than that, for longer than his time, holds memory for nothing. */
  private static final int SLOWEST_BYTES_PER_MS = 32;

  private static final long LINGER_MS = 2_000;

  private final Vertx vertx;
  private final HttpServerRequest request;
  private final BodyBudget.Charge charge;
  private final int limitBytes;
  private final int largestBytes;
  private final long timeoutMs;
  private final long startNs = System.nanoTime();
  private final Promise<Buffer> whole = Promise.promise();
  private Buffer body = Buffer.buffer();
  private long timer;

  /**
   * @param limitBytes of this body
   * @param largestBytes that any body may have
   * @param timeoutMs in which it must come, beside what {@link #patienceMs} gives a large one
   */
  BodyReader(
      Vertx vertx,
      HttpServerRequest request,
      BodyBudget.Charge charge,
      int limitBytes,
      int largestBytes,
      long timeoutMs) {
    this.vertx = vertx;
    this.request = request;
    this.charge = charge;
    this.limitBytes = Math.min(limitBytes, largestBytes);
    this.largestBytes = largestBytes;
    this.timeoutMs = timeoutMs;
  }

  /** How long somebody may take for so many bytes. */
  public static long patienceMs(long timeoutMs, long bytes) {
    return timeoutMs + bytes / SLOWEST_BYTES_PER_MS;
  }

  /** Completes with the whole body; fails with a problem as soon as it is clear that there will be none. */
  Future<Buffer> read() {
    if (declaredBytes(request) > limitBytes) {
      return Future.failedFuture(tooLarge());
    }
    try {
      charge.expect(declaredBytes(request));
    } catch (Problem full) {
      return Future.failedFuture(full);
    }
    welcome(request);
    request.handler(this::part);
    request.endHandler(ignored -> end());
    request.exceptionHandler(ignored -> fail(brokenOff()));
    timer = vertx.setTimer(timeoutMs, ignored -> late());
    request.resume();
    return whole.future();
  }

  private void part(Buffer part) {
    if (whole.future().isComplete()) {
      return;
    }
    if (body.length() + part.length() > limitBytes) {
      fail(tooLarge());
      return;
    }
    try {
      charge.add(part.length());
      body.appendBuffer(part);
    } catch (Problem full) {
      fail(full);
    }
  }

  private void end() {
    Buffer read = body;
    if (forget()) {
      whole.complete(read);
    }
  }

  private void fail(Problem problem) {
    if (forget()) {
      whole.fail(problem);
    }
  }

  /** Lets go of the bytes, which the request would keep till its answer; tells whether this is the end. */
  private boolean forget() {
    if (whole.future().isComplete()) {
      return false;
    }
    vertx.cancelTimer(timer);
    body = Buffer.buffer();
    request.handler(null).endHandler(null).exceptionHandler(null);
    return true;
  }

  private void late() {
    long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
    long leftMs = patienceMs(timeoutMs, body.length()) - tookMs;
    if (leftMs > 0) {
      timer = vertx.setTimer(leftMs, ignored -> late());
    } else {
      fail(tooSlow(tookMs));
    }
  }

  /** Tells a client that asks first that it may send its body ({@code Expect: 100-continue}). */
  public static void welcome(HttpServerRequest request) {
    if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
      request.response().writeContinue();
    }
  }

  /** Whether reading the body to its end, to use the connection again, costs next to nothing. */
  static boolean isSmall(HttpServerRequest request) {
    return request.getHeader(HttpHeaders.TRANSFER_ENCODING) == null
        && declaredBytes(request) <= SMALL_BYTES;
  }

  /**
   * Throws away for a moment what still comes. A connection that is closed with unread bytes is reset, and
   * whoever is still sending then may never see the answer.
   */
  public static void closeSlowly(HttpServerRequest request) {
    if (request.isEnded()) {
      request.connection().close();
      return;
    }
    Vertx vertx = Vertx.currentContext().owner();
    long timer = vertx.setTimer(LINGER_MS, ignored -> request.connection().close());
    request
        .end()
        .onComplete(
            ignored -> {
              vertx.cancelTimer(timer);
              request.connection().close();
            });
    request.resume();
  }

  private static long declaredBytes(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    try {
      return length == null ? 0 : Long.parseLong(length);
    } catch (NumberFormatException e) {
      return 0; // Netty has refused the request, or counts for itself
    }
  }

  private Problem tooLarge() {
    return new Problem(
            ProblemKind.TOO_LARGE,
            "The body has more than " + limitBytes + " bytes.",
            limitBytes == largestBytes
                ? "Send less at once, or raise gatewayMaxBodyBytes."
                : "Send less at once; this operation takes no more.")
        .with("limitBytes", limitBytes);
  }

  /** What somebody is told whose body, or line of a stream, has not come whole after this time. */
  public static Problem tooSlow(long tookMs) {
    return new Problem(
        ProblemKind.BODY_TIMED_OUT,
        "After " + tookMs + " ms the body, or a line of it, had not come whole.",
        "Send it at once; over a slow line raise gatewayBodyTimeoutMs.");
  }

  private static Problem brokenOff() {
    return new Problem(
        ProblemKind.BAD_REQUEST, "The connection ended before the body did.", "Send it again.");
  }
}
