package io.apogeemq.broker.topic;

import io.apogeemq.broker.BrokerIdentity;
import io.apogeemq.protocol.body.BrokerData;
import io.apogeemq.protocol.body.QueueData;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.body.TopicRoute;
import io.apogeemq.protocol.header.TopicHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Transport;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a topic that a send created here created on the other masters of the cluster as well, so that
 * the producer's next messages find it everywhere and its queues are spread from the beginning.
 *
 * <p>The peers are those that a name server knows to offer the same template with the inherit bit:
 * this is how a broker, ours or Apache's, says that sends may create topics on it. Brokers that have
 * the topic already are left alone. The request is the ordinary one of a tool (17) with a mark, by
 * which one of ours applies its own switch and does not overwrite what it has. A peer stores what it
 * is told and tells nobody, so nothing is echoed.
 *
 * <p>The first message is acknowledged without waiting for the peers: they are told at the same time,
 * and the client uses its new route only when a name server has it. A peer that refuses or can't be
 * reached is logged; the topic then is created there by the first send to it.
 *
 * <p>Any thread may {@link #tell}; the rest is confined to one loop. At most {@link #MAX_WAITING}
 * topics wait; beyond that they are left to their first send.
 */
public final class PeerTopics {
  private static final Logger log = LoggerFactory.getLogger(PeerTopics.class);

  private static final int MAX_WAITING = 10_000;
  private static final int AT_A_TIME = 8;
  private static final long TIMEOUT_MS = 3000;

  private record Creation(TopicConfig topic, String template) {}

  private final BrokerIdentity broker;
  private final RouteLookup lookup;
  private final Transport transport;
  private final Executor loop;
  private final ArrayDeque<Creation> waiting = new ArrayDeque<>();
  private int active;

  /** {@code loop}: runs tasks one after the other, the state loop. */
  public PeerTopics(BrokerIdentity broker, RouteLookup lookup, Transport transport, Executor loop) {
    this.broker = broker;
    this.lookup = lookup;
    this.transport = transport;
    this.loop = loop;
  }

  /** Tells the peers of a topic that a send has just created after a template. Returns at once. */
  public void tell(TopicConfig topic, String template) {
    if (!lookup.isPossible() || broker.id() != BrokerData.MASTER_ID) {
      return;
    }
    loop.execute(
        () -> {
          if (waiting.size() >= MAX_WAITING) {
            log.warn(
                "too many new topics at once: {} is created elsewhere by its first message there",
                topic.topicName());
            return;
          }
          waiting.add(new Creation(topic, template));
          next();
        });
  }

  private void next() {
    while (active < AT_A_TIME && !waiting.isEmpty()) {
      active++;
      spread(waiting.remove())
          .onComplete(
              (nothing, failure) -> {
                if (failure != null) {
                  log.warn("no name server could be asked for the peers of this broker", failure);
                }
                loop.execute(
                    () -> {
                      active--;
                      next();
                    });
              });
    }
  }

  private Future<?> spread(Creation creation) {
    Future<@Nullable TopicRoute> template = lookup.route(creation.template());
    Future<@Nullable TopicRoute> present = lookup.route(creation.topic().topicName());
    return Future.all(template, present)
        .compose(
            routes -> {
              List<Future<?>> told = new ArrayList<>();
              peers(template.result(), present.result())
                  .forEach((name, address) -> told.add(create(creation.topic(), name, address)));
              return Future.join(told);
            });
  }

  /** Masters by name that offer the template and lack the topic, without ourselves. */
  private Map<String, String> peers(@Nullable TopicRoute template, @Nullable TopicRoute present) {
    Map<String, String> peers = new TreeMap<>();
    if (template == null) {
      return peers;
    }
    Set<String> offering = new HashSet<>();
    for (QueueData each : template.queueDatas()) {
      if ((each.perm() & TopicConfig.INHERIT) != 0) {
        offering.add(each.brokerName());
      }
    }
    if (present != null) {
      present.queueDatas().forEach(each -> offering.remove(each.brokerName()));
    }
    offering.remove(broker.name());
    for (BrokerData each : template.brokerDatas()) {
      String master = each.brokerAddrs().get(BrokerData.MASTER_ID);
      if (master != null
          && offering.contains(each.brokerName())
          && broker.cluster().equals(each.cluster())) {
        peers.put(each.brokerName(), master);
      }
    }
    return peers;
  }

  private Future<?> create(TopicConfig topic, String peer, String address) {
    RemotingCommand ask =
        RemotingCommand.request(
            RequestCode.UPDATE_AND_CREATE_TOPIC,
            new TopicHeaders.Update(
                topic.topicName(),
                SystemTopics.TEMPLATE,
                topic.readQueueNums(),
                topic.writeQueueNums(),
                topic.perm(),
                topic.topicFilterType(),
                topic.topicSysFlag(),
                topic.order(),
                null,
                true));
    return transport
        .request(address, ask, TIMEOUT_MS)
        .onComplete(
            (answer, failure) -> {
              if (failure != null) {
                log.warn(
                    "topic {} is not created on {} ({}) yet: {}",
                    topic.topicName(),
                    peer,
                    address,
                    failure.toString());
                return;
              }
              if (answer.code() != ResponseCode.SUCCESS) {
                log.warn(
                    "{} ({}) refused to create topic {}: {}",
                    peer,
                    address,
                    topic.topicName(),
                    answer.remark());
              }
              answer.release();
            });
  }
}
