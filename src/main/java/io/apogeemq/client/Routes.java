package io.apogeemq.client;

import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.BrokerData;
import io.apogeemq.protocol.body.QueueData;
import io.apogeemq.protocol.body.TopicRoute;
import io.apogeemq.protocol.header.RouteHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where topics live: routes as the name servers told them, remembered and asked for again.
 *
 * <p>A known route outlives a name server that is down or has just started and knows nothing yet; it
 * is forgotten only when a broker says that the topic is gone. Topics that nobody used for a while
 * are forgotten, too, and so is the one unused longest when there are too many.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class Routes {
  /** The topic whose route tells a producer where an unknown topic may be created. */
  static final String TEMPLATE_TOPIC = "TBW102";

  private static final Logger log = LoggerFactory.getLogger(Routes.class);
  private static final int READ = 4;
  private static final int MAX_TOPICS = 50_000;
  private static final long UNUSED_MS = 10 * 60_000;

  /** A failed send asks for its route again, but no more often than this. */
  private static final long REFRESH_GAP_MS = 200;

  private static final class Known {
    TopicRoute route;
    PublishQueues publish;

    /** True while this is only where the topic would be created. */
    boolean template;

    long askedMs;
    long usedMs;

    Known(TopicRoute route, PublishQueues publish, boolean template, long nowMs) {
      this.route = route;
      this.publish = publish;
      this.template = template;
      askedMs = nowMs;
      usedMs = nowMs;
    }
  }

  private final Calls calls;
  private final LongSupplier clockMs;
  private final Runnable onNewAddress;

  /** By topic, in the order of last use. */
  private final Map<String, Known> known = new LinkedHashMap<>(16, 0.75f, true);

  private final Map<String, Future<TopicRoute>> asking = new HashMap<>();

  /** By broker name: addresses by broker id, 0 is the master. */
  private final Map<String, Map<Long, String>> brokers = new HashMap<>();

  /**
   * @param onNewAddress called when a broker address turned up that was not known before
   */
  Routes(Calls calls, LongSupplier clockMs, Runnable onNewAddress) {
    this.calls = calls;
    this.clockMs = clockMs;
    this.onNewAddress = onNewAddress;
  }

  /** The route of a topic; fails with {@link RequestRefused} code 17 if no name server knows it. */
  Future<TopicRoute> of(String topic) {
    Known present = known.get(topic);
    if (present != null && !present.template) {
      present.usedMs = clockMs.getAsLong();
      return Future.succeededFuture(present.route);
    }
    return ask(topic);
  }

  /**
   * The queues that a producer may write to; for an unknown topic those that the broker would create.
   * While a topic has none, each call asks for its route anew, as each send of Apache's client does:
   * somebody may have made it writable.
   *
   * @param newTopicQueues so many on each broker at most, if the topic is unknown
   */
  Future<PublishQueues> toPublish(String topic, int newTopicQueues) {
    Known present = known.get(topic);
    if (present != null) {
      present.usedMs = clockMs.getAsLong();
      return present.publish.all().isEmpty()
          ? refresh(topic).transform(asked -> Future.succeededFuture(present.publish))
          : Future.succeededFuture(present.publish);
    }
    return ask(topic)
        .recover(
            e -> isUnknownTopic(e) ? askTemplate(topic, newTopicQueues, e) : Future.failedFuture(e))
        .map(ignored -> publishQueues(topic));
  }

  private PublishQueues publishQueues(String topic) {
    Known present = known.get(topic);
    if (present == null) {
      throw new IllegalStateException("the route of " + topic + " was just learned");
    }
    return present.publish;
  }

  private Future<TopicRoute> askTemplate(String topic, int newTopicQueues, Throwable unknown) {
    return fetch(TEMPLATE_TOPIC)
        .map(
            route -> {
              learn(topic, route, PublishQueues.of(topic, route, newTopicQueues), true);
              return route;
            })
        .recover(e -> Future.failedFuture(isUnknownTopic(e) ? unknown : e));
  }

  /** The queues that consumers may read, sorted. */
  Future<List<MessageQueue>> toSubscribe(String topic) {
    return of(topic).map(route -> readable(topic, route));
  }

  static List<MessageQueue> readable(String topic, TopicRoute route) {
    Set<MessageQueue> all = new TreeSet<>();
    for (QueueData each : route.queueDatas()) {
      if ((each.perm() & READ) != 0) {
        for (int i = 0; i < each.readQueueNums(); i++) {
          all.add(new MessageQueue(topic, each.brokerName(), i));
        }
      }
    }
    return List.copyOf(all);
  }

  /** Asks for a topic's route now, even if it is known, unless it was asked for just before. */
  Future<TopicRoute> refresh(String topic) {
    Known present = known.get(topic);
    if (present != null && clockMs.getAsLong() - present.askedMs < REFRESH_GAP_MS) {
      return Future.succeededFuture(present.route);
    }
    return ask(topic);
  }

  /** A broker said that this topic does not exist: what we know of it is wrong. */
  void forget(String topic) {
    known.remove(topic);
  }

  /** Asks for all routes in use again, and forgets the others. Failures keep the old route. */
  void refreshAll() {
    long nowMs = clockMs.getAsLong();
    List<String> used = new ArrayList<>();
    for (Iterator<Map.Entry<String, Known>> i = known.entrySet().iterator(); i.hasNext(); ) {
      Map.Entry<String, Known> each = i.next();
      if (nowMs - each.getValue().usedMs > UNUSED_MS) {
        i.remove();
      } else {
        used.add(each.getKey());
      }
    }
    forgetUnnamedBrokers();
    for (String topic : used) {
      ask(topic).onFailure(e -> log.debug("route of {} not refreshed: {}", topic, e.toString()));
    }
  }

  /** Nobody tells us the address of a broker any more that is in no route: it may be gone for good. */
  private void forgetUnnamedBrokers() {
    Set<String> named = new HashSet<>();
    known.values().forEach(each -> named.addAll(brokerNames(each.route)));
    brokers.keySet().retainAll(named);
  }

  private static Set<String> brokerNames(TopicRoute route) {
    Set<String> names = new HashSet<>();
    route.brokerDatas().forEach(broker -> names.add(broker.brokerName()));
    return names;
  }

  private Future<TopicRoute> ask(String topic) {
    Future<TopicRoute> underWay = asking.get(topic);
    if (underWay != null) {
      return underWay;
    }
    Known present = known.get(topic);
    if (present != null) {
      present.askedMs = clockMs.getAsLong();
    }
    Future<TopicRoute> answer =
        fetch(topic)
            .map(
                route -> {
                  learn(topic, route, PublishQueues.of(topic, route, Integer.MAX_VALUE), false);
                  return route;
                });
    if (!answer.isComplete()) {
      asking.put(topic, answer);
      answer.onComplete(ignored -> asking.remove(topic, answer));
    }
    return answer;
  }

  /** Asks the name server; nothing is remembered. */
  Future<TopicRoute> fetch(String topic) {
    return calls.nameServer(
        () ->
            RemotingCommand.request(
                RequestCode.GET_ROUTEINFO_BY_TOPIC, new RouteHeaders.GetRoute(topic, true)),
        response -> Body.parse(TopicRoute.class, response.body()));
  }

  private void learn(String topic, TopicRoute route, PublishQueues publish, boolean template) {
    boolean newAddress = false;
    for (BrokerData each : route.brokerDatas()) {
      Map<Long, String> before = brokers.put(each.brokerName(), Map.copyOf(each.brokerAddrs()));
      newAddress |= before == null || !before.values().containsAll(each.brokerAddrs().values());
    }
    long nowMs = clockMs.getAsLong();
    Known present = known.get(topic);
    if (present == null) {
      known.put(topic, new Known(route, publish, template, nowMs));
      if (known.size() > MAX_TOPICS) {
        known.remove(known.keySet().iterator().next());
      }
    } else {
      boolean lostBroker = !brokerNames(route).containsAll(brokerNames(present.route));
      present.route = route;
      present.publish = publish;
      present.template = template;
      if (lostBroker) {
        forgetUnnamedBrokers();
      }
    }
    if (newAddress) {
      onNewAddress.run();
    }
  }

  /** The master's address of a broker as last told for any topic, or null. */
  @Nullable String master(String brokerName) {
    Map<Long, String> addresses = brokers.get(brokerName);
    return addresses == null ? null : addresses.get(BrokerData.MASTER_ID);
  }

  /** The master's address of a broker, once the topic's route is known; code 211 if it has none. */
  Future<String> masterOf(String topic, String brokerName) {
    return of(topic)
        .map(
            route -> {
              String address = masterOf(route, brokerName);
              if (address == null) {
                throw new RequestRefused(
                    ResponseCode.BROKER_NOT_EXIST,
                    "the route of " + topic + " names no master of " + brokerName);
              }
              return address;
            });
  }

  /** The broker's address with this id; the master's, or any other, if it has no such id; or null. */
  @Nullable String address(String brokerName, long brokerId) {
    Map<Long, String> addresses = brokers.get(brokerName);
    if (addresses == null || addresses.isEmpty()) {
      return null;
    }
    String wanted = addresses.get(brokerId);
    return wanted != null ? wanted : new TreeMap<>(addresses).firstEntry().getValue();
  }

  /** All known addresses by broker name and id. */
  Map<String, Map<Long, String>> brokers() {
    return brokers;
  }

  static @Nullable String masterOf(TopicRoute route, String brokerName) {
    for (BrokerData each : route.brokerDatas()) {
      if (each.brokerName().equals(brokerName)) {
        return each.brokerAddrs().get(BrokerData.MASTER_ID);
      }
    }
    return null;
  }

  static boolean isUnknownTopic(Throwable failure) {
    return failure instanceof RequestRefused refused
        && refused.code() == ResponseCode.TOPIC_NOT_EXIST;
  }
}
