package io.apogeemq.broker.topic;

import io.apogeemq.broker.state.StateLog;
import io.apogeemq.broker.state.StateRecord;
import io.apogeemq.broker.state.StateTable;
import io.apogeemq.broker.state.StateWriter;
import io.apogeemq.broker.state.Tombstones;
import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.DataVersion;
import io.apogeemq.protocol.body.JsonForm;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.body.TopicConfigWrapper;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Refused;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The topics of this broker.
 *
 * <p>Shared by all event loops: any thread reads without lock. The content changes through {@link
 * #replay} alone, on the state loop, after the change is durable in the log; so a topic that can be
 * found is still there after a crash.
 */
public final class TopicTable implements StateTable {
  private static final int READ_WRITE = TopicConfig.READ | TopicConfig.WRITE;

  private final ConcurrentHashMap<String, TopicConfig> topics = new ConcurrentHashMap<>();

  /** What is being written, so that a topic asked for by many at once is created once. */
  private final ConcurrentHashMap<String, Future<TopicConfig>> creating = new ConcurrentHashMap<>();

  private final CopyOnWriteArrayList<Listener> listeners = new CopyOnWriteArrayList<>();
  private volatile BiConsumer<TopicConfig, String> createdOnSend = (topic, template) -> {};
  private volatile Supplier<Future<Void>> announced = Future::succeededFuture;
  private final Tombstones deleted;
  private final LongSupplier clockMs;
  private final StateWriter writer;
  private volatile DataVersion dataVersion;
  private volatile boolean traced;

  /** Learns of changes on the state loop, when the table shows them already; at restart as well. */
  public interface Listener {
    /** The topic is there, new or changed. */
    void topicPut(TopicConfig topic);

    void topicDeleted(String topic);
  }

  /**
   * @param deleted which sends don't bring back
   * @param writer called only after the log has been recovered
   */
  public TopicTable(Tombstones deleted, LongSupplier clockMs, StateWriter writer) {
    this.deleted = deleted;
    this.clockMs = clockMs;
    this.writer = writer;
    this.dataVersion = new DataVersion(0, 0L, clockMs.getAsLong());
  }

  /** The topic's configuration, or null if there is no such topic. */
  public @Nullable TopicConfig find(String topic) {
    return topics.get(topic);
  }

  /** All topics, in no order: a view that follows the table. */
  public Collection<TopicConfig> all() {
    return Collections.unmodifiableCollection(topics.values());
  }

  /** Whether there is a topic for message traces. Read for every message that is sent. */
  public boolean traced() {
    return traced;
  }

  /** Changes with every change of the table. */
  public DataVersion dataVersion() {
    return dataVersion;
  }

  public void listen(Listener listener) {
    listeners.add(listener);
  }

  /** Who is told of a topic that a send created, and of its template, when it is durable. */
  public void onCreatedBySend(BiConsumer<TopicConfig, String> listener) {
    createdOnSend = listener;
  }

  /**
   * Who says when name servers know what the table shows. As in the original, whoever asked for a
   * topic hears of its success then, so that the next thing it does is to find its route.
   */
  public void announcedBy(Supplier<Future<Void>> announcement) {
    announced = announcement;
  }

  /**
   * Creates a topic because a message is sent to it, as the original does: after a template with the
   * inherit bit, with its permission but that bit, and with the wanted number of queues but no more
   * than the template's. A retry or dead-letter topic needs no template and gets one queue.
   *
   * @return completes on the asking context with the topic, its own or the one that was there, when
   *     it is durable and announced. Fails with {@link Refused}.
   */
  public Future<TopicConfig> createOnSend(
      String topic, String template, int wantedQueues, int topicSysFlag) {
    TopicConfig known = topics.get(topic);
    if (known != null) {
      return Future.succeededFuture(known);
    }
    TopicConfig wanted;
    try {
      Refused.unlessTopic(topic);
      if (topic.startsWith(Names.SYSTEM_PREFIX)) {
        throw new Refused(
            ResponseCode.NO_PERMISSION,
            "Sending message to topic["
                + topic
                + "] is forbidden: names that start with "
                + Names.SYSTEM_PREFIX
                + " are the broker's own. Use another name.");
      }
      requireNotDeleted(topic);
      wanted = afterTemplate(topic, template, wantedQueues, topicSysFlag);
    } catch (Refused e) {
      return e.now();
    }
    return create(wanted, template);
  }

  /** Creates a topic of the broker's own if it is missing; as {@link #createOnSend}. */
  public Future<TopicConfig> ensure(TopicConfig wanted) {
    TopicConfig known = topics.get(wanted.topicName());
    return known == null ? create(wanted, null) : Future.succeededFuture(known);
  }

  /** Creates a group's retry or dead-letter topic if it is missing; as {@link #createOnSend}. */
  public Future<TopicConfig> createGroupTopic(TopicConfig wanted) {
    String flaw = Names.flawOfRegisteredTopic(wanted.topicName()); // a POP retry topic may hold a +
    return flaw == null ? ensure(wanted) : new Refused(ResponseCode.INVALID_PARAMETER, flaw).now();
  }

  /** Throws {@link Refused} for a topic that was deleted so lately that no send may bring it back. */
  void requireNotDeleted(String topic) {
    if (deleted.heldMs(topic) > 0) {
      throw new Refused(
          ResponseCode.TOPIC_NOT_EXIST,
          "topic["
              + topic
              + "] not exist, apply first please! Sends don't create it: "
              + deleted.words(topic)
              + ", with mqadmin updateTopic.");
    }
  }

  /**
   * Puts a topic, new or changed. Completes when it is durable and announced. Fails with {@link
   * Refused}, also for a name that breaks the rule.
   */
  public Future<Void> put(TopicConfig topic) {
    try {
      Refused.unlessTopic(topic.topicName());
    } catch (Refused e) {
      return e.now();
    }
    return announced(writer.write(new StateRecord.PutTopic(topic)));
  }

  /** Deletes a topic with its queues and offsets; an unknown one as well. */
  public Future<Void> delete(String topic) {
    return announced(writer.write(new StateRecord.DeleteTopic(topic)));
  }

  private Future<Void> announced(Future<Void> written) {
    return written.compose(done -> StateLog.onAskingContext(announced.get()));
  }

  private TopicConfig afterTemplate(
      String topic, String templateName, int wantedQueues, int topicSysFlag) {
    if (topic.startsWith(Names.RETRY) || topic.startsWith(Names.DLQ)) {
      return TopicConfig.of(topic, 1, READ_WRITE);
    }
    TopicConfig template = topics.get(templateName);
    if (template == null || !template.inheritable()) {
      String cause =
          template == null
              ? "this broker has no template topic[" + templateName + "]"
              : "topic[" + templateName + "] is no template here";
      throw new Refused(
          ResponseCode.TOPIC_NOT_EXIST,
          "topic["
              + topic
              + "] not exist, apply first please! Sends create no topic because "
              + cause
              + ". Create it with mqadmin updateTopic, or set autoCreateTopicEnable=true.");
    }
    int queues = Math.max(1, Math.min(wantedQueues, template.writeQueueNums()));
    return new TopicConfig(
        null,
        false,
        template.perm() & ~TopicConfig.INHERIT,
        queues,
        template.topicFilterType(),
        topic,
        topicSysFlag,
        queues);
  }

  /** {@code template}: what a send named, null if it is no send that creates. */
  private Future<TopicConfig> create(TopicConfig wanted, @Nullable String template) {
    String name = wanted.topicName();
    Promise<TopicConfig> mine = Promise.promise();
    Future<TopicConfig> other = creating.putIfAbsent(name, mine.future());
    if (other != null) {
      return StateLog.onAskingContext(other);
    }
    TopicConfig meanwhile = topics.get(name);
    Future<TopicConfig> created =
        meanwhile != null
            ? Future.succeededFuture(meanwhile)
            : announced(
                    writer
                        .write(new StateRecord.PutTopic(wanted))
                        .onSuccess(
                            done -> {
                              if (template != null) {
                                createdOnSend.accept(wanted, template);
                              }
                            }))
                .map(done -> Optional.ofNullable(topics.get(name)).orElse(wanted));
    created.onComplete(
        (topic, failure) -> {
          creating.remove(name);
          if (failure == null) {
            mine.complete(topic);
          } else {
            mine.fail(failure);
          }
        });
    return mine.future();
  }

  @Override
  public String checkpointName() {
    return "topics.json";
  }

  @Override
  public void load(String json) {
    TopicConfigWrapper saved = Body.parse(TopicConfigWrapper.class, json);
    topics.putAll(saved.topicConfigTable());
    if (saved.dataVersion() != null) {
      dataVersion = saved.dataVersion();
    }
    traced = topics.containsKey(SystemTopics.TRACE);
  }

  @Override
  @RunsOn(ThreadRole.EVENT_LOOP)
  public void replay(StateRecord record) {
    if (record instanceof StateRecord.PutTopic put) {
      deleted.lift(put.topic().topicName());
      topics.put(put.topic().topicName(), put.topic());
      changed();
      listeners.forEach(each -> each.topicPut(put.topic()));
    } else if (record instanceof StateRecord.DeleteTopic delete) {
      if (topics.remove(delete.topic()) != null) {
        deleted.set(delete.topic());
        changed();
      }
      listeners.forEach(each -> each.topicDeleted(delete.topic()));
    }
  }

  private void changed() {
    dataVersion = dataVersion.next(clockMs.getAsLong());
    traced = topics.containsKey(SystemTopics.TRACE);
  }

  @Override
  public long revision() {
    return dataVersion.counter();
  }

  @Override
  public Supplier<String> checkpoint() {
    TopicConfigWrapper now = wrapper();
    return () -> now.toJson(JsonForm.FILE);
  }

  /** All topics with their version, as code 21 and a registration tell them. */
  public TopicConfigWrapper wrapper() {
    return new TopicConfigWrapper(dataVersion, null, new TreeMap<>(topics));
  }
}
