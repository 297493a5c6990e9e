package io.apogeemq.broker.order;

import static io.apogeemq.protocol.remoting.RequestCode.LOCK_BATCH_MQ;
import static io.apogeemq.protocol.remoting.RequestCode.UNLOCK_BATCH_MQ;
import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.broker.TestTables;
import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.LockBatchAnswer;
import io.apogeemq.protocol.body.LockBatchRequest;
import io.apogeemq.protocol.body.MessageQueue;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.ResponseCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may consume a queue in order, and for how long. The fixture's locks live for 60 s. */
class OrderLockHandlersTest {
  @TempDir Path folder;
  private TestTables tables;

  @BeforeEach
  void open() throws IOException {
    tables = TestTables.open(folder);
    TestTables.await(tables.topics.put(TopicConfig.of("T", 4, 6)));
  }

  @AfterEach
  void close() {
    tables.close();
  }

  @Test
  void aQueueBelongsToWhoeverAskedFirstUntilItIsGivenBack() {
    assertThat(lock("c1", 0, 1)).containsExactlyInAnyOrder(0, 1);
    assertThat(lock("c2", 1, 2)).containsExactly(2);
    unlock("c2", 1); // not its own
    assertThat(lock("c2", 1)).isEmpty();
    unlock("c1", 1);
    assertThat(lock("c2", 1)).containsExactly(1);
  }

  @Test
  void groupsDontDisturbEachOther() {
    assertThat(lock("c1", 0)).containsExactly(0);
    assertThat(queues(ask(LOCK_BATCH_MQ, "Other", "c2", 0))).containsExactly(0);
  }

  @Test
  void aLockLivesSixtySecondsAfterItsHolderLastAsked() {
    lock("c1", 0, 1);
    tables.clockMs().addAndGet(50_000);
    assertThat(lock("c1", 0)).containsExactly(0);
    tables.clockMs().addAndGet(10_001);
    assertThat(lock("c2", 0, 1)).containsExactly(1);
    tables.clockMs().addAndGet(50_000);
    assertThat(lock("c2", 0)).containsExactly(0);
  }

  @Test
  void whatDoesNotExistCanNotBeLocked() throws IOException {
    assertThat(lock("c1", 4, -1)).isEmpty();
    assertThat(tables.locks.size()).isZero();
    tables.close();
    tables = TestTables.open(folder, false);
    RemotingCommand refused = ask(LOCK_BATCH_MQ, "Unknown", "c1", 0);
    assertThat(refused.code()).isEqualTo(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST);
    assertThat(refused.remark()).contains("autoCreateSubscriptionGroup");
  }

  @Test
  void locksThatEndedAreForgottenAsAreThoseOfTopicsAndGroupsThatAreGone() {
    lock("c1", 0);
    tables.clockMs().addAndGet(60_001);
    lock("c1", 1);
    tables.locks.expire();
    assertThat(tables.locks.size()).isOne();
    TestTables.await(tables.topics.delete("T"));
    assertThat(tables.locks.size()).isZero();
    TestTables.await(tables.topics.put(TopicConfig.of("T", 4, 6)));
    lock("c1", 0);
    TestTables.await(tables.groups.delete("G", true));
    assertThat(tables.locks.size()).isZero();
  }

  @Test
  void aRestartTakesNoQueueFromItsHolder() throws IOException {
    lock("c1", 0, 1, 2);
    tables.checkpoint();
    lock("c2", 3);
    unlock("c1", 2);
    tables.crash(); // the checkpoint knows the first change only
    tables = TestTables.openBare(folder);
    assertThat(lock("c3", 0, 1, 2, 3)).containsExactly(2);
    assertThat(lock("c1", 0, 1, 2, 3)).containsExactlyInAnyOrder(0, 1);
    tables.close();
    tables = TestTables.openBare(folder);
    assertThat(lock("c2", 0, 1, 2, 3)).containsExactly(3);
    tables.clockMs().addAndGet(60_001);
    assertThat(lock("c4", 0, 1, 2, 3)).hasSize(4);
  }

  private Set<Integer> lock(String clientId, Integer... queueIds) {
    return queues(ask(LOCK_BATCH_MQ, "G", clientId, queueIds));
  }

  private void unlock(String clientId, Integer... queueIds) {
    assertThat(ask(UNLOCK_BATCH_MQ, "G", clientId, queueIds).code()).isZero();
  }

  private RemotingCommand ask(int code, String group, String clientId, Integer... queueIds) {
    Set<MessageQueue> queues =
        Arrays.stream(queueIds)
            .map(id -> new MessageQueue("broker-a", id, "T"))
            .collect(Collectors.toSet());
    return tables.ask(
        RemotingCommand.request(code)
            .body(new LockBatchRequest(clientId, group, queues, null).toJson()));
  }

  private static Set<Integer> queues(RemotingCommand answer) {
    assertThat(answer.code()).as("%s", answer).isZero();
    return Body.parse(LockBatchAnswer.class, answer.body()).lockOKMQSet().stream()
        .map(MessageQueue::queueId)
        .collect(Collectors.toSet());
  }
}
