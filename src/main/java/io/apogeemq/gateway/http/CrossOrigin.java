package io.apogeemq.gateway.http;

import io.apogeemq.gateway.openapi.ApiDocument;
import io.apogeemq.gateway.openapi.HeaderNames;
import io.apogeemq.gateway.openapi.Operation;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells browsers what pages of the origins in {@code gatewayCorsOrigins} may do (CORS, Fetch standard 3.2).
 * Methods and headers are those that operations of the document have, so a page may use all of them. Names
 * like {@code X-Property-*} are open: those that a browser asks for, or that an answer has, are named.
 *
 * <p>Cookies are never allowed, and the header that marks pages of the gateway itself is none of the
 * document: a page of another origin acts for an account only if it knows the account.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class CrossOrigin implements Handler<RoutingContext> {
  private static final String ANY = "*";
  private static final String MAX_AGE_SECONDS = "600";

  private final Set<String> origins;
  private final String methods;
  private final HeaderNames asked;
  private final HeaderNames answered;

  /**
   * @param origins of pages that may call, or {@code *}
   */
  public CrossOrigin(List<String> origins, ApiDocument document) {
    this.origins =
        origins.stream().map(each -> each.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
    methods =
        document.operations().stream()
            .map(Operation::method)
            .distinct()
            .sorted()
            .collect(Collectors.joining(", "));
    // The two that the document tells by security and requestBody instead of parameters.
    asked = document.requestHeaders().and("Authorization", "Content-Type");
    answered = document.answerHeaders();
  }

  @Override
  public void handle(RoutingContext context) {
    HttpServerRequest request = context.request();
    HttpServerResponse response = request.response();
    boolean any = origins.contains(ANY);
    if (!any) {
      response.headers().add(HttpHeaders.VARY, HttpHeaders.ORIGIN); // caches must tell pages apart
    }
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    if (origin == null || !any && !origins.contains(origin.toLowerCase(Locale.ROOT))) {
      context.next(); // a program, or a page of ours
      return;
    }
    response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, any ? ANY : origin);
    if (request.method() == HttpMethod.OPTIONS
        && request.headers().contains(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD)) {
      allow(request);
    } else {
      response.headersEndHandler(ignored -> expose(response.headers()));
      context.next();
    }
  }

  /** Answers a browser that asks before it sends what a page wants. */
  private void allow(HttpServerRequest request) {
    String wanted = request.getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS);
    request
        .response()
        .setStatusCode(204)
        .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, methods)
        .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, joined(asked, names(wanted)))
        .putHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, MAX_AGE_SECONDS)
        .end();
  }

  private static List<String> names(@Nullable String list) {
    return list == null || list.isBlank() ? List.of() : List.of(list.trim().split("\\s*,\\s*"));
  }

  private void expose(MultiMap headers) {
    headers.set(
        HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, joined(answered, List.copyOf(headers.names())));
  }

  /** The fixed names, and of the others those that are open. */
  private static String joined(HeaderNames known, List<String> others) {
    Set<String> all = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    all.addAll(known.fixed());
    others.stream().filter(known::isOpen).forEach(all::add);
    return String.join(", ", all);
  }
}
