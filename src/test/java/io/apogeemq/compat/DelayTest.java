package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Delayed messages of published clients: delay levels (4.9.8), times of their own and recall (5.5.0),
 * and a broker that is killed while they wait.
 */
@ExtendWith(OutputOnFailure.class)
class DelayTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The original looks for what is due every 100 ms, and at timers every second. */
  private static final long LATE_MS = Vendor.underTest() == Vendor.APOGEE ? 1000 : 3000;

  private static final boolean HAS_TIMERS = Vendor.underTest() != Vendor.APACHE49;

  private static Cluster cluster;

  @BeforeAll
  static void start() {
    Map<String, String> settings = new HashMap<>();
    settings.put("messageDelayLevel", "1s 3s");
    if (HAS_TIMERS) {
      settings.put("timerWheelEnable", "true");
      settings.put("recallMessageEnable", "true");
    }
    cluster = Cluster.start(Shape.TWO_PROCESSES, settings);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  /** A client that sends what it is told, and what it said until now. */
  private static final class Sender implements AutoCloseable {
    private final ChildProcess process;

    Sender(Official client, String topic) {
      process = Program.start(client, cluster.namesrvAddr(), "probe.Delay", topic);
      process.awaitLine("STARTED"::equals, PATIENCE);
    }

    /** Gives a command and waits for its end; the answer that begins with a word. */
    String ask(String command, String word) {
      int from = process.lines().size();
      process.say(command);
      process.awaitLine("DONE"::equals, from, PATIENCE);
      List<String> lines = process.lines();
      return lines.subList(from, lines.size()).stream()
          .filter(line -> line.startsWith(word))
          .findFirst()
          .orElseThrow(() -> new AssertionError(command + ": " + lines));
    }

    /** Sends; between which times the broker got it. */
    long[] send(String command) {
      String[] words = ask(command, "SENT ").split(" ");
      return new long[] {Long.parseLong(words[2]), Long.parseLong(words[3])};
    }

    /** Waits for so many messages; when each was stored in its topic, by name. */
    Map<String, List<Long>> got(int count) {
      process.awaitCount(line -> line.startsWith("GOT "), count, PATIENCE);
      Map<String, List<Long>> stored = new TreeMap<>();
      for (String line : process.events("GOT")) {
        String[] words = line.split(" ");
        stored.computeIfAbsent(words[0], name -> new ArrayList<>()).add(Long.parseLong(words[1]));
      }
      return stored;
    }

    @Override
    public void close() {
      process.close();
    }
  }

  private static void cameOnceInTime(
      Map<String, List<Long>> got, String name, long[] sent, long delayMs, long lateMs) {
    assertThat(got.get(name)).as("deliveries of %s", name).hasSize(1);
    assertThat(got.get(name).get(0))
        .as("%s, sent between %d and %d", name, sent[0], sent[1])
        .isBetween(sent[0] + delayMs, sent[1] + delayMs + lateMs);
  }

  @Test
  void messagesOfALevelComeWhenTheirTimeHasPassedAlsoBesideTheLargest() {
    try (Sender sender = new Sender(Official.V4_9_8, "Levels")) {
      Map<String, long[]> sent = new TreeMap<>();
      sent.put("large", sender.send("level large 1 4000000"));
      for (int i = 0; i < 20; i++) {
        sent.put("short" + i, sender.send("level short" + i + " 1"));
      }
      sent.put("long", sender.send("level long 2"));
      sent.put("beyond", sender.send("level beyond 99"));
      sender.ask("consume", "DONE");

      Map<String, List<Long>> got = sender.got(sent.size());
      sent.forEach(
          (name, times) ->
              cameOnceInTime(
                  got,
                  name,
                  times,
                  name.equals("long") || name.equals("beyond") ? 3000 : 1000,
                  LATE_MS));
    }
  }

  @Test
  @DisabledIfSystemProperty(named = "compat.target", matches = "apache49")
  void messagesWithTimesOfTheirOwnComeThenUnlessTheyAreRecalled() {
    try (Sender sender = new Sender(Official.V5_5_0, "Timers")) {
      long[] at = sender.send("at at 2300");
      long[] seconds = sender.send("seconds seconds 2");
      long[] millis = sender.send("millis millis 2600");
      sender.send("seconds recalled 4");
      long[] last = sender.send("seconds last 5");
      assertThat(sender.ask("recall recalled", "RECALLED ")).matches("RECALLED [0-9A-F]{32,56}");
      sender.ask("consume", "DONE");

      Map<String, List<Long>> got = sender.got(4);
      cameOnceInTime(got, "at", at, 2300, LATE_MS);
      cameOnceInTime(got, "seconds", seconds, 2000, LATE_MS);
      cameOnceInTime(got, "millis", millis, 2600, LATE_MS);
      cameOnceInTime(got, "last", last, 5000, LATE_MS);
      assertThat(got).doesNotContainKey("recalled");
      assertThat(sender.ask("recall at", "FAILED")).contains("recall failed");
    }
  }

  @Test
  @DisabledIfSystemProperty(
      named = "compat.target",
      matches = "apache.*",
      disabledReason = "the original delivers some twice after a crash")
  void whatWaitsWhenTheBrokerIsKilledComesOnceAndNotEarly() {
    try (Sender sender = new Sender(Official.V5_5_0, "Killed")) {
      Map<String, long[]> sent = new TreeMap<>();
      Map<String, Long> delays = new HashMap<>();
      for (int i = 0; i < 60; i++) {
        // Some are delivered before the broker dies, some while it is down, some afterwards.
        String name = (i % 3 == 0 ? "second" : i % 3 == 1 ? "three" : "timer") + i;
        delays.put(name, i % 3 == 0 ? 1000L : i % 3 == 1 ? 3000 : 700 + 60L * i);
        String command =
            switch (i % 3) {
              case 0 -> "level " + name + " 1";
              case 1 -> "level " + name + " 2";
              default -> "at " + name + " " + delays.get(name);
            };
        sent.put(name, sender.send(command));
      }
      sender.ask("consume", "DONE");
      LockSupport.parkNanos(Duration.ofMillis(1200).toNanos());
      cluster.broker().kill();
      cluster.broker().start();

      sender.got(sent.size());
      // What would come twice comes before one that is sent now.
      sent.put("end", sender.send("level end 2"));
      delays.put("end", 3000L);
      Map<String, List<Long>> got = sender.got(sent.size());
      sent.forEach(
          (name, times) -> cameOnceInTime(got, name, times, delays.get(name), PATIENCE.toMillis()));
    }
  }
}
