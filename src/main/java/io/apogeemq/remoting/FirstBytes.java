package io.apogeemq.remoting;

import io.apogeemq.remoting.tls.ServerTls;
import io.apogeemq.remoting.tls.TlsMode;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the first bytes of a connection and leaves the pipeline when it knows what they are, so that
 * nothing of it lies in the way of a frame.
 *
 * <pre>
 *   remoting in plain text → goes, unless the port takes TLS only: then the connection ends
 *   TLS                    → puts TLS in its place, and behind it another one for what TLS hides
 *   anything else          → answers in its own words, and ends
 * </pre>
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class FirstBytes extends ByteToMessageDecoder {
  private static final Logger log = LoggerFactory.getLogger(FirstBytes.class);

  private static final String TLS = "tls";
  private static final String WITHIN_TLS = "first-bytes-within-tls";
  private static final long HANDSHAKE_TIMEOUT_MS = 10_000;

  private final Vertx vertx;
  private final String portName;
  private final InetSocketAddress remote;
  private final ServerTls tls;
  private final boolean withinTls;

  /** True once what follows is not read: it is refused, or waits for certificates. */
  private boolean decided;

  FirstBytes(Vertx vertx, String portName, InetSocketAddress remote, ServerTls tls) {
    this(vertx, portName, remote, tls, false);
  }

  private FirstBytes(
      Vertx vertx, String portName, InetSocketAddress remote, ServerTls tls, boolean withinTls) {
    this.vertx = vertx;
    this.portName = portName;
    this.remote = remote;
    this.tls = tls;
    this.withinTls = withinTls;
  }

  /** For a connection that we dial: TLS has begun, or is not spoken. */
  static FirstBytes dialled(Vertx vertx, String name, InetSocketAddress remote) {
    return new FirstBytes(vertx, name, remote, ServerTls.OFF, true);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (decided) {
      return;
    }
    Neighbour speaks = Neighbour.of(in);
    if (speaks == null) {
      return;
    }
    if (speaks == Neighbour.REMOTING) {
      if (withinTls || tls.mode() != TlsMode.ENFORCING) {
        ctx.pipeline().remove(this);
      } else {
        log.warn(
            "closing a connection from {}: {} takes TLS only (tls.server.mode=enforcing); start the"
                + " client with -Dtls.enable=true",
            remote,
            portName);
        end(ctx, in);
      }
    } else if (speaks == Neighbour.TLS && !withinTls && tls.mode() != TlsMode.DISABLED) {
      startTls(ctx);
    } else {
      refuse(ctx, in, speaks);
    }
  }

  private void end(ChannelHandlerContext ctx, ByteBuf in) {
    decided = true;
    in.skipBytes(in.readableBytes());
    ctx.close();
  }

  private void refuse(ChannelHandlerContext ctx, ByteBuf in, Neighbour speaks) {
    decided = true;
    in.skipBytes(in.readableBytes());
    String text =
        "This is "
            + portName
            + "; it speaks RocketMQ remoting, and "
            + remote.getAddress().getHostAddress()
            + " spoke "
            + speaks.spoken()
            + (speaks == Neighbour.TLS && !withinTls
                ? ". TLS is switched off here (tls.server.mode=disabled).\n"
                : ". No port of this version serves that yet.\n");
    log.warn("{}", text.strip());
    ctx.writeAndFlush(speaks.farewell(text)).addListener(ChannelFutureListener.CLOSE);
  }

  private void startTls(ChannelHandlerContext ctx) {
    Future<SslContext> certificates = tls.context(vertx);
    if (certificates.succeeded()) {
      insertTls(ctx, certificates.result());
      return;
    }
    decided = true;
    boolean wasReading = ctx.channel().config().isAutoRead();
    ctx.channel().config().setAutoRead(false); // what comes meanwhile stays in the socket
    certificates.onComplete(made -> ctx.executor().execute(() -> goOn(ctx, made, wasReading)));
  }

  private void goOn(ChannelHandlerContext ctx, AsyncResult<SslContext> made, boolean read) {
    if (ctx.isRemoved()) {
      return;
    }
    if (made.failed()) {
      log.error("no certificate for {}", portName, made.cause());
      ctx.close();
      return;
    }
    insertTls(ctx, made.result());
    ctx.channel().config().setAutoRead(read);
  }

  /** From here on the bytes that were looked at go through TLS. */
  private void insertTls(ChannelHandlerContext ctx, SslContext certificates) {
    SslHandler handler = certificates.newHandler(ctx.alloc());
    handler.setHandshakeTimeoutMillis(HANDSHAKE_TIMEOUT_MS);
    handler
        .handshakeFuture()
        .addListener(
            done -> {
              if (!done.isSuccess()) {
                log.info(
                    "TLS of {} with {} failed: {}", portName, remote, done.cause().getMessage());
              }
            });
    ctx.pipeline()
        .addAfter(ctx.name(), TLS, handler)
        .addAfter(TLS, WITHIN_TLS, new FirstBytes(vertx, portName, remote, tls, true))
        .remove(this);
  }
}
