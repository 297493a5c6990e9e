package io.apogeemq.gateway.access;

import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.RequestRefused;
import io.apogeemq.config.Credentials;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The clients of one event loop: one for each account that uses the gateway, and one that signs
 * nothing. Brokers check every request by its account, so a gateway needs no rights and no accounts of
 * its own. Those not used for longest make room for others.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class Clients {
  private static final int MAX_CLIENTS = 256;

  private final Vertx vertx;
  private final ClientOptions cluster;
  private final AtomicLong changes;
  private final GuessThrottle throttle;
  private final Map<Optional<Credentials>, GatewayClient> all =
      new LinkedHashMap<>(16, 0.75f, true);

  /** Clients of somebody who changes nothing, and brings no secrets of others. */
  public Clients(Vertx vertx, ClientOptions cluster) {
    this(vertx, cluster, new AtomicLong(), new GuessThrottle(() -> 0));
  }

  /**
   * @param cluster options of each client: the cluster, and no account; not changed any more
   * @param changes how many were made through this process; shared by its event loops
   * @param throttle of secrets; shared, too
   */
  public Clients(Vertx vertx, ClientOptions cluster, AtomicLong changes, GuessThrottle throttle) {
    this.vertx = vertx;
    this.cluster = cluster;
    this.changes = changes;
    this.throttle = throttle;
  }

  /**
   * Does something with an account's client, which stays open until that has ended. A secret that came with
   * the request may be a guess, and has to wait where too many were wrong (429).
   */
  public <T> Future<T> with(Claim claim, Function<GatewayClient, Future<T>> action) {
    Credentials account = claim.account();
    String address = claim.address();
    if (account != null && address != null) {
      throttle.admit(address, account);
    }
    GatewayClient client = of(account);
    client.enter();
    Future<Void> known = account == null ? Future.succeededFuture() : client.known();
    if (account != null && address != null) {
      judge(address, account, known);
    }
    return known
        .compose(ignored -> action.apply(client))
        .onComplete(
            ignored -> {
              client.leave();
              if (known.failed() && isRefused(known.cause()) && client.isIdle()) {
                all.remove(
                    Optional.ofNullable(account), client); // wrong secrets take nobody's room
                client.close();
              }
            });
  }

  /** Tells the throttle what brokers say of a secret. */
  private void judge(String address, Credentials account, Future<Void> known) {
    boolean counts = throttle.begin(address, account);
    if (counts) {
      known.onSuccess(ignored -> throttle.accepted(address, account));
    }
    if (!known.succeeded()) {
      known.onFailure(
          e -> {
            if (isRefused(e)) {
              throttle.refused(address, account);
            } else if (counts) {
              throttle.undecided(address, account);
            }
          });
    }
  }

  private static boolean isRefused(Throwable e) {
    return e instanceof RequestRefused && Problem.of(e).kind() == ProblemKind.UNAUTHENTICATED;
  }

  /** Whether brokers have accepted this account, and nothing else was heard since. */
  public boolean isKnown(Credentials account) {
    GatewayClient client = all.get(Optional.of(account));
    return client != null && client.isKnown();
  }

  private GatewayClient of(@Nullable Credentials account) {
    Optional<Credentials> key = Optional.ofNullable(account);
    GatewayClient found = all.get(key);
    if (found != null) {
      return found;
    }
    makeRoom();
    GatewayClient made =
        new GatewayClient(vertx, new ClientOptions(cluster).setCredentials(account), changes);
    all.put(key, made);
    return made;
  }

  private void makeRoom() {
    Iterator<GatewayClient> oldestFirst = all.values().iterator();
    while (all.size() >= MAX_CLIENTS && oldestFirst.hasNext()) {
      GatewayClient each = oldestFirst.next();
      if (each.isIdle()) {
        oldestFirst.remove();
        each.close();
      }
    }
    if (all.size() >= MAX_CLIENTS) {
      throw new Problem(
              ProblemKind.UNAVAILABLE,
              "More than " + MAX_CLIENTS + " accounts use this gateway at once.",
              "Try again after a moment, or use another gateway.")
          .with("limit", MAX_CLIENTS);
    }
  }

  /** Closes all of them. */
  public Future<Void> close() {
    List<Future<Void>> closing = new ArrayList<>();
    all.values().forEach(each -> closing.add(each.close()));
    all.clear();
    return Future.join(closing).mapEmpty();
  }
}
