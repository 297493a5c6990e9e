package io.apogeemq.remoting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.protocol.remoting.FrameDecoder;
import io.apogeemq.protocol.remoting.FrameEncoder;
import io.apogeemq.protocol.remoting.HeaderForm;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.remoting.tls.ServerTls;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server and a transport on loopback: frames there and back, and what is not a frame. */
class RemotingServerTest {
  private static final int ECHO = 9001;
  private static final int SILENT = 9002;
  private static final int ASK_BACK = 9003;
  private static final int NEEDS_FIELD = 9004;
  private static final int BREAKS = 9005;
  private static final int HUGE = 9006;
  private static final int TOLD = 9007;

  record Named(String name) {}

  private final Vertx vertx = Vertx.vertx();
  private final CompletableFuture<Connection> lastCaller = new CompletableFuture<>();
  private final BlockingQueue<Integer> told = new LinkedBlockingQueue<>();
  private TcpTransport transport;
  private RemotingServer server;
  private String address;
  private int port;

  private final RequestFamily family =
      () ->
          List.of(
              Route.on(
                  ECHO,
                  Access.OPEN,
                  (from, none) -> Reply.ok().body(from.request().bodyBytes()).now()),
              Route.on(
                  HUGE,
                  Access.OPEN,
                  (from, none) -> Reply.ok().body(new byte[16 * 1024 * 1024]).now()),
              Route.on(
                  TOLD,
                  Access.OPEN,
                  (from, none) -> {
                    told.add(from.request().body().readInt());
                    return Reply.ok().now();
                  }),
              Route.on(SILENT, Access.OPEN, (from, none) -> Promise.<Reply>promise().future()),
              Route.on(
                  ASK_BACK,
                  Access.OPEN,
                  (from, none) -> {
                    lastCaller.complete(from.connection());
                    return Reply.ok().now();
                  }),
              Route.on(
                  NEEDS_FIELD, Access.OPEN, Named.class, (from, header) -> Reply.ok(header).now()),
              Route.on(
                  BREAKS,
                  Access.OPEN,
                  (from, none) -> {
                    throw new IllegalStateException("broken on purpose");
                  }));

  @BeforeEach
  void start() {
    server = new RemotingServer(vertx, "127.0.0.1", 0, "the test port", new Dispatcher(family));
    port = await(server.start());
    address = "127.0.0.1:" + port;
    transport = new TcpTransport(vertx, new Dispatcher(family));
  }

  @AfterEach
  void stop() {
    await(transport.close());
    await(server.stop());
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
  }

  private RemotingCommand ask(RemotingCommand command) {
    return await(transport.request(address, command, 5000));
  }

  @Test
  void aBodyComesBackAsItWasSent() {
    byte[] body = "0123456789".repeat(100_000).getBytes(StandardCharsets.US_ASCII);
    RemotingCommand answer = ask(RemotingCommand.request(ECHO).body(body));
    assertThat(answer.code()).isZero();
    assertThat(answer.bodyBytes()).isEqualTo(body);
    answer.release();
  }

  @Test
  void eachFrameIsAnsweredInTheFormThatItCameIn() {
    RemotingCommand binary = ask(RemotingCommand.request(ECHO).form(HeaderForm.ROCKETMQ));
    RemotingCommand json = ask(RemotingCommand.request(ECHO).form(HeaderForm.JSON));
    assertThat(binary.form()).isEqualTo(HeaderForm.ROCKETMQ);
    assertThat(json.form()).isEqualTo(HeaderForm.JSON);
  }

  @Test
  void anUnknownCodeIsAnsweredNotSupportedNamingTheCode() {
    RemotingCommand answer = ask(RemotingCommand.request(4711));
    assertThat(answer.code()).isEqualTo(3);
    assertThat(answer.remark()).isEqualTo(" request type 4711 not supported");
  }

  @Test
  void aMissingFieldIsNamedAndTheConnectionLivesOn() {
    assertThat(ask(RemotingCommand.request(NEEDS_FIELD)).remark())
        .isEqualTo("the custom field <name> is null");
    RemotingCommand answer = ask(RemotingCommand.request(NEEDS_FIELD, new Named("n")));
    assertThat(answer.header(Named.class)).isEqualTo(new Named("n"));
  }

  @Test
  void aHandlerThatBreaksIsASystemErrorForItsCallerOnly() {
    RemotingCommand answer = ask(RemotingCommand.request(BREAKS));
    assertThat(answer.code()).isEqualTo(1);
    assertThat(answer.remark()).contains("broken on purpose");
    assertThat(ask(RemotingCommand.request(ECHO)).code()).isZero();
  }

  @Test
  void anAnswerTooLargeForAFrameIsAnErrorAndNotSilence() {
    RemotingCommand answer = ask(RemotingCommand.request(HUGE));
    assertThat(answer.code()).isEqualTo(1);
    assertThat(answer.remark()).contains("16777216");
  }

  @Test
  void aRequestWithoutAnswerTimesOut() {
    Future<RemotingCommand> asked =
        transport.request(address, RemotingCommand.request(SILENT), 200);
    assertThatThrownBy(() -> await(asked)).hasCauseInstanceOf(TimeoutException.class);
  }

  @Test
  void anAddressWhereNobodyListensIsAConnectFailure() throws IOException {
    String nobody;
    try (ServerSocket taken = new ServerSocket(0)) {
      nobody = "127.0.0.1:" + taken.getLocalPort();
    }
    Future<RemotingCommand> asked = transport.request(nobody, RemotingCommand.request(ECHO), 200);
    assertThatThrownBy(() -> await(asked)).hasCauseInstanceOf(ConnectException.class);
  }

  @Test
  void theServerAsksItsClientOnTheSameConnection() throws Exception {
    ask(RemotingCommand.request(ASK_BACK));
    Connection client = lastCaller.get(5, TimeUnit.SECONDS);
    RemotingCommand answer =
        await(client.request(RemotingCommand.request(ECHO).body(new byte[] {7}), 5000));
    assertThat(answer.bodyBytes()).containsExactly(7);
    answer.release();
  }

  @Test
  void aLostConnectionIsToldToTheServer() throws Exception {
    ask(RemotingCommand.request(ASK_BACK));
    Connection client = lastCaller.get(5, TimeUnit.SECONDS);
    await(transport.connect(address)).close();
    await(client.closed());
    assertThat(client.isOpen()).isFalse();
  }

  @Test
  void manyPipelinedFramesInOneWriteAreAllAnswered() throws IOException {
    int frames = 500;
    ByteBuf all = Unpooled.buffer();
    for (int i = 0; i < frames; i++) {
      ByteBuf one =
          FrameEncoder.whole(
              RemotingCommand.request(ECHO)
                  .opaque(i)
                  .body(("body " + i).getBytes(StandardCharsets.UTF_8)),
              ByteBufAllocator.DEFAULT);
      all.writeBytes(one);
      one.release();
    }
    try (Socket socket = new Socket("127.0.0.1", port)) {
      all.readBytes(socket.getOutputStream(), all.readableBytes());
      DataInputStream in = new DataInputStream(socket.getInputStream());
      for (int i = 0; i < frames; i++) {
        RemotingCommand answer =
            FrameDecoder.decode(Unpooled.wrappedBuffer(in.readNBytes(in.readInt())));
        assertThat(answer.opaque()).isEqualTo(i);
        assertThat(new String(answer.bodyBytes(), StandardCharsets.UTF_8)).isEqualTo("body " + i);
      }
    }
  }

  @Test
  void framesOfAllSizesComeInTheOrderInWhichTheyWereSent() {
    List<Future<RemotingCommand>> answers = new ArrayList<>();
    int[] sizes = {0, 1, 511, 512, 513, 5_000, 20_000, 100, 300_000, 512, 512};
    for (int round = 0; round < 40; round++) {
      for (int size : sizes) {
        byte[] body = new byte[size];
        Arrays.fill(body, (byte) answers.size());
        answers.add(transport.request(address, RemotingCommand.request(ECHO).body(body), 10_000));
      }
    }
    for (int i = 0; i < answers.size(); i++) {
      RemotingCommand answer = await(answers.get(i));
      byte[] expected = new byte[sizes[i % sizes.length]];
      Arrays.fill(expected, (byte) i);
      assertThat(answer.bodyBytes()).isEqualTo(expected);
      answer.release();
    }
  }

  @Test
  void whatWasSentBeforeACloseArrives() throws InterruptedException {
    for (int i = 0; i < 20; i++) {
      Connection connection = await(transport.connect(address));
      connection.send(RemotingCommand.request(TOLD).oneway().body(Unpooled.buffer().writeInt(i)));
      connection.close();
      assertThat(told.poll(5, TimeUnit.SECONDS)).isEqualTo(i);
      await(connection.closed());
    }
  }

  @Test
  void aFrameThatCannotBeSentLeavesNothingBehindAndHarmsNoOther() {
    Connection connection = await(transport.connect(address));
    for (int i = 0; i < 3; i++) {
      Future<RemotingCommand> huge =
          connection.request(RemotingCommand.request(ECHO).body(new byte[17 * 1024 * 1024]), 5000);
      Future<RemotingCommand> small =
          connection.request(RemotingCommand.request(ECHO).body(new byte[] {7}), 5000);
      assertThatThrownBy(() -> await(huge)).hasMessageContaining("over the limit");
      RemotingCommand answer = await(small);
      assertThat(answer.bodyBytes()).containsExactly(7);
      answer.release();
    }
  }

  @Test
  void aSilentConnectionIsClosedAndOneThatSpeaksIsNot() {
    RemotingServer impatient =
        new RemotingServer(
            vertx, "127.0.0.1", 0, "the test port", new Dispatcher(family), ServerTls.OFF, 1_000);
    String there = "127.0.0.1:" + await(impatient.start());
    Connection connection = await(transport.connect(there));
    long untilMs = System.currentTimeMillis() + 1_500;
    while (System.currentTimeMillis() < untilMs) {
      await(connection.request(RemotingCommand.request(ECHO), 5000)).release();
    }
    assertThat(connection.isOpen()).isTrue();
    await(connection.closed());
    await(impatient.stop());
  }

  private byte[] say(byte... bytes) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(5000);
      socket.getOutputStream().write(bytes);
      InputStream in = socket.getInputStream();
      return in.readAllBytes(); // to the end: the server must close
    }
  }

  @Test
  void anHttpRequestIsToldWhichPortThisIs() throws IOException {
    String answer =
        new String(
            say("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII)),
            StandardCharsets.UTF_8);
    assertThat(answer).startsWith("HTTP/1.1 421").contains("the test port", "RocketMQ remoting");
  }

  @Test
  void anHttp2PrefaceIsAnsweredWithGoawayThatSaysWhy() throws IOException {
    byte[] answer = say("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    assertThat(answer[3]).isEqualTo((byte) 4);
    assertThat(answer[12]).isEqualTo((byte) 7);
    assertThat(new String(answer, StandardCharsets.UTF_8)).contains("the test port");
  }

  @Test
  void aTlsHelloIsAnsweredWithAnAlert() throws IOException {
    byte[] hello = {0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0};
    assertThat(say(hello)).containsExactly(0x15, 3, 3, 0, 2, 2, 70);
  }

  @Test
  void aFrameLengthBeyondTheLimitClosesTheConnection() throws IOException {
    assertThat(say((byte) 1, (byte) 0, (byte) 0, (byte) 1)).isEmpty();
  }

  @Test
  void aFrameWithABrokenHeaderClosesItsConnectionOnly() throws IOException {
    assertThat(
            say(
                (byte) 0, (byte) 0, (byte) 0, (byte) 8, (byte) 0, (byte) 1, (byte) 0, (byte) 0,
                (byte) 0, (byte) 0, (byte) 0, (byte) 0))
        .isEmpty();
    assertThat(ask(RemotingCommand.request(ECHO)).code()).isZero();
  }
}
