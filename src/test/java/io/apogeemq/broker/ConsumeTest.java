package io.apogeemq.broker;

import static io.apogeemq.broker.TestBroker.await;
import static io.apogeemq.broker.TestBroker.bodies;
import static io.apogeemq.broker.TestBroker.pulling;
import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.protocol.header.OffsetHeaders;
import io.apogeemq.protocol.header.PullHeaders;
import io.apogeemq.protocol.header.PullHeaders.Pull;
import io.apogeemq.protocol.remoting.LanguageCode;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulls through the wire: what is found, what waits, what is refused. */
class ConsumeTest {
  private static final long LONG_MS = 15_000;

  @TempDir Path root;
  private TestBroker broker;

  @BeforeEach
  void start() throws IOException {
    broker = TestBroker.open(root);
    broker.send("T", "first", "TAGS\u0001red");
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  private RemotingCommand pull(String topic, long offset, String expression) {
    return await(broker.pull(pulling(topic, offset, 0, 0, expression)));
  }

  private Future<RemotingCommand> waiting(String expression) {
    return broker.pull(pulling("T", 1, PullHeaders.FLAG_SUSPEND, LONG_MS, expression));
  }

  /** Later requests of a connection are handled after earlier ones: then the pull is waiting. */
  private void untilParked(Future<RemotingCommand> waiting) {
    pull("T", 0, "*").release();
    assertThat(waiting.isComplete()).isFalse();
  }

  @Test
  void aFoundMessageComesWithTheQueuesBounds() {
    RemotingCommand answer = pull("T", 0, "*");
    assertThat(answer.code()).isZero();
    assertThat(answer.header(PullHeaders.Reply.class)).isEqualTo(new PullHeaders.Reply(0, 1, 0, 1));
    assertThat(bodies(answer)).containsExactly("first");
  }

  @Test
  void thePositionsOutsideTheQueueAreAnsweredAsTheOriginalDoes() {
    assertThat(pull("T", 1, "*").code()).isEqualTo(ResponseCode.PULL_NOT_FOUND);
    RemotingCommand beyond = pull("T", 7, "*");
    assertThat(beyond.code()).isEqualTo(ResponseCode.PULL_OFFSET_MOVED);
    assertThat(beyond.header(PullHeaders.Reply.class).nextBeginOffset()).isEqualTo(1);
  }

  @Test
  void aTagThatNobodySentIsPassedOver() {
    RemotingCommand answer = pull("T", 0, "blue");
    assertThat(answer.code()).isEqualTo(ResponseCode.PULL_RETRY_IMMEDIATELY);
    assertThat(answer.header(PullHeaders.Reply.class).nextBeginOffset()).isEqualTo(1);
  }

  @Test
  void aLitePullIsAPull() {
    RemotingCommand answer =
        broker.ask(
            RemotingCommand.request(RequestCode.LITE_PULL_MESSAGE, pulling("T", 0, 0, 0, "*")));
    assertThat(bodies(answer)).containsExactly("first");
  }

  @Test
  void aWaitingPullOfAGroupThatIsMovedIsSentThereAtOnce() {
    broker.ask(
        RemotingCommand.request(
            RequestCode.UPDATE_CONSUMER_OFFSET, new OffsetHeaders.Update("consumers", "T", 0, 1)));
    broker.ask(
        RemotingCommand.request(RequestCode.HEART_BEAT)
            .language(LanguageCode.GO)
            .version(RemotingCommand.OUR_VERSION)
            .body(
                """
                {"clientID":"c1","producerDataSet":[],"consumerDataSet":[{"groupName":"consumers",
                "consumeType":"CONSUME_PASSIVELY","messageModel":"CLUSTERING",
                "consumeFromWhere":"CONSUME_FROM_FIRST_OFFSET","unitMode":false,
                "subscriptionDataSet":[{"topic":"T","subString":"*","tagsSet":[],"codeSet":[],
                "subVersion":1,"expressionType":"TAG","classFilterMode":false}]}]}
                """
                    .getBytes(StandardCharsets.UTF_8)));
    Future<RemotingCommand> waiting = waiting("*");
    untilParked(waiting);
    RemotingCommand reset =
        broker.ask(
            RemotingCommand.request(
                RequestCode.INVOKE_BROKER_TO_RESET_OFFSET,
                new OffsetHeaders.Reset("T", "consumers", 0, true, null, null)));
    assertThat(reset.code()).as(reset.remark()).isZero();
    RemotingCommand moved = await(waiting);
    assertThat(moved.code()).isEqualTo(ResponseCode.PULL_OFFSET_MOVED);
    assertThat(moved.remark()).isEqualTo("OFFSET_RESET");
    assertThat(moved.header(PullHeaders.Reply.class).nextBeginOffset()).isZero();
    assertThat(bodies(pull("T", 0, "*"))).containsExactly("first");
  }

  @Test
  void anSqlExpressionChoosesByPropertiesAndAWaitingPullWaitsForItsOwn() {
    Pull choosing = byProperty(1, PullHeaders.FLAG_SUSPEND, "size > 5 AND colour = 'red'");
    Future<RemotingCommand> waiting = broker.pull(choosing);
    untilParked(waiting);
    broker.send("T", "small", "size\u00013\u0002colour\u0001red");
    broker.send("T", "none", "colour\u0001red");
    untilParked(waiting);
    broker.send("T", "large", "size\u00017\u0002colour\u0001red");
    RemotingCommand answer = await(waiting);
    assertThat(bodies(answer)).containsExactly("large");
    assertThat(answer.header(PullHeaders.Reply.class).nextBeginOffset()).isEqualTo(4);
    RemotingCommand nothing = await(broker.pull(byProperty(0, 0, "size > 100")));
    assertThat(nothing.code()).isEqualTo(ResponseCode.PULL_RETRY_IMMEDIATELY);
    assertThat(nothing.header(PullHeaders.Reply.class).nextBeginOffset()).isEqualTo(4);
    RemotingCommand wrong = await(broker.pull(byProperty(0, 0, "size >")));
    assertThat(wrong.code()).isEqualTo(ResponseCode.SUBSCRIPTION_PARSE_FAILED);
    assertThat(wrong.remark()).startsWith("Invalid MessageSelector.");
  }

  private static Pull byProperty(long offset, int flags, String expression) {
    return new Pull(
        "consumers",
        "T",
        0,
        offset,
        32,
        flags | PullHeaders.FLAG_SUBSCRIPTION,
        0,
        LONG_MS,
        expression,
        0,
        "SQL92",
        null);
  }

  @Test
  void aWaitingPullIsAnsweredByTheNextMessage() {
    Future<RemotingCommand> waiting = waiting("*");
    untilParked(waiting);
    broker.send("T", "second", "");
    assertThat(bodies(await(waiting))).containsExactly("second");
  }

  @Test
  void aWaitingPullSleepsThroughTagsThatItDoesNotWant() {
    Future<RemotingCommand> waiting = waiting("red");
    untilParked(waiting);
    broker.send("T", "blue one", "TAGS\u0001blue");
    untilParked(waiting);
    broker.send("T", "red one", "TAGS\u0001red");
    RemotingCommand answer = await(waiting);
    assertThat(bodies(answer)).containsExactly("red one");
    assertThat(answer.header(PullHeaders.Reply.class).nextBeginOffset()).isEqualTo(3);
  }

  @Test
  void aWaitingPullEndsAtItsOwnDeadline() {
    long begun = System.nanoTime();
    RemotingCommand answer =
        await(broker.pull(pulling("T", 1, PullHeaders.FLAG_SUSPEND, 300, "*")));
    assertThat(answer.code()).isEqualTo(ResponseCode.PULL_NOT_FOUND);
    assertThat(System.nanoTime() - begun).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(290));
  }

  @Test
  void anOffsetGivenWithAPullIsCommittedAndSurvivesARestart() throws IOException {
    Pull given =
        new Pull(
            "consumers",
            "T",
            0,
            0,
            32,
            PullHeaders.FLAG_COMMIT_OFFSET | PullHeaders.FLAG_SUBSCRIPTION,
            1,
            0,
            "*",
            0,
            "TAG",
            null);
    await(broker.pull(given)).release();
    broker.restart();
    RemotingCommand answer =
        broker.ask(
            RemotingCommand.request(
                RequestCode.QUERY_CONSUMER_OFFSET,
                new OffsetHeaders.Query("consumers", "T", 0, null)));
    assertThat(answer.header(OffsetHeaders.QueryReply.class).offset()).isEqualTo(1);
  }

  @Test
  void anUnknownTopicAnIllegalQueueAndAnUnknownFilterAreRefused() {
    assertThat(pull("Nowhere", 0, "*").code()).isEqualTo(ResponseCode.TOPIC_NOT_EXIST);
    Pull script =
        new Pull(
            "consumers",
            "T",
            0,
            0,
            32,
            PullHeaders.FLAG_SUBSCRIPTION,
            0,
            0,
            "a > 1",
            0,
            "LUA",
            null);
    assertThat(await(broker.pull(script)).remark())
        .isEqualTo(
            "The broker does not support consumer to filter message by LUA; it filters by TAG and"
                + " SQL92");
    Pull queue9 =
        new Pull(
            "consumers", "T", 9, 0, 32, PullHeaders.FLAG_SUBSCRIPTION, 0, 0, "*", 0, "TAG", null);
    assertThat(await(broker.pull(queue9)).code()).isEqualTo(ResponseCode.INVALID_PARAMETER);
  }

  /** Found in review: a held pull went on with the filter that it had come with. */
  @Test
  void aWaitingPullFollowsTheSubscriptionOfTheHeartbeatThatCameMeanwhile() {
    heartbeat("red", 1);
    Pull registered =
        new Pull(
            "consumers", "T", 0, 1, 32, PullHeaders.FLAG_SUSPEND, 0, LONG_MS, null, 1, "TAG", null);
    Future<RemotingCommand> waiting = broker.pull(registered);
    untilParked(waiting);
    heartbeat("blue", 2);
    broker.send("T", "blue one", "TAGS\u0001blue");
    assertThat(bodies(await(waiting))).containsExactly("blue one");
  }

  private void heartbeat(String tag, long version) {
    String subscription =
        "{\"topic\":\"T\",\"subString\":\"%s\",\"tagsSet\":[\"%s\"],\"codeSet\":[%d],\"subVersion\":%d,\"expressionType\":\"TAG\"}"
            .formatted(tag, tag, tag.hashCode(), version);
    String body =
        "{\"clientID\":\"c1\",\"producerDataSet\":[],\"consumerDataSet\":[{\"groupName\":\"consumers\",\"consumeType\":\"CONSUME_PASSIVELY\",\"messageModel\":\"CLUSTERING\",\"consumeFromWhere\":\"CONSUME_FROM_LAST_OFFSET\",\"subscriptionDataSet\":[%s]}]}"
            .formatted(subscription);
    RemotingCommand answer =
        broker.ask(
            RemotingCommand.request(RequestCode.HEART_BEAT)
                .body(body.getBytes(StandardCharsets.UTF_8)));
    assertThat(answer.code()).as("%s", answer).isZero();
  }

  @Test
  void aGroupWithoutHeartbeatHasNoSubscription() {
    Pull silent = new Pull("consumers", "T", 0, 0, 32, 0, 0, 0, null, 0, "TAG", null);
    assertThat(await(broker.pull(silent)).code()).isEqualTo(ResponseCode.SUBSCRIPTION_NOT_EXIST);
  }
}
