package io.apogeemq.broker;

import static io.apogeemq.broker.TestBroker.await;
import static io.apogeemq.broker.TestBroker.bodies;
import static io.apogeemq.broker.TestBroker.pulling;
import static io.apogeemq.broker.TestBroker.sendRequest;
import static io.apogeemq.broker.TestBroker.sending;
import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.config.BrokerKeys;
import io.apogeemq.config.Key;
import io.apogeemq.protocol.header.SendHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Connection;
import io.apogeemq.store.LogStore;
import io.apogeemq.store.StallingDisk;
import io.apogeemq.store.io.StoreClock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A send that comes again: stored once if its first answer may have gone unheard, else again. */
class RetriedSendTest {
  private static final long WAIT_MS = 20_000;
  private static final int LATE_MS = 100;

  @TempDir Path root;
  private final StallingDisk disk = new StallingDisk();
  private final ExecutorService readers = Executors.newFixedThreadPool(2);
  private TestBroker broker;

  private void open(Map<Key<?>, String> keys) throws IOException {
    Map<Key<?>, String> all = new HashMap<>();
    // On one loop the end of a connection is seen before what comes on a later one.
    all.put(BrokerKeys.EVENT_LOOP_THREADS, "1");
    all.putAll(keys);
    broker =
        TestBroker.open(
            root, all, config -> new LogStore(config, disk.disk(), StoreClock.SYSTEM, readers));
  }

  private void openSync(Map<Key<?>, String> keys) throws IOException {
    Map<Key<?>, String> all = new HashMap<>(keys);
    all.put(BrokerKeys.FLUSH_DISK_TYPE, "SYNC_FLUSH");
    open(all);
    broker.send("T", "the topic is there", "");
  }

  @AfterEach
  void stop() {
    disk.goOn();
    broker.close();
    readers.shutdown();
  }

  private static Future<RemotingCommand> sendingOver(Connection connection, String body) {
    return connection.request(
        sendRequest(sending("T", 0, "UNIQ_KEY\u00010A0B0C"), body.getBytes(StandardCharsets.UTF_8)),
        WAIT_MS);
  }

  private static SendHeaders.Reply stored(RemotingCommand answer) {
    assertThat(answer.code()).as("%s", answer).isEqualTo(ResponseCode.SUCCESS);
    return answer.header(SendHeaders.Reply.class);
  }

  private static SendHeaders.Reply sendOver(Connection connection, String body) {
    return stored(await(sendingOver(connection, body)));
  }

  private Connection oneConnection() {
    return broker.connection("127.0.0.1");
  }

  private Connection another() {
    return broker.connection("localhost");
  }

  private static void breakOff(Connection connection) {
    connection.close();
    await(connection.closed());
  }

  private List<String> stored() {
    return bodies(await(broker.pull(pulling("T", 0, 0, 0, "*"))));
  }

  @Test
  void aRetryAfterABrokenConnectionGetsTheFirstAnswer() throws IOException {
    open(Map.of());
    SendHeaders.Reply first = sendOver(oneConnection(), "x");
    breakOff(oneConnection());
    SendHeaders.Reply retry = sendOver(another(), "x");
    assertThat(retry).isEqualTo(first);
    assertThat(stored()).containsExactly("x");
  }

  @Test
  void aRetryToAnotherQueueGetsTheFirstQueue() throws IOException {
    open(Map.of());
    SendHeaders.Reply first = sendOver(oneConnection(), "x");
    breakOff(oneConnection());
    RemotingCommand toQueue3 =
        sendRequest(sending("T", 3, "UNIQ_KEY\u00010A0B0C"), "x".getBytes(StandardCharsets.UTF_8));
    assertThat(stored(await(another().request(toQueue3, WAIT_MS)))).isEqualTo(first);
  }

  @Test
  void anApplicationThatSendsTheSameMessageAgainHasItTwice() throws IOException {
    open(Map.of());
    sendOver(oneConnection(), "x");
    sendOver(oneConnection(), "x");
    assertThat(sendOver(another(), "x").queueOffset()).isEqualTo(2);
    assertThat(stored()).containsExactly("x", "x", "x");
  }

  @Test
  void anotherBodyUnderTheSameKeyIsStored() throws IOException {
    open(Map.of());
    sendOver(oneConnection(), "x");
    breakOff(oneConnection());
    sendOver(another(), "y");
    assertThat(stored()).containsExactly("x", "y");
  }

  @Test
  void withoutAUniqueKeyNothingIsRecognised() throws IOException {
    open(Map.of());
    for (int i = 0; i < 2; i++) {
      RemotingCommand request = sendRequest(sending("T", 0, ""), new byte[] {'x'});
      stored(await(oneConnection().request(request, WAIT_MS)));
      breakOff(oneConnection());
    }
    assertThat(stored()).containsExactly("x", "x");
  }

  @Test
  void turnedOffItStoresEveryRetry() throws IOException {
    open(Map.of(BrokerKeys.SEND_RETRY_WINDOW_MESSAGES, "0"));
    sendOver(oneConnection(), "x");
    breakOff(oneConnection());
    sendOver(another(), "x");
    assertThat(stored()).containsExactly("x", "x");
  }

  @Test
  void aRetryWhoseAnswerWasHeardIsOver() throws IOException {
    open(Map.of());
    sendOver(oneConnection(), "x");
    breakOff(oneConnection());
    sendOver(another(), "x");
    assertThat(sendOver(another(), "x").queueOffset()).isEqualTo(1);
  }

  @Test
  void aRetryWaitsForAFirstTryThatHangsInTheDisk() throws IOException {
    openSync(Map.of());
    disk.stall();
    Future<RemotingCommand> first = sendingOver(oneConnection(), "x");
    // Asked and answered behind it on the same connection: the broker has taken the first in.
    await(oneConnection().request(RemotingCommand.request(RequestCode.GET_BROKER_CONFIG), WAIT_MS));
    Future<RemotingCommand> retry = sendingOver(another(), "x");
    await(another().request(RemotingCommand.request(RequestCode.GET_BROKER_CONFIG), WAIT_MS));
    assertThat(retry.isComplete()).isFalse();
    disk.goOn();
    assertThat(stored(await(retry))).isEqualTo(stored(await(first)));
    assertThat(stored()).containsExactly("the topic is there", "x");
  }

  @Test
  void twoSendsOfOneMessageAtOnceOnOneConnectionAreTwo() throws IOException {
    openSync(Map.of());
    disk.stall();
    Future<RemotingCommand> first = sendingOver(oneConnection(), "x");
    Future<RemotingCommand> second = sendingOver(oneConnection(), "x");
    disk.goOn();
    assertThat(stored(await(first)).queueOffset()).isEqualTo(1);
    assertThat(stored(await(second)).queueOffset()).isEqualTo(2);
  }

  @Test
  void whatWasAnsweredLateIsRecognisedAlsoOnTheSameConnection() throws IOException {
    openSync(Map.of(BrokerKeys.SEND_RETRY_LATE_MS, Integer.toString(LATE_MS)));
    disk.stall();
    CompletableFuture.delayedExecutor(2 * LATE_MS, TimeUnit.MILLISECONDS).execute(disk::goOn);
    SendHeaders.Reply first = sendOver(oneConnection(), "x");
    assertThat(sendOver(oneConnection(), "x")).isEqualTo(first);
    assertThat(stored()).containsExactly("the topic is there", "x");
  }

  @Test
  void aRetryAfterATimeOutIsAnsweredByWhatIsTrueNow() throws IOException {
    openSync(Map.of(BrokerKeys.SYNC_FLUSH_TIMEOUT_MS, "100"));
    disk.stallForces();
    RemotingCommand first = await(sendingOver(oneConnection(), "x"));
    assertThat(first.code()).isEqualTo(ResponseCode.FLUSH_DISK_TIMEOUT);
    RemotingCommand again = await(sendingOver(oneConnection(), "x"));
    assertThat(again.code()).isEqualTo(ResponseCode.FLUSH_DISK_TIMEOUT);
    disk.goOn();
    SendHeaders.Reply retry = sendOver(oneConnection(), "x");
    assertThat(retry).isEqualTo(first.header(SendHeaders.Reply.class));
    assertThat(stored()).containsExactly("the topic is there", "x");
  }

  @Test
  void aRetryAfterARestartIsRecognised() throws IOException {
    open(Map.of());
    SendHeaders.Reply first = sendOver(oneConnection(), "x");
    broker.restart();
    assertThat(sendOver(oneConnection(), "x")).isEqualTo(first);
    assertThat(sendOver(oneConnection(), "x").queueOffset()).as("heard now").isEqualTo(1);
    assertThat(stored()).containsExactly("x", "x");
  }

  private static Future<RemotingCommand> sendingBatchOver(Connection connection) {
    ByteBuf batch = Unpooled.buffer();
    for (String each : List.of("a", "b", "c")) {
      byte[] body = each.getBytes(StandardCharsets.UTF_8);
      byte[] properties = ("UNIQ_KEY\u00010A" + each).getBytes(StandardCharsets.UTF_8);
      batch.writeInt(22 + body.length + properties.length).writeInt(0).writeInt(0).writeInt(0);
      batch.writeInt(body.length).writeBytes(body);
      batch.writeShort(properties.length).writeBytes(properties);
    }
    RemotingCommand request = RemotingCommand.request(RequestCode.SEND_BATCH_MESSAGE).body(batch);
    sending("T", 0, "").writeV2(request.ext());
    return connection.request(request, WAIT_MS);
  }

  @Test
  void aRetriedBatchGetsTheIdsOfTheFirst() throws IOException {
    open(Map.of());
    SendHeaders.Reply first = stored(await(sendingBatchOver(oneConnection())));
    breakOff(oneConnection());
    SendHeaders.Reply retry = stored(await(sendingBatchOver(another())));
    assertThat(retry.msgId().split(",")).hasSize(3);
    assertThat(retry).isEqualTo(first);
    assertThat(stored()).containsExactly("a", "b", "c");
  }

  @Test
  void aBatchThatComesAgainAfterARestartIsStoredAgain() throws IOException {
    open(Map.of());
    await(sendingBatchOver(oneConnection()));
    broker.restart();
    assertThat(stored(await(sendingBatchOver(oneConnection()))).queueOffset()).isEqualTo(3);
  }
}
