package io.apogeemq.broker.upkeep;

import static io.apogeemq.protocol.remoting.RequestCode.CLEAN_EXPIRED_CONSUMEQUEUE;
import static io.apogeemq.protocol.remoting.RequestCode.DELETE_EXPIRED_COMMITLOG;
import static io.apogeemq.protocol.remoting.RequestCode.GET_BROKER_CONFIG;
import static io.apogeemq.protocol.remoting.RequestCode.GET_BROKER_RUNTIME_INFO;
import static io.apogeemq.protocol.remoting.RequestCode.UPDATE_BROKER_CONFIG;

import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Access;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Refused;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.Route;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * Answers the requests about the broker as a whole: configuration (25, 26), figures (28), clean-up
 * (306, 329).
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class BrokerAdminHandlers implements RequestFamily {
  private final LiveConfiguration configuration;
  private final RuntimeInfo runtime;

  public BrokerAdminHandlers(LiveConfiguration configuration, RuntimeInfo runtime) {
    this.configuration = configuration;
    this.runtime = runtime;
  }

  @Override
  public List<Route<?>> routes() {
    return List.of(
        Route.on(UPDATE_BROKER_CONFIG, Access.ADMIN, this::changeConfiguration),
        Route.on(GET_BROKER_CONFIG, Access.ADMIN, this::configuration),
        Route.on(GET_BROKER_RUNTIME_INFO, Access.OPEN, this::runtimeInfo),
        Route.on(CLEAN_EXPIRED_CONSUMEQUEUE, Access.ADMIN, this::nothingToClean),
        Route.on(DELETE_EXPIRED_COMMITLOG, Access.ADMIN, this::nothingToClean));
  }

  /** The body is lines of {@code key=value}, as in a file. */
  private Future<Reply> changeConfiguration(Exchange from, Route.NoFields none) {
    Properties wanted = new Properties();
    try {
      wanted.load(new StringReader(from.request().body().toString(StandardCharsets.UTF_8)));
    } catch (IOException | IllegalArgumentException e) {
      throw new Refused(
          ResponseCode.INVALID_PARAMETER,
          "the body is no list of key=value lines: " + e.getMessage());
    }
    Map<String, String> changes = new TreeMap<>();
    wanted.stringPropertyNames().forEach(name -> changes.put(name, wanted.getProperty(name)));
    configuration.change(changes, from.connection().remoteAddress().toString());
    return Reply.ok().now();
  }

  private Future<Reply> configuration(Exchange from, Route.NoFields none) {
    StringBuilder lines = new StringBuilder();
    configuration
        .asText()
        .forEach((name, value) -> lines.append(name).append('=').append(value).append('\n'));
    return Reply.ok()
        .field("version", new String(configuration.version().toJson(), StandardCharsets.UTF_8))
        .body(lines.toString().getBytes(StandardCharsets.UTF_8))
        .now();
  }

  private Future<Reply> runtimeInfo(Exchange from, Route.NoFields none) {
    return Reply.ok().body(runtime.table().toJson()).now();
  }

  /** A segment takes its index along when it expires, and does so by itself. */
  private Future<Reply> nothingToClean(Exchange from, Route.NoFields none) {
    return Reply.ok().now();
  }
}
