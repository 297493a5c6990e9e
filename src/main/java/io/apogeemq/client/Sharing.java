package io.apogeemq.client;

import io.apogeemq.protocol.Names;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shares the queues of a group's topics among its members: when a member starts, when a broker says
 * that the group changed, and by the clock. Every member computes its own part from the same lists. Of
 * a broadcast each member has all queues.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class Sharing {
  private static final Logger log = LoggerFactory.getLogger(Sharing.class);

  /** A topic that nobody has created yet is looked for this often. */
  private static final long UNKNOWN_TOPIC_MS = 1_000;

  /** Change notices come in bunches: one sharing answers for all of them. */
  static final long NOTICE_GAP_MS = 10;

  /** Who has the queues that a sharing gives to this member. */
  interface Holder {
    /** Of this topic these queues, and no others, are this member's now. */
    Future<Void> hold(String topic, Set<MessageQueue> queues);
  }

  private final ConsumerOptions options;
  private final Map<String, Filter> subscriptions;
  private final String clientId;
  private final Membership members;
  private final Routes routes;
  private final Loop loop;
  private final Holder holder;
  private boolean stopped;

  /** The sharing under way; null between two. There is never more than one. */
  private @Nullable Future<Void> underWay;

  private boolean again;

  /** When the next sharing is planned, ns; and its timer, -1 before the first. */
  private long planNs = Long.MAX_VALUE;

  private long planTimer = -1;

  Sharing(
      ConsumerOptions options,
      Map<String, Filter> subscriptions,
      ApogeeClient client,
      Holder holder) {
    this.options = options;
    this.subscriptions = subscriptions;
    clientId = client.clientId();
    members = client.members();
    this.holder = holder;
    routes = client.routes();
    loop = client.calls().loop();
  }

  /** Plans a sharing, unless one is planned that comes sooner. */
  void after(long delayMs) {
    long atNs = System.nanoTime() + delayMs * 1_000_000;
    if (planNs != Long.MAX_VALUE && planNs - atNs <= 0) {
      return;
    }
    loop.cancel(planTimer);
    planNs = atNs;
    planTimer =
        loop.after(
            delayMs,
            () -> {
              planNs = Long.MAX_VALUE;
              now();
            });
  }

  /** Shares the queues anew; if that is under way already, once more when it is over. Never fails. */
  Future<Void> now() {
    if (stopped) {
      return Future.succeededFuture();
    }
    Future<Void> present = underWay;
    if (present != null) {
      again = true;
      return present;
    }
    Promise<Void> done = Promise.promise();
    underWay = done.future();
    List<Future<?>> topics = new ArrayList<>();
    for (String topic : subscriptions.keySet()) {
      topics.add(share(topic).onFailure(e -> notShared(topic, e)));
    }
    ApogeeClient.settled(topics)
        .onComplete(
            ignored -> {
              underWay = null;
              if (again) {
                again = false;
                after(NOTICE_GAP_MS);
              }
              done.complete();
            });
    return done.future();
  }

  private void notShared(String topic, Throwable failure) {
    boolean retryTopic = topic.startsWith(Names.RETRY);
    if (retryTopic && Routes.isUnknownTopic(failure)) {
      return; // it comes into being with the first message that is handed back
    }
    log.info("queues of {} not shared: {}", topic, failure.toString());
    after(UNKNOWN_TOPIC_MS);
  }

  private Future<Void> share(String topic) {
    return routes
        .toSubscribe(topic)
        .compose(
            queues ->
                options.isBroadcasting()
                    ? holder.hold(topic, Set.copyOf(queues))
                    : members(queues).compose(all -> take(topic, queues, all)));
  }

  /** The ids of the group's members, sorted, from any broker of the topic that answers. */
  private Future<List<String>> members(List<MessageQueue> queues) {
    Set<String> addresses = new LinkedHashSet<>();
    for (MessageQueue each : queues) {
      String address = routes.address(each.brokerName(), 0);
      if (address != null) {
        addresses.add(address);
      }
    }
    List<String> order = new ArrayList<>(addresses);
    Collections.shuffle(order);
    // Those that answered a moment ago come first: a dead host would hold the sharing up.
    order.sort(Comparator.comparing(address -> !members.answers(address)));
    return members(order, 0);
  }

  private Future<List<String>> members(List<String> addresses, int index) {
    if (index >= addresses.size()) {
      return Future.failedFuture(
          new IllegalStateException("no broker of the topic has an address"));
    }
    return members
        .ofGroup(addresses.get(index), options.getGroup())
        .map(ids -> ids.stream().sorted().toList())
        .recover(
            e ->
                index + 1 < addresses.size()
                    ? members(addresses, index + 1)
                    : Future.failedFuture(e));
  }

  private Future<Void> take(String topic, List<MessageQueue> queues, List<String> memberIds) {
    if (!memberIds.contains(clientId)) {
      members.heartbeat(); // the broker forgot us; its change notice brings us back here
      return Future.failedFuture(new IllegalStateException("the broker does not know this member"));
    }
    return holder.hold(topic, Set.copyOf(QueueAllocation.average(queues, memberIds, clientId)));
  }

  void stop() {
    stopped = true;
    loop.cancel(planTimer);
  }
}
