package io.apogeemq.namesrv;

import io.apogeemq.protocol.header.RouteHeaders;
import io.apogeemq.protocol.remoting.RequestCode;
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
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Write permission of a broker (205, 327) and the name server's own configuration (318, 319). */
@RunsOn(ThreadRole.EVENT_LOOP)
final class NameServerAdminHandlers implements RequestFamily {
  private static final Logger log = LoggerFactory.getLogger(NameServerAdminHandlers.class);

  private static final Pattern SECRET =
      Pattern.compile(
          "secret|password|passwd|token|accesskey|credential", Pattern.CASE_INSENSITIVE);

  private final RouteTable table;
  private final byte[] configuration;

  NameServerAdminHandlers(RouteTable table, NameServerConfig config) {
    this.table = table;
    Map<String, String> shown = new TreeMap<>(config.shown());
    // Never empty: the official tool fails on an empty answer.
    shown.putIfAbsent("listenPort", Integer.toString(config.port()));
    StringBuilder lines = new StringBuilder();
    shown.forEach(
        (key, value) -> {
          if (!SECRET.matcher(key).find()) {
            lines.append(key).append('=').append(value).append('\n');
          }
        });
    configuration = lines.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public List<Route<?>> routes() {
    return List.of(
        Route.on(
            RequestCode.WIPE_WRITE_PERM_OF_BROKER,
            Access.ADMIN,
            RouteHeaders.WritePermission.class,
            this::wipe),
        Route.on(
            RequestCode.ADD_WRITE_PERM_OF_BROKER,
            Access.ADMIN,
            RouteHeaders.WritePermission.class,
            this::add),
        Route.on(RequestCode.UPDATE_NAMESRV_CONFIG, Access.ADMIN, this::refuseUpdate),
        Route.on(
            RequestCode.GET_NAMESRV_CONFIG,
            Access.ADMIN,
            (from, none) -> Reply.ok().body(configuration).now()));
  }

  private Future<Reply> wipe(Exchange from, RouteHeaders.WritePermission ask) {
    int count = table.wipeWritePermission(ask.brokerName());
    audit(from, "write permission of broker {} wiped from {} topics by {}", ask, count);
    return Reply.ok(new RouteHeaders.WipeReply(count)).now();
  }

  private Future<Reply> add(Exchange from, RouteHeaders.WritePermission ask) {
    int count = table.addWritePermission(ask.brokerName());
    audit(from, "write permission of broker {} given to {} topics by {}", ask, count);
    return Reply.ok(new RouteHeaders.AddReply(count)).now();
  }

  private static void audit(
      Exchange from, String what, RouteHeaders.WritePermission ask, int count) {
    log.info(what, Checked.shortened(ask.brokerName()), count, from.connection().remoteAddress());
  }

  /** In the original this request could redirect the configuration file (CVE-2023-37582). */
  private Future<Reply> refuseUpdate(Exchange from, Route.NoFields none) {
    log.warn("configuration change from {} refused", from.connection().remoteAddress());
    return Reply.of(
            ResponseCode.NO_PERMISSION,
            "The configuration of this name server can't be changed over the network. Change its"
                + " file and start it again.")
        .now();
  }
}
