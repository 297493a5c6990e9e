package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.ConsumerOptions;
import io.apogeemq.client.Message;
import io.apogeemq.client.PopConsumer;
import io.apogeemq.client.Producer;
import io.apogeemq.client.PushConsumer;
import io.apogeemq.client.ReceiveOptions;
import io.apogeemq.protocol.body.ConsumeFromWhere;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Our mqadmin beside the official one of 4.9: the same cluster, the same lines. */
@ExtendWith(OutputOnFailure.class)
class OurMqAdminTest {
  private static final String TOPIC = "OurAdminTopic";
  private static final String GROUP = "GOurAdmin";

  private static Cluster cluster;
  private static MqAdmin official;
  private static Vertx vertx;
  private static ApogeeClient client;

  @BeforeAll
  static void aTopicWithAGroupThatHasReadAll() throws Exception {
    cluster = Cluster.shared(Shape.TWO_PROCESSES);
    official = new MqAdmin(Official.V4_9_5, cluster.namesrvAddr());
    vertx = Vertx.vertx();
    client = ApogeeClient.create(vertx, ClientOptions.of(cluster.namesrvAddr()));
    Producer producer = client.producer("GP-OurAdmin");
    for (int i = 0; i < 20; i++) {
      await(producer.send(Message.of(TOPIC, "TagA", ("m" + i).getBytes(StandardCharsets.UTF_8))));
    }
    AtomicInteger got = new AtomicInteger();
    PushConsumer consumer =
        client.pushConsumer(
            ConsumerOptions.of(GROUP)
                .subscribe(TOPIC, "*")
                .setStartFrom(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET),
            delivery -> {
              got.incrementAndGet();
              return Future.succeededFuture();
            });
    await(consumer.start());
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> got.get() == 20);
    Awaitility.await("all offsets committed")
        .atMost(Duration.ofSeconds(30))
        .until(() -> await(client.groupAdmin().progress(GROUP)).lag() == 0);
  }

  @AfterAll
  static void stop() throws Exception {
    await(client.close());
    await(vertx.close());
    official.close();
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static List<String> ours(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String[] all = Arrays.copyOf(args, args.length + 2);
    all[args.length] = "-n";
    all[args.length + 1] = cluster.namesrvAddr();
    int status =
        io.apogeemq.cli.MqAdmin.run(
            all,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    assertThat(status).isZero();
    return out.toString(StandardCharsets.UTF_8).lines().filter(line -> !line.isBlank()).toList();
  }

  private static void assertSame(String command, String... arguments) {
    String[] args = new String[arguments.length + 1];
    args[0] = command;
    System.arraycopy(arguments, 0, args, 1, arguments.length);
    assertThat(ours(args)).isEqualTo(official.run(command, arguments).lines());
  }

  @Test
  void topicListHasTheSameLines() {
    assertSame("topicList");
    assertSame("topicList", "-c");
  }

  @Test
  void topicStatusHasTheSameLines() {
    assertSame("topicStatus", "-t", TOPIC);
  }

  @Test
  void topicRouteHasTheSameLines() {
    assertSame("topicRoute", "-t", TOPIC);
    assertSame("topicRoute", "-t", TOPIC, "-l");
  }

  @Test
  void consumerProgressHasTheSameLines() {
    assertSame("consumerProgress", "-g", GROUP);
    assertThat(ours("consumerProgress"))
        .anyMatch(line -> line.startsWith(GROUP) && line.contains("V4_9_5") && line.endsWith("0"));
  }

  /** It has no topic %RETRY%GROUP, and was unknown by name. */
  @Test
  void aGroupThatPopsIsToldByItsOwnName() throws Exception {
    assumeTrue(Vendor.underTest() != Vendor.APACHE49, "it knows no pop");
    PopConsumer pops = client.popConsumer("GPops");
    Awaitility.await()
        .until(
            () ->
                !await(pops.receive(TOPIC, new ReceiveOptions().setInvisibleMs(60_000))).isEmpty());
    Awaitility.await()
        .untilAsserted(
            () -> assertThat(ours("consumerProgress", "-g", "GPops").get(1)).startsWith(TOPIC));
    assertThat(ours("consumerProgress")).anyMatch(line -> line.startsWith("GPops "));
  }

  @Test
  void clusterListHasTheSameColumnsAndBroker() {
    assumeTrue(
        Vendor.underTest() != Vendor.APACHE55, "it misses a figure that 4.9's tool asks for");
    List<String> theirs = official.run("clusterList").lines();
    List<String> ours = ours("clusterList");
    assertThat(ours.get(0)).isEqualTo(theirs.get(0));
    // Behind the version come rates, which change between the two runs.
    assertThat(ours.get(1).substring(0, 86)).isEqualTo(theirs.get(1).substring(0, 86));
    assertThat(ours.get(1)).hasSameSizeAs(theirs.get(1));
    assertThat(ours("clusterList", "-m").get(0))
        .isEqualTo(official.run("clusterList", "-m").lines().get(0));
  }

  @Test
  void anUnknownTopicIsOneLineAndStatusOne() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        io.apogeemq.cli.MqAdmin.run(
            new String[] {"topicStatus", "-t", "NoSuchTopic", "-n", cluster.namesrvAddr()},
            new PrintStream(new ByteArrayOutputStream()),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    assertThat(status).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .startsWith(
            "topicStatus: CODE: 17  DESC: No topic route info in name server for the topic:"
                + " NoSuchTopic")
        .hasLineCount(1);
  }

  @Test
  void updateTopicSaysTheSame() {
    assertSame(
        "updateTopic",
        "-c",
        "DefaultCluster",
        "-t",
        "OurAdminMade",
        "-r",
        "3",
        "-w",
        "5",
        "-p",
        "4");
    assertSame("updateTopic", "-b", cluster.broker().brokerAddr(), "-t", "OurAdminMade");
  }
}
