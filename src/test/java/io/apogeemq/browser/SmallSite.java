package io.apogeemq.browser;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** One HTML page at every path of an origin of its own, with a content security policy that forbids inline code. */
final class SmallSite implements AutoCloseable {
  private final HttpServer server;

  /**
   * @param body of the HTML document
   * @param script that it loads from {@code /script.js}
   */
  SmallSite(String body, String script) {
    String page =
        "<!doctype html><html lang=en><title>small</title><link rel=icon href='data:,'>"
            + "<body>"
            + body
            + "<script src=/script.js></script></body></html>";
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    serve("/", "text/html; charset=utf-8", page);
    serve("/script.js", "text/javascript", script);
    server.start();
  }

  private void serve(String path, String type, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    server.createContext(
        path,
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", type);
          exchange
              .getResponseHeaders()
              .set("Content-Security-Policy", "script-src 'self'; worker-src 'self'");
          int status = exchange.getRequestURI().getPath().equals("/missing") ? 404 : 200;
          exchange.sendResponseHeaders(status, bytes.length);
          try (var out = exchange.getResponseBody()) {
            out.write(bytes);
          }
        });
  }

  String origin() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Its page, opened. */
  Page open() {
    return Chromium.shared().newPage(origin()).open("/");
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
