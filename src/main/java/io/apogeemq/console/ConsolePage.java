package io.apogeemq.console;

import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Serves the console's page:
 *
 * <pre>
 *   /                    leads to /console/
 *   /console/            index.html, asked for anew each time (ETag)
 *   /console/BUILD/…     the other files; a browser may keep them, for another build has other addresses
 *   /favicon.ico         the icon, for what the gateway shows without a page that names one
 * </pre>
 *
 * <p>One for all event loops. Files are read when the first browser comes, so that a broker whose console
 * nobody opens pays nothing for it. Other paths and methods are left to whoever comes next.
 */
public final class ConsolePage implements Consumer<Router> {
  private static final String HOME = "/console/";
  private static final String ICON = "icon.svg";

  /** The page loads nothing from elsewhere, runs no script of a text, and stands in no frame. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

  private static final String FOR_GOOD = "public, max-age=31536000, immutable";
  private static final String ASK_AGAIN = "no-cache";

  private volatile @Nullable Assets assets;

  /** Adds the page's routes. */
  @Override
  @RunsOn(ThreadRole.EVENT_LOOP)
  public void accept(Router router) {
    route(router, "/").handler(ConsolePage::lead);
    route(router, "/console").handler(ConsolePage::lead);
    route(router, HOME + "*").handler(context -> with(context, all -> serve(context, all)));
    route(router, "/favicon.ico").handler(context -> with(context, all -> icon(context, all)));
  }

  private static Route route(Router router, String path) {
    return router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD);
  }

  private static void lead(RoutingContext context) {
    if (context.request().path().equals(HOME)) {
      context.next(); // the router takes /console for the same path
      return;
    }
    safe(context.response())
        .setStatusCode(302)
        .putHeader(HttpHeaders.LOCATION, HOME)
        .putHeader(HttpHeaders.CACHE_CONTROL, ASK_AGAIN)
        .end();
  }

  /** Goes on with the files, which are read first if nobody came before. */
  private void with(RoutingContext context, Consumer<Assets> action) {
    Assets read = assets;
    if (read != null) {
      action.accept(read);
      return;
    }
    Vertx vertx = context.vertx();
    vertx.executeBlocking(this::read).onSuccess(action::accept).onFailure(context::fail);
  }

  private synchronized Assets read() {
    Assets read = assets;
    if (read == null) {
      read = Assets.ofThisJar();
      assets = read;
    }
    return read;
  }

  private static void icon(RoutingContext context, Assets all) {
    Asset icon = Objects.requireNonNull(all.file(ICON), ICON);
    send(context.request(), icon, all.build(), ASK_AGAIN);
  }

  private static void serve(RoutingContext context, Assets all) {
    String path = context.request().path().substring(HOME.length());
    if (path.isEmpty()) {
      send(context.request(), all.index(), all.build(), ASK_AGAIN);
      return;
    }
    int slash = path.indexOf('/');
    Asset file = slash < 0 ? null : all.file(path.substring(slash + 1));
    if (file == null || !path.substring(0, slash).equals(all.build())) {
      context.next();
    } else {
      send(context.request(), file, all.build(), FOR_GOOD);
    }
  }

  private static void send(HttpServerRequest request, Asset file, String build, String caching) {
    // Weak: the compressed form and the other one share it.
    String tag = "W/\"" + build + "\"";
    HttpServerResponse response =
        safe(request.response())
            .putHeader(HttpHeaders.CACHE_CONTROL, caching)
            .putHeader(HttpHeaders.ETAG, tag)
            .putHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
    String known = request.getHeader(HttpHeaders.IF_NONE_MATCH);
    if (known != null && known.contains(tag)) {
      response.setStatusCode(304).end();
      return;
    }
    boolean gzip = takesGzip(request.getHeader(HttpHeaders.ACCEPT_ENCODING));
    response.putHeader(HttpHeaders.CONTENT_TYPE, file.type());
    if (gzip) {
      response.putHeader(HttpHeaders.CONTENT_ENCODING, "gzip");
    }
    if (request.method() == HttpMethod.HEAD) {
      int length = (gzip ? file.gzipped() : file.plain()).length();
      response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(length)).end();
    } else {
      response.end(gzip ? file.gzipped() : file.plain());
    }
  }

  /** Whether it is among what the client accepts, and not with weight 0. */
  static boolean takesGzip(@Nullable String accepted) {
    if (accepted == null) {
      return false;
    }
    for (String each : accepted.toLowerCase(Locale.ROOT).split(",")) {
      String coding = each.replace(" ", "");
      if (coding.startsWith("gzip")) {
        return !coding.matches("gzip;q=0(\\.0*)?");
      }
    }
    return false;
  }

  private static HttpServerResponse safe(HttpServerResponse response) {
    return response
        .putHeader("Content-Security-Policy", POLICY)
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "no-referrer")
        .putHeader("Cross-Origin-Opener-Policy", "same-origin");
  }
}
