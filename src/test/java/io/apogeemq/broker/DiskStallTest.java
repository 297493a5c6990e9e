package io.apogeemq.broker;

import static io.apogeemq.broker.TestBroker.sending;
import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.config.BrokerKeys;
import io.apogeemq.config.Key;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.store.LogStore;
import io.apogeemq.store.StallingDisk;
import io.apogeemq.store.io.StoreClock;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that hangs for two seconds: senders wait, they are not turned away. */
class DiskStallTest {
  private static final int STALL_S = 2;
  private static final byte[] BODY = new byte[1024];

  @TempDir Path root;
  private final StallingDisk disk = new StallingDisk();
  private final ExecutorService readers = Executors.newFixedThreadPool(2);
  private final Executor afterTheStall =
      CompletableFuture.delayedExecutor(STALL_S, TimeUnit.SECONDS);
  private TestBroker broker;

  private void open(Map<Key<?>, String> keys) throws IOException {
    broker =
        TestBroker.open(
            root, keys, config -> new LogStore(config, disk.disk(), StoreClock.SYSTEM, readers));
    broker.send("T", "the topic is there", "");
  }

  @AfterEach
  void stop() {
    disk.goOn();
    broker.close();
    readers.shutdown();
  }

  private Future<RemotingCommand> sending1Kb() {
    RemotingCommand request = RemotingCommand.request(RequestCode.SEND_MESSAGE_V2).body(BODY);
    sending("T", 0, "").writeV2(request.ext());
    return broker.asking(request);
  }

  private List<RemotingCommand> answersDuringStall(int messages) {
    disk.stall();
    afterTheStall.execute(disk::goOn);
    List<Future<RemotingCommand>> asked = new ArrayList<>();
    for (int i = 0; i < messages; i++) {
      asked.add(sending1Kb());
    }
    return asked.stream().map(TestBroker::await).toList();
  }

  @Test
  void whatFitsIntoTheQueueWaitsForTheDiskAndIsAllAcknowledged() throws IOException {
    open(Map.of());
    List<RemotingCommand> answers = answersDuringStall(5000);
    assertThat(answers).allMatch(answer -> answer.code() == ResponseCode.SUCCESS);
  }

  @Test
  void whatDoesNotFitIsHeldBackOrRefusedInARetryableWayAndNothingIsLost() throws IOException {
    open(Map.of(BrokerKeys.APPEND_QUEUE_BYTES, Integer.toString(1024 * 1024)));
    List<RemotingCommand> answers = answersDuringStall(8000);
    long acknowledged =
        answers.stream().filter(answer -> answer.code() == ResponseCode.SUCCESS).count();
    assertThat(answers)
        .allMatch(
            answer ->
                answer.code() == ResponseCode.SUCCESS
                    || answer.code() == ResponseCode.SERVICE_NOT_AVAILABLE);
    assertThat(acknowledged).as("what fits into 1 MiB is taken").isGreaterThan(500);
    // The next message's offset tells how many are stored: those acknowledged, and no other.
    RemotingCommand next = TestBroker.await(sending1Kb());
    assertThat(next.ext().get("queueOffset")).isEqualTo(Long.toString(acknowledged + 1));
  }
}
