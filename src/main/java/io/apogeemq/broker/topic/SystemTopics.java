package io.apogeemq.broker.topic;

import io.apogeemq.broker.BrokerIdentity;
import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.body.TopicConfig;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The topics that are there without anyone asking: templates, schedule, self test, and the names of
 * broker and cluster. Names, queue numbers and permissions are the original's (4.9.7). Immutable.
 */
public final class SystemTopics {
  /** The template that producers name when they send to an unknown topic. */
  public static final String TEMPLATE = "TBW102";

  /** Where delayed messages wait. */
  public static final String SCHEDULE = "SCHEDULE_TOPIC_XXXX";

  /** Where messages wait that name a time of their own (5.x). */
  public static final String TIMER = Names.SYSTEM_PREFIX + "wheel_timer";

  public static final String HALF = "RMQ_SYS_TRANS_HALF_TOPIC";
  public static final String HALF_DONE = "RMQ_SYS_TRANS_OP_HALF_TOPIC";
  public static final String CHECKED_TOO_OFTEN = "TRANS_CHECK_MAX_TIME_TOPIC";
  public static final String TRACE = "RMQ_SYS_TRACE_TOPIC";

  private static final String SELF_TEST = "SELF_TEST_TOPIC";
  private static final String BENCHMARK = "BenchmarkTest";
  private static final String OFFSET_MOVED = "OFFSET_MOVED_EVENT";
  private static final String REPLY_SUFFIX = "_REPLY_TOPIC";

  private static final int READ_WRITE = TopicConfig.READ | TopicConfig.WRITE;
  private static final int TEMPLATE_PERM = READ_WRITE | TopicConfig.INHERIT;
  private static final int BENCHMARK_QUEUES = 1024;
  private static final int CLUSTER_QUEUES = 16;
  private static final int DELAY_LEVELS = 18;

  /** Topics that only the broker itself writes to. */
  private static final Set<String> NO_SENDING =
      Set.of(SCHEDULE, HALF, HALF_DONE, CHECKED_TOO_OFTEN, SELF_TEST, OFFSET_MOVED);

  private static final Set<String> FIXED =
      Set.of(
          TEMPLATE,
          SCHEDULE,
          BENCHMARK,
          HALF,
          HALF_DONE,
          TRACE,
          CHECKED_TOO_OFTEN,
          SELF_TEST,
          OFFSET_MOVED);

  private final BrokerIdentity broker;
  private final Options options;

  /**
   * @param templateTopic {@code autoCreateTopicEnable}: sends may create topics
   * @param templateQueues {@code defaultTopicQueueNums}
   * @param clusterTopic {@code clusterTopicEnable}: the cluster's name is a template as well
   * @param brokerTopic {@code brokerTopicEnable}: and the broker's
   * @param traceTopic {@code traceTopicEnable}
   */
  public record Options(
      boolean templateTopic,
      int templateQueues,
      boolean clusterTopic,
      boolean brokerTopic,
      boolean traceTopic) {}

  public SystemTopics(BrokerIdentity broker, Options options) {
    this.broker = broker;
    this.options = options;
  }

  /** True if people may neither create nor change nor delete a topic of this name. */
  public boolean isSystem(String topic) {
    return FIXED.contains(topic)
        || topic.startsWith(Names.SYSTEM_PREFIX)
        || topic.equals(broker.cluster())
        || topic.equals(broker.name())
        || topic.equals(replyTopic());
  }

  /** True if sends to this topic are refused with NO_PERMISSION. */
  public boolean refusesSends(String topic) {
    return NO_SENDING.contains(topic) || topic.startsWith(Names.SYSTEM_PREFIX);
  }

  /** Where answers of the request-reply calls are kept. */
  public String replyTopic() {
    return broker.cluster() + REPLY_SUFFIX;
  }

  /**
   * Creates what is missing and sets the permission of templates as they are configured: a template
   * that was left from a time when sends created topics becomes an ordinary topic. After recovery.
   */
  public Future<Void> create(TopicTable topics) {
    List<Future<?>> all = new ArrayList<>();
    for (TopicConfig wanted : wanted()) {
      all.add(topics.ensure(wanted));
    }
    TopicConfig template = topics.find(TEMPLATE);
    if (template != null && template.inheritable() != options.templateTopic()) {
      int perm = options.templateTopic() ? TEMPLATE_PERM : READ_WRITE;
      all.add(topics.put(template.withPerm(perm)));
    }
    return Future.join(all).mapEmpty();
  }

  private List<TopicConfig> wanted() {
    List<TopicConfig> wanted = new ArrayList<>();
    wanted.add(TopicConfig.of(SELF_TEST, 1, READ_WRITE));
    if (options.templateTopic()) {
      wanted.add(TopicConfig.of(TEMPLATE, options.templateQueues(), TEMPLATE_PERM));
    }
    wanted.add(TopicConfig.of(BENCHMARK, BENCHMARK_QUEUES, READ_WRITE));
    wanted.add(
        TopicConfig.of(
            broker.cluster(), CLUSTER_QUEUES, options.clusterTopic() ? TEMPLATE_PERM : READ_WRITE));
    if (!broker.name().equals(broker.cluster())) {
      wanted.add(
          TopicConfig.of(broker.name(), 1, options.brokerTopic() ? TEMPLATE_PERM : READ_WRITE));
    }
    wanted.add(TopicConfig.of(OFFSET_MOVED, 1, READ_WRITE));
    wanted.add(TopicConfig.of(SCHEDULE, DELAY_LEVELS, READ_WRITE));
    wanted.add(TopicConfig.of(replyTopic(), 1, READ_WRITE));
    if (options.traceTopic()) {
      wanted.add(TopicConfig.of(TRACE, 1, READ_WRITE));
    }
    return wanted;
  }
}
