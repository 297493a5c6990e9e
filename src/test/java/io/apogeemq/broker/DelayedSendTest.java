package io.apogeemq.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.config.BrokerKeys;
import io.apogeemq.config.Key;
import io.apogeemq.protocol.header.DelayHeaders;
import io.apogeemq.protocol.header.PullHeaders;
import io.apogeemq.protocol.header.SendHeaders;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Delayed messages through a whole broker. */
class DelayedSendTest {
  private static final String TOPIC = "later";

  private final Map<Key<?>, String> keys = new HashMap<>();

  @TempDir Path root;
  private TestBroker broker;

  @BeforeEach
  void open() throws IOException {
    keys.put(BrokerKeys.RECALL_MESSAGE_ENABLE, "true");
    keys.put(BrokerKeys.TIMER_MAX_DELAY_SECONDS, "1000");
    keys.put(BrokerKeys.TIMER_MAX_PENDING_MESSAGES, "3");
    keys.put(BrokerKeys.FLUSH_INTERVAL_COMMIT_LOG_MS, "10");
    broker = TestBroker.open(root, keys);
  }

  @AfterEach
  void close() {
    broker.close();
  }

  /** Waits until a message is at an offset of queue 0 of the topic, and shows it. */
  private MessageView next(long offset) {
    RemotingCommand answer =
        TestBroker.await(
            broker.pull(TestBroker.pulling(TOPIC, offset, PullHeaders.FLAG_SUSPEND, 15_000, "*")));
    assertThat(answer.code()).as(answer.remark()).isZero();
    MessageView view = new MessageView();
    assertThat(view.open(ByteBuffer.wrap(answer.bodyBytes()), 0)).isNull();
    return view;
  }

  private static long now() {
    return System.currentTimeMillis();
  }

  @Test
  void aMessageOfALevelComesWhenItsTimeHasPassed() {
    long sentMs = now();
    SendHeaders.Reply reply = broker.send(TOPIC, "a", "DELAY\u00011\u0002TAGS\u0001red\u0002");

    MessageView came = next(0);
    assertThat(now() - sentMs).isBetween(1000L, 4000L);
    assertThat(reply.queueId()).as("the queue that was asked for").isZero();
    assertThat(reply.queueOffset()).as("in the queue where it waits").isZero();
    assertThat(reply.recallHandle()).isNull();
    Map<String, String> properties = Properties.parse(came.properties());
    assertThat(properties)
        .containsEntry("REAL_TOPIC", TOPIC)
        .containsEntry("REAL_QID", "0")
        .containsEntry("TAGS", "red")
        .doesNotContainKey("DELAY");
    assertThat(came.topic()).isEqualTo(TOPIC);
    assertThat(came.bornTimestampMs()).isEqualTo(1_700_000_000_000L);
  }

  @Test
  void aMessageWithATimeOfItsOwnComesPrecisely() {
    // The topic's first message comes without a delay, so that the pull finds the topic.
    broker.send(TOPIC, "now", "");
    long due = now() + 700;
    SendHeaders.Reply reply =
        broker.send(TOPIC, "a", "TIMER_DELIVER_MS\u0001" + due + "\u0002UNIQ_KEY\u0001K\u0002");

    MessageView came = next(1);
    assertThat(came.storeTimestampMs()).isBetween(due, due + 300);
    assertThat(reply.recallHandle()).isNotNull();
    assertThat(Properties.parse(came.properties()))
        .containsEntry("TIMER_OUT_MS", Long.toString(due))
        .doesNotContainKey("REAL_TOPIC");
  }

  @Test
  void whatIsDueAlreadyComesAtOnce() {
    SendHeaders.Reply reply = broker.send(TOPIC, "a", "TIMER_DELIVER_MS\u000117\u0002");
    assertThat(reply.recallHandle()).isNull();
    assertThat(next(0).queueOffset()).isZero();
  }

  @Test
  void aTimeTooFarAwayIsRefusedWithTheLimit() {
    RemotingCommand answer =
        broker.send(TestBroker.sending(TOPIC, 0, "TIMER_DELAY_SEC\u00011001"), new byte[1]);
    assertThat(answer.code()).isEqualTo(ResponseCode.MESSAGE_ILLEGAL);
    assertThat(answer.remark()).contains("timerMaxDelaySec=1000");
    RemotingCommand nonsense =
        broker.send(TestBroker.sending(TOPIC, 0, "TIMER_DELAY_MS\u0001soon"), new byte[1]);
    assertThat(nonsense.code()).isEqualTo(ResponseCode.MESSAGE_ILLEGAL);
    assertThat(nonsense.remark()).contains("TIMER_DELAY_MS=soon is no number");
  }

  @Test
  void moreTimersThanTheLimitAreRefused() throws Exception {
    for (int i = 0; i < 3; i++) {
      broker.send(TOPIC, "a", "TIMER_DELAY_SEC\u0001900");
    }
    RemotingCommand answer;
    int tries = 0;
    do { // the count follows a moment later
      answer = broker.send(TestBroker.sending(TOPIC, 0, "TIMER_DELAY_SEC\u0001900"), new byte[1]);
    } while (answer.code() == 0 && tries++ < 1000);
    assertThat(answer.code()).isEqualTo(ResponseCode.SYSTEM_ERROR);
    assertThat(answer.remark()).contains("timerMaxPendingMessages=3");
  }

  @Test
  void whatWaitsSurvivesARestartAndComesOnce() throws IOException {
    long due = now() + 1500;
    broker.send(TOPIC, "level", "DELAY\u00011");
    broker.send(TOPIC, "timer", "TIMER_DELIVER_MS\u0001" + due);
    broker.restart();
    assertThat(next(0)).isNotNull();
    assertThat(next(1).storeTimestampMs()).isGreaterThanOrEqualTo(due);
    broker.restart();
    broker.send(TOPIC, "last", "DELAY\u00011");
    next(2);
    List<String> all =
        TestBroker.bodies(TestBroker.await(broker.pull(TestBroker.pulling(TOPIC, 0, 0, 0, "*"))));
    assertThat(all).containsExactlyInAnyOrder("level", "timer", "last");
  }

  private RemotingCommand recall(String topic, String handle) {
    return broker.ask(
        RemotingCommand.request(
            RequestCode.RECALL_MESSAGE, new DelayHeaders.Recall("producers", topic, handle)));
  }

  @Test
  void aRecalledMessageDoesNotCome() throws IOException {
    long due = now() + 2000;
    String when = "TIMER_DELIVER_MS\u0001" + due + "\u0002UNIQ_KEY\u0001";
    String handle = broker.send(TOPIC, "recalled", when + "K1\u0002").recallHandle();
    broker.send(TOPIC, "stays", when + "K2\u0002");
    assertThat(handle).isNotNull();

    RemotingCommand answer = recall(TOPIC, handle);
    assertThat(answer.code()).as(answer.remark()).isZero();
    assertThat(answer.header(DelayHeaders.RecallReply.class).msgId()).isEqualTo("K1");
    assertThat(recall(TOPIC, handle).code()).as("again").isZero();
    broker.restart();
    assertThat(recall(TOPIC, handle).code()).as("after a restart").isZero();

    next(0);
    broker.send(TOPIC, "end", "");
    assertThat(
            TestBroker.bodies(
                TestBroker.await(broker.pull(TestBroker.pulling(TOPIC, 0, 0, 0, "*")))))
        .containsExactly("stays", "end");
    assertThat(recall(TOPIC, handle).code()).isEqualTo(ResponseCode.ILLEGAL_OPERATION);
  }

  @Test
  void aHandleThatIsNoneIsRefused() {
    broker.send(TOPIC, "a", "");
    assertThat(recall(TOPIC, "nonsense").code()).isEqualTo(ResponseCode.ILLEGAL_OPERATION);
    assertThat(recall("unknown", "nonsense").code()).isEqualTo(ResponseCode.TOPIC_NOT_EXIST);
  }

  @Test
  void howFarTheLevelsAreIsTold() {
    broker.send(TOPIC, "a", "DELAY\u00011");
    next(0);
    RemotingCommand answer = broker.ask(RemotingCommand.request(RequestCode.GET_ALL_DELAY_OFFSET));
    assertThat(answer.code()).isZero();
    assertThat(new String(answer.bodyBytes(), java.nio.charset.StandardCharsets.UTF_8))
        .contains("\"offsetTable\"");
    assertThat(broker.ask(RemotingCommand.request(RequestCode.GET_TIMER_CHECK_POINT)).bodyBytes())
        .hasSize(56);
    assertThat(broker.ask(RemotingCommand.request(RequestCode.GET_TIMER_METRICS)).code()).isZero();
  }
}
