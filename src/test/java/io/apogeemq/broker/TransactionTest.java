package io.apogeemq.broker;

import static io.apogeemq.broker.TestBroker.await;
import static io.apogeemq.broker.TestBroker.bodies;
import static io.apogeemq.broker.TestBroker.pulling;
import static io.apogeemq.broker.TestBroker.sending;
import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.config.BrokerKeys;
import io.apogeemq.config.Key;
import io.apogeemq.protocol.header.SendHeaders;
import io.apogeemq.protocol.header.TransactionHeaders;
import io.apogeemq.protocol.message.MessageId;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transactions through a whole broker: what senders and deciding producers are answered. */
class TransactionTest {
  private static final String TRANSACTION = "TRAN_MSG\u0001true\u0002PGROUP\u0001G\u0002";
  private static final int COMMIT = 8;
  private static final int ROLLBACK = 12;

  @TempDir Path root;
  private @Nullable TestBroker broker;

  private TestBroker open(Map<Key<?>, String> keys) throws IOException {
    broker = TestBroker.open(root, keys);
    broker.send("T", "first", "");
    return broker;
  }

  @AfterEach
  void stop() {
    if (broker != null) {
      broker.close();
    }
  }

  private static long position(SendHeaders.Reply sent) {
    return MessageId.parse(sent.msgId()).logPosition();
  }

  private static RemotingCommand end(
      TestBroker at, SendHeaders.Reply half, String group, int decision) {
    return end(at, group, half.queueOffset(), position(half), decision);
  }

  private static RemotingCommand end(
      TestBroker at, String group, long offset, long position, int decision) {
    return end(at, group, offset, position, decision, null);
  }

  private static RemotingCommand end(
      TestBroker at,
      String group,
      long offset,
      long position,
      int decision,
      @Nullable String msgId) {
    return at.ask(
        RemotingCommand.request(
            RequestCode.END_TRANSACTION,
            new TransactionHeaders.End(
                group, offset, position, decision, false, msgId, null, null)));
  }

  private static List<String> stored(TestBroker at) {
    return bodies(await(at.pull(pulling("T", 0, 0, 0, "*"))));
  }

  private static RemotingCommand resume(TestBroker at, String msgId) {
    return at.ask(
        RemotingCommand.request(
            RequestCode.RESUME_CHECK_HALF_MESSAGE, new TransactionHeaders.Resume(null, msgId)));
  }

  @Test
  void eachTransactionEndsOnceHoweverOftenItIsDecided() throws IOException {
    TestBroker at = open(Map.of());
    SendHeaders.Reply committed = at.send("T", "committed", TRANSACTION + "UNIQ_KEY\u0001AB\u0002");
    SendHeaders.Reply rolledBack = at.send("T", "rolled back", TRANSACTION);
    assertThat(committed.queueOffset()).isZero();
    assertThat(committed.queueId()).isZero();
    assertThat(committed.transactionId()).isEqualTo("AB");
    assertThat(rolledBack.queueOffset()).isEqualTo(1);
    assertThat(stored(at)).containsExactly("first");

    for (int i = 0; i < 2; i++) {
      assertThat(end(at, committed, "G", COMMIT).code()).isZero();
      assertThat(end(at, rolledBack, "G", ROLLBACK).code()).isZero();
      // Late: each has ended already.
      assertThat(end(at, committed, "G", ROLLBACK).code()).isZero();
      RemotingCommand late = end(at, rolledBack, "G", COMMIT);
      assertThat(late.code()).isZero();
      assertThat(late.remark()).contains("ended before");
      assertThat(late.header(TransactionHeaders.EndReply.class).endedBefore()).isTrue();
    }
    assertThat(stored(at)).containsExactly("first", "committed");

    at.restart();
    assertThat(end(at, committed, "G", COMMIT).remark()).contains("ended before");
    assertThat(end(at, rolledBack, "G", COMMIT).remark()).contains("ended before");
    assertThat(stored(at)).containsExactly("first", "committed");
  }

  @Test
  void aDecisionThatPointsElsewhereIsToldWhy() throws IOException {
    TestBroker at = open(Map.of());
    SendHeaders.Reply half = at.send("T", "half", TRANSACTION);
    SendHeaders.Reply other = at.send("T", "other", TRANSACTION);
    assertThat(end(at, half, "another", COMMIT).remark()).isEqualTo("The producer group wrong");
    assertThat(end(at, "G", other.queueOffset(), position(half), COMMIT).remark())
        .isEqualTo("The transaction state table offset wrong");
    assertThat(end(at, "G", 0, position(half) + 1, COMMIT).remark())
        .isEqualTo("Find prepared transaction message failed");
    assertThat(end(at, half, "G", 5).remark()).contains("no decision");
  }

  /** Where a broker has lost the log's end, another half message may lie at the old one's place. */
  @Test
  void aDecisionAboutALostMessageDoesNotDecideTheOneThatLiesThereNow() throws IOException {
    TestBroker at = open(Map.of());
    String id = "7F000001000018B4AAC2123456780000";
    String lost = "7F000001000018B4AAC2123456780001";
    SendHeaders.Reply half = at.send("T", "half", TRANSACTION + "UNIQ_KEY\u0001" + id + "\u0002");
    for (int decision : new int[] {COMMIT, ROLLBACK}) {
      RemotingCommand late = end(at, "G", half.queueOffset(), position(half), decision, lost);
      assertThat(late.code()).isEqualTo(ResponseCode.SYSTEM_ERROR);
      assertThat(late.remark()).startsWith("another half message lies where " + lost);
    }
    assertThat(stored(at)).containsExactly("first");
    assertThat(end(at, "G", half.queueOffset(), position(half), COMMIT, id).code()).isZero();
    SendHeaders.Reply old = at.send("T", "old", TRANSACTION + "UNIQ_KEY\u0001" + lost + "\u0002");
    // Some clients name a message by its place.
    assertThat(end(at, "G", old.queueOffset(), position(old), COMMIT, old.msgId()).code()).isZero();
    assertThat(stored(at)).containsExactly("first", "half", "old");
  }

  @Test
  void anOpenTransactionIsDecidedAfterARestart() throws IOException {
    TestBroker at = open(Map.of());
    SendHeaders.Reply half = at.send("T", "half", TRANSACTION);
    SendHeaders.Reply other = at.send("T", "other", TRANSACTION);
    assertThat(end(at, half, "G", 0).code()).isZero();
    at.restart();
    assertThat(stored(at)).containsExactly("first");
    assertThat(end(at, half, "G", COMMIT).code()).isZero();
    assertThat(end(at, other, "G", ROLLBACK).code()).isZero();
    assertThat(stored(at)).containsExactly("first", "half");
  }

  @Test
  void whatCantBecomeAHalfMessageIsRefused() throws IOException {
    TestBroker at = open(Map.of(BrokerKeys.TRANSACTION_MAX_OPEN, "1"));
    refused(at, TRANSACTION + "DELAY\u00013\u0002", ResponseCode.MESSAGE_ILLEGAL, "delayed");
    refused(at, "TRAN_MSG\u0001true\u0002", ResponseCode.MESSAGE_ILLEGAL, "PGROUP");
    SendHeaders.Reply half = at.send("T", "half", TRANSACTION);
    end(at, half, "G", 0); // the table has seen it when this is answered
    refused(at, TRANSACTION, ResponseCode.SYSTEM_BUSY, "transactionMaxOpen=1");
    end(at, half, "G", ROLLBACK);
    at.send("T", "half", TRANSACTION);
    assertThat(stored(at)).containsExactly("first");
  }

  @Test
  void aBrokerThatRejectsTransactionsSaysSo() throws IOException {
    TestBroker at = open(Map.of(BrokerKeys.REJECT_TRANSACTION_MESSAGE, "true"));
    refused(at, TRANSACTION, ResponseCode.NO_PERMISSION, "transaction message is forbidden");
  }

  @Test
  void onlyWhatIsOpenOrWasGivenUpIsResumed() throws IOException {
    TestBroker at = open(Map.of());
    SendHeaders.Reply half = at.send("T", "half", TRANSACTION);
    end(at, half, "G", 0);
    assertThat(resume(at, half.msgId()).code()).isZero();
    end(at, half, "G", COMMIT);
    assertThat(resume(at, half.msgId()).remark()).contains("ended");
    assertThat(stored(at)).containsExactly("first", "half");
  }

  private static void refused(TestBroker at, String properties, int code, String why) {
    RemotingCommand answer =
        at.send(sending("T", 0, properties), "x".getBytes(StandardCharsets.UTF_8));
    assertThat(answer.code()).isEqualTo(code);
    assertThat(answer.remark()).contains(why);
  }
}
