package io.apogeemq.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestSignature;
import io.apogeemq.remoting.Access;
import io.apogeemq.remoting.Connection;
import io.apogeemq.remoting.Dispatcher;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Liveness;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.Route;
import io.vertx.core.Future;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessCheckTest {
  private static final int OPEN = 1;
  private static final int PUBLISH = 2;
  private static final int PULL = 3;
  private static final int LOOK = 4;
  private static final int ADMINISTER = 5;
  private static final int UNKNOWN = 99;

  private static final String ACCOUNTS =
      """
      globalWhiteRemoteAddresses: [10.0.0.1]
      accounts:
        - {accessKey: administrator, secretKey: admin-secret, admin: true}
        - {accessKey: bound-administrator, secretKey: bound-secret, admin: true, topicPerms: [T=SUB]}
        - {accessKey: publisher, secretKey: publisher-secret, topicPerms: [T=PUB]}
        - accessKey: subscriber
          secretKey: subscriber-secret
          topicPerms: [T=SUB]
          groupPerms: [G=SUB, G_X=DENY]
        - {accessKey: at-home, secretKey: home-secret, whiteRemoteAddress: 10.0.0.2}
      """;

  @TempDir Path home;

  private final AtomicInteger served = new AtomicInteger();
  private Dispatcher dispatcher;

  private record Names(String topic, String group) {}

  @BeforeEach
  void open() throws Exception {
    Files.createDirectories(home.resolve("conf"));
    Files.writeString(home.resolve("conf/plain_acl.yml"), ACCOUNTS);
    Accounts accounts = Accounts.open(home, "conf/plain_acl.yml", System::currentTimeMillis);
    dispatcher =
        new Dispatcher(
            List.of(
                () ->
                    List.of(
                        Route.on(OPEN, Access.OPEN, Names.class, this::serve),
                        Route.on(PUBLISH, Access.PUB, Names.class, this::serve).topic(Names::topic),
                        Route.on(PULL, Access.SUB, Names.class, this::serve)
                            .topic(Names::topic)
                            .group(Names::group),
                        Route.on(LOOK, Access.ANY, Names.class, this::serve).topic(Names::topic),
                        Route.on(ADMINISTER, Access.ADMIN, Names.class, this::serve))),
            new AccessCheck(accounts, () -> 0));
  }

  private Future<Reply> serve(Exchange from, Names names) {
    served.incrementAndGet();
    return Reply.ok().now();
  }

  @ParameterizedTest
  @CsvSource({
    "administrator, admin-secret, 1, any, any",
    "administrator, admin-secret, 2, any, any",
    "administrator, admin-secret, 3, %RETRY%any, any",
    "administrator, admin-secret, 5, any, any",
    "bound-administrator, bound-secret, 5, any, any",
    "publisher, publisher-secret, 1, any, any",
    "publisher, publisher-secret, 2, T, any",
    "publisher, publisher-secret, 2, RMQ_SYS_TRACE_TOPIC, any",
    "publisher, publisher-secret, 4, T, any",
    "subscriber, subscriber-secret, 3, T, G",
    "subscriber, subscriber-secret, 3, %RETRY%G, G",
    "subscriber, subscriber-secret, 3, %RETRY%G+T, G",
    "subscriber, subscriber-secret, 3, %RETRY%G_T, G",
    "subscriber, subscriber-secret, 2, %RETRY%G, G", // its own client sends there when send-back
    // fails
    "subscriber, subscriber-secret, 4, T, G",
  })
  void whoHasTheRightIsServed(String name, String secret, int code, String topic, String group) {
    assertThat(ask(code, topic, group, name, secret).code()).isZero();
    assertThat(served).hasValue(1);
  }

  @ParameterizedTest
  @CsvSource({
    "publisher, publisher-secret, 2, U, any, No default permission for topic:U",
    "publisher, publisher-secret, 3, T, any, No default permission for topic:T",
    "publisher, publisher-secret, 2, %RETRY%G, any, No default permission for group:G",
    "publisher, publisher-secret, 5, T, any, Need admin permission for request code=5",
    "bound-administrator, bound-secret, 2, T, any, No default permission for topic:T",
    "bound-administrator, bound-secret, 2, U, any, No default permission for topic:U",
    "subscriber, subscriber-secret, 3, T, H, No default permission for group:H",
    "subscriber, subscriber-secret, 3, %RETRY%H, G, No default permission for group:H",
    "subscriber, subscriber-secret, 3, %RETRY%G_X, G, No default permission for group:G_X",
    "subscriber, subscriber-secret, 3, %RETRY%G_U, G, No default permission for group:G_U",
    "subscriber, subscriber-secret, 4, U, G, No default permission for topic:U",
    "nobody-here, publisher-secret, 1, T, G, No acl config for nobody-here",
    "publisher, subscriber-secret, 1, T, G, Check signature failed for accessKey=publisher",
    "at-home, wrong-secret, 1, T, G, Check signature failed for accessKey=at-home",
    "publisher, publisher-secret, 99, T, G, not supported",
    "publisher, wrong-secret, 99, T, G, Check signature failed",
  })
  void whoHasNotIsToldWhy(
      String name, String secret, int code, String topic, String group, String why) {
    Reply reply = ask(code, topic, group, name, secret);
    assertThat(reply.code()).isNotZero();
    assertThat(reply.remark()).contains(why).doesNotContain(secret, "publisher-secret");
    if (code != UNKNOWN || why.startsWith("Check")) {
      assertThat(reply.code()).as("the original's code").isEqualTo(1);
      assertThat(reply.remark()).startsWith("org.apache.rocketmq.acl.common.AclException: ");
    }
    assertThat(served).hasValue(0);
  }

  @Test
  void anUnsignedRequestIsRefusedAlsoIfItIsOneWayOrUnknown() {
    for (int code : new int[] {OPEN, PUBLISH, ADMINISTER, UNKNOWN}) {
      RemotingCommand request = request(code, "T", "G");
      assertThat(answer("10.0.0.9", request).remark()).contains("No accessKey is configured");
      request.oneway();
      dispatcher.dispatch(new Exchange(new Peer("10.0.0.9"), request));
    }
    assertThat(served).hasValue(0);
  }

  @Test
  void fromAWhiteAddressNothingIsAsked() {
    assertThat(answer("10.0.0.1", request(ADMINISTER, "T", "G")).code()).isZero();
    RemotingCommand named = request(ADMINISTER, "T", "G");
    named.ext().put("AccessKey", "at-home");
    assertThat(answer("10.0.0.2", named).code()).isZero();
    RemotingCommand unnamed = request(ADMINISTER, "T", "G");
    assertThat(answer("10.0.0.2", unnamed).code()).isEqualTo(1);
  }

  /** A signature stands for its fields and body; who changes one of them has none. */
  @Test
  void aSignatureCannotBeUsedForAnotherTopic() {
    RemotingCommand own = request(PUBLISH, "T", "G");
    RequestSignature.sign(own, "publisher", RequestSignature.key("publisher-secret"));
    RemotingCommand stolen = request(PUBLISH, "U", "G");
    stolen.ext().put("AccessKey", "publisher").put("Signature", own.ext().get("Signature"));
    assertThat(answer("10.0.0.9", stolen).remark()).contains("Check signature failed");
    own.ext().put("topic", "U");
    assertThat(answer("10.0.0.9", own).remark()).contains("<topic> is given twice");
    assertThat(served).hasValue(0);
  }

  @Test
  void aNameFromTheWireDoesNotForgeALineOfTheLog() {
    RemotingCommand request = request(OPEN, "T", "G");
    request.ext().put("AccessKey", "x\nWARN forged " + "y".repeat(10_000));
    assertThat(answer("10.0.0.9", request).remark()).doesNotContain("\n").hasSizeLessThan(300);
  }

  private Reply ask(int code, String topic, String group, String name, String secret) {
    RemotingCommand request = request(code, topic, group);
    RequestSignature.sign(request, name, RequestSignature.key(secret));
    return answer("10.0.0.9", request);
  }

  private static RemotingCommand request(int code, String topic, String group) {
    return RemotingCommand.request(code, new Names(topic, group));
  }

  private Reply answer(String address, RemotingCommand request) {
    return dispatcher.answer(new Exchange(new Peer(address), request)).result();
  }

  /** A connection from an address. */
  private record Peer(String host) implements Connection {
    @Override
    public InetSocketAddress remoteAddress() {
      return new InetSocketAddress(host, 1);
    }

    @Override
    public InetSocketAddress localAddress() {
      return new InetSocketAddress("10.0.0.100", 2);
    }

    @Override
    public Future<RemotingCommand> request(RemotingCommand command, long timeoutMs) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void send(RemotingCommand command) {
      throw new AssertionError("a one-way request has no answer");
    }

    @Override
    public Future<Void> closed() {
      return Future.succeededFuture();
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public Liveness liveness() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void pause() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void resume() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
      throw new UnsupportedOperationException();
    }
  }
}
