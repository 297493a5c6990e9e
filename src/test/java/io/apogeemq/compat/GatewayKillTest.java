package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.apogeemq.gateway.Api;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A gateway's process and the broker's die by SIGKILL in turn while clients publish with idempotency keys
 * and consume by long polls and by WebSocket. {@code -Dgateway.kills} says how often, {@code -Dcompat.seed}
 * repeats the moments. Of each tenth message the
 * first delivery is not acknowledged: it must come again.
 */
@ExtendWith(OutputOnFailure.class)
class GatewayKillTest {
  private static final int KILLS = Integer.getInteger("gateway.kills", 2);
  private static final int LONGEST_LIFE_MS = 1_200;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String TOPIC = "GatewayKilled";

  private static Cluster cluster;
  private static GatewayProcess gateway;

  @BeforeAll
  static void startServers() {
    assumeTrue(Vendor.underTest() == Vendor.APOGEE, "the original forgets what was popped");
    cluster = Cluster.start(Shape.TWO_PROCESSES, Map.of());
    gateway = GatewayProcess.start(cluster.namesrvAddr());
  }

  @AfterAll
  static void stopServers() {
    if (cluster != null) {
      gateway.close();
      cluster.close();
    }
  }

  /** The log's end names a copy for the first group; it is none for the second one. */
  @Test
  void whatOneGroupGotAgainBeforeTheKillComesAgainToTheOtherAfterIt() {
    Api api = gateway.api();
    api.post("/v1/topics/KilledTwice/messages", new JsonObject().put("text", "m"));
    assertThat(attempt(api, "GFirst", 1_000)).isEqualTo(1);
    assertThat(attempt(api, "GSecond", 3_000)).isEqualTo(1);
    assertThat(attempt(api, "GFirst", 60_000)).isEqualTo(2);
    cluster.broker().kill();
    cluster.broker().start();
    assertThat(attempt(api, "GSecond", 60_000)).isEqualTo(2);
  }

  /** Takes the message, waiting for it; the number of its delivery. */
  private static int attempt(Api api, String group, int invisibleMs) {
    String path =
        "/v1/topics/KilledTwice/groups/"
            + group
            + "/receive?waitMs=3000&invisibleMs="
            + invisibleMs;
    AtomicInteger attempt = new AtomicInteger();
    Awaitility.await(group)
        .atMost(PATIENCE)
        .until(
            () -> {
              Api.Reply reply = api.post(path);
              if (reply.status() == 200 && !reply.json().getJsonArray("messages").isEmpty()) {
                JsonObject message = reply.json().getJsonArray("messages").getJsonObject(0);
                attempt.set(message.getInteger("attempt"));
              }
              return attempt.get() > 0;
            });
    return attempt.get();
  }

  @Test
  void nothingIsLostAndNothingAcknowledgedComesAgain() {
    long seed = Long.getLong("compat.seed", System.nanoTime());
    System.out.println("compat.seed=" + seed);
    Random random = new Random(seed);
    List<Long> brokerKillsMs = new ArrayList<>();
    try (GatewayLoad load = new GatewayLoad(gateway.port(), TOPIC)) {
      for (int i = 0; i < KILLS; i++) {
        int before = load.published().size();
        LockSupport.parkNanos(Duration.ofMillis(random.nextInt(LONGEST_LIFE_MS)).toNanos());
        if (i % 2 == 0) {
          gateway.kill();
          gateway.start();
        } else {
          brokerKillsMs.add(System.currentTimeMillis());
          cluster.broker().kill();
          cluster.broker().start();
        }
        Awaitility.await("the publisher goes on")
            .atMost(PATIENCE)
            .until(() -> load.published().size() > before + 20);
      }
      load.stopPublishing();
      Awaitility.await("all is consumed")
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(load.missing()).as("%s", load.problems()).isEmpty());
      // Past the time after which what was not acknowledged would come again.
      LockSupport.parkNanos(Duration.ofMillis(GatewayLoad.INVISIBLE_MS + 1_000).toNanos());
      Map<String, Integer> stored = stored(gateway.api());
      long twice = stored.values().stream().filter(each -> each > 1).count();
      System.out.println(
          KILLS
              + " kills, "
              + load.published().size()
              + " messages published, "
              + load.repeated()
              + " requests sent again, "
              + twice
              + " stored twice; redelivered: "
              + load.consumers().stream().map(GatewayLoad.Consumed::redelivered).toList()
              + ", acknowledged without answer: "
              + load.consumers().stream().map(GatewayLoad.Consumed::unanswered).toList());
      assertThat(stored.keySet()).containsAll(load.published());
      assertThat(load.consumers())
          .allSatisfy(each -> assertThat(each.withoutCause(brokerKillsMs)).isEmpty());
    }
  }

  /** Key → how often it is stored. */
  private static Map<String, Integer> stored(Api api) {
    Map<String, Integer> stored = new HashMap<>();
    String position = "";
    while (true) {
      JsonObject page = api.get("/v1/topics/" + TOPIC + "/messages?max=100" + position).json();
      if (page.getJsonArray("messages").isEmpty()) {
        return stored;
      }
      page.getJsonArray("messages")
          .forEach(each -> stored.merge(((JsonObject) each).getString("text"), 1, Integer::sum));
      position = "&position=" + page.getString("position");
    }
  }
}
