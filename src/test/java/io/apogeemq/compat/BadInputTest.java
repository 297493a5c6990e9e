package io.apogeemq.compat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.apogeemq.compat.RawClient.Answer;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Hostile and broken bytes over plain sockets. Whatever comes, another connection goes on working and
 * nothing is stored: both are looked at after every test.
 */
@DisabledIfSystemProperty(
    named = "compat.target",
    matches = "apache.*",
    disabledReason = "several of these are weaknesses of the original")
@ExtendWith(OutputOnFailure.class)
class BadInputTest {
  private static final int SEND_V2 = 310;
  private static final int SEND = 10;
  private static final int PULL = 11;
  private static final int QUERY_OFFSET = 14;
  private static final int UPDATE_OFFSET = 15;
  private static final int UPDATE_TOPIC = 17;
  private static final int MAX_OFFSET = 30;
  private static final int HEARTBEAT = 34;
  private static final int PUT_KV = 100;
  private static final int ROUTE = 105;

  private static final int NOT_SUPPORTED = 3;
  private static final int MESSAGE_ILLEGAL = 13;
  private static final int NO_PERMISSION = 16;

  /** Codes of a refused argument: the original's 4.9 answers 1, its 5.x 29. */
  private static final Set<Integer> REFUSED = Set.of(1, 29);

  private static final String TOPIC = "BadInput";

  /** All names that a broker's folder has by itself; none of them can come from a request. */
  private static final Pattern OWN_FILES =
      Pattern.compile(
          "|broker\\.conf|store(/(abort|lock|checkpoint|commitlog(/\\d{20})?"
              + "|apogee-index(/(queues|\\d{20}\\.idx))?|config(/[A-Za-z.]+)?))?");

  private static Cluster cluster;

  private RawClient bystander;

  @BeforeAll
  static void aBrokerWithOneTopic() throws IOException {
    cluster = Cluster.start(Shape.TWO_PROCESSES, Map.of());
    try (RawClient client = toBroker()) {
      assertThat(client.ask(send(TOPIC, "first")).code()).isZero();
    }
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @BeforeEach
  void connectTheBystander() throws IOException {
    bystander = toBroker();
  }

  @AfterEach
  void theBystanderIsServedAndNothingWasStored() throws IOException {
    try {
      assertThat(stored(bystander)).as("messages in %s", TOPIC).isEqualTo(1);
      try (RawClient namesrv = toNamesrv()) {
        assertThat(namesrv.ask(RawFrame.json(ROUTE).with("topic", TOPIC)).code()).isZero();
      }
      assertThat(files()).as("files of the broker").allMatch(OWN_FILES.asMatchPredicate());
      assertThat(cluster.broker().folder().resolveSibling("outside")).doesNotExist();
      assertThat(cluster.broker().process().lines())
          .noneMatch(line -> line.contains("OutOfMemoryError"));
    } finally {
      bystander.close();
    }
  }

  private static RawClient toBroker() throws IOException {
    return RawClient.connect(cluster.broker().brokerPort());
  }

  private static RawClient toNamesrv() throws IOException {
    return RawClient.connect(cluster.namesrv().namesrvPort());
  }

  /** A port by what listens there. */
  enum Door {
    NAMESRV,
    BROKER,
    FAST_PORT;

    RawClient open() throws IOException {
      return switch (this) {
        case NAMESRV -> toNamesrv();
        case BROKER -> toBroker();
        case FAST_PORT -> RawClient.connect(cluster.broker().brokerPort() - 2);
      };
    }
  }

  private static RawFrame send(String topic, String body) {
    return RawFrame.json(SEND_V2)
        .with("a", "GP")
        .with("b", topic)
        .with("c", "TBW102")
        .with("d", 4)
        .with("e", 0)
        .with("f", 0)
        .with("g", 1_700_000_000_000L)
        .with("h", 0)
        .with("i", "TAGS\u0001TagA\u0002")
        .with("j", 0)
        .with("k", false)
        .with("m", false)
        .body(body);
  }

  private static long stored(RawClient client) throws IOException {
    Answer answer = client.ask(RawFrame.json(MAX_OFFSET).with("topic", TOPIC).with("queueId", 0));
    assertThat(answer.code()).isZero();
    return Long.parseLong(answer.ext("offset"));
  }

  private static List<String> files() throws IOException {
    Path folder = cluster.broker().folder();
    try (Stream<Path> all = Files.walk(folder)) {
      return all.map(folder::relativize).map(Path::toString).toList();
    }
  }

  // -- names ---------------------------------------------------------------------------------

  static final List<String> HOSTILE_NAMES =
      List.of(
          "../../../outside",
          "a/b",
          "a\\b",
          "C:evil",
          "nul\u0000byte",
          "line\nbreak",
          "дом",
          "blank in name",
          "$(touch outside)",
          "<script>",
          "x".repeat(128),
          "x".repeat(300),
          "x".repeat(40_000));

  /** CVE-2019-17572: a topic's name became a path outside of the store. */
  @ParameterizedTest
  @FieldSource("HOSTILE_NAMES")
  void aHostileTopicNameIsRefusedWhereverItCanBeSaid(String name) throws IOException {
    RawFrame sendV1 =
        RawFrame.json(SEND)
            .with("producerGroup", "GP")
            .with("topic", name)
            .with("defaultTopic", "TBW102")
            .with("defaultTopicQueueNums", 4)
            .with("queueId", 0)
            .with("sysFlag", 0)
            .with("bornTimestamp", 1_700_000_000_000L)
            .with("flag", 0)
            .with("reconsumeTimes", 0)
            .with("unitMode", false);
    RawFrame create =
        RawFrame.json(UPDATE_TOPIC)
            .with("topic", name)
            .with("defaultTopic", "TBW102")
            .with("readQueueNums", 4)
            .with("writeQueueNums", 4)
            .with("perm", 6)
            .with("topicFilterType", "SINGLE_TAG")
            .with("topicSysFlag", 0)
            .with("order", false);
    try (RawClient client = toBroker()) {
      for (RawFrame frame : List.of(send(name, "x"), sendV1.body("x"), create)) {
        Answer answer = client.ask(frame);
        assertThat(answer.code()).as("answer to %d", frame.code()).isIn(REFUSED);
        assertThat(answer.remark()).containsAnyOf("illegal characters", "longer than", "blank");
      }
    }
    assertUnknown(name);
  }

  private static void assertUnknown(String topic) throws IOException {
    try (RawClient client = toNamesrv()) {
      assertThat(client.ask(RawFrame.json(ROUTE).with("topic", topic)).code()).isEqualTo(17);
    }
  }

  @ParameterizedTest
  @FieldSource("HOSTILE_NAMES")
  void aHostileGroupNameIsRefused(String name) throws IOException {
    String quoted = new ObjectMapper().writeValueAsString(name);
    String heartbeat =
        ("{'clientID':'c','producerDataSet':[],'consumerDataSet':[{'groupName':"
                + "@,'consumeType':'CONSUME_PASSIVELY','messageModel':'CLUSTERING',"
                + "'consumeFromWhere':'CONSUME_FROM_LAST_OFFSET','unitMode':false,"
                + "'subscriptionDataSet':[{'topic':'"
                + TOPIC
                + "','subString':'*','tagsSet':[],'codeSet':[],'subVersion':1}]}]}")
            .replace('\'', '"')
            .replace("@", quoted);
    RawFrame commit =
        RawFrame.json(UPDATE_OFFSET)
            .with("consumerGroup", name)
            .with("topic", TOPIC)
            .with("queueId", 0)
            .with("commitOffset", 1);
    try (RawClient client = toBroker()) {
      for (RawFrame frame : List.of(RawFrame.json(HEARTBEAT).body(heartbeat), commit)) {
        Answer answer = client.ask(frame);
        assertThat(answer.code()).as("answer to %d", frame.code()).isNotZero();
        assertThat(answer.remark()).isNotBlank();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " "})
  void aBlankTopicIsRefused(String name) throws IOException {
    try (RawClient client = toBroker()) {
      Answer answer = client.ask(send(name, "x"));
      assertThat(answer.code()).isIn(REFUSED);
      assertThat(answer.remark()).contains("blank");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SCHEDULE_TOPIC_XXXX", "RMQ_SYS_TRANS_HALF_TOPIC", "SELF_TEST_TOPIC"})
  void aTopicOfTheBrokerIsForbidden(String name) throws IOException {
    try (RawClient client = toBroker()) {
      Answer answer = client.ask(send(name, "x"));
      assertThat(answer.code()).isEqualTo(NO_PERMISSION);
      assertThat(answer.remark()).contains(name, "forbidden");
    }
  }

  // -- messages ------------------------------------------------------------------------------

  @Test
  void aBodyOverTheLimitIsRefusedWithBothFigures() throws IOException {
    try (RawClient client = toBroker()) {
      int tooMuch = 4 * 1024 * 1024 + 1;
      Answer answer = client.ask(send(TOPIC, "").body(new byte[tooMuch]));
      assertThat(answer.code()).isEqualTo(MESSAGE_ILLEGAL);
      assertThat(answer.remark()).contains("" + tooMuch, "" + (tooMuch - 1));
      assertThat(stored(client)).isEqualTo(1); // and the connection lives
    }
  }

  @Test
  void propertiesOverTheLimitAreRefused() throws IOException {
    try (RawClient client = toBroker()) {
      Answer answer = client.ask(send(TOPIC, "x").with("i", "k\u0001" + "v".repeat(33_000)));
      assertThat(answer.code()).isEqualTo(MESSAGE_ILLEGAL);
      assertThat(answer.remark()).contains("properties");
      assertThat(stored(client)).isEqualTo(1);
    }
  }

  @Test
  void aQueueThatDoesNotExistIsRefused() throws IOException {
    try (RawClient client = toBroker()) {
      Answer answer = client.ask(send(TOPIC, "x").with("e", 77));
      assertThat(answer.code()).isIn(REFUSED);
      assertThat(answer.remark()).contains("77");
    }
  }

  /** Storing them as ordinary messages would make them visible too early, or at all. */
  @Test
  void aTimeCenturiesAwayIsRefusedAndNotStored() throws IOException {
    try (RawClient client = toBroker()) {
      Answer answer =
          client.ask(send(TOPIC, "x").with("i", "TIMER_DELIVER_MS\u00019999999999999\u0002"));
      assertThat(answer.code()).isNotZero();
      assertThat(answer.remark()).isNotBlank();
      assertThat(stored(client)).isEqualTo(1);
    }
  }

  @Test
  void aHalfMessageByItsFlagIsRefused() throws IOException {
    try (RawClient client = toBroker()) {
      Answer answer = client.ask(send(TOPIC, "x").with("f", 4));
      assertThat(answer.code()).isNotZero();
      assertThat(answer.remark()).contains("transaction");
    }
  }

  // -- requests ------------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource(Door.class)
  void anUnknownCodeIsAnsweredNotSupportedInTheHeadersForm(Door door) throws IOException {
    try (RawClient client = door.open()) {
      Answer answer = client.ask(RawFrame.json(9999));
      assertThat(answer.code()).isEqualTo(NOT_SUPPORTED);
      assertThat(answer.remark()).contains("9999");
      assertThat(answer.form()).isZero();

      RawFrame binary = RawFrame.json(9999);
      Answer answered = client.send(binary.binaryBytes()).answerTo(binary);
      assertThat(answered.code()).isEqualTo(NOT_SUPPORTED);
      assertThat(answered.form()).isEqualTo(1);
    }
  }

  static Stream<RawFrame> framesWithoutWhatTheyNeed() {
    return Stream.of(
        RawFrame.json(SEND_V2).body("x"),
        RawFrame.json(SEND).body("x"),
        RawFrame.json(PULL),
        RawFrame.json(QUERY_OFFSET),
        RawFrame.json(MAX_OFFSET).with("topic", TOPIC).with("queueId", "many"),
        RawFrame.json(MAX_OFFSET).with("topic", TOPIC).with("queueId", "1e3"),
        RawFrame.json(MAX_OFFSET).with("topic", TOPIC).with("queueId", "99999999999999999999"),
        RawFrame.json(HEARTBEAT),
        RawFrame.json(HEARTBEAT).body("not JSON"),
        RawFrame.json(HEARTBEAT).body("[".repeat(100_000)),
        RawFrame.json(HEARTBEAT).body("{\"a\":".repeat(100_000)),
        RawFrame.json(HEARTBEAT).body("{\"clientID\":\"c\",\"producerDataSet\":7}"));
  }

  @ParameterizedTest
  @MethodSource("framesWithoutWhatTheyNeed")
  void aRequestWithMissingOrWrongPartsIsAnsweredAndTheConnectionLives(RawFrame frame)
      throws IOException {
    try (RawClient client = toBroker()) {
      Answer answer = client.ask(frame);
      assertThat(answer.code()).isNotZero();
      assertThat(answer.remark()).isNotBlank();
      assertThat(stored(client)).isEqualTo(1);
    }
  }

  @Test
  void aBadBodyAtTheNameServerIsAnsweredAndTheConnectionLives() throws IOException {
    try (RawClient client = toNamesrv()) {
      for (RawFrame frame :
          List.of(
              RawFrame.json(103).body("{".repeat(50_000)),
              RawFrame.json(PUT_KV),
              RawFrame.json(ROUTE))) {
        Answer answer = client.ask(frame);
        assertThat(answer.code()).as("answer to %d", frame.code()).isNotZero();
        assertThat(answer.remark()).isNotBlank();
      }
      assertThat(client.ask(RawFrame.json(ROUTE).with("topic", TOPIC)).code()).isZero();
    }
  }

  // -- frames --------------------------------------------------------------------------------

  /** Bytes that are no frame; each is told apart by its name. */
  record Broken(String name, byte[] bytes) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Broken> brokenFrames() throws IOException {
    byte[] good = RawFrame.json(ROUTE).with("topic", TOPIC).bytes();
    List<Broken> broken = new ArrayList<>();
    for (int length : new int[] {-1, 0, 1, 3, 16 * 1024 * 1024 + 1, Integer.MAX_VALUE}) {
      broken.add(new Broken("frame length " + length, withInt(good, 0, length)));
    }
    for (int length : new int[] {0, good.length, 0xFFFFFF}) {
      broken.add(new Broken("JSON header length " + length, withInt(good, 4, length)));
    }
    for (int form : new int[] {2, 7, 127, 255}) {
      broken.add(
          new Broken("header form " + form, withInt(good, 4, form << 24 | header(good).length)));
    }
    broken.add(json("no JSON", "so what"));
    broken.add(json("an array", "[1,2,3]"));
    broken.add(json("nested deep", "{\"a\":".repeat(5_000) + "1" + "}".repeat(5_000)));
    broken.add(json("arrays nested deep", "{\"a\":" + "[".repeat(20_000)));
    broken.add(json("a huge number", "{\"code\":105,\"opaque\":1e99999}"));
    broken.add(json("digits without end", "{\"code\":105,\"opaque\":" + "9".repeat(50_000) + "}"));
    StringBuilder fields = new StringBuilder("{\"code\":105,\"opaque\":1,\"extFields\":{");
    for (int i = 0; i < 1001; i++) {
      fields.append(i == 0 ? "" : ",").append("\"f").append(i).append("\":\"v\"");
    }
    broken.add(json("1001 fields", fields + "}}"));
    broken.add(json("a header over 64 KiB", "{\"remark\":\"" + "x".repeat(70_000) + "\"}"));
    for (int length : new int[] {-1, 1, 0xFFFF, 16 * 1024 * 1024, Integer.MAX_VALUE}) {
      broken.add(new Broken("remark length " + length, binary(length, 0)));
      broken.add(new Broken("fields length " + length, binary(0, length)));
    }
    return broken.stream();
  }

  /** rocketmq#3474 and #10832: lengths and forms that lie, and headers that explode. */
  @ParameterizedTest
  @MethodSource("brokenFrames")
  void aBrokenFrameEndsItsConnectionWithALineInTheLog(Broken broken) throws IOException {
    for (Door door : Door.values()) {
      Server server = door == Door.NAMESRV ? cluster.namesrv() : cluster.broker();
      int said = server.process().lines().size();
      try (RawClient client = door.open()) {
        client.send(broken.bytes());
        assertThat(client.isClosedByServer()).as("%s closes", door).isTrue();
      }
      server
          .process()
          .awaitLine(line -> line.contains("closing the connection"), said, Duration.ofSeconds(5));
    }
  }

  /** A frame that ends before its own end is no fault: the rest may be on its way. */
  @Test
  void aFrameCutAnywhereIsWaitedForAndCompleted() throws IOException {
    RawFrame frame = RawFrame.json(ROUTE).with("topic", TOPIC);
    byte[] bytes = frame.bytes();
    for (int cut = 1; cut < bytes.length; cut += 7) {
      try (RawClient client = toNamesrv()) {
        client.send(Arrays.copyOf(bytes, cut));
        client.send(Arrays.copyOfRange(bytes, cut, bytes.length));
        assertThat(client.answerTo(frame).code()).isZero();
      }
    }
  }

  @Test
  void aThousandBigPromisesCostNoMemory() throws IOException {
    ChildProcess broker = cluster.broker().process();
    List<RawClient> promising = new ArrayList<>();
    try {
      for (int i = 0; i < 50; i++) { // what a connection itself costs is paid before
        RawClient client = toBroker();
        promising.add(client);
        stored(client);
      }
      long before = broker.statusBytes("VmRSS");
      byte[] promise = ByteBuffer.allocate(5).putInt(16 * 1024 * 1024).put((byte) 0).array();
      for (int i = 0; i < 1000; i++) {
        promising.add(toBroker().send(promise));
      }
      assertThat(stored(bystander)).isEqualTo(1); // the bytes of the others have been read
      long risen = broker.statusBytes("VmRSS") - before;
      System.out.println("1000 announced frames: resident memory rose " + risen / 1024 + " KiB");
      assertThat(risen).isLessThan(64L * 1024 * 1024);
    } finally {
      for (RawClient client : promising) {
        client.close();
      }
    }
  }

  private static Broken json(String name, String header) {
    return new Broken(name, RawFrame.frame(0, header.getBytes(UTF_8), new byte[0]));
  }

  private static byte[] withInt(byte[] frame, int at, int value) {
    return ByteBuffer.wrap(frame.clone()).putInt(at, value).array();
  }

  private static byte[] header(byte[] frame) {
    return Arrays.copyOfRange(frame, 8, frame.length);
  }

  /** A binary header whose two inner lengths are as given, whatever follows them. */
  private static byte[] binary(int remarkLength, int fieldsLength) throws IOException {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(header)) {
      out.writeShort(ROUTE);
      out.writeByte(0);
      out.writeShort(403);
      out.writeInt(1);
      out.writeInt(0);
      out.writeInt(remarkLength);
      out.writeInt(fieldsLength);
    }
    return RawFrame.frame(1, header.toByteArray(), new byte[0]);
  }
}
