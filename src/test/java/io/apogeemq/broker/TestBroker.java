package io.apogeemq.broker;

import io.apogeemq.compat.Ports;
import io.apogeemq.config.BrokerKeys;
import io.apogeemq.config.ConfigRejected;
import io.apogeemq.config.Key;
import io.apogeemq.config.Settings;
import io.apogeemq.protocol.header.PullHeaders;
import io.apogeemq.protocol.header.SendHeaders;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.remoting.Connection;
import io.apogeemq.remoting.Dispatcher;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.TcpTransport;
import io.apogeemq.store.LogStore;
import io.apogeemq.store.StoreConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A whole broker in this process on a free port of loopback, without a name server, and one client
 * connection to it. {@link #restart} stops and starts it on the same folder.
 */
public final class TestBroker implements AutoCloseable {
  private static final long WAIT_SECONDS = 20;

  private final Vertx vertx = Vertx.vertx();
  private final TcpTransport transport = new TcpTransport(vertx, new Dispatcher());
  private final BrokerConfig config;
  private final int port;
  private final StoreOpening opening;
  private Broker broker;

  /** How a store is opened on a configuration. */
  interface StoreOpening {
    LogStore open(StoreConfig config) throws IOException;
  }

  private TestBroker(BrokerConfig config, int port, StoreOpening opening) throws IOException {
    this.config = config;
    this.port = port;
    this.opening = opening;
    start();
  }

  /** Starts a broker with small files on a folder; {@code keys} change its settings. */
  static TestBroker open(Path root, Map<Key<?>, String> keys) throws IOException {
    return open(root, keys, LogStore::open);
  }

  static TestBroker open(Path root, Map<Key<?>, String> keys, StoreOpening opening)
      throws IOException {
    int port = Ports.forBroker();
    Map<Key<?>, String> all = new HashMap<>();
    all.put(BrokerKeys.LISTEN_PORT, Integer.toString(port));
    all.put(BrokerKeys.BIND_ADDRESS, "127.0.0.1");
    all.put(BrokerKeys.BROKER_IP1, "127.0.0.1");
    all.put(BrokerKeys.BROKER_NAME, "broker-a");
    all.put(BrokerKeys.NAMESRV_ADDR, "127.0.0.1:1"); // nobody there: registering must not matter
    all.put(BrokerKeys.STORE_PATH_ROOT_DIR, root.toString());
    all.put(BrokerKeys.MAPPED_FILE_SIZE_COMMIT_LOG_BYTES, Integer.toString(16 * 1024 * 1024));
    all.putAll(keys);
    Settings.Builder builder = Settings.of(BrokerKeys.TABLE);
    all.forEach((key, value) -> builder.flag("test", key, value));
    try {
      return new TestBroker(BrokerConfig.from(builder.build()), port, opening);
    } catch (ConfigRejected e) {
      throw new IllegalArgumentException(e.problems().toString(), e);
    }
  }

  static TestBroker open(Path root) throws IOException {
    return open(root, Map.of());
  }

  private void start() throws IOException {
    broker = new Broker(vertx, config, opening.open(config.store()));
    await(broker.start());
  }

  void restart() throws IOException {
    await(broker.stop());
    start();
  }

  static <T> T await(Future<T> future) {
    return future
        .toCompletionStage()
        .toCompletableFuture()
        .orTimeout(WAIT_SECONDS, TimeUnit.SECONDS)
        .join();
  }

  /** Sends a request without waiting for the answer. */
  Future<RemotingCommand> asking(RemotingCommand request) {
    return transport.request("127.0.0.1:" + port, request, WAIT_SECONDS * 1000);
  }

  RemotingCommand ask(RemotingCommand request) {
    return await(asking(request));
  }

  /** The connection by a name of this host, another one for each name; dialled if there is none. */
  Connection connection(String host) {
    return await(transport.connect(host + ":" + port));
  }

  /** The request families that one event loop serves. */
  List<RequestFamily> families() {
    return broker.families(BrokerLoop.on(vertx, vertx.getOrCreateContext()));
  }

  int port() {
    return port;
  }

  // ---- requests as a client makes them ----------------------------------------------------------

  static SendHeaders.Send sending(String topic, int queueId, @Nullable String properties) {
    return new SendHeaders.Send(
        "producers",
        topic,
        "TBW102",
        4,
        queueId,
        0,
        1_700_000_000_000L,
        0,
        properties == null ? null : properties.getBytes(StandardCharsets.UTF_8),
        0,
        false,
        null,
        false);
  }

  static RemotingCommand sendRequest(SendHeaders.Send header, byte[] body) {
    RemotingCommand request = RemotingCommand.request(RequestCode.SEND_MESSAGE_V2).body(body);
    header.writeV2(request.ext());
    return request;
  }

  RemotingCommand send(SendHeaders.Send header, byte[] body) {
    return ask(sendRequest(header, body));
  }

  /** Sends a text to queue 0 and fails unless it was stored. */
  SendHeaders.Reply send(String topic, String body, String properties) {
    RemotingCommand answer =
        send(sending(topic, 0, properties), body.getBytes(StandardCharsets.UTF_8));
    if (answer.code() != 0) {
      throw new AssertionError(answer.toString());
    }
    return answer.header(SendHeaders.Reply.class);
  }

  static PullHeaders.Pull pulling(
      String topic, long queueOffset, int sysFlag, long suspendMs, String expression) {
    return new PullHeaders.Pull(
        "consumers",
        topic,
        0,
        queueOffset,
        32,
        sysFlag | PullHeaders.FLAG_SUBSCRIPTION,
        0,
        suspendMs,
        expression,
        0,
        "TAG",
        null);
  }

  Future<RemotingCommand> pull(PullHeaders.Pull header) {
    return asking(RemotingCommand.request(RequestCode.PULL_MESSAGE, header));
  }

  /** The bodies of the messages in an answer, as texts. */
  static List<String> bodies(RemotingCommand answer) {
    List<String> bodies = new ArrayList<>();
    ByteBuffer bytes = ByteBuffer.wrap(answer.bodyBytes());
    MessageView view = new MessageView();
    for (int at = 0; at < bytes.limit(); at += view.size()) {
      String broken = view.open(bytes, at);
      if (broken != null) {
        throw new AssertionError(broken);
      }
      bodies.add(StandardCharsets.UTF_8.decode(view.body()).toString());
    }
    return bodies;
  }

  @Override
  public void close() {
    await(broker.stop());
    await(transport.close());
    await(vertx.close());
  }
}
