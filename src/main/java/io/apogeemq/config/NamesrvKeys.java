package io.apogeemq.config;

import static io.apogeemq.config.Standing.Consequence.REFUSES_TO_START;
import static io.apogeemq.config.Standing.Consequence.SAID_AT_START;
import static io.apogeemq.config.Values.bool;
import static io.apogeemq.config.Values.host;
import static io.apogeemq.config.Values.integer;
import static io.apogeemq.config.Values.path;
import static io.apogeemq.config.Values.port;
import static io.apogeemq.config.Values.text;

import io.apogeemq.config.KeyTable.Rows;
import io.apogeemq.config.KeyTable.SectionRows;
import java.nio.file.Path;

/** The keys of a name server, RocketMQ's own where it has one. */
public final class NamesrvKeys {
  private static final int HOUR_MS = 3_600_000;

  private static final Rows ROWS = KeyTable.rows("name server");

  private static final SectionRows ADDRESS =
      ROWS.section("Addresses and files", "Where the name server is reached and what it keeps.");

  public static final Key<Integer> LISTEN_PORT =
      ADDRESS.add(Key.of("listenPort", port(), 9876, "Port of the name server."));

  public static final Key<String> BIND_ADDRESS =
      ADDRESS.add(
          Key.of("bindAddress", host(), "0.0.0.0", "Local address that the port is opened on."));

  public static final Key<Path> ROCKETMQ_HOME =
      ADDRESS.add(
          Key.derived(
                  "rocketmqHome",
                  path(),
                  "the installation folder",
                  settings -> Machine.home(),
                  "Folder of the installation; the variable ROCKETMQ_HOME sets it too.")
              .withoutMeaning("The scripts know the folder that they lie in."));

  public static final Key<Path> KV_CONFIG_PATH =
      ADDRESS.add(
          Key.derived(
              "kvConfigPath",
              path(),
              "`namesrv/kvConfig.json` in the user's home folder",
              settings -> Machine.userHome().resolve("namesrv").resolve("kvConfig.json"),
              "File of the key/value configuration."));

  private static final SectionRows ROUTES =
      ROWS.section("Routes", "How long a silent broker stays in them.");

  public static final Key<Integer> SCAN_NOT_ACTIVE_BROKER_INTERVAL_MS =
      ROUTES.add(
          Key.of(
                  "scanNotActiveBrokerInterval",
                  integer(100, HOUR_MS),
                  5_000,
                  "Time between two looks for brokers that have fallen silent.")
              .in(Unit.MS));

  public static final Key<Boolean> ORDER_MESSAGE_ENABLE =
      ROUTES.add(
          Key.of(
              "orderMessageEnable",
              bool(),
              false,
              "Add the order configuration of a topic to its route."));

  public static final Key<Boolean> RETURN_ORDER_TOPIC_CONFIG_TO_BROKER =
      ROUTES.add(
          Key.of(
              "returnOrderTopicConfigToBroker",
              bool(),
              true,
              "Answer a broker's registration with the order configuration of all topics (5.x)."));

  public static final Key<Boolean> SUPPORT_ACTING_MASTER =
      ROUTES.add(
          Key.of(
              "supportActingMaster",
              bool(),
              false,
              "Show a slave in the place of a lost master in routes (5.x)."));

  public static final Key<Boolean> ENABLE_ALL_TOPIC_LIST =
      ROUTES.add(Key.of("enableAllTopicList", bool(), true, "Let anyone list all topics (5.x)."));

  private static final SectionRows NOT_BUILT =
      ROWS.section(
          "Features that are not built yet",
          "The default starts as usual. Other values are said at start, or refuse the start where"
              + " ignoring them would break a promise.");

  public static final Key<Boolean> ENABLE_CONTROLLER =
      NOT_BUILT.add(
          Key.of("enableControllerInNamesrv", bool(), false, "Run a controller of 5.x here too.")
              .notBuilt("failover groups", on -> on, REFUSES_TO_START));

  public static final Key<Boolean> CLUSTER_TEST =
      NOT_BUILT.add(
          Key.of(
                  "clusterTest",
                  bool(),
                  false,
                  "Ask the name servers of productEnvName for unknown topics.")
              .notBuilt("looking up routes in another environment", on -> on, SAID_AT_START));

  public static final Key<String> PRODUCT_ENV_NAME =
      NOT_BUILT.add(
          Key.of("productEnvName", text(), "center", "The environment for clusterTest.")
              .notBuilt("looking up routes in another environment", any -> true, SAID_AT_START));

  static {
    TlsKeys.addServer(ROWS);
  }

  static {
    ROWS.section(
            "Accepted without meaning",
            "So that a file of RocketMQ can be used as it is. One line at start names those that it"
                + " gives; their values are neither checked nor used.")
        .ignored(
            "The configuration can't be changed at run time, so nothing is written back.",
            "configStorePath=")
        .ignored(
            "Event loops serve all requests; there is no pool per kind of request.",
            "serverWorkerThreads=8",
            "serverCallbackExecutorThreads=0",
            "serverSelectorThreads=3",
            "defaultThreadPoolNums=16",
            "clientRequestThreadPoolNums=8",
            "defaultThreadPoolQueueCapacity=10000",
            "clientRequestThreadPoolQueueCapacity=50000",
            "serverOnewaySemaphoreValue=256",
            "serverAsyncSemaphoreValue=64")
        .ignored(
            "Fixed, to RocketMQ's default or to what was measured to be the best.",
            "serverChannelMaxIdleTimeSeconds=120",
            "serverSocketBacklog=1024",
            "useEpollNativeSelector=false",
            "serverPooledByteBufAllocatorEnable=true",
            "serverSocketSndBufSize=0",
            "serverSocketRcvBufSize=0",
            "writeBufferHighWaterMark=0",
            "writeBufferLowWaterMark=0");
    ROWS.silent(NamesOf5x.ALL).environment("ROCKETMQ_HOME", ROCKETMQ_HOME);
  }

  public static final KeyTable TABLE = ROWS.table();

  private NamesrvKeys() {}
}
