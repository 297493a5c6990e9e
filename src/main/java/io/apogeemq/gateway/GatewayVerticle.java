package io.apogeemq.gateway;

import io.apogeemq.gateway.access.Clients;
import io.apogeemq.gateway.access.Identity;
import io.apogeemq.gateway.access.SessionOperations;
import io.apogeemq.gateway.access.TokenOperations;
import io.apogeemq.gateway.admin.ClientOperations;
import io.apogeemq.gateway.admin.DeadLetterOperations;
import io.apogeemq.gateway.admin.GroupListOperations;
import io.apogeemq.gateway.admin.GroupOperations;
import io.apogeemq.gateway.admin.MemberOperations;
import io.apogeemq.gateway.admin.OffsetOperations;
import io.apogeemq.gateway.admin.PendingOperations;
import io.apogeemq.gateway.admin.TopicListOperations;
import io.apogeemq.gateway.admin.TopicOperations;
import io.apogeemq.gateway.consume.BrowseOperations;
import io.apogeemq.gateway.consume.ReceiptOperations;
import io.apogeemq.gateway.consume.ReceiveOperations;
import io.apogeemq.gateway.consume.SubscribeOperations;
import io.apogeemq.gateway.consume.TailOperations;
import io.apogeemq.gateway.figures.ConfigurationOperations;
import io.apogeemq.gateway.figures.FiguresOperations;
import io.apogeemq.gateway.figures.WarningOperations;
import io.apogeemq.gateway.http.ApiRoutes;
import io.apogeemq.gateway.http.BrokenRequests;
import io.apogeemq.gateway.http.CrossOrigin;
import io.apogeemq.gateway.http.OperationFamily;
import io.apogeemq.gateway.http.OwnPages;
import io.apogeemq.gateway.http.ServiceOperations;
import io.apogeemq.gateway.metrics.MetricsOperations;
import io.apogeemq.gateway.publish.PublishOperations;
import io.apogeemq.gateway.publish.RequestOperations;
import io.apogeemq.gateway.publish.TransactionOperations;
import io.apogeemq.gateway.trace.TraceOperations;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.Router;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway on one event loop: its HTTP server, its routes, and its clients of the cluster. Sizes of
 * heads, frames and bodies are bounded, connections are counted, and idle ones are closed.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class GatewayVerticle extends VerticleBase {
  private static final Logger log = LoggerFactory.getLogger(GatewayVerticle.class);

  /** Longer than any long poll, and than two heartbeats of a stream. */
  private static final int IDLE_SECONDS = 90;

  private static final int MAX_HEAD_BYTES = 48 * 1024; // a position has up to 32 KiB
  private static final int MAX_FRAME_BYTES = 256 * 1024;

  /** So many flushes are held back at most, within a turn. */
  private static final int MAX_FLUSHES = 256;

  private final GatewayOptions options;
  private final Gateway.Shared shared;
  private @Nullable Clients clients;

  GatewayVerticle(GatewayOptions options, Gateway.Shared shared) {
    this.options = options;
    this.shared = shared;
  }

  @Override
  public Future<?> start() {
    Clients made = new Clients(vertx, shared.cluster(), shared.changes(), shared.throttle());
    clients = made;
    Router router = Router.router(vertx);
    router.route().handler(new OwnPages(!options.isOpen(), options.corsOrigins()));
    if (!options.corsOrigins().isEmpty()) {
      router.route().handler(new CrossOrigin(options.corsOrigins(), shared.document()));
    }
    BrokenRequests.refuse(router);
    shared.pages().accept(router); // before the API, which answers every path that is left
    Identity identity =
        new Identity(
            shared.tokens(), shared.sessions(), shared.certificates(), options.requireAccount());
    new ApiRoutes(made, identity, shared.limit(), options, shared.metrics(), vertx, shared.bodies())
        .add(shared.document(), families(made), router);
    return vertx
        .createHttpServer(serverOptions())
        .connectionHandler(this::admit)
        .exceptionHandler(e -> log.debug("a connection failed: {}", e.toString()))
        .requestHandler(router)
        .listen();
  }

  private List<OperationFamily> families(Clients made) {
    return List.of(
        new ServiceOperations(shared.document(), shared.version()),
        new TokenOperations(shared.tokens()),
        new SessionOperations(shared.sessions(), made, options.pagesNeedAccount()),
        new MetricsOperations(vertx, shared.meters()),
        new PublishOperations(shared.sent(), shared.metrics(), shared.bodies()),
        new RequestOperations(),
        new TransactionOperations(),
        new ReceiveOperations(shared.metrics(), shared.bodies()),
        new ReceiptOperations(),
        new SubscribeOperations(vertx, shared.metrics(), shared.bodies()),
        new TailOperations(vertx, shared.metrics()),
        new BrowseOperations(vertx),
        new TopicListOperations(),
        new TopicOperations(),
        new GroupListOperations(),
        new GroupOperations(),
        new MemberOperations(),
        new ClientOperations(),
        new OffsetOperations(),
        new DeadLetterOperations(vertx),
        new PendingOperations(),
        new TraceOperations(),
        new FiguresOperations(vertx, shared.figures()),
        new WarningOperations(vertx, shared.figures(), options.isOpen()),
        new ConfigurationOperations());
  }

  private HttpServerOptions serverOptions() {
    HttpServerOptions all = plainOptions();
    GatewayTls tls = options.tls();
    if (tls != null) {
      tls.apply(all);
    }
    return all;
  }

  private HttpServerOptions plainOptions() {
    return new HttpServerOptions()
        .setHost(options.bindAddress())
        .setPort(options.port())
        .setIdleTimeout(IDLE_SECONDS)
        // A POST that asks to go on in HTTP/2, as Java's client does, would never get its body
        // here.
        .setHttp2ClearTextEnabled(false)
        .setMaxInitialLineLength(MAX_HEAD_BYTES)
        .setMaxHeaderSize(MAX_HEAD_BYTES)
        .setMaxWebSocketFrameSize(MAX_FRAME_BYTES)
        .setMaxWebSocketMessageSize(MAX_FRAME_BYTES)
        .setPerMessageWebSocketCompressionSupported(false)
        .setPerFrameWebSocketCompressionSupported(false);
  }

  private void admit(HttpConnection connection) {
    if (shared.connections().incrementAndGet() > options.maxConnections()) {
      connection.close();
    }
    connection.closeHandler(ignored -> shared.connections().decrementAndGet());
    flushOncePerTurn(connection);
  }

  /**
   * What is written within one turn of the event loop leaves by one call of the system: the messages of a
   * batch, the lines of a stream. Vert.x would make one of each.
   */
  private static void flushOncePerTurn(HttpConnection connection) {
    if (connection instanceof ConnectionBase base) {
      base.channel().pipeline().addFirst(new FlushConsolidationHandler(MAX_FLUSHES, true));
    }
  }

  /** The server closes with the verticle; the clients must be told. */
  @Override
  public Future<?> stop() {
    Clients made = clients;
    return made == null ? Future.succeededFuture() : made.close();
  }
}
