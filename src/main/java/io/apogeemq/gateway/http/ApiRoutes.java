package io.apogeemq.gateway.http;

import io.apogeemq.config.Credentials;
import io.apogeemq.gateway.GatewayOptions;
import io.apogeemq.gateway.access.Claim;
import io.apogeemq.gateway.access.ClientAddress;
import io.apogeemq.gateway.access.Clients;
import io.apogeemq.gateway.access.Identity;
import io.apogeemq.gateway.access.RateLimit;
import io.apogeemq.gateway.metrics.Metrics;
import io.apogeemq.gateway.openapi.ApiDocument;
import io.apogeemq.gateway.openapi.BadParameter;
import io.apogeemq.gateway.openapi.Operation;
import io.apogeemq.gateway.openapi.Parameter;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the routes from the OpenAPI document: each operation is answered by the handling of its id, and
 * its parameters are checked before. An operation without handling, or a handling without operation, is
 * a mistake of ours that keeps the gateway from starting.
 *
 * <p>A request is paused until its operation reads its body, so that nobody sends us what we would throw
 * away.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class ApiRoutes {
  private static final Logger log = LoggerFactory.getLogger(ApiRoutes.class);

  private static final int LARGE_BYTES = 256 * 1024;

  private final Clients clients;
  private final Identity identity;
  private final RateLimit limit;
  private final GatewayOptions options;
  private final Metrics metrics;
  private final Vertx vertx;
  private final BodyBudget bodies;

  /** {@code bodies}: one for all event loops. */
  public ApiRoutes(
      Clients clients,
      Identity identity,
      RateLimit limit,
      GatewayOptions options,
      Metrics metrics,
      Vertx vertx,
      BodyBudget bodies) {
    this.vertx = vertx;
    this.bodies = bodies;
    this.metrics = metrics;
    this.clients = clients;
    this.identity = identity;
    this.limit = limit;
    this.options = options;
  }

  /** Adds a route for each operation of the document. */
  public void add(ApiDocument document, List<OperationFamily> families, Router router) {
    Map<String, OperationFamily.Handling> handlings = new HashMap<>();
    for (OperationFamily each : families) {
      handlings.putAll(each.operations());
    }
    Map<String, Set<String>> methods = new TreeMap<>();
    Set<String> served = new HashSet<>();
    for (Operation each : document.operations()) {
      OperationFamily.Handling handling = handlings.get(each.id());
      if (handling == null) {
        throw new IllegalStateException(
            "openapi.yaml names " + each.id() + ", which nothing answers");
      }
      served.add(each.id());
      String path = each.path().replaceAll("\\{(\\w+)}", ":$1");
      methods.computeIfAbsent(path, ignored -> new TreeSet<>()).add(each.method());
      Route route = router.route(HttpMethod.valueOf(each.method()), path);
      if (each.method().equals("GET") && !each.isOwn()) { // probes often ask so
        methods.get(path).add("HEAD");
        route.method(HttpMethod.HEAD);
      }
      route.handler(context -> serve(each, handling, context));
    }
    handlings.keySet().removeAll(served);
    if (!handlings.isEmpty()) {
      throw new IllegalStateException("openapi.yaml does not name " + handlings.keySet());
    }
    methods.forEach(
        (path, all) -> router.route(path).handler(context -> refuseMethod(context, all)));
    router.route().handler(ApiRoutes::refusePath);
  }

  private void serve(
      Operation operation, OperationFamily.Handling handling, RoutingContext context) {
    HttpServerRequest request = context.request();
    request.pause();
    long startNs = System.nanoTime();
    BodyBudget.Charge charge = new BodyBudget.Charge(bodies);
    Future<Answer> answer;
    try {
      Map<String, Object> parameters = parameters(operation, context);
      Claim claim = claim(operation, request, parameters);
      if (!isOpen(operation, request) && limit.isSet()) {
        limit.admit(payer(claim, request));
      }
      answer =
          clients.with(
              claim,
              client ->
                  handling
                      .handle(
                          new Call(
                              operation,
                              request,
                              parameters,
                              claim,
                              client,
                              options,
                              vertx,
                              charge))
                      .recover(client::explained));
    } catch (BadParameter | RuntimeException e) {
      answer = Future.failedFuture(e);
    }
    answer.onComplete(
        done -> {
          Answer given =
              done.succeeded() ? done.result() : Answer.problem(Failures.problem(done.cause()));
          int status = given.isWritten() ? request.response().getStatusCode() : given.status();
          metrics.answered(operation.id(), status, System.nanoTime() - startNs);
          if (given.body().length() < LARGE_BYTES) {
            charge.close(); // a client that does not read it holds next to nothing
            write(request, given);
          } else {
            release(charge, request, given.body().length(), write(request, given));
          }
        });
  }

  /** Releases the charge of a large answer when that has left; who does not read it in time is cut off. */
  private void release(
      BodyBudget.Charge charge, HttpServerRequest request, int length, Future<Void> sent) {
    long patienceMs = BodyReader.patienceMs(options.bodyTimeoutMs(), length);
    long timer = vertx.setTimer(patienceMs, ignored -> CutOff.of(request));
    sent.onComplete(
        ignored -> {
          vertx.cancelTimer(timer);
          charge.close();
        });
  }

  /** Whether nobody in particular asks something that everybody may ask. */
  private static boolean isOpen(Operation operation, HttpServerRequest request) {
    return operation.open()
        && !(operation.heedsAccount() && request.headers().contains(HttpHeaders.AUTHORIZATION));
  }

  /** Of the ticket in the address if there is one, else of the header. */
  private Claim claim(
      Operation operation, HttpServerRequest request, Map<String, Object> parameters) {
    return parameters.get("ticket") instanceof String ticket
        ? identity.ofTicket(ticket)
        : identity.of(request, isOpen(operation, request));
  }

  /** Whose requests this one is counted to: nobody spends those of an account by a wrong secret. */
  private String payer(Claim claim, HttpServerRequest request) {
    Credentials account = claim.account();
    return account != null && (claim.address() == null || clients.isKnown(account))
        ? account.accessKey()
        : ClientAddress.of(request);
  }

  private static Map<String, Object> parameters(Operation operation, RoutingContext context)
      throws BadParameter {
    operation.requireKnown(context.queryParams().names());
    Map<String, Object> values = new HashMap<>();
    for (Parameter each : operation.parameters()) {
      String text =
          switch (each.in()) {
            case PATH -> context.pathParam(each.name());
            case QUERY -> context.request().getParam(each.name());
            case HEADER -> context.request().getHeader(each.name());
          };
      Object value = each.read(text);
      if (value != null) {
        values.put(each.name(), value);
      }
    }
    return values;
  }

  private static void refuseMethod(RoutingContext context, Set<String> allowed) {
    String methods = String.join(", ", allowed);
    Problem problem =
        new Problem(
            ProblemKind.METHOD_NOT_ALLOWED,
            "This path can't be asked with " + context.request().method() + ".",
            "Use " + methods + ".");
    write(context.request(), Answer.problem(problem).with("Allow", methods));
  }

  private static void refusePath(RoutingContext context) {
    write(
        context.request(),
        Answer.problem(new Problem(ProblemKind.NOT_FOUND, "Nothing is at this path.")));
  }

  /**
   * Writes an answer, unless the operation did that itself or nobody listens any more. One that can't be
   * written is a mistake of ours, and told as such: nobody waits for ever. Completes when it has left.
   */
  static Future<Void> write(HttpServerRequest request, Answer answer) {
    try {
      return writeAsItIs(request, answer);
    } catch (RuntimeException e) {
      answer.headers().keySet().forEach(request.response().headers()::remove);
      return writeAsItIs(request, Answer.problem(Failures.problem(e)));
    }
  }

  private static Future<Void> writeAsItIs(HttpServerRequest request, Answer answer) {
    HttpServerResponse response = request.response();
    if (answer.isWritten() || response.ended() || response.closed()) {
      return Future.succeededFuture();
    }
    if (response.headWritten()) { // a stream that broke: the client sees that it has no end
      response.reset();
      return Future.succeededFuture();
    }
    response.setStatusCode(answer.status()).putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    answer.headers().forEach(response::putHeader);
    if (answer.type() != null) {
      response.putHeader(HttpHeaders.CONTENT_TYPE, answer.type());
    }
    switch (answer.status()) {
      // Basic would make a browser ask by itself, over a page that asks.
      case 401 ->
          response.putHeader(
              "WWW-Authenticate",
              (Identity.isOfPage(request) ? "Bearer" : "Basic") + " realm=\"apogeemq\"");
      case 429, 503 -> {
        if (!answer.headers().containsKey("Retry-After")) {
          response.putHeader(HttpHeaders.RETRY_AFTER, "1");
        }
      }
      default -> {}
    }
    // One that was too slow is not waited for any longer.
    if (request.isEnded() || (BodyReader.isSmall(request) && answer.status() != 408)) {
      request.resume(); // what is left of the body is thrown away
      return end(response, answer);
    }
    // A large body that nobody wants is not read for long, so that nobody can keep us busy with it.
    if (request.version() == HttpVersion.HTTP_2) {
      return end(response, answer).onComplete(ignored -> response.reset());
    }
    response.putHeader(HttpHeaders.CONNECTION, "close");
    return end(response, answer).onComplete(ignored -> BodyReader.closeSlowly(request));
  }

  private static Future<Void> end(HttpServerResponse response, Answer answer) {
    Answer.Parts parts = answer.parts();
    if (parts == null) {
      return response.end(answer.body());
    }
    response.setChunked(true);
    return parts
        .write(response)
        .onFailure(
            e -> {
              log.warn("An answer breaks off: {}", e.toString());
              response.reset(); // the client sees that it has no end
            })
        .compose(ignored -> response.end());
  }
}
