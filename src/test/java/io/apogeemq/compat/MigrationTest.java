package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A store folder moves from an Apache broker to ours and back. How much is in it: {@code
 * -Dcompat.migration.mb}; what each step took is printed.
 */
@DisabledIfSystemProperty(
    named = "compat.target",
    matches = "apache.*",
    disabledReason = "each of its tests runs both servers, whatever the target")
@ExtendWith(OutputOnFailure.class)
class MigrationTest {
  private static final int MEGABYTES = Integer.getInteger("compat.migration.mb", 5);
  private static final int TOPICS = 4;
  private static final int BODY_BYTES = 4000;
  private static final int DELAY_SECONDS = 25;

  /** 5.x stores each batch of this topic as one record that takes several places in its queue. */
  private static final String BATCHED = "Batched";

  /** A topic whose records 5.x stores in their second form, which has two bytes for its length. */
  private static final String LONG = "%RETRY%" + "long".repeat(35);

  private static final Duration PATIENCE = Duration.ofSeconds(60 + MEGABYTES);

  @TempDir private Path root;

  @ParameterizedTest(name = "from {0}")
  @EnumSource(
      value = Vendor.class,
      names = {"APACHE49", "APACHE55"})
  void aFolderIsServedByUsAndThenByApacheAgain(Vendor apache) throws IOException {
    if (apache == Vendor.APACHE55) {
      putLongGroup();
    }
    List<String> written = new ArrayList<>();
    run(apache, ledger -> written.addAll(write(ledger, apache)), "written by " + apache);

    Map<String, Set<String>> members = membersOfTables();
    List<String> ours = new ArrayList<>();
    run(
        Vendor.APOGEE,
        ledger -> {
          assertThat(digests(ledger)).containsExactlyElementsOf(written);
          assertThat(ask(ledger, "key T1 k7", "FOUND")).containsExactly("T1 k7 1");
          assertThat(ask(ledger, "key T1 none", "FOUND")).containsExactly("T1 none 0");
          consume(ledger, 100);
          ask(ledger, "fill T0 500 " + BODY_BYTES, "QUEUE");
          ours.addAll(digests(ledger));
        },
        "served by us");
    assertThat(ours).isNotEqualTo(written);
    Map<String, Set<String>> membersNow = membersOfTables();
    members.forEach(
        (table, names) -> assertThat(membersNow.get(table)).as(table).containsAll(names));

    run(
        apache,
        ledger -> assertThat(digests(ledger)).containsExactlyElementsOf(ours),
        "served by " + apache + " again");
  }

  /** Messages, a group in the middle of a topic, and work that is done: delays, transactions, timers. */
  private List<String> write(Running ledger, Vendor apache) {
    int count = (int) (MEGABYTES * 1024L * 1024 / TOPICS / BODY_BYTES);
    ask(ledger, "delay Delayed 1", "QUEUE");
    ask(ledger, "transact Done COMMIT_MESSAGE", "QUEUE");
    ask(ledger, "transact Done ROLLBACK_MESSAGE", "QUEUE");
    if (apache == Vendor.APACHE55) {
      ask(ledger, "timer Delayed 1", "QUEUE");
      ask(ledger, "batches " + BATCHED + " 7 " + ledger.broker(), "QUEUE");
      ask(ledger, "long " + LONG + " 20 " + ledger.broker(), "QUEUE");
    }
    ask(ledger, "fill Grouped 200 20", "QUEUE");
    consume(ledger, 201);
    ask(ledger, "fill Grouped 99 20", "QUEUE");
    for (int topic = 0; topic < TOPICS; topic++) {
      ask(ledger, "fill T" + topic + " " + count + " " + BODY_BYTES, "QUEUE");
    }
    int delivered = apache == Vendor.APACHE55 ? 2 : 1;
    Awaitility.await("delayed messages are delivered")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(() -> messages(ask(ledger, "digest Delayed", "QUEUE")) == delivered);
    awaitSaved(apache);
    return digests(ledger);
  }

  /** No tool creates a group with such a name any more; folders may have one. */
  private void putLongGroup() throws IOException {
    String group = LONG.substring("%RETRY%".length());
    Path config = Files.createDirectories(root.resolve("store/config"));
    Files.writeString(
        config.resolve("subscriptionGroup.json"),
        "{\"dataVersion\":{\"counter\":1,\"timestamp\":1},\"subscriptionGroupTable\":{\"%s\":{\"groupName\":\"%s\"}}}"
            .formatted(group, group));
  }

  /** The names of all members in the tables of topics, groups and offsets. */
  private Map<String, Set<String>> membersOfTables() {
    Map<String, Set<String>> members = new TreeMap<>();
    for (String table : List.of("topics.json", "subscriptionGroup.json", "consumerOffset.json")) {
      try {
        String text = Files.readString(root.resolve("store/config").resolve(table));
        Set<String> names = new TreeSet<>();
        Matcher name = Pattern.compile("\"([^\"]+)\"\\s*:").matcher(text);
        while (name.find()) {
          names.add(name.group(1));
        }
        members.put(table, names);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return members;
  }

  /** Waits until the old broker has written down that the delayed messages are delivered. */
  private void awaitSaved(Vendor apache) {
    if (apache == Vendor.APACHE55) {
      Path timers = root.resolve("store/config/timercheck");
      long now = System.currentTimeMillis();
      Awaitility.await("the timer has passed now")
          .atMost(PATIENCE)
          .until(() -> ByteBuffer.wrap(Files.readAllBytes(timers)).getLong(0) > now + 1000);
    }
  }

  private static long messages(List<String> digests) {
    return digests.stream().mapToLong(digest -> Long.parseLong(digest.split(" ")[5])).sum();
  }

  private static List<String> digests(Running ledger) {
    List<String> all = new ArrayList<>();
    List<String> topics = new ArrayList<>(List.of("Delayed", "Done", "Grouped"));
    if (ledger.client() == Official.V5_5_0) {
      topics.addAll(List.of(BATCHED, LONG));
    }
    for (int topic = 0; topic < TOPICS; topic++) {
      topics.add("T" + topic);
    }
    for (String topic : topics) {
      all.addAll(ask(ledger, "digest " + topic, "QUEUE"));
    }
    return all.stream().sorted().toList();
  }

  /** The group takes exactly so many messages, no more, and commits that. */
  private static void consume(Running running, int count) {
    try (ChildProcess consumer =
        Program.start(running.client(), running.namesrv(), "probe.Consume", "GMoved", "Grouped")) {
      consumer.awaitCount(line -> line.startsWith("GOT "), count, PATIENCE);
      Awaitility.await("the group has committed what it took")
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(200))
          .until(
              () -> ask(running, "lag Grouped GMoved", "LAG").equals(List.of("Grouped GMoved 0")));
      consumer.say("stop");
      consumer.awaitExit(PATIENCE);
      assertThat(consumer.events("GOT")).hasSize(count);
    }
  }

  /** Gives a command to the ledger and waits for its end; the answers that begin with a word. */
  private static List<String> ask(Running running, String command, String word) {
    int from = running.ledger().lines().size();
    running.ledger().say(command);
    String end =
        running
            .ledger()
            .awaitLine(line -> line.equals("DONE") || line.startsWith("FAILED"), from, PATIENCE);
    assertThat(end).as(command).isEqualTo("DONE");
    List<String> lines = running.ledger().lines();
    return lines.subList(from, lines.size()).stream()
        .filter(line -> line.startsWith(word + " "))
        .map(line -> line.substring(word.length() + 1))
        .toList();
  }

  private record Running(ChildProcess ledger, Official client, String namesrv, String broker) {}

  private interface Work {
    void with(Running running);
  }

  /** Starts a broker on the folder, lets a client of the folder's first version work, stops it in order. */
  private void run(Vendor vendor, Work work, String what) {
    run(vendor, Map.of(), work, what);
  }

  private void run(Vendor vendor, Map<String, String> more, Work work, String what) {
    Map<String, String> settings = new HashMap<>(settings());
    settings.putAll(more);
    client = vendor == Vendor.APOGEE ? client : vendor.official();
    long startedNs = System.nanoTime();
    try (Server names = Server.namesrv(Vendor.APOGEE);
        Server broker = Server.broker(vendor, "broker-a", names.namesrvAddr(), settings)) {
      Cluster.awaitRegistered(names, broker);
      long servesMs = Duration.ofNanos(System.nanoTime() - startedNs).toMillis();
      try (ChildProcess ledger = Program.start(client, names.namesrvAddr(), "probe.Ledger")) {
        ledger.awaitLine("STARTED"::equals, PATIENCE);
        work.with(new Running(ledger, client, names.namesrvAddr(), broker.brokerAddr()));
      }
      broker.stop();
      long allMs = Duration.ofNanos(System.nanoTime() - startedNs).toMillis();
      System.out.printf(
          "migration of %d MB, %s: serves after %d ms, done after %d ms%n",
          MEGABYTES, what, servesMs, allMs);
      broker.process().lines().stream()
          .filter(line -> line.contains("commit log: recovered") || line.contains("building the"))
          .forEach(System.out::println);
    }
  }

  private Official client = Official.V4_9_5;

  private Map<String, String> settings() {
    return Map.of(
        "messageDelayLevel", "1s " + DELAY_SECONDS + "s",
        "storePathRootDir", root.resolve("store").toString(),
        "storePathCommitLog", root.resolve("store/commitlog").toString());
  }

  /** 4.9, or with {@code -Dcompat.matrix=full} both. */
  private static List<Vendor> refused() {
    return "full".equals(System.getProperty("compat.matrix"))
        ? List.of(Vendor.APACHE49, Vendor.APACHE55)
        : List.of(Vendor.APACHE49);
  }

  @ParameterizedTest(name = "from {0}")
  @MethodSource("refused")
  void aFolderThatCannotBeTakenOverIsRefusedAndLeftAsItWas(Vendor apache) throws IOException {
    run(apache, ledger -> ask(ledger, "fill Later 1 10", "QUEUE"), "to be refused");
    // As if its tables were kept in a database.
    Path config = root.resolve("store/config");
    Files.move(config.resolve("topics.json"), config.resolve("elsewhere.json"));
    Files.createDirectories(config.resolve("topics"));
    Files.createFile(config.resolve("topics/CURRENT"));
    Map<String, Long> before = contents();

    try (Server names = Server.namesrv(Vendor.APOGEE)) {
      Throwable refused =
          catchThrowable(
              () ->
                  Server.broker(Vendor.APOGEE, "broker-a", names.namesrvAddr(), settings())
                      .close());
      assertThat(refused)
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("The broker can't start")
          .hasMessageContaining("is a RocksDB database");
    }
    assertThat(contents()).isEqualTo(before);
  }

  /** The older one, which understands fewer marks; both with {@code -Dcompat.matrix=full}. */
  static Stream<Vendor> olderApache() {
    return "full".equals(System.getProperty("compat.matrix"))
        ? Stream.of(Vendor.APACHE49, Vendor.APACHE55)
        : Stream.of(Vendor.APACHE49);
  }

  /** Open half messages go on with us, and those that are open then with the old broker again. */
  @ParameterizedTest(name = "from {0}")
  @MethodSource("olderApache")
  void openTransactionsMoveToUsAndBack(Vendor apache) {
    Map<String, String> soon =
        Map.of("transactionTimeOut", "500", "transactionCheckInterval", "500");
    run(
        apache,
        ledger -> {
          ask(ledger, "transact Moved COMMIT_MESSAGE", "QUEUE");
          ask(ledger, "transact Moved UNKNOW", "QUEUE");
        },
        "with an open transaction of " + apache);
    run(
        Vendor.APOGEE,
        soon,
        ledger -> {
          awaitDecided(ledger, 2);
          ask(ledger, "transact Moved ROLLBACK_MESSAGE", "QUEUE");
          ask(ledger, "transact Moved UNKNOW", "QUEUE");
        },
        "decided with us");
    run(apache, soon, ledger -> awaitDecided(ledger, 3), "decided with " + apache + " again");
  }

  /** The producer that said UNKNOW before is there again, and answers COMMIT when it is asked. */
  private static void awaitDecided(Running running, int messages) {
    ask(running, "decide GP-ledger-tx-UNKNOW COMMIT_MESSAGE", "QUEUE");
    Awaitility.await("the open transaction is committed")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(() -> messages(ask(running, "digest Moved", "QUEUE")) == messages);
  }

  /** By default the newest: what waits lies in the folders of both in the same form. */
  static List<Vendor> origins() {
    return "full".equals(System.getProperty("compat.matrix"))
        ? List.of(Vendor.APACHE49, Vendor.APACHE55)
        : List.of(Vendor.APACHE55);
  }

  @ParameterizedTest(name = "from {0}")
  @MethodSource("origins")
  void whatWaitsForItsTimeIsDeliveredAfterTheMoveAndAfterTheWayBack(Vendor apache) {
    long timers = apache == Vendor.APACHE55 ? 1 : 0;
    run(
        apache,
        ledger -> {
          ask(ledger, "fill Later 1 10", "QUEUE"); // two messages
          ask(ledger, "delay Later 2", "QUEUE");
          if (timers > 0) {
            ask(ledger, "timer Later " + DELAY_SECONDS, "QUEUE");
          }
        },
        "with delayed messages");
    run(
        Vendor.APOGEE,
        ledger -> {
          assertNoneDelivered(ledger, "Later", 2);
          awaitMessages(ledger, "Later", 3 + timers);
          ask(ledger, "fill Back 1 10", "QUEUE");
          ask(ledger, "delay Back 2", "QUEUE");
        },
        "delivers them, and leaves one");
    run(
        apache,
        ledger -> {
          assertNoneDelivered(ledger, "Back", 2);
          awaitMessages(ledger, "Back", 3);
        },
        "delivers what was left");
  }

  /** The broker that took the messages had ended before they were due, so who delivers them is this one. */
  private static void assertNoneDelivered(Running ledger, String topic, long before) {
    assertThat(messages(ask(ledger, "digest " + topic, "QUEUE")))
        .as("messages at the start, less than %d s after they were sent", DELAY_SECONDS)
        .isEqualTo(before);
  }

  private static void awaitMessages(Running ledger, String topic, long count) {
    Awaitility.await("delayed messages are delivered")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> messages(ask(ledger, "digest " + topic, "QUEUE")) == count);
  }

  /** A hash of every file, and every folder; the lock names who tried, and tells nothing more. */
  private Map<String, Long> contents() throws IOException {
    Map<String, Long> contents = new TreeMap<>();
    Path store = root.resolve("store");
    try (Stream<Path> files = Files.walk(store)) {
      for (Path file : files.toList()) {
        try {
          if (!file.endsWith("lock")) {
            contents.put(
                store.relativize(file).toString(), Files.isDirectory(file) ? 0L : checksum(file));
          }
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    return contents;
  }

  /** Read piece by piece: some files are larger than what the heap has in one piece. */
  private static long checksum(Path file) throws IOException {
    CRC32C sum = new CRC32C();
    byte[] piece = new byte[64 * 1024];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
        sum.update(piece, 0, read);
      }
    }
    return sum.getValue();
  }
}
