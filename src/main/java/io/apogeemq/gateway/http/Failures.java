package io.apogeemq.gateway.http;

import io.apogeemq.client.RequestRefused;
import io.apogeemq.client.TooManyPending;
import io.apogeemq.gateway.openapi.BadParameter;
import io.vertx.core.json.DecodeException;
import java.net.ConnectException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every way in which an operation can fail, as the problem that the client is told. */
final class Failures {
  private static final Logger log = LoggerFactory.getLogger(Failures.class);

  private Failures() {}

  /**
   * What was not foreseen is logged with its stack trace, and told without details but the mark by which its
   * line in the log is found.
   */
  static Problem problem(Throwable failure) {
    if (failure instanceof Problem problem) {
      return problem;
    }
    if (failure instanceof BadParameter bad) {
      return new Problem(ProblemKind.INVALID_PARAMETER, bad.getMessage(), bad.cure())
          .with("parameter", bad.parameter());
    }
    if (failure instanceof RequestRefused refused) {
      return BrokerCodes.problem(refused);
    }
    if (failure instanceof TooManyPending many) {
      return new Problem(
              ProblemKind.TOO_MANY_REQUESTS,
              "The gateway has "
                  + many.limit()
                  + " sends of this account under way on this thread.",
              "Wait as long as Retry-After says; a stream (NDJSON) waits by itself.")
          .with("limit", many.limit());
    }
    if (failure instanceof TimeoutException late) {
      return new Problem(ProblemKind.TIMED_OUT, "No answer came in time: " + late.getMessage());
    }
    if (failure instanceof ClosedChannelException) {
      return new Problem(
          ProblemKind.UNAVAILABLE,
          "The connection to the broker broke before it answered.",
          "Try again; what was sent may be stored.");
    }
    if (failure instanceof ConnectException unreachable) {
      return new Problem(
          ProblemKind.UNAVAILABLE,
          "A name server or broker can't be reached: " + unreachable.getMessage(),
          "See that it runs, and that the gateway was given the right name server.");
    }
    if (failure instanceof DecodeException broken) {
      return new Problem(
          ProblemKind.BAD_REQUEST,
          "The body is no JSON: " + firstLine(broken.getMessage()),
          "Send JSON, or another Content-Type that /openapi.yaml lists for this operation.");
    }
    String id = Long.toHexString(ThreadLocalRandom.current().nextLong() | Long.MIN_VALUE);
    log.error("an operation failed in a way that nobody foresaw, failure {}", id, failure);
    return new Problem(ProblemKind.INTERNAL, "The gateway failed: " + failure.getClass().getName())
        .with("failure", id);
  }

  /** Jackson adds lines about its sources. */
  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("it can't be parsed");
  }
}
