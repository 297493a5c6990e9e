package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Published clients whose answer gets lost between the broker and them: they try again, and the message
 * is stored once. What an application sends twice on purpose is stored twice.
 */
@DisabledIfSystemProperty(
    named = "compat.target",
    matches = "apache.*",
    disabledReason = "the original stores every retry")
@ExtendWith(OutputOnFailure.class)
class RetriedSendTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Where the broker says that it is: the proxy's address. It is bound to 127.0.0.1 itself. */
  private static final String PROXY_ADDRESS = "127.0.0.2";

  private static Server namesrv;
  private static Server broker;
  private static SwallowingProxy proxy;

  @BeforeAll
  static void start() {
    namesrv = Server.namesrv(Vendor.APOGEE);
    broker =
        Server.broker(
            Vendor.APOGEE,
            "broker-a",
            namesrv.namesrvAddr(),
            Map.of("brokerIP1", PROXY_ADDRESS, "bindAddress", "127.0.0.1"));
    proxy = new SwallowingProxy(PROXY_ADDRESS, broker.brokerPort());
  }

  @AfterAll
  static void stop() throws IOException {
    if (proxy != null) {
      proxy.close();
    }
    if (broker != null) {
      broker.close();
    }
    namesrv.close();
  }

  private static ChildProcess producer(Official client) {
    ChildProcess producer = Program.start(client, namesrv.namesrvAddr(), "probe.Resend");
    producer.awaitLine("STARTED"::equals, PATIENCE);
    return producer;
  }

  /** What the producer says of its n-th command: status, queue, offset, offset message id. */
  private static String[] ack(ChildProcess producer, int n) {
    producer.awaitCount(line -> line.startsWith("ACK "), n, PATIENCE);
    return producer.events("ACK").get(n - 1).split(" ");
  }

  /** Queue, offset and body of each message of a topic. */
  private static List<String> stored(Official client, String topic) {
    try (ChildProcess reader =
        Program.start(client, namesrv.namesrvAddr(), "probe.ReadAll", topic)) {
      reader.awaitLine("DONE"::equals, PATIENCE);
      assertThat(reader.events("NOT-FOUND")).isEmpty();
      return reader.events("MSG").stream()
          .map(line -> line.split(" "))
          .map(words -> words[1] + " " + words[2] + " " + words[3])
          .toList();
    }
  }

  @ParameterizedTest(name = "client {0}")
  @EnumSource(names = {"V4_9_8", "V5_5_0"})
  void theSameObjectSentTwiceOnPurposeIsStoredTwice(Official client) {
    String topic = "Twice" + client.versionName();
    try (ChildProcess producer = producer(client)) {
      producer.say("send " + topic + " x");
      String[] first = ack(producer, 1);
      producer.say("again");
      String[] second = ack(producer, 2);
      assertThat(first[0]).isEqualTo("SEND_OK");
      assertThat(second[0]).isEqualTo("SEND_OK");
      assertThat(stored(client, topic))
          .containsExactlyInAnyOrder(
              first[1] + " " + first[2] + " x", second[1] + " " + second[2] + " x");
      assertThat(first[3]).isNotEqualTo(second[3]);
    }
  }

  @ParameterizedTest(name = "client {0}")
  @EnumSource(names = {"V4_9_8", "V5_5_0"})
  void aSendWhoseAnswerIsLostWithItsConnectionIsStoredOnce(Official client) {
    String topic = "Cut" + client.versionName();
    try (ChildProcess producer = producer(client)) {
      proxy.swallowNext();
      producer.say("send " + topic + " x");
      SwallowingProxy.Swallowed answer = proxy.awaitSwallowed();
      answer.cut();
      isStoredOnceAndAcknowledgedAs(answer, producer, client, topic);
    }
  }

  @ParameterizedTest(name = "client {0}")
  @EnumSource(names = {"V4_9_8", "V5_5_0"})
  void aSendWhoseAnswerIsLostWithTheBrokersProcessIsStoredOnce(Official client) {
    String topic = "Killed" + client.versionName();
    try (ChildProcess producer = producer(client)) {
      proxy.swallowNext();
      producer.say("send " + topic + " x");
      SwallowingProxy.Swallowed answer = proxy.awaitSwallowed();
      broker.kill();
      answer.cut();
      broker.start();
      isStoredOnceAndAcknowledgedAs(answer, producer, client, topic);
    }
  }

  private static void isStoredOnceAndAcknowledgedAs(
      SwallowingProxy.Swallowed answer, ChildProcess producer, Official client, String topic) {
    String[] ack = ack(producer, 1);
    assertThat(ack[0]).isEqualTo("SEND_OK");
    assertThat(ack[3]).as("the id that the first answer gave").isEqualTo(answer.msgId());
    assertThat(stored(client, topic)).containsExactly(ack[1] + " " + ack[2] + " x");
  }
}
