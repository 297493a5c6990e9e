package io.apogeemq.client;

import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.ConsumerData;
import io.apogeemq.protocol.body.ConsumerIdList;
import io.apogeemq.protocol.body.HeartbeatData;
import io.apogeemq.protocol.body.ProducerData;
import io.apogeemq.protocol.header.GroupHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Transport;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The producers and consumers of a client, and what brokers hear of them: at once when one starts,
 * again and again by the clock, and as soon as a broker that was lost is back.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class Membership {
  private static final Logger log = LoggerFactory.getLogger(Membership.class);

  /** A broker that was lost is told of us again after this time, and then again as often. */
  private static final long RECONNECT_MS = 1_000;

  /** Refusals of brokers that have something else to do now: the next heartbeat may be accepted. */
  private static final Set<Integer> PASSING =
      Set.of(
          ResponseCode.SYSTEM_BUSY,
          ResponseCode.SERVICE_NOT_AVAILABLE,
          ResponseCode.GO_AWAY,
          ResponseCode.FLOW_CONTROL);

  private final String clientId;
  private final Loop loop;
  private final Transport transport;
  private final Calls calls;
  private final Routes routes;

  // Safe to use from any thread: they are entered where they are made.
  private final Map<String, Producer> producers = new ConcurrentHashMap<>();
  private final Map<String, TransactionProducer> transactionProducers = new ConcurrentHashMap<>();
  private final Map<String, PushConsumer> consumers = new ConcurrentHashMap<>();

  /** Brokers that answered our last heartbeat and are connected since: the producers it named. */
  private final Map<String, Set<String>> told = new HashMap<>();

  private boolean planned;
  private boolean closed;

  Membership(String clientId, Loop loop, Transport transport, Calls calls, Routes routes) {
    this.clientId = clientId;
    this.loop = loop;
    this.transport = transport;
    this.calls = calls;
    this.routes = routes;
  }

  /** Enters a producer; any thread. */
  void add(Producer producer) {
    if (producers.putIfAbsent(producer.group(), producer) != null) {
      throw new IllegalStateException(
          "this client has a producer of group " + producer.group() + " already");
    }
    loop.run(this::heartbeatSoon);
  }

  /** Enters whom brokers may ask about transactions; any thread. */
  void add(TransactionProducer producer) {
    transactionProducers.put(producer.group(), producer);
  }

  /** Enters a consumer; any thread. */
  void add(PushConsumer consumer) {
    if (consumers.putIfAbsent(consumer.group(), consumer) != null) {
      throw new IllegalStateException(
          "this client has a consumer of group " + consumer.group() + " already");
    }
  }

  @Nullable PushConsumer consumer(String group) {
    return consumers.get(group);
  }

  @Nullable TransactionProducer transactionProducer(String group) {
    return transactionProducers.get(group);
  }

  /** Tells the brokers soon; several calls before that are one. */
  void heartbeatSoon() {
    if (!planned && !closed) {
      planned = true;
      loop.after(
          1,
          () -> {
            planned = false;
            heartbeat();
          });
    }
  }

  /**
   * Tells all known brokers who we are: masters always, slaves if there is a consumer. Completes when
   * all have answered or failed; failures are logged.
   */
  Future<Void> heartbeat() {
    if (closed || (producers.isEmpty() && consumers.isEmpty())) {
      return Future.succeededFuture();
    }
    List<Future<?>> asked = new ArrayList<>();
    for (String address : addresses()) {
      asked.add(heartbeat(address));
    }
    return ApogeeClient.settled(asked);
  }

  /** How brokers answered a member that joins. */
  private static final class Welcome {
    boolean anywhere;
    @Nullable Throwable refusal;
  }

  /**
   * Tells all known brokers of a consumer that starts. Completes when all have answered or failed, or
   * after this time; fails with a {@link RequestRefused} if all that answered have refused it.
   */
  Future<Void> join(String group, long waitMs) {
    Welcome welcome = new Welcome();
    List<Future<?>> asked = new ArrayList<>();
    for (String address : addresses()) {
      asked.add(
          heartbeat(address)
              .recover(e -> admittedAllTheSame(address, group, e))
              .onSuccess(ignored -> welcome.anywhere = true)
              .onFailure(
                  e -> {
                    if (e instanceof RequestRefused refused && !PASSING.contains(refused.code())) {
                      welcome.refusal = e;
                    }
                  }));
    }
    return loop.within(waitMs, ApogeeClient.settled(asked), TimeoutException::new)
        .otherwiseEmpty()
        .compose(
            ignored ->
                welcome.anywhere || welcome.refusal == null
                    ? Future.succeededFuture()
                    : Future.failedFuture(welcome.refusal));
  }

  /** A heartbeat names all members of this client, and only another one may have been refused. */
  private Future<Void> admittedAllTheSame(String address, String group, Throwable failure) {
    return failure instanceof RequestRefused
        ? ofGroup(address, group)
            .otherwise(List.of())
            .compose(
                ids ->
                    ids.contains(clientId)
                        ? Future.succeededFuture()
                        : Future.failedFuture(failure))
        : Future.failedFuture(failure);
  }

  /** The ids of a consumer group's members, as this broker knows them. */
  Future<List<String>> ofGroup(String address, String group) {
    return calls.ok(
        address,
        RemotingCommand.request(
            RequestCode.GET_CONSUMER_LIST_BY_GROUP, new GroupHeaders.OfConsumers(group)),
        r -> Body.parse(ConsumerIdList.class, r.body()).consumerIdList());
  }

  /** Whether this node answered our last heartbeat and is connected since. */
  boolean answers(String address) {
    return told.containsKey(address);
  }

  /** Completes when all known brokers have heard of this producer or failed to. */
  Future<Void> introduced(String producerGroup) {
    List<Future<?>> asked = new ArrayList<>();
    for (String address : addresses()) {
      if (!told.getOrDefault(address, Set.of()).contains(producerGroup)) {
        asked.add(heartbeat(address));
      }
    }
    return ApogeeClient.settled(asked);
  }

  private Set<String> addresses() {
    Set<String> all = new LinkedHashSet<>();
    for (Map<Long, String> broker : routes.brokers().values()) {
      broker.forEach(
          (id, address) -> {
            if (id == 0 || !consumers.isEmpty()) {
              all.add(address);
            }
          });
    }
    return all;
  }

  private Future<Void> heartbeat(String address) {
    Set<String> named = Set.copyOf(producers.keySet());
    Set<ProducerData> producing = new LinkedHashSet<>();
    named.forEach(group -> producing.add(new ProducerData(group)));
    Set<ConsumerData> consuming = new LinkedHashSet<>();
    for (PushConsumer each : consumers.values()) {
      if (each.isRunning()) {
        consuming.add(each.membership());
      }
    }
    HeartbeatData data = new HeartbeatData(clientId, consuming, null, producing, null);
    return calls
        .ok(address, RemotingCommand.request(RequestCode.HEART_BEAT).body(data.toJson()))
        .onSuccess(ignored -> watch(address, named))
        .onFailure(e -> notHeard(address, e));
  }

  private static void notHeard(String address, Throwable failure) {
    if (failure instanceof RequestRefused) {
      log.warn(
          "{} refuses our heartbeat, nothing comes from there: {}", address, failure.getMessage());
    } else {
      log.info("heartbeat to {} failed: {}", address, failure.toString());
    }
  }

  /** Tells a broker again when the connection to it was lost and it is back. */
  private void watch(String address, Set<String> named) {
    if (told.put(address, named) == null) {
      loop.here(transport.connect(address))
          .onFailure(ignored -> told.remove(address))
          .onSuccess(
              connection ->
                  loop.here(connection.closed())
                      .onComplete(
                          ignored -> {
                            told.remove(address);
                            if (!closed) {
                              loop.after(RECONNECT_MS, () -> tellAgain(address));
                            }
                          }));
    }
  }

  private void tellAgain(String address) {
    if (!closed && addresses().contains(address) && !told.containsKey(address)) {
      heartbeat(address).onFailure(e -> loop.after(RECONNECT_MS, () -> tellAgain(address)));
    }
  }

  Future<Void> leave(Producer producer) {
    if (!producers.remove(producer.group(), producer)) {
      return Future.succeededFuture(); // it has left before, and may have a successor
    }
    transactionProducers.remove(producer.group());
    return leave(producer.group(), null);
  }

  Future<Void> leave(PushConsumer consumer) {
    return consumers.remove(consumer.group(), consumer)
        ? leave(null, consumer.group())
        : Future.succeededFuture();
  }

  private Future<Void> leave(@Nullable String producerGroup, @Nullable String consumerGroup) {
    List<Future<?>> asked = new ArrayList<>();
    for (String address : told.keySet()) {
      asked.add(
          calls.ok(
              address,
              RemotingCommand.request(
                  RequestCode.UNREGISTER_CLIENT,
                  new GroupHeaders.Unregister(clientId, producerGroup, consumerGroup))));
    }
    return ApogeeClient.settled(asked);
  }

  /** Closes all, consumers first; completes when all that could be told was told. */
  Future<Void> close() {
    List<Future<?>> members = new ArrayList<>();
    consumers.values().forEach(each -> members.add(each.close()));
    producers.values().forEach(each -> members.add(each.close()));
    return ApogeeClient.settled(members).onComplete(ignored -> closed = true);
  }
}
