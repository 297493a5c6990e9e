package io.apogeemq.remoting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.protocol.remoting.HeaderForm;
import io.apogeemq.protocol.remoting.MalformedRequest;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DispatcherTest {
  private static final int FINE = 1;
  private static final int LATER = 2;
  private static final int REFUSES = 3;
  private static final int FAILS = 4;
  private static final int FORBIDS = 5;
  private static final int FORBIDS_LATER = 6;

  private final Promise<Reply> later = Promise.promise();
  private final ByteBuf answerBody = Unpooled.buffer().writeByte(7);
  private final Recorder peer = new Recorder();

  private final Dispatcher dispatcher =
      new Dispatcher(
          () ->
              List.of(
                  Route.on(
                      FINE,
                      Access.OPEN,
                      (from, none) -> Reply.ok().body(answerBody.retain()).now()),
                  Route.on(LATER, Access.OPEN, (from, none) -> later.future()),
                  Route.on(
                      REFUSES,
                      Access.OPEN,
                      (from, none) -> {
                        throw new MalformedRequest("queue -1 is out of range");
                      }),
                  Route.on(
                      FORBIDS,
                      Access.OPEN,
                      (from, none) -> {
                        throw new Refused(16, "not you");
                      }),
                  Route.on(
                      FORBIDS_LATER,
                      Access.OPEN,
                      (from, none) ->
                          later.future().compose(done -> new Refused(16, "not you").now())),
                  Route.on(
                      FAILS,
                      Access.OPEN,
                      (from, none) -> Future.failedFuture(new IllegalStateException("lost")))));

  /** A connection that keeps what is sent to it. */
  private static final class Recorder implements Connection {
    final List<RemotingCommand> sent = new ArrayList<>();

    @Override
    public InetSocketAddress remoteAddress() {
      return new InetSocketAddress("127.0.0.1", 1);
    }

    @Override
    public InetSocketAddress localAddress() {
      return new InetSocketAddress("127.0.0.1", 2);
    }

    @Override
    public Future<RemotingCommand> request(RemotingCommand command, long timeoutMs) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void send(RemotingCommand command) {
      sent.add(command);
    }

    @Override
    public Future<Void> closed() {
      return Promise.<Void>promise().future();
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public Liveness liveness() {
      return new Liveness();
    }

    @Override
    public void pause() {}

    @Override
    public void resume() {}

    @Override
    public void close() {}
  }

  private RemotingCommand ask(RemotingCommand request) {
    dispatcher.dispatch(new Exchange(peer, request));
    assertThat(peer.sent).hasSize(1);
    return peer.sent.get(0);
  }

  @Test
  void anAnswerEchoesOpaqueAndHeaderForm() {
    for (HeaderForm form : HeaderForm.values()) {
      peer.sent.clear();
      RemotingCommand answer = ask(RemotingCommand.request(FINE).opaque(-5).form(form));
      assertThat(answer.form()).isEqualTo(form);
      assertThat(answer.opaque()).isEqualTo(-5);
      assertThat(answer.isResponse()).isTrue();
      assertThat(answer.body().readableBytes()).isEqualTo(1);
    }
  }

  @Test
  void anUnknownCodeIsAnsweredNotSupportedNamingTheCode() {
    RemotingCommand answer = ask(RemotingCommand.request(9999));
    assertThat(answer.code()).isEqualTo(3);
    assertThat(answer.remark()).isEqualTo(" request type 9999 not supported");
  }

  @Test
  void aOneWayRequestIsNeverAnsweredWhateverHappens() {
    for (int code : new int[] {FINE, LATER, REFUSES, FORBIDS, FORBIDS_LATER, FAILS, 9999}) {
      dispatcher.dispatch(new Exchange(peer, RemotingCommand.request(code).oneway()));
    }
    later.fail("too late");
    assertThat(peer.sent).isEmpty();
    assertThat(answerBody.refCnt()).as("the unsent body is given back").isEqualTo(1);
  }

  @Test
  void theRequestsBodyLivesUntilTheAnswerIsGiven() {
    ByteBuf body = Unpooled.buffer().writeByte(1);
    dispatcher.dispatch(new Exchange(peer, RemotingCommand.request(LATER).body(body)));
    assertThat(body.refCnt()).isEqualTo(1);
    assertThat(peer.sent).isEmpty();
    later.complete(Reply.ok());
    assertThat(body.refCnt()).isZero();
    assertThat(peer.sent).hasSize(1);
  }

  @Test
  void aBrokenRequestIsAnsweredWithItsReason() {
    RemotingCommand answer = ask(RemotingCommand.request(REFUSES));
    assertThat(answer.code()).isEqualTo(1);
    assertThat(answer.remark()).isEqualTo("queue -1 is out of range");
  }

  @Test
  void aRefusalIsTheAnswerWhetherThrownOrFailedWith() {
    RemotingCommand thrown = ask(RemotingCommand.request(FORBIDS));
    peer.sent.clear();
    later.complete(Reply.ok());
    RemotingCommand failed = ask(RemotingCommand.request(FORBIDS_LATER));
    for (RemotingCommand answer : List.of(thrown, failed)) {
      assertThat(answer.code()).isEqualTo(16);
      assertThat(answer.remark()).isEqualTo("not you");
    }
  }

  @Test
  void aFailedHandlerIsASystemError() {
    RemotingCommand answer = ask(RemotingCommand.request(FAILS));
    assertThat(answer.code()).isEqualTo(1);
    assertThat(answer.remark()).contains("lost");
  }

  @Test
  void twoRowsOfOneCodeAreAMistakeOfOurs() {
    RequestFamily family =
        () -> List.of(Route.on(FINE, Access.OPEN, (from, none) -> Reply.ok().now()));
    assertThatThrownBy(() -> new Dispatcher(family, family))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two rows for request code");
  }
}
