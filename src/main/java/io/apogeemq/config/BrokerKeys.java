package io.apogeemq.config;

import static io.apogeemq.config.Standing.Consequence.REFUSES_TO_START;
import static io.apogeemq.config.Standing.Consequence.SAID_AT_START;
import static io.apogeemq.config.Values.bool;
import static io.apogeemq.config.Values.delayLevels;
import static io.apogeemq.config.Values.host;
import static io.apogeemq.config.Values.hostPorts;
import static io.apogeemq.config.Values.hoursOfDay;
import static io.apogeemq.config.Values.integer;
import static io.apogeemq.config.Values.longInteger;
import static io.apogeemq.config.Values.name;
import static io.apogeemq.config.Values.oneOf;
import static io.apogeemq.config.Values.path;
import static io.apogeemq.config.Values.port;
import static io.apogeemq.config.Values.singleFolder;
import static io.apogeemq.config.Values.text;

import io.apogeemq.config.KeyTable.Rows;
import io.apogeemq.config.KeyTable.SectionRows;
import java.nio.file.Path;
import java.util.List;

/**
 * The keys of a broker. Names, meaning and defaults are RocketMQ's (4.9.x, as {@code getBrokerConfig}
 * lists them) unless the row says otherwise; the last sections hold our own keys, and those that are
 * accepted without meaning.
 */
public final class BrokerKeys {
  private static final int KIB = 1024;
  private static final int MIB = 1024 * KIB;
  private static final int MINUTE_MS = 60_000;
  private static final int HOUR_MS = 60 * MINUTE_MS;
  private static final int YEAR_SECONDS = 366 * 24 * 3600;

  /** The fast port is two below the listen port, so the lowest listen port is three. */
  private static final int FAST_PORT_DISTANCE = 2;

  private static final Rows ROWS = KeyTable.rows("broker");

  // --- identity and addresses -------------------------------------------------------------------

  private static final SectionRows IDENTITY =
      ROWS.section("Identity and addresses", "Who this broker is and where it is reached.");

  public static final Key<String> BROKER_CLUSTER_NAME =
      IDENTITY.add(
          Key.of(
              "brokerClusterName",
              name(),
              "DefaultCluster",
              "Cluster that the broker belongs to."));

  public static final Key<String> BROKER_NAME =
      IDENTITY.add(
          Key.derived(
              "brokerName",
              name(),
              "the host's name",
              settings -> Machine.hostName(),
              "Name of the broker; a master and its slaves share it."));

  public static final Key<Long> BROKER_ID =
      IDENTITY.add(
          Key.of(
              "brokerId", longInteger(0, Long.MAX_VALUE), 0L, "0 for a master, more for a slave."));

  public static final Key<List<HostPort>> NAMESRV_ADDR =
      IDENTITY.add(
          Key.of(
              "namesrvAddr",
              hostPorts(),
              List.of(new HostPort("127.0.0.1", 9876)),
              "Name servers to register with; -n and the variable NAMESRV_ADDR set it too."));

  public static final Key<String> BIND_ADDRESS =
      IDENTITY.add(
          Key.of("bindAddress", host(), "0.0.0.0", "Local address that the ports are opened on."));

  public static final Key<Integer> LISTEN_PORT =
      IDENTITY.add(
          Key.of(
              "listenPort",
              integer(1 + FAST_PORT_DISTANCE, 65535),
              10911,
              "Port of the broker; the fast port is two below it."));

  public static final Key<String> BROKER_IP1 =
      IDENTITY.add(
          Key.derived(
              "brokerIP1",
              host(),
              "the first address of a real network interface",
              settings -> Machine.address(),
              "Address under which clients reach this broker; it is what routes say."));

  public static final Key<String> BROKER_IP2 =
      IDENTITY.add(
          Key.derived(
              "brokerIP2",
              host(),
              "`brokerIP1`",
              settings -> settings.get(BROKER_IP1),
              "Address under which slaves reach this broker."));

  public static final Key<Path> ROCKETMQ_HOME =
      IDENTITY.add(
          Key.derived(
              "rocketmqHome",
              path(),
              "the installation folder",
              settings -> Machine.home(),
              "Folder of the installation; the variable ROCKETMQ_HOME sets it too. The files of"
                  + " accounts lie in its `conf`."));

  // --- access control ---------------------------------------------------------------------------

  private static final SectionRows ACCESS =
      ROWS.section(
          "Access control",
          "Accounts as in RocketMQ 4.x; the README tells their files and what they can't prevent.");

  public static final Key<Boolean> ACL_ENABLE =
      ACCESS.add(
          Key.of(
              "aclEnable",
              bool(),
              false,
              "Serve known accounts only, each what its rights allow. The files of accounts are"
                  + " followed while the broker runs."));

  public static final Key<String> ACL_PLAIN_FILE =
      ACCESS.add(
          Key.of(
              "rocketmq.acl.plain.file",
              text(),
              "conf/plain_acl.yml",
              "The file that new accounts are written to, within `rocketmqHome`; all `*.yml` under"
                  + " `conf/acl` are read as well. Also as `-D` flag of Java."));

  static {
    TlsKeys.addServer(ROWS);
    TlsKeys.addClient(ROWS);
    GatewayKeys.add(ROWS);
  }

  public static final Key<Boolean> USE_TLS =
      ROWS.section("TLS of its own calls, by the broker's file", "As in RocketMQ.")
          .add(
              Key.derived(
                  "useTLS",
                  bool(),
                  "true with `tls.enable=true` or `tls.server.mode=enforcing`",
                  settings ->
                      settings.get(TlsKeys.ENABLE)
                          || settings.get(TlsKeys.SERVER_MODE).equals("enforcing"),
                  "Use TLS for calls to name servers and other brokers."));

  // --- name server ------------------------------------------------------------------------------

  private static final SectionRows REGISTRATION =
      ROWS.section("Registration", "How the broker keeps the name servers informed.");

  public static final Key<Integer> REGISTER_NAME_SERVER_PERIOD_MS =
      REGISTRATION.add(
          Key.of(
                  "registerNameServerPeriod",
                  integer(10_000, MINUTE_MS),
                  30_000,
                  "Time between two registrations; changes are registered at once.")
              .in(Unit.MS));

  public static final Key<Integer> REGISTER_BROKER_TIMEOUT_MS =
      REGISTRATION.add(
          Key.of(
                  "registerBrokerTimeoutMills",
                  integer(100, MINUTE_MS),
                  6_000,
                  "How long a name server may take to answer a registration.")
              .in(Unit.MS));

  // --- topics and groups ------------------------------------------------------------------------

  private static final SectionRows TOPICS =
      ROWS.section("Topics and groups", "What is created without being asked for by an operator.");

  public static final Key<Boolean> AUTO_CREATE_TOPIC_ENABLE =
      TOPICS.add(
          Key.of("autoCreateTopicEnable", bool(), true, "Create a topic at its first message."));

  public static final Key<Integer> DEFAULT_TOPIC_QUEUE_NUMS =
      TOPICS.add(
          Key.of(
                  "defaultTopicQueueNums",
                  integer(1, 1024),
                  8,
                  "Most queues that an automatically created topic gets; clients ask for 4.")
              .in(Unit.COUNT));

  public static final Key<Boolean> AUTO_CREATE_SUBSCRIPTION_GROUP =
      TOPICS.add(
          Key.of(
                  "autoCreateSubscriptionGroup",
                  bool(),
                  true,
                  "Create a consumer group when its first consumer appears.")
              .live());

  public static final Key<Boolean> CLUSTER_TOPIC_ENABLE =
      TOPICS.add(Key.of("clusterTopicEnable", bool(), true, "Keep a topic named as the cluster."));

  public static final Key<Boolean> BROKER_TOPIC_ENABLE =
      TOPICS.add(Key.of("brokerTopicEnable", bool(), true, "Keep a topic named as the broker."));

  public static final Key<Boolean> TRACE_TOPIC_ENABLE =
      TOPICS.add(Key.of("traceTopicEnable", bool(), false, "Keep the topic for message traces."));

  public static final Key<Boolean> STORE_REPLY_MESSAGE_ENABLE =
      TOPICS.add(
          Key.of(
              "storeReplyMessageEnable",
              bool(),
              true,
              "Store the answers of request-reply calls in the cluster's reply topic, too."));

  public static final Key<Integer> BROKER_PERMISSION =
      TOPICS.add(
          Key.of(
              "brokerPermission",
              integer(0, 7),
              6,
              "What clients may do here: 4 read, 2 write, 6 both."));

  public static final Key<Integer> FLUSH_CONSUMER_OFFSET_INTERVAL_MS =
      TOPICS.add(
          Key.of(
                  "flushConsumerOffsetInterval",
                  integer(100, HOUR_MS),
                  5_000,
                  "Time between two saves of the tables in config/.")
              .in(Unit.MS));

  // --- delay ------------------------------------------------------------------------------------

  private static final SectionRows DELAY =
      ROWS.section("Delay", "Messages that are delivered later.");

  public static final Key<String> MESSAGE_DELAY_LEVEL =
      DELAY.add(
          Key.of(
              "messageDelayLevel",
              delayLevels(),
              "1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h",
              "What the delay levels mean, level 1 first."));

  public static final Key<Integer> FLUSH_DELAY_OFFSET_INTERVAL_MS =
      DELAY.add(
          Key.of(
                  "flushDelayOffsetInterval",
                  integer(100, HOUR_MS),
                  10_000,
                  "Least time between two saves of how far delayed messages are delivered; a restart"
                      + " after a crash looks through the log from there.")
              .in(Unit.MS));

  public static final Key<Boolean> TIMER_WHEEL_ENABLE =
      DELAY.add(
          Key.of(
              "timerWheelEnable", bool(), true, "Deliver messages at times of their own (5.x)."));

  public static final Key<Integer> TIMER_MAX_DELAY_SECONDS =
      DELAY.add(
          Key.of(
                  "timerMaxDelaySec",
                  integer(1, Integer.MAX_VALUE),
                  YEAR_SECONDS,
                  "Longest time that such a message may wait (RocketMQ: 3 days).")
              .in(Unit.SECONDS));

  public static final Key<Integer> TIMER_MAX_PENDING_MESSAGES =
      DELAY.add(
          Key.of(
                  "timerMaxPendingMessages",
                  integer(1, 64_000_000),
                  2_000_000,
                  "So many such messages may wait; each takes 16 bytes of memory. More are refused."
                      + " Not in RocketMQ.")
              .in(Unit.COUNT));

  public static final Key<Boolean> RECALL_MESSAGE_ENABLE =
      DELAY.add(
          Key.of(
              "recallMessageEnable",
              bool(),
              false,
              "Let senders take such messages back before they are delivered (5.x)."));

  // --- store ------------------------------------------------------------------------------------

  private static final SectionRows STORE =
      ROWS.section("Store", "Where messages are kept, how safely, and how long.");

  public static final Key<Path> STORE_PATH_ROOT_DIR =
      STORE.add(
          Key.derived(
              "storePathRootDir",
              path(),
              "`store` in the user's home folder",
              settings -> Machine.userHome().resolve("store"),
              "Folder of the store; one running broker per folder."));

  public static final Key<Path> STORE_PATH_COMMIT_LOG =
      STORE.add(
          Key.derived(
              "storePathCommitLog",
              singleFolder(),
              "`commitlog` in `storePathRootDir`",
              settings -> settings.get(STORE_PATH_ROOT_DIR).resolve("commitlog"),
              "Folder of the commit log's segments."));

  public static final Key<FlushDiskType> FLUSH_DISK_TYPE =
      STORE.add(
          Key.of(
              "flushDiskType",
              oneOf(FlushDiskType.class),
              FlushDiskType.ASYNC_FLUSH,
              "What an acknowledgement waits for: ASYNC_FLUSH the page cache, SYNC_FLUSH the disk."));

  public static final Key<Integer> FLUSH_INTERVAL_COMMIT_LOG_MS =
      STORE.add(
          Key.of(
                  "flushIntervalCommitLog",
                  integer(10, MINUTE_MS),
                  500,
                  "Longest time until an ASYNC_FLUSH message is forced to the disk.")
              .in(Unit.MS));

  public static final Key<Integer> SYNC_FLUSH_TIMEOUT_MS =
      STORE.add(
          Key.of(
                  "syncFlushTimeout",
                  integer(100, MINUTE_MS),
                  5_000,
                  "How long a SYNC_FLUSH message waits before its sender is told that its fate is unknown.")
              .in(Unit.MS));

  public static final Key<Integer> MAPPED_FILE_SIZE_COMMIT_LOG_BYTES =
      STORE.add(
          Key.of(
                  "mappedFileSizeCommitLog",
                  integer(64 * KIB, Integer.MAX_VALUE),
                  1024 * MIB,
                  "Size of a segment of the commit log; a folder keeps the size it began with.")
              .in(Unit.BYTES)
              .alias("mapedFileSizeCommitLog"));

  public static final Key<Integer> MAX_MESSAGE_SIZE_BYTES =
      STORE.add(
          Key.of(
                  "maxMessageSize",
                  integer(1 * KIB, 15 * MIB),
                  4 * MIB,
                  "Largest body that is accepted; a request as a whole may have 16 MiB.")
              .in(Unit.BYTES));

  public static final Key<Integer> FILE_RESERVED_TIME_HOURS =
      STORE.add(
          Key.of(
                  "fileReservedTime",
                  integer(1, 24 * 366 * 100),
                  72,
                  "How long messages are kept at least, if the disk allows.")
              .in(Unit.HOURS)
              .live());

  public static final Key<List<Integer>> DELETE_WHEN =
      STORE.add(
          Key.of(
                  "deleteWhen",
                  hoursOfDay(),
                  List.of(4),
                  "Hours of the day at which expired segments are deleted.")
              .live());

  public static final Key<Integer> DISK_SPACE_WARNING_LEVEL_RATIO =
      STORE.add(
          Key.of(
                  "diskSpaceWarningLevelRatio",
                  integer(35, 99),
                  90,
                  "Above this use of the disk sends are refused; they go on by themselves below it.")
              .in(Unit.PERCENT)
              .live());

  public static final Key<Integer> DISK_MAX_USED_SPACE_RATIO =
      STORE.add(
          Key.of(
                  "diskMaxUsedSpaceRatio",
                  integer(10, 95),
                  75,
                  "From this use of the disk on, expired segments are deleted at any hour.")
              .in(Unit.PERCENT)
              .live());

  public static final Key<Integer> DISK_SPACE_CLEAN_FORCIBLY_RATIO =
      STORE.add(
          Key.of(
                  "diskSpaceCleanForciblyRatio",
                  integer(30, 99),
                  85,
                  "From this use of the disk on, the oldest segments are deleted before they expire, if"
                      + " all groups have read them (a key of 5.x).")
              .in(Unit.PERCENT)
              .live());

  public static final Key<Boolean> CLEAN_FILE_FORCIBLY_ENABLE =
      STORE.add(
          Key.of(
                  "cleanFileForciblyEnable",
                  bool(),
                  true,
                  "On a disk that is nearly full, delete the oldest segments before they expire.")
              .live());

  // --- consumers --------------------------------------------------------------------------------

  private static final SectionRows CONSUMERS =
      ROWS.section("Pulls", "How messages reach consumers.");

  public static final Key<Boolean> LONG_POLLING_ENABLE =
      CONSUMERS.add(
          Key.of(
              "longPollingEnable",
              bool(),
              true,
              "Hold a pull that finds nothing until a message arrives or its time is over."));

  public static final Key<Integer> ACCESS_MESSAGE_IN_MEMORY_MAX_RATIO =
      CONSUMERS.add(
          Key.of(
                  "accessMessageInMemoryMaxRatio",
                  integer(0, 100),
                  40,
                  "Part of the memory: new groups start at the beginning of a queue whose first"
                      + " message is not so much behind the log's end, else where they want to.")
              .in(Unit.PERCENT));

  public static final Key<Integer> SHORT_POLLING_TIME_MS =
      CONSUMERS.add(
          Key.of(
                  "shortPollingTimeMills",
                  integer(1, MINUTE_MS),
                  1_000,
                  "How long such a pull is held when longPollingEnable is false.")
              .in(Unit.MS));

  public static final Key<Integer> REBALANCE_LOCK_MAX_LIVE_TIME_MS =
      CONSUMERS.add(
          Key.of(
                  "rocketmq.broker.rebalance.lockMaxLiveTime",
                  integer(1_000, HOUR_MS),
                  60_000,
                  "How long an ordered consumer's lock of a queue lives after it was last asked for;"
                      + " consumers trust theirs for 30 s and ask every 20 s. -D sets it too.")
              .in(Unit.MS));

  /** Off in the original, where it may slow down others; here a read's share of work is bounded. */
  public static final Key<Boolean> ENABLE_PROPERTY_FILTER =
      CONSUMERS.add(
          Key.of(
              "enablePropertyFilter",
              bool(),
              true,
              "Let consumers select by SQL92 expressions. RocketMQ's default is false: say so to have"
                  + " them refused here, too."));

  // --- pop --------------------------------------------------------------------------------------

  private static final SectionRows POP =
      ROWS.section("Pop", "Keys of 5.x: messages that are handed out for a time.");

  public static final Key<String> DEFAULT_MESSAGE_REQUEST_MODE =
      POP.add(
          Key.of(
              "defaultMessageRequestMode",
              oneOf("PULL", "POP"),
              "PULL",
              "How clients that leave sharing to the broker consume, unless setConsumeMode said."));

  public static final Key<Integer> DEFAULT_POP_SHARE_QUEUE_NUM =
      POP.add(
          Key.of(
                  "defaultPopShareQueueNum",
                  integer(-1, 1_000_000),
                  -1,
                  "With POP by default: so many others take from a client's queues; below 1 all do.")
              .in(Unit.COUNT));

  public static final Key<Boolean> SERVER_LOAD_BALANCER_ENABLE =
      POP.add(
          Key.of(
              "serverLoadBalancerEnable",
              bool(),
              true,
              "Share queues among such clients; false gives each of them all."));

  public static final Key<Integer> LOAD_BALANCE_POLL_NAME_SERVER_INTERVAL_MS =
      POP.add(
          Key.of(
                  "loadBalancePollNameServerInterval",
                  integer(100, HOUR_MS),
                  30_000,
                  "How long the other brokers' queues of a topic are remembered for sharing.")
              .in(Unit.MS));

  public static final Key<Boolean> ENABLE_POP_MESSAGE_THRESHOLD =
      POP.add(
          Key.of(
              "enablePopMessageThreshold",
              bool(),
              false,
              "Apply popInflightMessageThreshold; false allows 100,000 messages."));

  public static final Key<Integer> POP_INFLIGHT_MESSAGE_THRESHOLD =
      POP.add(
          Key.of(
                  "popInflightMessageThreshold",
                  integer(1, 100_000),
                  10_000,
                  "So many messages of a queue may be out with a group before no more are handed out.")
              .in(Unit.COUNT));

  public static final Key<Boolean> ENABLE_RETRY_TOPIC_V2 =
      POP.add(
          Key.of(
              "enableRetryTopicV2",
              bool(),
              false,
              "Messages come back through %RETRY%group+topic instead of %RETRY%group_topic."));

  public static final Key<Boolean> RETRIEVE_MESSAGE_FROM_POP_RETRY_TOPIC_V1 =
      POP.add(
          Key.of(
              "retrieveMessageFromPopRetryTopicV1",
              bool(),
              true,
              "With enableRetryTopicV2: read the other form as well."));

  public static final Key<Integer> POP_FROM_RETRY_PROBABILITY =
      POP.add(
          Key.of(
                  "popFromRetryProbability",
                  integer(0, 100),
                  20,
                  "So many of a hundred pops look first at what came back; the others last.")
              .in(Unit.PERCENT));

  public static final Key<Integer> MAX_POP_POLLING_SIZE =
      POP.add(
          Key.of(
                  "maxPopPollingSize",
                  integer(1, 1_000_000),
                  100_000,
                  "So many pops may wait on one event loop.")
              .in(Unit.COUNT));

  public static final Key<Integer> POP_POLLING_SIZE =
      POP.add(
          Key.of(
                  "popPollingSize",
                  integer(1, 1_000_000),
                  1_024,
                  "So many of them for the same group and queue, or group and topic.")
              .in(Unit.COUNT));

  // --- transactions -----------------------------------------------------------------------------

  private static final SectionRows TRANSACTIONS =
      ROWS.section(
          "Transactions", "Half messages, and when their producers are asked for a decision.");

  public static final Key<Boolean> REJECT_TRANSACTION_MESSAGE =
      TRANSACTIONS.add(
          Key.of("rejectTransactionMessage", bool(), false, "Refuse transactional messages."));

  public static final Key<Integer> TRANSACTION_TIMEOUT_MS =
      TRANSACTIONS.add(
          Key.of(
                  "transactionTimeOut",
                  integer(1, Integer.MAX_VALUE),
                  6_000,
                  "Age from which a transaction is checked.")
              .in(Unit.MS));

  public static final Key<Integer> TRANSACTION_CHECK_INTERVAL_MS =
      TRANSACTIONS.add(
          Key.of(
                  "transactionCheckInterval",
                  integer(1, Integer.MAX_VALUE),
                  MINUTE_MS,
                  "Time between two checks of an open transaction.")
              .in(Unit.MS));

  public static final Key<Integer> TRANSACTION_CHECK_MAX =
      TRANSACTIONS.add(
          Key.of(
                  "transactionCheckMax",
                  integer(1, Integer.MAX_VALUE),
                  15,
                  "Checks after which a transaction is given up: moved to TRANS_CHECK_MAX_TIME_TOPIC.")
              .in(Unit.COUNT));

  // --- ours -------------------------------------------------------------------------------------

  private static final SectionRows OURS =
      ROWS.section(
          "Keys of ApogeeMQ",
          "RocketMQ has no such keys; an Apache broker ignores or refuses them.");

  public static final Key<Integer> EVENT_LOOP_THREADS =
      OURS.add(
          Key.derived(
                  "eventLoopThreads",
                  integer(1, 256),
                  "one per core",
                  settings -> Runtime.getRuntime().availableProcessors(),
                  "Threads that serve the sockets.")
              .in(Unit.COUNT));

  public static final Key<Integer> OFFSET_RECORD_INTERVAL_MS =
      OURS.add(
          Key.of(
                  "offsetRecordInterval",
                  integer(10, MINUTE_MS),
                  1000,
                  "Time between two records of committed offsets in the log.")
              .in(Unit.MS));

  public static final Key<Integer> DELETED_NAME_HOLD_MS =
      OURS.add(
          Key.of(
                  "deletedNameHoldMs",
                  integer(0, 24 * HOUR_MS),
                  2 * MINUTE_MS,
                  "So long a deleted topic or group is not created again by clients that still send,"
                      + " pull or tell heartbeats; updateTopic and updateSubGroup create it at any time.")
              .in(Unit.MS));

  public static final Key<Boolean> STRICT_SUBSCRIPTION =
      OURS.add(
          Key.of(
                  "strictSubscription",
                  bool(),
                  false,
                  "Refuse a consumer that subscribes otherwise than the members of its group. While it is"
                      + " false, such a group is warned of in the log and in brokerStatus.")
              .live());

  public static final Key<Integer> READER_THREADS =
      OURS.add(
          Key.of(
                  "readerThreads",
                  integer(1, 256),
                  2,
                  "Threads that read old messages from the disk.")
              .in(Unit.COUNT));

  public static final Key<Integer> PAGE_MEMORY_BYTES =
      OURS.add(
          Key.of(
                  "pageMemoryBytes",
                  integer(4 * MIB, Integer.MAX_VALUE),
                  32 * MIB,
                  "Memory outside the heap for log bytes: half for the newest, half for older ones that"
                      + " were read again.")
              .in(Unit.BYTES));

  public static final Key<Integer> APPEND_QUEUE_BYTES =
      OURS.add(
          Key.of(
                  "appendQueueBytes",
                  integer(1 * MIB, Integer.MAX_VALUE),
                  32 * MIB,
                  "Accepted bytes that may wait for the log before sockets are paused.")
              .in(Unit.BYTES));

  public static final Key<Integer> APPEND_QUEUE_MAX_AGE_MS =
      OURS.add(
          Key.of(
                  "appendQueueMaxAgeMs",
                  integer(10, MINUTE_MS),
                  1_000,
                  "After a pause of this length sends are refused with a retryable answer instead.")
              .in(Unit.MS));

  public static final Key<Integer> INDEX_BLOCK_BYTES =
      OURS.add(
          Key.of(
                  "indexBlockBytes",
                  integer(64 * KIB, Integer.MAX_VALUE),
                  64 * MIB,
                  "Bytes of the log after which its index is written out; a start scans no more than this.")
              .in(Unit.BYTES));

  public static final Key<Long> COMMIT_LOG_MAX_BYTES =
      OURS.add(
          Key.of(
                  "commitLogMaxBytes",
                  longInteger(0, Long.MAX_VALUE),
                  0L,
                  "Longest commit log: one file before it the oldest files are deleted, read ones only;"
                      + " above it sends are refused. 0: no limit but the disk's; else at least two"
                      + " files.")
              .in(Unit.BYTES));

  public static final Key<Boolean> DELETE_UNREAD_FOR_ROOM =
      OURS.add(
          Key.of(
                  "deleteUnreadForRoom",
                  bool(),
                  false,
                  "When room is needed, delete the oldest messages even if a group, or every group, has not"
                      + " read them; else they stay until they expire and sends are refused instead.")
              .live());

  public static final Key<Integer> SEND_RETRY_WINDOW_MESSAGES =
      OURS.add(
          Key.of(
                  "sendRetryWindowMessages",
                  integer(0, 16 * MIB),
                  32 * KIB,
                  "How many sends are remembered so that a retry is not stored twice, up to the next power"
                      + " of two; about 60 bytes of memory each, taken as needed. 0 remembers none.")
              .in(Unit.COUNT));

  public static final Key<Integer> SEND_RETRY_WINDOW_MS =
      OURS.add(
          Key.of(
                  "sendRetryWindowMs",
                  integer(1_000, HOUR_MS),
                  MINUTE_MS,
                  "How long a send is remembered at most.")
              .in(Unit.MS));

  public static final Key<Integer> SEND_RETRY_LATE_MS =
      OURS.add(
          Key.of(
                  "sendRetryLateMs",
                  integer(10, MINUTE_MS),
                  3_000,
                  "An answer to a send that took longer counts as unheard: how long clients wait for one.")
              .in(Unit.MS));

  public static final Key<Integer> TRANSACTION_CHECKS_PER_SECOND =
      OURS.add(
          Key.of(
                  "transactionChecksPerSecond",
                  integer(1, 1_000_000),
                  1_000,
                  "Checks of open transactions at most, however many are due.")
              .in(Unit.COUNT));

  public static final Key<Integer> TRANSACTION_MAX_OPEN =
      OURS.add(
          Key.of(
                  "transactionMaxOpen",
                  integer(1, 20_000_000),
                  1_000_000,
                  "Open transactions above which further ones are refused; each needs 50 bytes of"
                      + " memory.")
              .in(Unit.COUNT));

  // --- not built --------------------------------------------------------------------------------

  private static final SectionRows NOT_BUILT =
      ROWS.section(
          "Features that are not built yet",
          "The default starts as usual. Other values are said at start, or refuse the start where"
              + " ignoring them would break a promise.");

  public static final Key<BrokerRole> BROKER_ROLE =
      NOT_BUILT.add(
          Key.of(
                  "brokerRole",
                  oneOf(BrokerRole.class),
                  BrokerRole.ASYNC_MASTER,
                  "What the broker is within its name: a master, or a slave that follows one.")
              .notBuilt(
                  "replication between master and slave",
                  role -> role != BrokerRole.ASYNC_MASTER,
                  REFUSES_TO_START));

  public static final Key<Boolean> SLAVE_READ_ENABLE =
      NOT_BUILT.add(
          Key.of("slaveReadEnable", bool(), false, "Send consumers that lag far behind to a slave.")
              .notBuilt("reading from slaves", on -> on, SAID_AT_START));

  public static final Key<Integer> HA_LISTEN_PORT =
      NOT_BUILT.add(
          Key.derived(
                  "haListenPort",
                  port(),
                  "`listenPort` + 1",
                  settings -> Math.min(65535, settings.get(LISTEN_PORT) + 1),
                  "Port for slaves.")
              .notBuilt("replication between master and slave", any -> true, SAID_AT_START));

  public static final Key<List<HostPort>> HA_MASTER_ADDRESS =
      NOT_BUILT.add(
          Key.of(
                  "haMasterAddress",
                  hostPorts(),
                  List.of(),
                  "The master of a slave, if not by route.")
              .notBuilt(
                  "replication between master and slave", any -> !any.isEmpty(), SAID_AT_START));

  public static final Key<Boolean> ENABLE_DLEGER_COMMIT_LOG =
      NOT_BUILT.add(
          Key.of(
                  "enableDLegerCommitLog",
                  bool(),
                  false,
                  "Form a failover group with the brokers in dLegerPeers.")
              .notBuilt("failover groups", on -> on, REFUSES_TO_START));

  public static final Key<String> DLEGER_GROUP =
      NOT_BUILT.add(
          Key.of("dLegerGroup", text(), "", "Name of the failover group.")
              .notBuilt("failover groups", any -> !any.isEmpty(), SAID_AT_START));

  public static final Key<String> DLEGER_PEERS =
      NOT_BUILT.add(
          Key.of("dLegerPeers", text(), "", "Members of the group: id-host:port, parted by ';'.")
              .notBuilt("failover groups", any -> !any.isEmpty(), SAID_AT_START));

  public static final Key<String> DLEGER_SELF_ID =
      NOT_BUILT.add(
          Key.of("dLegerSelfId", text(), "", "Which member this broker is.")
              .notBuilt("failover groups", any -> !any.isEmpty(), SAID_AT_START));

  public static final Key<Boolean> ENABLE_CONTROLLER_MODE =
      NOT_BUILT.add(
          Key.of(
                  "enableControllerMode",
                  bool(),
                  false,
                  "Let a controller of 5.x choose the master.")
              .notBuilt("failover groups", on -> on, REFUSES_TO_START));

  public static final Key<Boolean> DUPLICATION_ENABLE =
      NOT_BUILT.add(
          Key.of("duplicationEnable", bool(), false, "Copy the log to another broker.")
              .notBuilt("replication between brokers", on -> on, REFUSES_TO_START));

  public static final Key<Boolean> AUTHENTICATION_ENABLED =
      NOT_BUILT.add(
          Key.of("authenticationEnabled", bool(), false, "Ask for accounts, as 5.3 and later do.")
              .notBuilt("access control", on -> on, REFUSES_TO_START));

  public static final Key<Boolean> AUTHORIZATION_ENABLED =
      NOT_BUILT.add(
          Key.of(
                  "authorizationEnabled",
                  bool(),
                  false,
                  "Check what accounts may do, as 5.3 and later do.")
              .notBuilt("access control", on -> on, REFUSES_TO_START));

  static {
    KeysWithoutMeaning.addTo(ROWS);
    ROWS.silent(NamesOf5x.ALL)
        .environment("NAMESRV_ADDR", NAMESRV_ADDR)
        .environment("ROCKETMQ_HOME", ROCKETMQ_HOME)
        .property(ACL_PLAIN_FILE)
        .check(
            (settings, wrong) -> {
              // A value that was given has been checked; the host's name has not.
              String name = settings.get(BROKER_NAME);
              try {
                BROKER_NAME.type().parse(name);
              } catch (ValueType.BadValue refused) {
                wrong.accept(
                    new Problem(
                        settings.source(BROKER_NAME).toString(),
                        "brokerName="
                            + name
                            + ", the host's name, is not allowed; set another: it must be "
                            + BROKER_NAME.type().allowed()));
              }
            })
        .check(
            (settings, wrong) -> {
              long id = settings.get(BROKER_ID);
              boolean slave = settings.get(BROKER_ROLE) == BrokerRole.SLAVE;
              if (slave && id == 0) {
                wrong.accept(
                    new Problem(
                        settings.source(BROKER_ROLE).toString(),
                        "brokerRole=SLAVE needs a brokerId of 1 or more, but brokerId is 0 ("
                            + settings.source(BROKER_ID)
                            + ")"));
              }
            })
        .check(
            (settings, wrong) -> {
              int segment = settings.get(MAPPED_FILE_SIZE_COMMIT_LOG_BYTES);
              int message = settings.get(MAX_MESSAGE_SIZE_BYTES);
              // A record is its body plus properties and fixed fields, and must fit into one
              // segment.
              if (segment < 2L * message) {
                wrong.accept(
                    new Problem(
                        settings.source(MAPPED_FILE_SIZE_COMMIT_LOG_BYTES).toString(),
                        "mappedFileSizeCommitLog="
                            + segment
                            + " is too small: it must be at least twice maxMessageSize="
                            + message));
              }
            });
  }

  public static final KeyTable TABLE = ROWS.table();

  private BrokerKeys() {}
}
