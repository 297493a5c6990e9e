package io.apogeemq.remoting;

import io.apogeemq.protocol.remoting.Frame;
import io.apogeemq.protocol.remoting.FrameDecoder;
import io.apogeemq.protocol.remoting.FrameEncoder;
import io.apogeemq.protocol.remoting.MalformedRequest;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A socket that carries remoting frames, dialled or accepted. It reaches below Vert.x' sockets: a
 * decoder of ours sits in the channel's pipeline before Vert.x copies anything, so a body stays a slice
 * of the received buffer and stored bytes are written as they are.
 *
 * <p>Everything mutable belongs to the socket's event loop; calls from other threads are handed over.
 * What is sent in one turn of the loop goes out together at the turn's end ({@link LoopTurn}): short
 * frames one behind the other in one buffer, so that a hundred answers are one write. A peer that
 * dialled us and does not read its answers is not read from until it does; our own side always reads
 * what it asked for, or two that wait for each other would wait for ever.
 */
final class FrameChannel implements Connection {
  private static final Logger log = LoggerFactory.getLogger(FrameChannel.class);

  /** A body up to this size is copied behind its header; a larger one is a buffer of its own. */
  private static final int COPIED_BODY_BYTES = 512;

  /** Frames are gathered up to about this size. */
  private static final int GATHERED_BYTES = 16 * 1024;

  private static final int FIRST_GATHERED_BYTES = 512;

  /** So often within its idle time a connection is looked at; it is closed one look late at most. */
  private static final int LOOKS_PER_IDLE_TIME = 4;

  private final Vertx vertx;
  private final ContextInternal context;
  private final Consumer<ReceivedRequest> onRequest;
  private final boolean dialled;
  private final NetSocketInternal socket;
  private final Channel channel;
  private final InetSocketAddress remote;
  private final InetSocketAddress local;
  private final Promise<Void> closed = Promise.promise();
  private final Liveness liveness = new Liveness();
  private final InFlight inFlight;
  private final Runnable flush = this::flush;

  /** Frames that are not handed to the channel yet, or null. */
  private @Nullable ByteBuf gathered;

  /** What was gathered last: the next buffer is made for as much, and waits for a slow peer no larger. */
  private int lastGatheredBytes = FIRST_GATHERED_BYTES;

  private boolean unflushed;
  private boolean active;
  private long pendingAtLastLook;
  private int silentLooks;
  private long nextLook;
  private boolean paused;

  /**
   * Puts the frame decoder into an open socket's pipeline. Call on the socket's context, before
   * anything was read.
   *
   * @param portName how this port is called towards people who dialled the wrong one
   * @param dialled true on the side that opened the connection
   * @param opening looks at the first bytes that come, and leaves
   * @param idleMs closed after so long without a byte in either direction
   * @param onRequest takes each request and its reference; responses find their own way
   */
  FrameChannel(
      Vertx vertx,
      NetSocket plain,
      String portName,
      boolean dialled,
      Function<InetSocketAddress, FirstBytes> opening,
      long idleMs,
      Consumer<ReceivedRequest> onRequest) {
    this.vertx = vertx;
    context = (ContextInternal) vertx.getOrCreateContext();
    this.onRequest = onRequest;
    inFlight = new InFlight((delayMs, task) -> vertx.setTimer(delayMs, ignored -> task.run()));
    this.dialled = dialled;
    socket = (NetSocketInternal) plain;
    channel = socket.channelHandlerContext().channel();
    remote = address(channel.remoteAddress());
    local = address(channel.localAddress());
    channel
        .pipeline()
        .addBefore("handler", "first-bytes", opening.apply(remote))
        .addBefore("handler", "frames", new FrameCutter(portName))
        .addBefore("handler", "commands", new CommandTaker());
    socket.exceptionHandler(failure -> log.debug("{} lost: {}", this, failure.toString()));
    lookForSilence(idleMs);
    socket.closeHandler(
        ignored -> {
          vertx.cancelTimer(nextLook);
          liveness.ended();
          inFlight.connectionLost();
          closed.tryComplete();
        });
  }

  /**
   * Puts TLS before everything else, on the side that dials, and shakes hands. Call before the
   * connection is used; what is sent meanwhile goes out afterwards.
   *
   * @return completes when both sides agree
   */
  @RunsOn(ThreadRole.EVENT_LOOP)
  Future<Void> startTls(SslContext certificates) {
    SslHandler handler =
        certificates.newHandler(channel.alloc(), remote.getHostString(), remote.getPort());
    Promise<Void> agreed = Promise.promise();
    handler
        .handshakeFuture()
        .addListener(
            done -> {
              if (done.isSuccess()) {
                agreed.complete();
              } else {
                agreed.fail(done.cause());
              }
            });
    channel.pipeline().addFirst("tls", handler);
    return agreed.future();
  }

  /** A request and the socket it came on. */
  record ReceivedRequest(FrameChannel from, RemotingCommand command) {}

  private static InetSocketAddress address(java.net.SocketAddress address) {
    if (address instanceof InetSocketAddress inet) {
      return inet;
    }
    throw new IllegalStateException("not a TCP socket: " + address);
  }

  /** Cuts the byte stream into frames and decodes them. */
  @RunsOn(ThreadRole.EVENT_LOOP)
  private final class FrameCutter extends ByteToMessageDecoder {
    private final String portName;
    private boolean refused;

    FrameCutter(String portName) {
      this.portName = portName;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
      active = true;
      super.channelRead(ctx, message);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
      super.channelWritabilityChanged(ctx);
      adjustReading();
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
      if (refused) {
        in.skipBytes(in.readableBytes());
        return;
      }
      if (in.readableBytes() < Frame.LENGTH_FIELD_BYTES) {
        return;
      }
      int length = in.getInt(in.readerIndex());
      try {
        if (length < Frame.MARK_BYTES || length > Frame.MAX_LENGTH) {
          throw new MalformedRequest(
              "frame length "
                  + length
                  + " is not within "
                  + Frame.MARK_BYTES
                  + " to "
                  + Frame.MAX_LENGTH);
        }
        if (in.readableBytes() < Frame.LENGTH_FIELD_BYTES + length) {
          return;
        }
        in.skipBytes(Frame.LENGTH_FIELD_BYTES);
        out.add(FrameDecoder.decode(in.readRetainedSlice(length)));
      } catch (MalformedRequest e) {
        // What follows a frame that can't be trusted can't be trusted either.
        log.warn("closing the connection from {} to {}: {}", remote, portName, e.getMessage());
        refused = true;
        in.skipBytes(in.readableBytes());
        ctx.close();
      }
    }
  }

  /**
   * Takes each command as soon as it is cut. Vert.x would queue those of a paused socket and forget
   * their buffers when it closes; here nothing lies between the decoder and the handler.
   */
  @RunsOn(ThreadRole.EVENT_LOOP)
  private final class CommandTaker extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      context.emit((RemotingCommand) message, FrameChannel.this::take);
    }
  }

  @RunsOn(ThreadRole.EVENT_LOOP)
  private void take(RemotingCommand command) {
    if (command.isResponse()) {
      inFlight.answered(command);
    } else {
      onRequest.accept(new ReceivedRequest(this, command));
    }
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return remote;
  }

  @Override
  public InetSocketAddress localAddress() {
    return local;
  }

  @Override
  public Future<RemotingCommand> request(RemotingCommand command, long timeoutMs) {
    Promise<RemotingCommand> answer = Promise.promise();
    onLoop(
        () -> {
          if (!channel.isActive()) {
            command.release();
            answer.fail(new ClosedChannelException());
            return;
          }
          if (inFlight.isFull()) {
            command.release();
            answer.fail(InFlight.full(this));
            return;
          }
          command.opaque(InFlight.nextOpaque());
          try {
            gather(command);
          } catch (MalformedRequest e) {
            command.release();
            answer.fail(e); // it never left, so nobody need wonder whether it arrived
            return;
          } catch (OutOfMemoryError e) {
            command.release();
            answer.fail(e);
            return;
          }
          inFlight.add(command.opaque(), command.code(), timeoutMs).onComplete(answer);
        });
    return answer.future();
  }

  @Override
  public void send(RemotingCommand command) {
    onLoop(
        () -> {
          if (command.isOneway()) {
            command.opaque(InFlight.nextOpaque());
          }
          write(command);
        });
  }

  private void onLoop(Runnable task) {
    if (channel.eventLoop().inEventLoop()) {
      task.run();
    } else {
      channel.eventLoop().execute(task);
    }
  }

  @RunsOn(ThreadRole.EVENT_LOOP)
  private void write(RemotingCommand command) {
    if (!channel.isActive()) {
      command.release();
      return;
    }
    try {
      gather(command);
    } catch (MalformedRequest | OutOfMemoryError e) { // the latter also for memory of buffers
      log.error("{} not sent to {}: {}", command, remote, e.getMessage());
      command.release();
      if (command.isResponse()
          && e instanceof MalformedRequest) { // its asker must not wait in vain
        write(
            RemotingCommand.response(ResponseCode.SYSTEM_ERROR, command.opaque(), command.form())
                .remark("the answer can't be sent: " + e.getMessage()));
      } else if (command.isResponse()) {
        socket.close();
      }
    }
  }

  /** Puts a frame behind those of this turn and takes over the body's reference; not if it throws. */
  @RunsOn(ThreadRole.EVENT_LOOP)
  private void gather(RemotingCommand command) {
    if (!unflushed) {
      LoopTurn.atEnd(channel.eventLoop(), flush);
      unflushed = true;
    }
    ByteBuf out = gathered;
    if (out == null) {
      out = channel.alloc().ioBuffer(lastGatheredBytes);
      gathered = out;
    }
    ByteBuf body = command.body();
    boolean copied = body.readableBytes() <= COPIED_BODY_BYTES;
    int start = out.writerIndex();
    boolean whole = false;
    try {
      FrameEncoder.writeHead(command, out);
      if (copied) {
        out.writeBytes(body, body.readerIndex(), body.readableBytes());
      }
      whole = true;
    } finally {
      if (!whole) { // those before it must not be followed by half a frame
        out.writerIndex(start);
      }
    }
    if (copied) {
      body.release();
      if (out.writerIndex() > GATHERED_BYTES - 2 * COPIED_BODY_BYTES) {
        handOver();
      }
    } else {
      handOver();
      socket.channelHandlerContext().write(body, channel.voidPromise());
    }
  }

  /** Gives the gathered frames to the channel, which releases them also if it is closed. */
  @RunsOn(ThreadRole.EVENT_LOOP)
  private void handOver() {
    ByteBuf frames = gathered;
    if (frames != null) {
      gathered = null;
      lastGatheredBytes =
          Math.min(GATHERED_BYTES, Math.max(FIRST_GATHERED_BYTES, frames.readableBytes()));
      socket.channelHandlerContext().write(frames, channel.voidPromise());
    }
  }

  @RunsOn(ThreadRole.EVENT_LOOP)
  private void flush() {
    unflushed = false;
    handOver();
    socket.channelHandlerContext().flush();
    active |= pendingBytes() == 0;
  }

  /** Bytes that the peer has not taken yet. */
  private long pendingBytes() {
    ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
    return pending == null ? 0 : pending.totalPendingWriteBytes();
  }

  /**
   * Both sides of the original close a connection on which nothing was read and nothing written for so
   * long. Looking now and then costs less than a note for each write; a peer that takes its answers
   * slowly is not silent. Each look orders the next one, so that between two of them the sockets were
   * read, even if the whole process stood still meanwhile.
   */
  private void lookForSilence(long idleMs) {
    nextLook =
        vertx.setTimer(
            Math.max(1, idleMs / LOOKS_PER_IDLE_TIME),
            ignored -> {
              closeIfSilent(idleMs);
              if (channel.isActive()) {
                lookForSilence(idleMs);
              }
            });
  }

  @RunsOn(ThreadRole.EVENT_LOOP)
  private void closeIfSilent(long idleMs) {
    long pending = pendingBytes();
    if (active || pending != pendingAtLastLook) {
      active = false;
      pendingAtLastLook = pending;
      silentLooks = 0;
    } else if (++silentLooks >= LOOKS_PER_IDLE_TIME) {
      log.info("closing the connection to {}: silent for {} ms", this, idleMs);
      socket.close();
    }
  }

  @Override
  public Future<Void> closed() {
    return closed.future();
  }

  @Override
  public boolean isOpen() {
    return channel.isActive();
  }

  @Override
  public Liveness liveness() {
    return liveness;
  }

  @Override
  public void pause() {
    onLoop(
        () -> {
          paused = true;
          adjustReading();
        });
  }

  @Override
  public void resume() {
    onLoop(
        () -> {
          paused = false;
          adjustReading();
        });
  }

  @RunsOn(ThreadRole.EVENT_LOOP)
  private void adjustReading() {
    channel.config().setAutoRead(!paused && (dialled || channel.isWritable()));
  }

  @Override
  public void close() {
    context.runOnContext(
        ignored -> {
          if (unflushed) { // what was sent before goes out before
            flush();
          }
          socket.close();
        });
  }

  @Override
  public String toString() {
    return remote.getAddress().getHostAddress() + ":" + remote.getPort();
  }
}
