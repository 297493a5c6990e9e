package io.apogeemq.gateway.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;

/** Reads a body of bounded size into memory. The request must be paused until then. */
public final class BodyReader {
  private static final int SMALL_BYTES = 64 * 1024;

  private BodyReader() {}

  /** Fails with a problem as soon as the body is, or says that it will be, larger than the limit. */
  static Future<Buffer> read(HttpServerRequest request, int limitBytes) {
    if (declaredBytes(request) > limitBytes) {
      return Future.failedFuture(tooLarge(limitBytes));
    }
    Promise<Buffer> whole = Promise.promise();
    Buffer body = Buffer.buffer();
    welcome(request);
    request.handler(
        part -> {
          if (body.length() + part.length() > limitBytes) {
            whole.tryFail(tooLarge(limitBytes));
          } else {
            body.appendBuffer(part);
          }
        });
    request.endHandler(ignored -> whole.tryComplete(body));
    request.exceptionHandler(whole::tryFail);
    request.resume();
    return whole.future();
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

  private static long declaredBytes(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    try {
      return length == null ? 0 : Long.parseLong(length);
    } catch (NumberFormatException e) {
      return 0; // Netty has refused the request, or counts for itself
    }
  }

  static Problem tooLarge(long limitBytes) {
    return new Problem(
            ProblemKind.TOO_LARGE,
            "The body has more than " + limitBytes + " bytes.",
            "Send less at once, or raise gatewayMaxBodyBytes.")
        .with("limitBytes", limitBytes);
  }
}
