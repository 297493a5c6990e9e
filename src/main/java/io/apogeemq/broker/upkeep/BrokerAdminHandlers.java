package io.apogeemq.broker.upkeep;

import static io.apogeemq.protocol.remoting.RequestCode.CLEAN_EXPIRED_CONSUMEQUEUE;
import static io.apogeemq.protocol.remoting.RequestCode.DELETE_EXPIRED_COMMITLOG;
import static io.apogeemq.protocol.remoting.RequestCode.GET_BROKER_CONFIG;
import static io.apogeemq.protocol.remoting.RequestCode.GET_BROKER_RUNTIME_INFO;
import static io.apogeemq.protocol.remoting.RequestCode.UPDATE_BROKER_CONFIG;

import io.apogeemq.protocol.body.DataVersion;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Access;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.Route;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Answers the requests about the broker as a whole: configuration (25, 26), figures (28), clean-up
 * (306, 329).
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class BrokerAdminHandlers implements RequestFamily {
  private final byte[] configuration;
  private final DataVersion version;
  private final RuntimeInfo runtime;

  /** {@code configuration}: name → value as text, secrets hidden; as it has been since the boot. */
  public BrokerAdminHandlers(Map<String, String> configuration, RuntimeInfo runtime) {
    StringBuilder lines = new StringBuilder();
    configuration.forEach(
        (name, value) -> lines.append(name).append('=').append(value).append('\n'));
    this.configuration = lines.toString().getBytes(StandardCharsets.UTF_8);
    this.version = new DataVersion(1, null, runtime.bootMs());
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

  /** Refused until there is a list of the keys that may be changed from outside. */
  private Future<Reply> changeConfiguration(Exchange from, Route.NoFields none) {
    return Reply.of(
            ResponseCode.NO_PERMISSION,
            "the configuration can't be changed while the broker runs. Change the file and start it"
                + " again.")
        .now();
  }

  private Future<Reply> configuration(Exchange from, Route.NoFields none) {
    return Reply.ok()
        .field("version", new String(version.toJson(), StandardCharsets.UTF_8))
        .body(configuration)
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
