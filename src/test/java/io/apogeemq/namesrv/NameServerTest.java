package io.apogeemq.namesrv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apogeemq.protocol.body.DataVersion;
import io.apogeemq.protocol.body.RegisterBrokerBody;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.body.TopicConfigWrapper;
import io.apogeemq.protocol.header.KvHeaders;
import io.apogeemq.protocol.header.RouteHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.remoting.Dispatcher;
import io.apogeemq.remoting.TcpTransport;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verticle with its socket, file and timer. */
class NameServerTest {
  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final TcpTransport client = new TcpTransport(vertx, new Dispatcher());
  private NameServer server;

  @BeforeEach
  void start() {
    NameServerConfig usual = NameServerConfig.of("127.0.0.1", 0, folder.resolve("kvConfig.json"));
    server =
        new NameServer(
            new NameServerConfig(
                usual.host(), 0, usual.kvConfigPath(), false, false, true, true, 20, Map.of()));
    get(vertx.deployVerticle(server));
  }

  @AfterEach
  void stop() {
    get(client.close());
    get(vertx.close());
  }

  private static <T> T get(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
  }

  private RemotingCommand ask(TcpTransport by, RemotingCommand request) {
    return get(by.request("127.0.0.1:" + server.port(), request, 5_000));
  }

  private RemotingCommand register(TcpTransport by, Long timeoutMs) {
    Map<String, TopicConfig> topics =
        Map.of(
            "T", new TopicConfig(null, false, 6, 4, "SINGLE_TAG", "T", 0, 4),
            "U", new TopicConfig(null, false, 6, 4, "SINGLE_TAG", "U", 0, 4));
    byte[] body =
        new RegisterBrokerBody(
                List.of(), new TopicConfigWrapper(new DataVersion(1, null, 1), null, topics))
            .toJson();
    return ask(
        by,
        RemotingCommand.request(
                RequestCode.REGISTER_BROKER,
                new RouteHeaders.RegisterBroker(
                    "b", "127.0.0.1:1", "c", "127.0.0.1:2", 0, false, 0, timeoutMs, null))
            .body(body));
  }

  private int routeCode() {
    RemotingCommand answer =
        ask(
            client,
            RemotingCommand.request(
                RequestCode.GET_ROUTEINFO_BY_TOPIC, new RouteHeaders.GetRoute("T", null)));
    answer.release();
    return answer.code();
  }

  @Test
  void aBrokerIsFoundUntilItsSocketCloses() {
    TcpTransport broker = new TcpTransport(vertx, new Dispatcher());
    RemotingCommand answer = register(broker, null);
    assertThat(answer.code()).isZero();
    answer.release();
    assertThat(routeCode()).isZero();
    get(broker.close());
    await().atMost(Duration.ofSeconds(5)).until(() -> routeCode() == 17);
  }

  @Test
  void aSilentBrokerIsGoneAfterItsOwnTimeOutThoughItsSocketIsOpen() {
    register(client, 200L).release();
    assertThat(routeCode()).isZero();
    await().atMost(Duration.ofSeconds(5)).until(() -> routeCode() == 17);
  }

  @Test
  void aValueIsInTheFileWhenItsPutIsAnswered() {
    for (int i = 0; i < 20; i++) {
      ask(
              client,
              RemotingCommand.request(
                  RequestCode.PUT_KV_CONFIG, new KvHeaders.Put("n", "k", "v" + i)))
          .release();
      assertThat(folder.resolve("kvConfig.json")).content().contains("\"v" + i + "\"");
    }
    assertThat(folder.resolve("kvConfig.json.tmp")).doesNotExist();
  }

  @Test
  void aNameServerDoesNotStartOverADamagedFile() throws Exception {
    Path damaged = folder.resolve("damaged.json");
    Files.writeString(damaged, "{");
    Assertions.assertThatThrownBy(
            () ->
                get(
                    vertx.deployVerticle(
                        new NameServer(NameServerConfig.of("127.0.0.1", 0, damaged)))))
        .isInstanceOf(CompletionException.class)
        .hasMessageContaining("damaged.json is not a key/value configuration");
  }
}
