package io.apogeemq.gateway.access;

import io.apogeemq.client.ClientOptions;
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
  private final String nameServers;
  private final AtomicLong changes;
  private final Map<Optional<Credentials>, GatewayClient> all =
      new LinkedHashMap<>(16, 0.75f, true);

  /** Clients of somebody who changes nothing. */
  public Clients(Vertx vertx, String nameServers) {
    this(vertx, nameServers, new AtomicLong());
  }

  /**
   * @param changes how many were made through this process; shared by its event loops
   */
  public Clients(Vertx vertx, String nameServers, AtomicLong changes) {
    this.vertx = vertx;
    this.nameServers = nameServers;
    this.changes = changes;
  }

  /**
   * Does something with an account's client, which stays open until that has ended.
   *
   * @param account null: the client that signs nothing
   */
  public <T> Future<T> with(
      @Nullable Credentials account, Function<GatewayClient, Future<T>> action) {
    GatewayClient client = of(account);
    client.enter();
    Future<Void> known = account == null ? Future.succeededFuture() : client.known();
    return known.compose(ignored -> action.apply(client)).onComplete(ignored -> client.leave());
  }

  private GatewayClient of(@Nullable Credentials account) {
    Optional<Credentials> key = Optional.ofNullable(account);
    GatewayClient found = all.get(key);
    if (found != null) {
      return found;
    }
    makeRoom();
    GatewayClient made =
        new GatewayClient(vertx, ClientOptions.of(nameServers).setCredentials(account), changes);
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
