package io.apogeemq.gateway.http;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;

/** The end of a connection whose client does not read: at once, and whatever it has not read is dropped. */
public final class CutOff {
  private CutOff() {}

  /** Of HTTP/2 only the stream of this request ends. Also when it has become a WebSocket. */
  public static void of(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2) {
      request.response().reset();
      return;
    }
    HttpConnection connection = request.connection();
    if (connection instanceof ConnectionBase base) {
      // Vert.x itself would close it behind what is written, which is what nobody reads.
      base.channel().pipeline().firstContext().close();
    } else {
      connection.close();
    }
  }
}
