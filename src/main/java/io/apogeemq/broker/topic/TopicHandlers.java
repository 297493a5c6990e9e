package io.apogeemq.broker.topic;

import static io.apogeemq.protocol.remoting.RequestCode.CLEAN_UNUSED_TOPIC;
import static io.apogeemq.protocol.remoting.RequestCode.DELETE_TOPIC_IN_BROKER;
import static io.apogeemq.protocol.remoting.RequestCode.GET_ALL_TOPIC_CONFIG;
import static io.apogeemq.protocol.remoting.RequestCode.GET_SYSTEM_TOPIC_LIST_FROM_BROKER;
import static io.apogeemq.protocol.remoting.RequestCode.GET_TOPIC_CONFIG;
import static io.apogeemq.protocol.remoting.RequestCode.UPDATE_AND_CREATE_TOPIC;
import static io.apogeemq.protocol.remoting.RequestCode.UPDATE_AND_CREATE_TOPIC_LIST;

import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.body.TopicConfigList;
import io.apogeemq.protocol.body.TopicList;
import io.apogeemq.protocol.header.TopicHeaders;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Access;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Refused;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.Route;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Answers the requests that create, change, list and delete topics: 17, 18, 21, 215, 305, 316, 351.
 *
 * <p>A change is answered when it is durable and the table shows it, so that a tool that reads it
 * back finds it.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class TopicHandlers implements RequestFamily {
  /** Most queues of a topic on one broker. */
  static final int MAX_QUEUES = 65_536;

  private static final int PERM_BITS = TopicConfig.READ | TopicConfig.WRITE | TopicConfig.INHERIT;

  private final TopicTable topics;
  private final SystemTopics system;
  private final boolean autoCreate;

  /** {@code autoCreate}: {@code autoCreateTopicEnable}, which also rules what peers may create here. */
  public TopicHandlers(TopicTable topics, SystemTopics system, boolean autoCreate) {
    this.topics = topics;
    this.system = system;
    this.autoCreate = autoCreate;
  }

  @Override
  public List<Route<?>> routes() {
    return List.of(
        Route.on(UPDATE_AND_CREATE_TOPIC, Access.ADMIN, TopicHeaders.Update.class, this::update),
        Route.on(UPDATE_AND_CREATE_TOPIC_LIST, Access.ADMIN, this::updateAll),
        Route.on(GET_ALL_TOPIC_CONFIG, Access.OPEN, this::all),
        Route.on(DELETE_TOPIC_IN_BROKER, Access.ADMIN, TopicHeaders.OfTopic.class, this::delete),
        Route.on(GET_SYSTEM_TOPIC_LIST_FROM_BROKER, Access.OPEN, this::systemTopics),
        Route.on(CLEAN_UNUSED_TOPIC, Access.ADMIN, this::cleanUnused),
        Route.on(GET_TOPIC_CONFIG, Access.OPEN, TopicHeaders.OfTopic.class, this::one));
  }

  private Future<Reply> update(Exchange from, TopicHeaders.Update ask) {
    TopicConfig known = topics.find(ask.topic());
    if (Boolean.TRUE.equals(ask.createdOnSend())) {
      if (known != null) {
        return Reply.ok().now(); // what is here counts, not what a peer made up
      }
      topics.requireNotDeleted(ask.topic());
      if (!autoCreate) {
        return Reply.of(
                ResponseCode.NO_PERMISSION,
                "topic["
                    + ask.topic()
                    + "] was not created: autoCreateTopicEnable=false on this broker. Create it with"
                    + " mqadmin updateTopic.")
            .now();
      }
    }
    Map<String, String> attributes =
        TopicAttributes.changed(
            known == null,
            known == null ? null : known.attributes(),
            TopicAttributes.parse(ask.attributes()));
    TopicConfig wanted =
        new TopicConfig(
            attributes,
            Boolean.TRUE.equals(ask.order()),
            ask.perm(),
            ask.readQueueNums(),
            ask.topicFilterType() == null ? TopicConfig.SINGLE_TAG : ask.topicFilterType(),
            ask.topic(),
            ask.topicSysFlag() == null ? 0 : ask.topicSysFlag(),
            ask.writeQueueNums());
    check(wanted);
    return topics.put(wanted).map(done -> Reply.ok());
  }

  private Future<Reply> updateAll(Exchange from, Route.NoFields none) {
    List<TopicConfig> wanted =
        Body.parse(TopicConfigList.class, from.request().body()).topicConfigList();
    wanted.forEach(this::check); // all or none, as far as names, numbers and attributes go
    List<TopicConfig> changed = wanted.stream().map(this::withAttributes).toList();
    List<Future<Void>> writes = new ArrayList<>();
    changed.forEach(each -> writes.add(topics.put(each)));
    return Future.all(writes).map(done -> Reply.ok());
  }

  /** In a list, a topic's attributes are changes, too. */
  private TopicConfig withAttributes(TopicConfig wanted) {
    TopicConfig known = topics.find(wanted.topicName());
    return wanted.withAttributes(
        TopicAttributes.changed(
            known == null, known == null ? null : known.attributes(), wanted.attributes()));
  }

  private Future<Reply> all(Exchange from, Route.NoFields none) {
    // 5.5 asks for parts; an answer that names no total number is complete.
    return Reply.ok().body(topics.wrapper().toJson()).now();
  }

  private Future<Reply> delete(Exchange from, TopicHeaders.OfTopic ask) {
    if (system.isSystem(ask.topic())) {
      throw conflict(ask.topic());
    }
    Refused.unlessTopic(ask.topic());
    return topics.delete(ask.topic()).map(done -> Reply.ok());
  }

  private Future<Reply> systemTopics(Exchange from, Route.NoFields none) {
    Set<String> names = new TreeSet<>();
    for (TopicConfig each : topics.all()) {
      if (system.isSystem(each.topicName())) {
        names.add(each.topicName());
      }
    }
    return Reply.ok().body(new TopicList(null, names).toJson()).now();
  }

  /** The original's meaning, dropping what is left of deleted topics, has no work here. */
  private Future<Reply> cleanUnused(Exchange from, Route.NoFields none) {
    return Reply.ok().now();
  }

  private Future<Reply> one(Exchange from, TopicHeaders.OfTopic ask) {
    TopicConfig topic = topics.find(ask.topic());
    if (topic == null) {
      return Reply.of(
              ResponseCode.TOPIC_NOT_EXIST, "No topic in this broker. topic: " + ask.topic())
          .now();
    }
    return Reply.ok().body(topic.toJson()).now();
  }

  private void check(TopicConfig topic) {
    Refused.unlessTopic(topic.topicName());
    if (system.isSystem(topic.topicName())) {
      throw conflict(topic.topicName());
    }
    requireQueues("readQueueNums", topic.readQueueNums());
    requireQueues("writeQueueNums", topic.writeQueueNums());
    if ((topic.perm() & ~PERM_BITS) != 0) {
      throw new Refused(
          ResponseCode.INVALID_PARAMETER,
          "perm "
              + topic.perm()
              + " has unknown bits. Use 2 (write), 4 (read), 6 (both), or 7 for a template.");
    }
  }

  private static void requireQueues(String what, int number) {
    if (number < 0 || number > MAX_QUEUES) {
      throw new Refused(
          ResponseCode.INVALID_PARAMETER,
          what + " is " + number + ". Give a number from 0 to " + MAX_QUEUES + ".");
    }
  }

  private static Refused conflict(String topic) {
    return new Refused(
        ResponseCode.INVALID_PARAMETER,
        "The topic[" + topic + "] is conflict with system topic. Use another name.");
  }
}
