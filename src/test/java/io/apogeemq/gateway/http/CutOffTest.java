package io.apogeemq.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A client that asks for much and reads nothing. */
class CutOffTest {
  private static final int MUCH = 32 * 1024 * 1024;

  @Test
  void whatIsNotReadIsDroppedAtOnce() throws Exception {
    Vertx vertx = Vertx.vertx();
    Promise<Throwable> dropped = Promise.promise();
    HttpServer server =
        get(
            vertx
                .createHttpServer()
                .requestHandler(
                    request -> {
                      Future<Void> written = request.response().end(Buffer.buffer(new byte[MUCH]));
                      written.onComplete(done -> dropped.complete(done.cause()));
                      vertx.setTimer(100, ignored -> CutOff.of(request));
                    })
                .listen(0, "127.0.0.1"));
    try (Socket client = new Socket("127.0.0.1", server.actualPort())) {
      client
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(get(dropped.future())).as("written to the end").isNotNull();
    } finally {
      get(vertx.close());
    }
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
