package io.apogeemq.gateway.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Refuses what pages of other sites send through a reader's browser. A gateway on loopback may need no
 * account, and any page that somebody on this machine looks at can send requests there: a {@code POST} of
 * text without asking, a WebSocket, and, where its name is made to lead to 127.0.0.1, everything. Programs
 * that are no browsers send neither {@code Origin} nor {@code Sec-Fetch-Site}, and a {@code Host} that
 * they mean.
 */
public final class OwnPages implements Handler<RoutingContext> {
  private static final String ANY = "*";
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  private final boolean onLoopback;
  private final Set<String> origins = new HashSet<>();
  private final Set<String> names = new HashSet<>();

  /**
   * @param onLoopback whether only this machine reaches the gateway: then it has no other names than the
   *     machine's own and those of {@code corsOrigins}
   * @param corsOrigins origins whose pages may call it, or {@code *}
   */
  public OwnPages(boolean onLoopback, List<String> corsOrigins) {
    this.onLoopback = onLoopback;
    for (String each : corsOrigins) {
      origins.add(each.toLowerCase(Locale.ROOT));
      String name = ANY.equals(each) ? null : URI.create(each).getHost();
      if (name != null) {
        names.add(name.toLowerCase(Locale.ROOT));
      }
    }
  }

  @Override
  public void handle(RoutingContext context) {
    HttpServerRequest request = context.request();
    HostAndPort host = request.authority();
    String asked = host == null ? request.getHeader(HttpHeaders.HOST) : host.host();
    if (onLoopback && asked != null && (host == null || !isOwnName(asked))) {
      refuse(
          request,
          "The request is for the host '" + asked + "', which this gateway is not.",
          "Use 127.0.0.1 or localhost; behind a proxy that keeps the name, put https://"
              + asked
              + " into gatewayCorsOrigins.");
    } else if (isOfAnotherOrigin(request) && !mayCall(request)) {
      refuse(
          request,
          "A page of another site sent the request.",
          "Put the page's origin into gatewayCorsOrigins if it may call this gateway.");
    } else {
      context.next();
    }
  }

  private boolean isOwnName(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return name.equals("localhost")
        || name.startsWith("127.") && name.chars().allMatch(sign -> sign == '.' || isDigit(sign))
        || name.equals("::1")
        || name.equals("[::1]")
        || names.contains(name)
        || origins.contains(ANY);
  }

  private static boolean isDigit(int sign) {
    return sign >= '0' && sign <= '9';
  }

  private boolean mayCall(HttpServerRequest request) {
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    return origins.contains(ANY)
        || origin != null && origins.contains(origin.toLowerCase(Locale.ROOT));
  }

  /**
   * Whether a page that is none of this gateway's sent the request, be it allowed to or not. What its browser
   * adds by itself, a certificate above all, does not stand for the page.
   */
  public static boolean isOfAnotherOrigin(HttpServerRequest request) {
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    if (origin != null) {
      HostAndPort host = request.authority();
      return host == null || !isOf(host, origin);
    }
    String site = request.getHeader("Sec-Fetch-Site");
    boolean elsewhere = "cross-site".equals(site) || "same-site".equals(site);
    return elsewhere && !isLink(request);
  }

  /** The scheme is left out: a proxy may end TLS. */
  private static boolean isOf(HostAndPort host, String origin) {
    try {
      URI page = URI.create(origin);
      boolean plain = "http".equals(page.getScheme());
      int port = page.getPort() >= 0 ? page.getPort() : plain ? HTTP_PORT : HTTPS_PORT;
      boolean samePort =
          host.port() >= 0 ? host.port() == port : port == HTTP_PORT || port == HTTPS_PORT;
      return samePort && host.host().equalsIgnoreCase(page.getHost());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Somebody follows a link to a page of ours. */
  private static boolean isLink(HttpServerRequest request) {
    return request.method() == HttpMethod.GET
        && "navigate".equals(request.getHeader("Sec-Fetch-Mode"));
  }

  private static void refuse(HttpServerRequest request, String why, String cure) {
    request.pause();
    ApiRoutes.write(request, Answer.problem(new Problem(ProblemKind.FOREIGN_PAGE, why, cure)));
  }
}
