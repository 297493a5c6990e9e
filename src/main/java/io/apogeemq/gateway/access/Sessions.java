package io.apogeemq.gateway.access;

import io.apogeemq.config.Credentials;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpServerRequest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Browsers that have signed in: a random cookie stands for an account until its time is over, nobody used
 * it for long, or the reader signed out. They end with the process, and other gateways don't know them.
 *
 * <p>A cookie goes along by itself with whatever a browser sends here, so it counts only with the header
 * {@link #MARK}: a page of another origin can't send that without having been allowed to. Safe for any
 * thread.
 *
 * <p>Nobody signs others out by signing in often: too many of an address end the one of that address that
 * was used longest ago, too many of an account one of that account, from the same address if there is one,
 * and too many of all one of the address that has most.
 */
public final class Sessions {
  /** The cookie's name. */
  static final String COOKIE = "apogee-session";

  /** The header that a page of ours sends with each request. */
  static final String MARK = "X-Apogee-Console";

  /** No session lives longer. */
  static final long LIFE_MS = 12 * 3_600_000L;

  /** Nor does one that nobody uses. */
  static final long IDLE_MS = 3_600_000L;

  private static final int MAX_SESSIONS = 1_000;
  private static final int MAX_OF_ACCOUNT = 100;

  /** More than an account, for a proxy stands before many. */
  private static final int MAX_OF_ADDRESS = 250;

  private static final int ID_BYTES = 18;

  private final LongSupplier clockMs;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Session> all = new ConcurrentHashMap<>();

  /**
   * @param account whose it is
   * @param address from where it was opened
   * @param endMs when it ends at the latest
   */
  record Session(Credentials account, String address, long endMs, long usedMs) {
    private Session usedAt(long nowMs) {
      return new Session(account, address, endMs, nowMs);
    }

    private boolean isOver(long nowMs) {
      return nowMs >= endMs || nowMs - usedMs >= IDLE_MS;
    }
  }

  /**
   * @param id what the cookie carries
   */
  record Opened(String id, Session session) {}

  /**
   * @param clockMs milliseconds since 1970
   */
  public Sessions(LongSupplier clockMs) {
    this.clockMs = clockMs;
  }

  /** Opens one for an account that a broker has accepted; where there are too many, one makes room. */
  synchronized Opened open(Credentials account, String address) {
    long nowMs = clockMs.getAsLong();
    all.values().removeIf(each -> each.isOver(nowMs));
    Predicate<Session> here = each -> each.address().equals(address);
    Predicate<Session> same = each -> each.account().accessKey().equals(account.accessKey());
    if (count(here) >= MAX_OF_ADDRESS) {
      endOldest(here);
    }
    if (count(same) >= MAX_OF_ACCOUNT) {
      endOldest(count(same.and(here)) > 0 ? same.and(here) : same);
    }
    if (all.size() >= MAX_SESSIONS) {
      String most = busiestAddress();
      endOldest(each -> each.address().equals(most));
    }
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    String id = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    Session session = new Session(account, address, nowMs + LIFE_MS, nowMs);
    all.put(id, session);
    return new Opened(id, session);
  }

  /** How many of these there are. */
  long count(Predicate<Session> which) {
    return all.values().stream().filter(which).count();
  }

  private void endOldest(Predicate<Session> which) {
    all.entrySet().stream()
        .filter(each -> which.test(each.getValue()))
        .min(Comparator.comparingLong(each -> each.getValue().usedMs()))
        .ifPresent(oldest -> all.remove(oldest.getKey()));
  }

  private String busiestAddress() {
    return all.values().stream()
        .collect(Collectors.groupingBy(Session::address, Collectors.counting()))
        .entrySet()
        .stream()
        .max(Map.Entry.comparingByValue())
        .orElseThrow()
        .getKey();
  }

  /** The session of a request, null if it has none that still holds, or lacks the header. */
  @Nullable Session of(HttpServerRequest request) {
    String id = id(request);
    if (id == null || request.getHeader(MARK) == null) {
      return null;
    }
    long nowMs = clockMs.getAsLong();
    return all.computeIfPresent(
        id, (key, session) -> session.isOver(nowMs) ? null : session.usedAt(nowMs));
  }

  /** Ends the session of a request, if it has one. */
  void close(HttpServerRequest request) {
    String id = id(request);
    if (id != null && of(request) != null) {
      all.remove(id);
    }
  }

  /** How many there are, some perhaps over. */
  int count() {
    return all.size();
  }

  private static @Nullable String id(HttpServerRequest request) {
    Cookie cookie = request.getCookie(COOKIE);
    return cookie == null ? null : cookie.getValue();
  }
}
