package io.apogeemq.gateway.access;

import io.apogeemq.client.Admin;
import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.GroupAdmin;
import io.apogeemq.client.Inspection;
import io.apogeemq.client.MessageQuery;
import io.apogeemq.client.PendingMessages;
import io.apogeemq.client.PopConsumer;
import io.apogeemq.client.Producer;
import io.apogeemq.client.ProducerOptions;
import io.apogeemq.client.PullConsumer;
import io.apogeemq.client.RequestRefused;
import io.apogeemq.client.TransactionOutcome;
import io.apogeemq.client.TransactionProducer;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A client of the cluster that signs as one account, and what is made of it as it is needed. Belongs to
 * the event loop that it was made on.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class GatewayClient {
  /** The producer group of all gateways, as brokers show it. */
  static final String PRODUCER_GROUP = "apogee-gateway";

  /** The same for transactions, which brokers ask about by group. */
  static final String TRANSACTION_GROUP = "apogee-gateway-transactions";

  /** Consumers are small and make themselves anew; those used last are kept. */
  private static final int MAX_CONSUMERS = 1_000;

  /** How long it counts what brokers have said of an account, or of themselves. */
  private static final long REMEMBERED_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** Sends of one account and event loop whose answers are awaited; then a client must wait (429). */
  private static final int MAX_PENDING_SENDS = 10_000;

  private final ApogeeClient client;
  private final Recent recent;
  private final Map<String, PopConsumer> consumers =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, PopConsumer> eldest) {
          return size() > MAX_CONSUMERS;
        }
      };

  private @Nullable Producer producer;
  private @Nullable TransactionProducer transactions;
  private @Nullable Future<Void> known;
  private long knownUntilNanos;
  private long timersUntilNanos;
  private @Nullable Future<Void> timers;
  private int users;

  /**
   * @param changes how many were made through this process
   */
  GatewayClient(Vertx vertx, ClientOptions options, AtomicLong changes) {
    client = ApogeeClient.create(vertx, options);
    recent = new Recent(vertx, changes);
  }

  /** Sends; the group is made at the first call. */
  public Producer producer() {
    Producer made = producer;
    if (made == null) {
      made =
          client.producer(ProducerOptions.of(PRODUCER_GROUP).setMaxPendingSends(MAX_PENDING_SENDS));
      producer = made;
    }
    return made;
  }

  /**
   * Begins and ends transactions. Whoever asks how one ended hears that it isn't known: only the client
   * that began it knows.
   */
  public TransactionProducer transactions() {
    TransactionProducer made = transactions;
    if (made == null) {
      made =
          client.transactionProducer(
              ProducerOptions.of(TRANSACTION_GROUP).setMaxPendingSends(MAX_PENDING_SENDS),
              half -> Future.succeededFuture(TransactionOutcome.UNKNOWN));
      transactions = made;
    }
    return made;
  }

  /** Takes messages out as they are stored; what unpacking makes of them is the caller's to bound. */
  public PopConsumer consumer(String group) {
    return consumers.computeIfAbsent(group, each -> client.popConsumer(each).asStored());
  }

  /** Reads queues in a group's name, without taking part in it. */
  public PullConsumer reader(String group) {
    return client.pullConsumer(group);
  }

  public Admin admin() {
    return client.admin();
  }

  public GroupAdmin groups() {
    return client.groupAdmin();
  }

  public Inspection inspection() {
    return client.inspection();
  }

  public MessageQuery messages() {
    return client.messages();
  }

  public PendingMessages pending() {
    return client.pending();
  }

  /** What this account was told a moment ago, or else what it is told now; see {@link Recent}. */
  public <T> Future<T> recent(Class<T> kind, Supplier<Future<T>> ask) {
    return recent.get(kind, ask);
  }

  /** The same, of something that may be that old. */
  public <T> Future<T> recent(Class<T> kind, long lifeMs, Supplier<Future<T>> ask) {
    return recent.get(kind, lifeMs, ask);
  }

  /** Says that topics, groups or offsets were changed, so that nothing recent hides it. */
  public void changed() {
    recent.changed();
  }

  /**
   * Completes when a broker has accepted the account's signature, or answered without one. After a minute
   * brokers are asked anew beside the request, as the account may have been changed; one that they can't
   * be asked about stays accepted. Without it, what only name servers answer would be given to anybody,
   * for they know no accounts.
   */
  public Future<Void> known() {
    Future<Void> asked = known;
    if (asked == null || asked.failed()) {
      asked = accepted();
      known = asked;
      knownUntilNanos = System.nanoTime() + REMEMBERED_NANOS;
    } else if (asked.succeeded() && System.nanoTime() - knownUntilNanos >= 0) {
      knownUntilNanos = System.nanoTime() + REMEMBERED_NANOS;
      accepted()
          .onFailure(
              e -> {
                if (e instanceof RequestRefused) {
                  known = Future.failedFuture(e);
                }
              });
    }
    return asked;
  }

  /** Whether a broker has accepted the account's signature, and none refused it since. */
  boolean isKnown() {
    return known != null && known.succeeded();
  }

  /** The first broker that accepts it counts; then one that refuses it; one that is silent keeps nobody waiting. */
  private Future<Void> accepted() {
    return admin()
        .masters()
        .compose(
            all -> {
              if (all.isEmpty()) {
                return Future.failedFuture(nobodyCanTell());
              }
              List<Future<Map<String, String>>> answers =
                  all.stream().map(admin()::brokerFigures).toList();
              return Future.any(answers)
                  .<Void>mapEmpty()
                  .recover(e -> Future.failedFuture(refusal(answers, e)));
            });
  }

  private static Throwable refusal(List<? extends Future<?>> answers, Throwable otherwise) {
    return answers.stream()
        .map(Future::cause)
        .filter(RequestRefused.class::isInstance)
        .findFirst()
        .orElse(otherwise);
  }

  private static Problem nobodyCanTell() {
    return new Problem(
        ProblemKind.UNAVAILABLE,
        "No broker is there to check the account.",
        "Try again when the name server knows a broker.");
  }

  /**
   * Completes when every broker that answers can deliver a message at a time of its own; fails as not
   * supported if one can't: those of 4.x know levels only, and deliver at once without a word. What all
   * have said holds for a minute.
   */
  public Future<Void> timers() {
    Future<Void> asked = timers;
    if (asked != null && !asked.failed() && System.nanoTime() - timersUntilNanos < 0) {
      return asked;
    }
    timersUntilNanos = System.nanoTime() + REMEMBERED_NANOS;
    Future<Void> asking =
        admin()
            .masters()
            .compose(
                all -> {
                  List<Future<Map<String, String>>> answers =
                      all.stream().map(admin()::brokerFigures).toList();
                  return Future.join(answers).transform(ended -> toldBy(answers));
                });
    timers = asking;
    return asking;
  }

  private Future<Void> toldBy(List<Future<Map<String, String>>> answers) {
    if (!answers.stream().filter(Future::succeeded).allMatch(each -> hasTimers(each.result()))) {
      return Future.failedFuture(noTimers());
    }
    if (answers.isEmpty() || answers.stream().anyMatch(Future::failed)) {
      timersUntilNanos = System.nanoTime(); // who is silent or not yet there may be of 4.x
    }
    return Future.succeededFuture();
  }

  /**
   * Fails with the same failure, unless it is that a topic is not known while no broker at all is
   * registered: then it is not the topic that is lacking.
   */
  public <T> Future<T> explained(Throwable failure) {
    if (!(failure instanceof RequestRefused refused)
        || refused.code() != ResponseCode.TOPIC_NOT_EXIST) {
      return Future.failedFuture(failure);
    }
    return admin()
        .masters()
        .transform(
            asked ->
                Future.failedFuture(
                    asked.succeeded() && asked.result().isEmpty() ? noBroker() : failure));
  }

  private static Problem noBroker() {
    return new Problem(
        ProblemKind.UNAVAILABLE,
        "No broker is registered with the name server.",
        "Try again when one is up; what was stored is there then.");
  }

  /** Brokers with timers, and only those, tell how far these are behind. */
  private static boolean hasTimers(Map<String, String> figures) {
    return figures.containsKey("timerReadBehind");
  }

  private static Problem noTimers() {
    return new Problem(
        ProblemKind.NOT_SUPPORTED,
        "A broker of this cluster has no timers, as those of RocketMQ 4.x: it would deliver at once.",
        "Give delayLevel, from 1 (1 s) to 18 (2 h).");
  }

  void enter() {
    users++;
  }

  void leave() {
    users--;
  }

  boolean isIdle() {
    return users == 0;
  }

  Future<Void> close() {
    return client.close();
  }
}
