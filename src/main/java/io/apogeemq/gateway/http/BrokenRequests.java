package io.apogeemq.gateway.http;

import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/**
 * Answers by a problem document what the router would refuse by a line of text, or fail at: a request whose
 * address has a {@code %} without two hexadecimal digits, that names no host, or that asks for no path.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class BrokenRequests {
  private BrokenRequests() {}

  /** Routes that are added to the router afterwards meet no address that can't be read. */
  public static void refuse(Router router) {
    router.route().handler(BrokenRequests::check);
    router.errorHandler(400, context -> answer(context, unreadable("names no host, or no path")));
    router.errorHandler(404, context -> answer(context, nothing()));
    router.errorHandler(500, context -> answer(context, Failures.problem(failure(context))));
  }

  private static void check(RoutingContext context) {
    HttpServerRequest request = context.request();
    if (request.uri().indexOf('%') >= 0) {
      try {
        QueryStringDecoder.decodeComponent(request.path());
        request.params();
      } catch (IllegalArgumentException e) {
        answer(context, unreadable("has a % that no two hexadecimal digits follow"));
        return;
      }
    }
    context.next();
  }

  private static Problem unreadable(String flaw) {
    return new Problem(
        ProblemKind.BAD_REQUEST,
        "The request's head " + flaw + ".",
        "Send a Host header and a path; encode a percent sign in it as %25.");
  }

  private static Problem nothing() {
    return new Problem(ProblemKind.NOT_FOUND, "What the request asks for is no path.");
  }

  /** The router leaves out what it failed at by itself. */
  private static Throwable failure(RoutingContext context) {
    Throwable failure = context.failure();
    return failure == null ? new IllegalStateException("no route could be found") : failure;
  }

  private static void answer(RoutingContext context, Problem problem) {
    context.request().pause();
    ApiRoutes.write(context.request(), Answer.problem(problem));
  }
}
