package io.apogeemq.broker.pop;

import io.apogeemq.broker.BrokerIdentity;
import io.apogeemq.broker.arrival.ArrivalFan;
import io.apogeemq.broker.filter.Filters;
import io.apogeemq.broker.group.ClientTable;
import io.apogeemq.broker.group.GroupNotices;
import io.apogeemq.broker.group.GroupTable;
import io.apogeemq.broker.offset.OffsetTable;
import io.apogeemq.broker.state.StateTable;
import io.apogeemq.broker.state.StateWriter;
import io.apogeemq.broker.stats.Rates;
import io.apogeemq.broker.topic.RouteLookup;
import io.apogeemq.broker.topic.TopicTable;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.remoting.Later;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.store.Completions;
import io.apogeemq.store.LogPass;
import io.apogeemq.store.MessageStore;
import io.vertx.core.Future;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The POP consumption of one broker: its tables, what brings messages back, its families per loop. */
public final class PopService {
  private static final long TICK_MS = 100;

  private static final Logger log = LoggerFactory.getLogger(PopService.class);

  private final Parts parts;
  private final PopTable table;
  private final RequestModes modes;
  private final Revival revival;
  private final PopWakes wakes = new PopWakes();
  private volatile boolean stopped;

  /**
   * What this room needs of the broker.
   *
   * @param routes where a topic's queues on other brokers are asked for
   * @param routesKeptMs how long such an answer is remembered
   * @param storeHost the broker's own address
   * @param stateLoop one thread, on which the state log is replayed
   * @param later runs tasks on that thread
   * @param wallClockMs time of day
   * @param monotonicMs never jumps
   */
  public record Parts(
      PopConfig config,
      BrokerIdentity identity,
      RouteLookup routes,
      long routesKeptMs,
      AssignmentHandlers.Defaults defaults,
      InetSocketAddress storeHost,
      TopicTable topics,
      GroupTable groups,
      ClientTable clients,
      OffsetTable offsets,
      MessageStore store,
      Rates rates,
      StateWriter writer,
      Executor stateLoop,
      Later later,
      LongSupplier wallClockMs,
      LongSupplier monotonicMs) {}

  public PopService(Parts parts) {
    this.parts = parts;
    table =
        new PopTable(
            parts.offsets(),
            topic -> parts.topics().find(topic) != null,
            parts.writer(),
            parts.stateLoop(),
            parts.later());
    table.onMoved(key -> wakes.wake(key.topic(), key.group()));
    parts.topics().listen(new RetryTopicRemoval());
    modes = new RequestModes(parts.writer());
    revival =
        new Revival(
            table,
            parts.topics(),
            parts.groups(),
            parts.store(),
            new Completions(parts.stateLoop()),
            parts.rates(),
            parts.storeHost(),
            parts.config().retryForm(),
            parts.wallClockMs());
  }

  /** A topic that is deleted takes the retry topics along that its groups have popped from. */
  private final class RetryTopicRemoval implements TopicTable.Listener {
    @Override
    public void topicPut(TopicConfig topic) {}

    @Override
    public void topicDeleted(String topic) {
      if (table.isLive()) {
        for (String retryTopic : table.retryTopicsOf(topic)) {
          parts
              .topics()
              .delete(retryTopic)
              .onFailure(e -> log.warn("{} stays behind its deleted topic: {}", retryTopic, e));
        }
      }
    }
  }

  /** What follows the state log; behind topics, groups and offsets. */
  public List<StateTable> tables() {
    return List.of(modes, table);
  }

  /** Asks for what the last run has left in the log. Before the store starts. */
  public void askFor(LogPass pass) {
    revival.askFor(pass);
  }

  /** Begins to hand out and to bring back. After the state log was replayed, on the state loop. */
  public void start() {
    table.takeOver();
    parts.later().in(TICK_MS, this::tick);
  }

  private void tick() {
    if (stopped) {
      return;
    }
    try {
      revival.tick();
    } catch (RuntimeException e) {
      log.error("looking for ended leases failed; trying again", e);
    }
    parts.later().in(TICK_MS, this::tick);
  }

  /** Completes when all that happened is in the log. When no more requests come. */
  public Future<Void> stop() {
    stopped = true;
    return table.finish();
  }

  /** The requests that will wait on one event loop; joined to the arrivals of messages. */
  public PopWaiters waiters(Executor loop, ArrivalFan arrivals) {
    PopConfig config = parts.config();
    PopWaiters waiters =
        new PopWaiters(loop, parts.monotonicMs(), config.maxWaiting(), config.maxWaitingPerQueue());
    arrivals.add(waiters);
    wakes.add(waiters);
    return waiters;
  }

  /** The families of one event loop, with its filters and the requests that wait on it. */
  public List<RequestFamily> families(Completions back, Filters filters, PopWaiters waiters) {
    PopPlace place =
        new PopPlace(
            parts.config(),
            parts.topics(),
            table,
            parts.store(),
            back,
            parts.rates(),
            wakes,
            parts.wallClockMs());
    TopicQueues queues =
        new TopicQueues(
            parts.identity(),
            parts.topics(),
            parts.routes(),
            parts.routesKeptMs(),
            parts.monotonicMs());
    return List.of(
        new PopHandlers(place, parts.groups(), filters, waiters, parts.monotonicMs()),
        new AckHandlers(place),
        new AssignmentHandlers(
            modes,
            parts.topics(),
            parts.groups(),
            parts.clients(),
            queues,
            new GroupNotices(parts.groups()),
            parts.defaults()));
  }
}
