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
import io.apogeemq.client.PullConsumer;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
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

  /** Consumers are small and make themselves anew; those used last are kept. */
  private static final int MAX_CONSUMERS = 1_000;

  /** How long a broker's word about an account counts. */
  private static final long KNOWN_NANOS = TimeUnit.MINUTES.toNanos(1);

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
  private @Nullable Future<Void> known;
  private long knownUntilNanos;
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
      made = client.producer(PRODUCER_GROUP);
      producer = made;
    }
    return made;
  }

  public PopConsumer consumer(String group) {
    return consumers.computeIfAbsent(group, client::popConsumer);
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

  /** Says that topics, groups or offsets were changed, so that nothing recent hides it. */
  public void changed() {
    recent.changed();
  }

  /**
   * Completes when a broker has accepted the account's signature, or answered without one. That holds for
   * a minute, as the account may be changed; a failure is not remembered. Without it, what only name
   * servers answer would be given to anybody, for they know no accounts.
   */
  public Future<Void> known() {
    Future<Void> asked = known;
    if (asked != null && !asked.failed() && System.nanoTime() - knownUntilNanos < 0) {
      return asked;
    }
    Future<Void> asking =
        admin()
            .masters()
            .compose(
                all ->
                    all.isEmpty()
                        ? Future.failedFuture(nobodyCanTell())
                        : admin().brokerFigures(all.get(0)).mapEmpty());
    known = asking;
    knownUntilNanos = System.nanoTime() + KNOWN_NANOS;
    return asking;
  }

  private static Problem nobodyCanTell() {
    return new Problem(
        ProblemKind.UNAVAILABLE,
        "No broker is there to check the account.",
        "Try again when the name server knows a broker.");
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
